"""A small fraud model served over HTTP, with the metrics that Tocsin alerts on."""
