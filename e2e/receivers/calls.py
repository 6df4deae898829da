"""What comes in and what goes out: a request as a service sees it, and its answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import parse_qs

Json = dict[str, Any]

FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Call:
    """One request. Header names are in lower case; `at` is in seconds since 1970."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def last(self) -> str:
        """What comes behind the service in the path: a method, a name, a token."""
        return self.path.split("/", 2)[2] if self.path.count("/") > 1 else ""

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON; ValueError if it is none."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """The body as a form; ValueError if it is none."""
        found = parse_qs(self.body.decode(), keep_blank_values=True, strict_parsing=bool(self.body))
        return {name: values[-1] for name, values in found.items()}

    def shown(self) -> Any:
        """The body as the journal has it: parsed where it can be."""
        try:
            return self.form() if self.media_type == FORM else self.json()
        except ValueError:
            return self.body.decode(errors="replace")


@dataclass(frozen=True)
class Answer:
    """What a service says to a call.

    `outcome` is a word or a sentence for the journal; `notes` what it took although somebody
    should look at it.
    """

    status: int
    body: Json | str
    outcome: str
    headers: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the service did what was asked of it."""
        said = self.body.get("ok", True) if isinstance(self.body, dict) else True
        return self.status < 400 and said is True


class Service(Protocol):
    """One stand-in."""

    def answer(self, call: Call) -> Answer:
        """Do what the call asks, or refuse it."""
        ...

    def state(self) -> Json:
        """What came of all calls, as JSON."""
        ...
