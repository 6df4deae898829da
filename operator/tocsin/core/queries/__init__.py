"""Queries that are no text: one file for each source that has them."""
