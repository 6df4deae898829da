"""What a rule may test: one file for each criterion, listed in `criterion.py`."""
