"""What a rule can test: one criterion a file."""
