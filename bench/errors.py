"""Why nothing was measured."""


class BenchError(Exception):
    """A measurement that could not be made; the message says what to do."""
