"""The pure part: frozen values and functions of them. It imports nothing else of Tocsin's.

No I/O, no clock, no randomness, no logging: `now` is an argument, and a decision returns its
reason.
"""
