"""What commands have in common: how they end, and how they show what they found."""

from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """How a command ends."""

    OK = 0
    PROBLEMS = 1
    USAGE = 2
    UNREACHABLE = 3


class Output(StrEnum):
    """How it is printed."""

    TEXT = "text"
    JSON = "json"
