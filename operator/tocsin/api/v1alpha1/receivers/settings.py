"""What the settings of all kinds of receivers share."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from tocsin.api.urls import check_url
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.forms import DottedName, LongText, ShortText
from tocsin.api.v1alpha1.markers import Form

SECRET_KEY: Final = Form("^[-._a-zA-Z0-9]+$", "a key of letters, digits, -, _ and ., like token")
_URL: Final = Form("^https?://[^ \\n]+$", "a URL: write one like https://example.com/hook")


def _checked_url(url: str) -> str:
    instead = "put the URL into a Secret, and name that"
    check_url(url, example="https://example.com/hook", instead=instead)
    return url


Url = Annotated[str, Field(max_length=2048), _URL, AfterValidator(_checked_url)]


class ReceiverSettings(Schema):
    """The settings of one kind of receiver; `usual` has the values of those that are left out."""

    usual: ClassVar[Mapping[str, Any]] = {}

    @property
    def destination(self) -> str:
        """Where it leads, for people; it holds nothing that is secret."""
        raise NotImplementedError

    @property
    def acknowledges(self) -> bool:
        """Whether it can show that somebody has taken an incident on, without ringing anybody."""
        return False


class SecretRef(Schema):
    """Names a value of a Secret of the route's namespace. The Secret says that it may be used by
    the label `tocsin.dev/credentials: "true"`."""

    name: DottedName
    """The Secret's name. Example: `slack`."""

    key: Annotated[str, Field(max_length=253), SECRET_KEY]
    """The key of the value in it. Example: `token`."""

    def __str__(self) -> str:
        return f"{self.name}/{self.key}"


class Template(Schema):
    """Texts in place of the usual ones; templates as in Prometheus rules."""

    title: ShortText | None = None
    """The first line. Default: what it is about, how many alerts, and how urgent. Example:
    `{{ $severity }}: {{ $workload.name }}`."""

    text: LongText | None = None
    """What stands below it. Default: each alert with its value, context and links. Example:
    `{{ range $alerts }}{{ .summary }}{{ end }}`."""


def shown(url: str) -> str:
    """`url` for people. What it asks may be secret: of that only a hash, which tells two apart."""
    parts = urlsplit(url)
    plain = parts._replace(query="", fragment="").geturl()
    if plain == url:
        return url
    return f"{plain}?({hashlib.sha256(url.encode()).hexdigest()[:8]})"
