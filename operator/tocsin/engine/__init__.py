"""Gather → decide → act: the mutable middle, driven by events and due times."""
