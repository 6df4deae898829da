"""The operator's configuration file: YAML, closed, every mistake named."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    model_validator,
)

from tocsin.api.closed import Closed
from tocsin.api.limits import Limits
from tocsin.api.networks import Network
from tocsin.api.problems import Problem, Problems, problems_of
from tocsin.api.sources import CloudWatchSettings, HttpSettings, PodsSettings, PrometheusSettings
from tocsin.api.urls import check_url
from tocsin.api.v1alpha1.forms import DNS_LABEL, ObjectName
from tocsin.api.v1alpha1.markers import Form
from tocsin.api.v1alpha1.mlalertrule import Interval
from tocsin.api.v1alpha1.notificationroute import GroupInterval, GroupWait, RepeatInterval
from tocsin.api.v1alpha1.types import Within
from tocsin.core.notify.routes import Timing


class SettingsError(Exception):
    """The configuration file cannot be used; one sentence for each problem."""

    def __init__(self, path: Path, problems: Problems) -> None:
        super().__init__("\n".join(f"{path}: {problem}" for problem in problems))
        self.path = path
        self.problems = problems


def _checked_url(url: str) -> str:
    example, instead = "http://prometheus.monitoring:9090", "put it into files below credentialsDir"
    check_url(url, example=example, instead=instead)
    return url.rstrip("/")


_CLUSTER = Form(DNS_LABEL.pattern, "a name of lower-case letters, digits and -, like prod-eu")
Url = Annotated[str, Field(max_length=2048), AfterValidator(_checked_url)]
_LEASE = Form(DNS_LABEL.pattern, "a name of lower-case letters, digits and -, like tocsin")
RenewInterval = Annotated[timedelta, Within(timedelta(seconds=1), timedelta(seconds=10))]
Offset = Annotated[timedelta, Within(timedelta(), timedelta(hours=24))]


class SourceSettings(Closed):
    """A source of metrics that rules name by `sourceRef`."""

    name: ObjectName
    """The name in rules; rules that name none mean `default`. Example: `default`."""

    prometheus: PrometheusSettings | None = None
    """A Prometheus, or what speaks its API."""

    cloud_watch: CloudWatchSettings | None = None
    """Amazon CloudWatch, in one region."""

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if (self.prometheus is None) == (self.cloud_watch is None):
            raise ValueError("a source is of exactly one kind: set prometheus or cloudWatch")
        return self


class Defaults(Closed):
    """What applies where a rule or a route does not say otherwise."""

    interval: Interval = timedelta(seconds=30)
    """How often a rule is evaluated: a duration from 1s to 24h. Default: `30s`."""

    group_wait: GroupWait = timedelta(seconds=30)
    """How long a new group of alerts waits for more: a duration from 0s to 1h. Default: `30s`."""

    group_interval: GroupInterval = timedelta(minutes=5)
    """How long after a notification the next change of its group is told: a duration from 1s to
    24h. Default: `5m`."""

    repeat_interval: RepeatInterval = timedelta(hours=4)
    """How long after a notification the same is told again: a duration from 1s to 8760h. Default:
    `4h`."""

    @property
    def timing(self) -> Timing:
        """The times of routes that do not say otherwise."""
        return Timing(self.group_wait, self.group_interval, self.repeat_interval)


class LeaseSettings(Closed):
    """The Lease by which an operator says that it lives, and until when it lived."""

    name: Annotated[str, Field(max_length=63), _LEASE] = "tocsin"
    """Its name: two operators must not share one. Default: `tocsin`; the chart gives it the name of
    the release."""

    namespace: Annotated[str, Field(max_length=63), _LEASE] | None = None
    """Where it is. Default: the pod's namespace, outside a cluster that of the kubeconfig's
    context, or `default`."""

    renew_interval: RenewInterval = timedelta(seconds=5)
    """How often it is renewed: a duration from 1s to 10s. Default: `5s`."""


class OwnRulesSettings(Closed):
    """The rules that the operator applies itself."""

    enabled: StrictBool = False
    """Whether it applies the rule `tocsin-sources` in its own namespace at start: one alert for a
    source that does not answer. Default: `false`; `true` in the chart's values."""


class WebSettings(Closed):
    """Where the operator listens: probes, metrics, explanations."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The address to listen on. Default: `127.0.0.1`; in a pod `0.0.0.0`."""

    port: Annotated[StrictInt, Field(ge=0, le=65535)] = 8080
    """The port to listen on; 0 takes a free one. Default: `8080`."""


class ReceiversSettings(Closed):
    """What receivers that users configure may reach."""

    allowed_networks: list[Network] = Field(default_factory=list, max_length=256)
    """Networks that are not public, to which notices may be sent all the same. Loopback, link-local
    and metadata addresses are opened only by a network that has nothing else in it. The API
    server's address stays closed. Default: none. Example: `[10.96.0.0/12]`."""


class EvaluationSettings(Closed):
    """When rules are evaluated within their interval."""

    offset: Offset | None = None
    """The same offset for all rules, instead of one that is hashed from the query: a duration.
    Default: hashed, so that sources are asked evenly over time."""


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogSettings(Closed):
    """What is logged."""

    level: LogLevel = LogLevel.INFO
    """debug, info, warning or error. Default: `info`."""


class Settings(Closed):
    """The whole file."""

    cluster_name: Annotated[str, Field(max_length=63), _CLUSTER]
    """The cluster's name in everything that leaves it: keys of notices, links. Required.
    Example: `prod-eu`."""

    external_url: Url | None = None
    """Where people reach the operator's pages, for the links in notices. Default: none; notices
    name the command `tocsin explain` instead. Example: `https://tocsin.example.com`."""

    watch_namespaces: list[ObjectName] = Field(default_factory=list)
    """Namespaces to watch. Default: all."""

    sources: list[SourceSettings] = Field(default_factory=list)
    """Sources of metrics that rules can name. Default: none."""

    defaults: Defaults = Defaults()
    """What applies where a rule or a route does not say otherwise."""

    lease: LeaseSettings = LeaseSettings()
    """The Lease by which the operator says that it lives."""

    own_rules: OwnRulesSettings = OwnRulesSettings()
    """The rules that the operator applies itself."""

    limits: Limits = Limits()
    """What one rule, one series and one namespace may take."""

    receivers: ReceiversSettings = ReceiversSettings()
    """What receivers that users configure may reach."""

    http: HttpSettings = HttpSettings()
    """What `metric.http` of rules may reach and take."""

    pods: PodsSettings = PodsSettings()
    """What `metric.pods` of rules may take."""

    web: WebSettings = WebSettings()
    """Where the operator listens."""

    evaluation: EvaluationSettings = EvaluationSettings()
    """When rules are evaluated."""

    log: LogSettings = LogSettings()
    """What is logged."""

    @model_validator(mode="after")
    def _source_names_are_unique(self) -> Self:
        names = [source.name for source in self.sources]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f'two sources are called "{name}": rename one of them')
        return self


def load_settings(path: Path) -> Settings:
    """The settings in the file `path`.

    Raises:
        SettingsError: it cannot be read, is no YAML, or something in it is wrong; all problems.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Settings.model_validate(content if content is not None else {}, by_name=False)
    except OSError as error:
        problem = f"the file cannot be read ({error.strerror}): check path and permissions"
        raise SettingsError(path, (Problem("", problem),)) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem = f"the file is not YAML: {' '.join(str(error).split())}"
        raise SettingsError(path, (Problem("", problem),)) from error
    except ValidationError as error:
        raise SettingsError(path, tuple(problems_of(error))) from error
