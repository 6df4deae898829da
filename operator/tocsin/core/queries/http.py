"""What is asked of an HTTP address that answers JSON."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from tocsin.core.queries.home import Home


class Method(StrEnum):
    """How an address is asked."""

    GET = "GET"
    POST = "POST"


class Scheme(StrEnum):
    """How a credential is sent: after `Bearer`, after `Basic`, or as a header by itself."""

    BEARER = "Bearer"
    BASIC = "Basic"
    HEADER = "Header"


@dataclass(frozen=True)
class Credential:
    """Names a value of a Secret, and says how it is sent."""

    name: str
    key: str
    scheme: Scheme = Scheme.BEARER
    header: str = ""


@dataclass(frozen=True)
class HttpQuery:
    """A request, and where in its answer the numbers are: `value`, `items`, `time` are JMESPath.

    `namespace` is that of the rule: its Secrets are read, and its workloads are meant. An item
    whose `time` is more than `max_age` ago counts as not there.
    """

    url: str
    value: str
    method: Method = Method.GET
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    credential: Credential | None = None
    items: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    time: str = ""
    max_age: timedelta = timedelta(minutes=10)
    namespace: str = field(default="", metadata={"placed": True})

    def placed(self, home: Home) -> "HttpQuery":
        """The same for a rule of that namespace."""
        return replace(self, namespace=home.namespace)

    def __str__(self) -> str:
        shown, asks, _ = self.url.partition("?")  # what stands behind it may be nobody's to see
        within = f" of each of {self.items}" if self.items else ""
        return f"{self.method} {shown}{'?…' if asks else ''}: {self.value}{within}"
