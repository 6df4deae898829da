"""kopf: it keeps the watches alive, and what they tell goes to the engine."""
