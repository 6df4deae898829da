"""Stand-ins of the services that Tocsin tells: they refuse what the real ones refuse."""
