"""`tocsin validate` as a command: files, output, exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.validating import LINES, RULE, Outcome, the_problem, with_line
from tocsin.api.manifests.reading import MAX_BYTES

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, name: str = "rule.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_good_file_prints_nothing_but_the_summary_and_ends_with_0(write: Write) -> None:
    outcome = Outcome(write(RULE))
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "1 rule in 1 file: 0 errors, 0 warnings\n"


def test_a_mistake_is_a_line_with_file_line_and_column_and_the_end_is_1(write: Write) -> None:
    path = write(with_line(13, "      above: 0.2"))
    outcome = Outcome(path)
    assert outcome.code == 1
    assert outcome.out == (
        f"{path}:13:14: error: spec.criterion.threshold.above: 0.2 is a number with a fraction: "
        'quote it ("0.2"), or write it like 20%\n'
    )
    assert outcome.err == "1 rule in 1 file: 1 error, 0 warnings\n"


def test_json_has_the_documented_form(write: Write) -> None:
    path = write(with_line(6, "  severity: urgent") + "---\nkind: Service\napiVersion: v1\n")
    outcome = Outcome(path, "-o", "json")
    assert (outcome.code, outcome.err) == (1, "")
    assert json.loads(outcome.out) == {
        "files": 1,
        "rules": 1,
        "routes": 0,
        "silences": 0,
        "skipped": 1,
        "problems": [
            {
                "file": str(path),
                "line": 6,
                "column": 13,
                "field": "spec.severity",
                "message": '"urgent" is not allowed: choose '
                "'critical', 'high', 'medium', 'low' or 'info'",
                "severity": "error",
            }
        ],
    }


def test_a_rule_that_is_there_twice_is_named_with_the_other_place(write: Write) -> None:
    fraud = with_line(4, "  name: errors\n  namespace: fraud")
    one, two = write(fraud, "one.yaml"), write(fraud, "two.yaml")
    outcome = Outcome(one, two)
    assert outcome.code == 1
    assert outcome.out == (
        f'{two}:4:9: error: metadata.name: the rule "errors" is also in {one}:4: the one that is '
        "applied last is left\n"
    )


def test_two_files_without_namespace_may_be_for_two_namespaces(write: Write) -> None:
    one, two = write(RULE, "one.yaml"), write(RULE, "two.yaml")
    outcome = Outcome(one, two)
    assert outcome.code == 0
    assert "if both are for the same namespace" in outcome.out
    assert the_problem(f"{RULE}---\n{RULE}")["severity"] == "error"
    other = write(with_line(4, "  name: errors\n  namespace: a"), "three.yaml")
    assert Outcome(one, other).out == ""


def test_a_folder_stands_for_its_yaml_and_json_files(write: Write, tmp_path: Path) -> None:
    write(with_line(6, "  severity: b").replace("name: errors", "name: b"), "deep/b.yml")
    write(with_line(6, "  severity: a"), "a.yaml")
    write('{\n\t"apiVersion": "tocsin.dev/v1alpha1",\n\t"kind": "X"\n}', "c.json")
    write("no: [yaml", "notes.txt")
    write("no: [yaml", ".hidden/x.yaml")
    outcome = Outcome(tmp_path)
    assert [line.partition(":")[0] for line in outcome.lines] == [
        str(tmp_path / name) for name in ("a.yaml", "c.json", "deep/b.yml")
    ]
    assert Outcome(tmp_path, tmp_path / "a.yaml").lines == outcome.lines


def test_a_file_that_cannot_be_read_ends_with_2_and_hides_nothing(
    write: Write, tmp_path: Path
) -> None:
    good = write(with_line(6, "  severity: a"))
    absent, empty = tmp_path / "absent.yaml", tmp_path / "empty"
    empty.mkdir()
    outcome = Outcome(absent, empty, good)
    assert outcome.code == 2
    assert outcome.lines[0] == (
        f"{absent}: error: the file cannot be read (No such file or directory)"
    )
    assert "has no file that ends in .yaml, .yml or .json" in outcome.lines[1]
    assert outcome.lines[2].startswith(f"{good}:6:13: error: spec.severity: ")
    (first, *_) = json.loads(Outcome(absent, "-o", "json").out)["problems"]
    assert (first["line"], first["column"]) == (None, None)


def test_severity_is_colored_where_a_terminal_reads() -> None:
    outcome = Outcome("-", stdin=with_line(6, "  severity: urgent"), color=True)
    assert "<stdin>:6:13: \x1b[31m\x1b[1merror\x1b[0m: spec.severity: " in outcome.out


@pytest.mark.parametrize("arguments", [[], ["--bogus"], ["-o", "xml", "-"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert Outcome(*arguments).code == 2


def test_sources_are_compared_with_the_operators_configuration(write: Write) -> None:
    config = write(
        "clusterName: prod\nsources: [{name: thanos, prometheus: {url: http://t}}]\n", "config"
    )
    problem = Outcome("-", "--config", config, stdin=RULE)
    assert problem.code == 1
    assert 'there is no source "default"; known: thanos' in problem.out
    named = with_line(11, f"{LINES[10]}\n          sourceRef: {{name: thanos}}")
    assert Outcome("-", "--config", config, stdin=named).code == 0
    other = Outcome("-", "--config", config, stdin=named.replace("name: thanos", "name: mimir"))
    assert "<stdin>:12:29: error: " in other.out


def test_a_configuration_that_cannot_be_used_ends_with_2(write: Write) -> None:
    config = write("bogus: 1\n", "config")
    outcome = Outcome("-", "--config", config, stdin=RULE)
    assert (outcome.code, outcome.out) == (2, "")
    assert f"{config}: bogus: there is no such field" in outcome.err


def test_a_file_that_is_too_large_is_refused(write: Write) -> None:
    outcome = Outcome(write(b"#" * (MAX_BYTES + 1)))
    assert outcome.code == 1
    assert "larger than 10 MiB" in outcome.out


def test_what_a_terminal_would_act_on_is_not_printed_as_it_is() -> None:
    text = with_line(6, '  severity: "\\e[31m\\nred"')
    assert len(Outcome("-", stdin=text).lines) == 1
    assert "\x1b" not in Outcome("-", stdin=text).out


def test_the_command_works_as_a_filter_in_a_process_of_its_own() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tocsin", "validate", "-"],
        input=with_line(6, "  severity: urgent"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"COLUMNS": "40"},
    )
    assert result.returncode == 1
    assert result.stdout.startswith("<stdin>:6:13: error: spec.severity: ")
    assert len(result.stdout.splitlines()) == 1
    assert "\x1b" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("criterion", "known"),
    [
        ("promql: {query: up == 0, sourceRef: {name: thanos}}", "thanos"),
        ("threshold: {metric: {cloudWatch: {expression: '1'}}, above: 2}", "cloudwatch"),
    ],
)
def test_whoever_asks_a_source_by_name_asks_one_that_there_is(
    write: Write, criterion: str, known: str
) -> None:
    config = "clusterName: prod\nsources: [{name: default, prometheus: {url: http://t}}]\n"
    head, _, _ = RULE.partition("    threshold")
    outcome = Outcome("-", "--config", write(config, "c"), stdin=f"{head}    {criterion}\n")
    assert outcome.code == 1
    assert f'there is no source "{known}"; known: default' in outcome.out


def test_the_query_of_a_condition_in_promql_is_read_as_any_other() -> None:
    head, _, _ = RULE.partition("    threshold")
    problem = the_problem(f"{head}    promql: {{query: 'sum(rate(x[5m]) > 3'}}\n")
    assert problem["field"] == "spec.criterion.promql.query"
    assert "not PromQL: unclosed left paren" in problem["message"]
