"""The configuration file is closed, and every mistake in it is named."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from tocsin.api.limits import TemplateLimits
from tocsin.api.settings import LogLevel, Settings, SettingsError, load_settings

FULL = """
clusterName: prod-eu
watchNamespaces: [fraud, credit]
sources:
- name: default
  prometheus:
    url: http://prometheus.monitoring:9090/
    timeout: 5s
    maxSeries: 100
    maxBytes: 2048
    concurrency: 2
    perNamespace: 1
    credentialsDir: /etc/tocsin/credentials/default
    caFile: /etc/tocsin/ca.crt
    headers: {X-Scope-OrgID: ml}
    namespaceLabel: exported_namespace
- name: thanos
  prometheus: {url: "https://thanos.example.com/prefix"}
defaults: {interval: 1m}
lease: {name: alerting, namespace: ml, renewInterval: 1s}
receivers: {allowedNetworks: [10.96.0.0/12, "fd00::/8", 192.0.2.7]}
web: {host: 0.0.0.0, port: 0}
evaluation: {offset: 0s}
limits:
  rulesPerNamespace: 3
  queriesPerSecond: 5
  alertsPerRule: 7
  labelsPerSeries: 16
  labelNameLength: 32
  labelValueLength: 128
  textTime: 1ms
  textTimePerNamespace: 10s
  templates: {output: 256, width: 1, iterations: 2, calls: 3}
