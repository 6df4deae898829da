"""What one rule, one series and one namespace may take: the configuration's `limits`."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, StrictInt

from tocsin.api.closed import Closed
from tocsin.api.v1alpha1.types import Within

TextTime = Annotated[timedelta, Within(timedelta(milliseconds=1), timedelta(seconds=10))]


class TemplateLimits(Closed):
    """What one template of a rule may do; beyond it the text is left out and the rule says so."""

    output: Annotated[StrictInt, Field(ge=256, le=65536)] = 8192
    """How many characters a text may have, also in between. Default: `8192`."""

    width: Annotated[StrictInt, Field(ge=1, le=65536)] = 999
    """The widest field of printf, in characters. Default: `999`."""

    iterations: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 1000
    """How often the loops of a template go round, all in all. Default: `1000`."""

    calls: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 500
    """How many functions a template may call. Default: `500`."""


class Limits(Closed):
    """What one rule, one series and one namespace may take, so that it takes it from no other."""

    rules_per_namespace: Annotated[StrictInt, Field(ge=1)] = 200
    """How many rules of a namespace are evaluated; the newest beyond are Stalled.
    Default: `200`."""

    queries_per_second: Annotated[StrictInt, Field(ge=1, le=10_000)] = 20
    """How many queries the rules of a namespace may ask in a second, of all sources together;
    what is beyond waits for the next second. An answer counts once more for each 1000 series.
    Default: `20`."""

    alerts_per_rule: Annotated[StrictInt, Field(ge=1)] = 5000
    """How many alerts of a rule are kept; beyond them no new one begins. Default: `5000`."""

    new_incidents_per_route: Annotated[StrictInt, Field(ge=1)] = 20
    """How many incidents of a route may begin within its groupInterval; more that wait to be told
    become one, a storm. Default: `20`."""

    labels_per_series: Annotated[StrictInt, Field(ge=16)] = 64
    """How many labels of a series are kept apart; the others become one. Default: `64`."""

    label_name_length: Annotated[StrictInt, Field(ge=32)] = 128
    """How many characters a label's name may have; labels with longer names become one.
    Default: `128`."""

    label_value_length: Annotated[StrictInt, Field(ge=128)] = 1024
    """How many characters a label's value may have; a longer one is shortened to its beginning
    and a hash. Default: `1024`."""

    text_time: TextTime = timedelta(milliseconds=200)
    """Processor time for all texts of one alert, 1ms to 10s; what is left is left out.
    Default: `200ms`."""

    text_time_per_namespace: TextTime = timedelta(milliseconds=500)
    """Processor time for the texts of a namespace's alerts at once, 1ms to 10s; spent, it comes
    back within ten seconds, and meanwhile alerts are told in plain sentences. Default: `500ms`."""

    templates: TemplateLimits = TemplateLimits()
    """What one template may do."""
