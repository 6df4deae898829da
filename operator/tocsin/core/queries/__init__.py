"""What sources are asked that do not speak PromQL, one file for each kind."""
