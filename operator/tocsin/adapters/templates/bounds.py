"""What a template may do."""

from dataclasses import dataclass

from tocsin.api.limits import Limits


@dataclass(frozen=True)
class Bounds:
    """For one template: characters of a text, the widest field of printf, rounds of loops and
    calls of functions. `seconds` of processor time are for all texts of one alert.
    """

    output: int = 8192
    width: int = 999
    iterations: int = 1000
    calls: int = 500
    seconds: float = 0.2

    @classmethod
    def of(cls, limits: Limits) -> "Bounds":
        """The bounds that the configuration sets."""
        most = limits.templates
        return cls(
            output=most.output,
            width=most.width,
            iterations=most.iterations,
            calls=most.calls,
            seconds=limits.text_time.total_seconds(),
        )