log: {level: debug}
"""


PROMETHEUS = "clusterName: a\nsources:\n- name: a\n  prometheus: {url: 'http://a', "


def load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "tocsin.yaml"
    path.write_text(text)
    return load_settings(path)


def test_all_that_can_be_set_is_read(tmp_path: Path) -> None:
    settings = load(tmp_path, FULL)
    assert settings.cluster_name == "prod-eu"
    assert settings.watch_namespaces == ["fraud", "credit"]
    first, second = (source.prometheus for source in settings.sources)
    assert first
    assert second
    assert first.url == "http://prometheus.monitoring:9090"
    assert (first.timeout, first.max_series, first.concurrency) == (timedelta(seconds=5), 100, 2)
    assert (first.max_bytes, first.per_namespace) == (2048, 1)
    assert first.credentials_dir == Path("/etc/tocsin/credentials/default")
    assert first.ca_file == Path("/etc/tocsin/ca.crt")
    assert first.headers == {"X-Scope-OrgID": "ml"}
    assert (first.namespace_label, second.namespace_label) == ("exported_namespace", None)
    assert second.url == "https://thanos.example.com/prefix"
    assert settings.defaults.interval == timedelta(minutes=1)
    lease = settings.lease
    assert (lease.name, lease.namespace) == ("alerting", "ml")
    assert lease.renew_interval == timedelta(seconds=1)
    assert settings.receivers.allowed_networks == [
        ip_network(network) for network in ("10.96.0.0/12", "fd00::/8", "192.0.2.7/32")
    ]
    assert (settings.web.host, settings.web.port) == ("0.0.0.0", 0)  # noqa: S104  # read, not bound
    assert settings.evaluation.offset == timedelta()
    limits = settings.limits
    assert (limits.rules_per_namespace, limits.queries_per_second) == (3, 5)
    assert limits.alerts_per_rule == 7
    assert (limits.labels_per_series, limits.label_name_length) == (16, 32)
    assert limits.label_value_length == 128
    assert limits.text_time == timedelta(milliseconds=1)
    assert limits.text_time_per_namespace == timedelta(seconds=10)
    assert limits.templates == TemplateLimits(output=256, width=1, iterations=2, calls=3)
    assert settings.log.level is LogLevel.DEBUG


def test_only_the_clusters_name_is_required(tmp_path: Path) -> None:
    settings = load(
        tmp_path, "clusterName: prod\nsources: [{name: a, prometheus: {url: http://p}}]"
    )
    assert settings.watch_namespaces == []
    prometheus = settings.sources[0].prometheus
    assert prometheus
    assert (prometheus.timeout, prometheus.max_series) == (timedelta(seconds=10), 20_000)
    assert (prometheus.concurrency, prometheus.credentials_dir) == (8, None)
    assert settings.defaults.interval == timedelta(seconds=30)
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8080)
    assert settings.evaluation.offset is None
    assert settings.receivers.allowed_networks == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "clusterName: the field is required: set it"),
        ("clusterName: ''", 'clusterName: "" is not a name of lower-case letters'),
        ("clusterName: Prod", 'clusterName: "Prod" is not a name of lower-case letters'),
        ("clusterName: " + "a" * 64, "clusterName: the text is 64 characters long: shorten it"),
        ("clusterName: a\nclustername: a", "clustername: there is no such field"),
        ("clusterName: a\nweb: {cluster_name: a}", "web.cluster_name: there is no such field"),
        ("clusterName: a\nweb: {port: 70000}", "web.port: "),
        ("clusterName: a\nweb: {port: '80'}", 'web.port: "80" is not a whole number'),
        ("clusterName: a\ndefaults: {interval: 30}", "defaults.interval: this is not a duration"),
        ("clusterName: a\ndefaults: {interval: 0s}", "defaults.interval: 0s is not between 1s"),
        ("clusterName: a\nlimits: {rulesPerNamespace: 0}", "limits.rulesPerNamespace: "),
        ("clusterName: a\nlimits: {labelValueLength: 127}", "limits.labelValueLength: "),
        ("clusterName: a\nlimits: {textTime: 11s}", "limits.textTime: 11s is not between 1ms"),
        ("clusterName: a\nlimits: {templates: {output: 1}}", "limits.templates.output: "),
        ("clusterName: a\nlimits: {rules: 1}", "limits.rules: there is no such field"),
        (
            f"{PROMETHEUS}headers: {{authorization: Bearer x}}}}",
            "sources[0].prometheus.headers: authorization is not set here: put token, or",
        ),
        (
            f'{PROMETHEUS}headers: {{X-Scope: "a\\nb"}}}}',
            'sources[0].prometheus.headers.X-Scope: "a b" is not a header\'s value: write ASCII',
        ),
        (
            f"{PROMETHEUS}headers: {{'X Scope': a}}}}",
            'sources[0].prometheus.headers: "X Scope" is not a header\'s name of',
        ),
        (
            f"{PROMETHEUS}namespaceLabel: a-b}}",
            'sources[0].prometheus.namespaceLabel: "a-b" is not a label name',
        ),
        (
            "clusterName: a\nreceivers: {allowedNetworks: [all]}",
            'receivers.allowedNetworks[0]: "all" is not a network: write one like 10.96.0.0/12',
        ),
        (
            "clusterName: a\nreceivers: {allowedNetworks: [10]}",
            'receivers.allowedNetworks[0]: "" is not a network',
        ),
        (
            "clusterName: a\nreceivers: {allowedNetworks: [10.0.0.1/8]}",
            'receivers.allowedNetworks[0]: "10.0.0.1/8" is an address inside a network: write 10.',
        ),
        (
            "clusterName: a\nreceivers: {allowedNetworks: ['::ffff:10.0.0.0/104']}",
            'receivers.allowedNetworks[0]: "::ffff:10.0.0.0/104" is a network of IPv4 addresses',
        ),
        ("clusterName: a\nreceivers: {allowedNetworks: 10.0.0.0/8}", "receivers.allowedNetworks: "),
        ("clusterName: a\nlog: {level: loud}", 'log.level: "loud" is not allowed: choose'),
        ("clusterName: a\nsources: [{name: a}]", "sources[0]: a source is of exactly one kind"),
        (
            "clusterName: a\nsources: [{name: a, cloudWatch: {region: Frankfurt}}]",
            'sources[0].cloudWatch.region: "Frankfurt" is not a region, like eu-central-1',
        ),
        (
            "clusterName: a\nsources: [{name: a, cloudWatch: {region: eu-west-1, period: 90s}}]",
            "sources[0].cloudWatch.period: CloudWatch has periods of 1s, 5s, 10s, 30s",
        ),
        (
            "clusterName: a\nsources: [{name: a, prometheus: {url: prometheus:9090}}]",
            "sources[0].prometheus.url: this is not a URL: write one like http",
        ),
        (
            "clusterName: a\nsources: [{name: a, prometheus: {url: 'http://u:secret@p'}}]",
            "sources[0].prometheus.url: the URL holds a password: put it into files",
        ),
        (
            "clusterName: a\nsources: [&a {name: a, prometheus: {url: http://p}}, *a]",
            'two sources are called "a": rename one of them',
        ),
        ("- a", "this is not a map"),
        ("a: [", "the file is not YAML: "),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, text)
    (line,) = str(raised.value).splitlines()
    assert line.startswith(f"{tmp_path}/tocsin.yaml: {problem}")
    assert "secret" not in line


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, "web: {port: x}\nlog: {level: loud}")
    assert len(raised.value.problems) == 3


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.yaml: the file cannot be read"):
        load_settings(tmp_path / "none.yaml")
