"""The chart's values, as far as they can be checked without Helm."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import BaseModel

from tests.chart.values import (
    CHART,
    EVERYTHING,
    Json,
    defaults,
    everything,
    leaves,
    resolve,
    schema,
    schema_at,
    schema_leaves,
)
from tocsin.api.limits import Limits, TemplateLimits
from tocsin.api.settings import (
    Defaults,
    EvaluationSettings,
    LeaseSettings,
    LogLevel,
    LogSettings,
    OwnRulesSettings,
    ReceiversSettings,
    Settings,
    SourceSettings,
)
from tocsin.api.sources import (
    CloudWatchSettings,
    HttpSettings,
    PodsSettings,
    PrometheusSettings,
)

ROOT = schema()
NOT_READ = {"global{}"}  # Helm gives it to every chart that another one depends on
TEMPLATES = "".join(path.read_text() for path in sorted((CHART / "templates").iterdir()))


def nodes(node: Json, place: str = "") -> Iterator[tuple[str, Json]]:
    """Every schema of the schema, with its place."""
    yield place, node
    for keyword in ("properties", "definitions"):
        for name, child in node.get(keyword, {}).items():
            yield from nodes(child, f"{place}/{keyword}/{name}")
    for keyword in ("items", "additionalProperties"):
        child = node.get(keyword)
        if isinstance(child, dict):
            yield from nodes(child, f"{place}/{keyword}")


def test_no_value_stands_in_the_chart_twice() -> None:
    """YAML and JSON take the last one without a word."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), names
        return dict(pairs)

    json.loads((CHART / "values.schema.json").read_text(), object_pairs_hook=once)
    for path in (CHART / "values.yaml", EVERYTHING):
        for node in _maps(yaml.compose(path.read_text())):
            once([(key.value, None) for key, _ in node.value])


def _maps(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _maps(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _maps(value)


def test_the_schema_is_closed_at_every_level() -> None:
    for place, node in nodes(ROOT):
        if node.get("type") != "object" or place == "/properties/global":
            continue
        rest: Any = node.get("additionalProperties", True)
        if rest is not False:  # a map of words to words, as labels are
            assert isinstance(rest, dict), place
            assert "properties" not in node, place
            assert resolve(rest, ROOT)["type"] in ("string", ["string", "number"]), place


def test_the_schema_says_of_every_value_what_it_is() -> None:
    for place, node in nodes(ROOT):
        assert node.keys() & {"type", "enum", "$ref"}, place
        assert (node.get("type") == "array") == ("items" in node), place
        assert set(node.get("required", ())) <= set(node.get("properties", ())), place


def test_the_name_of_the_cluster_is_required_and_has_no_default() -> None:
    assert ROOT["required"] == ["clusterName"]
    assert ROOT["properties"]["clusterName"]["minLength"] == 1
    assert "clusterName" not in defaults()


def test_every_default_is_in_the_schema() -> None:
    for path, _ in leaves(defaults()):
        schema_at(path, ROOT)


def test_every_value_of_the_schema_stands_in_values_yaml_with_a_comment() -> None:
    text = (CHART / "values.yaml").read_text()
    for leaf in schema_leaves(ROOT, ROOT):
        top, *below = leaf.split(".")
        name = re.sub(r"\W", "", top)
        if leaf in NOT_READ:
            continue
        assert re.search(rf"^(# )?{name}:", text, re.MULTILINE), leaf
        if name == "sources":
            for word in (one.strip("{}") for one in below[1:]):
                assert re.search(rf"^#.*\b{word}: ", text, re.MULTILINE), leaf
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if re.match(r"[a-zA-Z]", line):
            around = lines[number - 1], lines[number + 1]
            assert any(near.lstrip().startswith("#") for near in around), line


def test_every_value_is_read_by_a_template() -> None:
    for leaf in set(schema_leaves(ROOT, ROOT)) - NOT_READ:
        names = re.split(r"[\[{]", leaf)[0].split(".")
        roots = [".".join(names[: length + 1]) for length in range(len(names))]
        assert any(re.search(rf"\.Values\.{root}(?![.\w])", TEMPLATES) for root in roots), leaf


def test_templates_read_no_value_that_the_schema_does_not_know() -> None:
    found = set(re.findall(r"\.Values\.([.\w]+)", TEMPLATES))
    assert found
    for name in found:
        schema_at(tuple(name.split(".")), ROOT)


def test_everything_has_each_value_of_the_schema_and_none_as_it_is_by_default() -> None:
    usual = dict(leaves(defaults()))
    names = set()
    for path, value in leaves(everything()):
        names.add(schema_at(path, ROOT)[1])
        assert path not in usual or usual[path] != value, path
    assert names == set(schema_leaves(ROOT, ROOT)) - NOT_READ


def test_values_and_the_operators_settings_have_the_same_names() -> None:
    values = ROOT["properties"]
    given = {"clusterName", "externalUrl", "watchNamespaces", "sources"}
    given |= {"defaults", "evaluation", "log", "lease"}
    assert names(Settings) == given | {"limits", "ownRules", "receivers", "http", "pods", "web"}
    for name, model in (
        ("defaults", Defaults),
        ("evaluation", EvaluationSettings),
        ("http", HttpSettings),
        ("pods", PodsSettings),
        ("limits", Limits),
        ("log", LogSettings),
        ("ownRules", OwnRulesSettings),
        ("receivers", ReceiversSettings),
    ):
        assert names(model) == values[name]["properties"].keys()
    own = {"name", "namespace"}  # the release's
    assert names(LeaseSettings) - own == values["lease"]["properties"].keys()
    templates = values["limits"]["properties"]["templates"]["properties"]
    assert names(TemplateLimits) == templates.keys()
    source = ROOT["definitions"]["source"]["properties"]
    assert names(SourceSettings) == source.keys()
    become = {"credentialsSecretRef": "credentialsDir", "caSecretRef": "caFile"}
    prometheus = source["prometheus"]["properties"]
    assert names(PrometheusSettings) == {become.get(name, name) for name in prometheus}
    assert names(CloudWatchSettings) == source["cloudWatch"]["properties"].keys()
    assert values["log"]["properties"]["level"]["enum"] == list(LogLevel)


def names(model: type[BaseModel]) -> set[str]:
    """The names of the settings, as the file has them."""
    return {field.alias or name for name, field in model.model_fields.items()}


def test_the_operator_takes_the_source_that_values_yaml_shows() -> None:
    text = (CHART / "values.yaml").read_text()
    example = text.partition("# sources:\n")[2].partition("\nsources: []")[0]
    source, cloud_watch = yaml.safe_load(re.sub("^# ", "", example, flags=re.MULTILINE))
    for name in ("credentialsSecretRef", "caSecretRef"):
        assert source["prometheus"].pop(name).keys() <= {"name", "key"}
    written = {"clusterName": "test", "sources": [source, cloud_watch]}
    first, second = Settings.model_validate(written).sources
    assert first.prometheus
    usual = PrometheusSettings(
        url=first.prometheus.url,
        per_namespace=4,
        headers={"X-Scope-OrgID": "ml"},
        namespace_label="namespace",
    )
    assert first.prometheus == usual, "the comments name the defaults"
    assert second.cloud_watch
    named = second.cloud_watch
    shown = CloudWatchSettings(
        region=named.region, role_arn=named.role_arn, endpoint_url=named.endpoint_url
    )
    assert named == shown, "the comments name the defaults"
