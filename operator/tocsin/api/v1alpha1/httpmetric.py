"""`metric.http`: an address that answers JSON, and where in it the numbers are."""

from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from tocsin.api.jmespaths import MAX_PATH_LENGTH, check_path
from tocsin.api.urls import check_url
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.forms import HEADER_NAME, LABEL_NAME, DottedName, LongText, ShortText
from tocsin.api.v1alpha1.markers import Form, Names
from tocsin.api.v1alpha1.receivers.settings import SECRET_KEY
from tocsin.api.v1alpha1.types import Within
from tocsin.core.metrics import HTTP_SOURCE, Metric
from tocsin.core.queries.http import Credential, HttpQuery, Method, Scheme

_URL: Final = Form("^https?://[^ \\n]+$", "a URL: write one like https://models.example.com/stats")
_HEADER_WITHOUT: Final = "header says where the secret is sent: it needs `as: Header`"
_HEADER_NEEDED: Final = "`as: Header` needs header, the name of the header: write X-Api-Key or so"
_BODY_NEEDS_POST: Final = "only POST has a body: set method to POST, or leave body out"


def _checked_url(url: str) -> str:
    check_url(
        url, example="https://models.example.com/stats", instead="name a Secret by authSecretRef"
    )
    return url


def _checked_path(text: str) -> str:
    if problem := check_path(text):
        raise ValueError(problem)
    return text


Path = Annotated[
    str, Field(min_length=1, max_length=MAX_PATH_LENGTH), AfterValidator(_checked_path)
]
MaxAge = Annotated[timedelta, Within(timedelta(seconds=1), timedelta(days=30))]


class HttpAuth(Schema):
    """Names a value of a Secret of the rule's namespace. The Secret says that it may be used by
    the label `tocsin.dev/credentials: "true"`, and where it may be sent by the annotation
    `tocsin.dev/allowed-hosts`."""

    name: DottedName
    """The Secret's name. Example: `model-stats`."""

    key: Annotated[str, Field(max_length=253), SECRET_KEY]
    """The key of the value in it. Example: `token`."""

    as_: Annotated[Scheme | None, Field(alias="as")] = None
    """How it is sent: Bearer (a token, as `Authorization: Bearer …`), Basic (`user:password`, as
    `Authorization: Basic …`), or Header (as it is, in `header`). Default: `Bearer`. Example:
    `Header`."""

    header: Annotated[str | None, Field(max_length=63), HEADER_NAME] = None
    """The header that it is sent in, with `as: Header`. Default: none. Example: `X-Api-Key`."""

    @model_validator(mode="after")
    def _header_fits(self) -> Self:
        if self.as_ is Scheme.HEADER and not self.header:
            raise ValueError(_HEADER_NEEDED)
        if self.header and self.as_ is not Scheme.HEADER:
            raise ValueError(_HEADER_WITHOUT)
        return self

    def to_core(self) -> Credential:
        """The reference as the core knows it."""
        return Credential(self.name, self.key, self.as_ or Scheme.BEARER, self.header or "")


class HttpMetric(Schema):
    """Numbers in the JSON that an address answers."""

    model_config = ConfigDict(json_schema_extra={"x-once": "spec.criterion.threshold.metric.http"})

    url: Annotated[str, Field(max_length=2048), _URL, AfterValidator(_checked_url)]
    """The address, which must not be in a private network unless the operator's
    `http.allowedNetworks` has it; redirects are not followed. Example:
    `https://models.example.com/v1/stats`."""

    method: Method | None = None
    """GET or POST. Default: `GET`. Example: `POST`."""

    body: LongText | None = None
    """What is posted. Default: nothing. Example: `{"models": ["scorer"]}`."""

    headers: Annotated[dict[str, ShortText], Field(max_length=16), Names(HEADER_NAME)] | None = None
    """Headers to be sent; what is secret belongs into a Secret, see `authSecretRef`. Default:
    `accept: application/json`. Example: `{X-Tenant: fraud}`."""

    auth_secret_ref: HttpAuth | None = None
    """The credential. Default: none. Example: `{name: model-stats, key: token}`."""

    items: Path | None = None
    """A JMESPath to a list: each of its entries is a series. Default: the answer is the only one.
    Example: `models`."""

    value: Path
    """A JMESPath to the number, in each of the items. A text that is a number counts as one.
    Example: `latency.p99`."""

    labels: Annotated[dict[str, Path], Field(max_length=16), Names(LABEL_NAME)] | None = None
    """Labels of a series, each with a JMESPath to its value; deployment, statefulset, pod and model
    say whose it is. Default: none. Example: `{deployment: name}`."""

    time: Path | None = None
    """A JMESPath to the time of which the number is: a text as 2026-01-31T12:11:00Z, or seconds or
    milliseconds since 1970. Default: it is of now. Example: `updatedAt`."""

    max_age: MaxAge | None = None
    """A number that is older than this by its `time` counts as not there: a duration from 1s to
    720h. Default: `10m`. Example: `1h`."""

    @model_validator(mode="after")
    def _body_is_posted(self) -> Self:
        if self.body is not None and self.method is not Method.POST:
            raise ValueError(_BODY_NEEDS_POST)
        return self

    def to_core(self) -> Metric:
        """The metric as the core knows it, without unit; its namespace is the rule's to say."""
        query = HttpQuery(
            url=self.url,
            value=self.value,
            method=self.method or Method.GET,
            body=self.body or "",
            headers=tuple(sorted((self.headers or {}).items())),
            credential=self.auth_secret_ref.to_core() if self.auth_secret_ref else None,
            items=self.items or "",
            labels=tuple(sorted((self.labels or {}).items())),
            time=self.time or "",
            max_age=self.max_age or timedelta(minutes=10),
        )
        return Metric(HTTP_SOURCE, query)
