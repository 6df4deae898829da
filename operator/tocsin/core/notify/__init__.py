"""From alerts to people: who is told what, and when, as decisions on frozen values."""
