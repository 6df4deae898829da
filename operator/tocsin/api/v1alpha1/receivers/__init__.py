"""The kinds of receivers that a route can have, a file for each; `receiver.py` lists them."""
