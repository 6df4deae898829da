"""HTTP: probes, metrics and explanations."""
