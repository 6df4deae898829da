"""Each knows one outside system, and none knows another."""
