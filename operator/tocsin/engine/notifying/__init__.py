"""From alerts that fire to people who are told: alarms, routes, incidents, and what is sent."""
