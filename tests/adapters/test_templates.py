"""Templates say what they are given, name their mistakes, and keep within their bounds."""

import time
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.adapters.templates import Bounds, GoTemplates
from tocsin.ports import Rendered

VALUES: Final[dict[str, Any]] = {
    "labels": {"pod": "scorer-1", "gpu": "0"},
    "value": 0.312,
    "threshold": 0.2,
    "baseline": None,
    "labelDelay": "",
    "parts": {},
    "features": [],
    "workload": {"kind": "Deployment", "namespace": "fraud", "name": "scorer"},
    "rule": {"namespace": "fraud", "name": "high-latency"},
    "severity": "high",
}
OUTPUT_LIMIT: Final = 8192
SECONDS: Final = 0.2


def render(template: str, values: dict[str, Any] = VALUES) -> Rendered:
    """Render within the time of a processor that one template may take."""
    start = time.thread_time()
    templates = GoTemplates()
    templates.check(template)
    rendered = templates.render(template, values)
    assert time.thread_time() - start < 2 * SECONDS  # checked, and rendered twice on failure
    assert len(rendered.text) <= OUTPUT_LIMIT
    return rendered


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain, 100% {of it}", "plain, 100% {of it}"),
        ("{{ $labels.pod }}", "scorer-1"),
        ("{{ $value }}", "0.312"),
        ("{{ $value | humanizeDuration }}", "312ms"),
        ("{{ $threshold | humanizePercentage }}", "20%"),
        ("{{ $workload.kind }} {{ $workload.name }}", "Deployment scorer"),
        ("{{ $workload.namespace }}", "fraud"),
        ("{{ $rule.namespace }}/{{ $rule.name }}", "fraud/high-latency"),
        ("{{ $severity }}", "high"),
        ('{{ printf "%.2f %5s|%-5s|" $value "a" "b" }}', "0.31     a|b    |"),
        ('{{ printf "%05d %x %t" 3 255 true }}', "00003 ff true"),
        ("{{ if gt $value $threshold }}above{{ else }}below{{ end }}", "above"),
        ("{{ range $k, $v := $labels }}{{ $k }}={{ $v }} {{ end }}", "gpu=0 pod=scorer-1 "),
        ("{{ with $labels.pod }}{{ . }}{{ end }}", "scorer-1"),
        ("a {{- /* no blank */ -}} b", "ab"),
        ('{{ define "x" }}[{{ . }}]{{ end }}{{ template "x" $value }}', "[0.312]"),
        ('{{ print "<b>" "c" 1 2 "d" 3 }}', "<b>c1 2d3"),
        ('{{ println "a" "b" 1 }}', "a b 1\n"),
    ],
)  # fmt: skip
def test_a_template_says_what_it_is_given(template: str, text: str) -> None:
    assert GoTemplates().check(template) is None
    assert render(template) == Rendered(text)


def test_a_missing_label_keeps_the_text_and_names_those_that_there_are() -> None:
    rendered = render("a {{ $labels.model }} b")
    assert rendered.text == "a <no value> b"
    assert rendered.problem == 'there is no label or field "model"; the series has: gpu, pod'


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ $value | nope }}", "unknown function nope; there are: humanize, "),
        ("{{ $vlaue }}", "unknown variable $vlaue; there are: $labels, $value, "),
        ("{{ $value", "unclosed action"),
        ("{{ if }}{{ end }}", "missing value"),
        ("{{ end }}", "end"),
        ("{{ 1 }}" + "x" * 4096, "longer than 4096 characters"),
        ("x" * 4097, "longer than 4096 characters"),
        ("{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", "nesting"),
        ("{{ if 1 }}" * 200 + "{{ end }}" * 200, "nesting"),
        ("{{ " + "9" * 4000 + " }}", "invalid numeric literal"),
    ],
)
def test_a_mistake_is_found_before_any_value_is_known(template: str, said: str) -> None:
    problem = GoTemplates().check(template)
    assert problem is not None
    assert said in problem
    assert render(template) == Rendered("", problem)


A_ASKS_B: Final = '{{ template "a" . }}{{ define "a" }}{{ template "b" . }}{{ end }}'
DOUBLED: Final = '{{ $x := "aaaaaaaa" }}'


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ range 1000000000 }}x{{ end }}", "iteration budget"),
        ("{{ range 99 }}{{ range 99 }}{{ range 99 }}{{ end }}{{ end }}{{ end }}", "iteration"),
        (A_ASKS_B + '{{ define "b" }}{{ template "b" . }}{{ end }}', "depth budget"),
        (A_ASKS_B + '{{ define "b" }}{{ template "a" . }}{{ end }}', "depth budget"),
        ('{{ printf "%300000000d" 1 }}', "width"),
        ('{{ printf "%.300000000f" 1.0 }}', "width"),
        ('{{ printf "%-+ #0300000000d" 1 }}', "width"),
        ('{{ printf "%*d" 300000000 1 }}', "width"),
        ('{{ printf "%.*f" 300000000 1.0 }}', "width"),
        ('{{ printf "%[1]300000000d" 1 }}', "width"),
        ('{{ printf (print "%" "30000000" "0d") 1 }}', "width"),
        ('{{ printf "' + "%999d" * 700 + '" 1 }}', "longer than 8192"),
        (DOUBLED + "{{ $x = print $x $x }}" * 40, "longer than 8192"),
        (DOUBLED + '{{ range 40 }}{{ $x = printf "%s%s" $x $x }}{{ end }}', "longer than 8192"),
        (DOUBLED + "{{ $x = print $x $x }}" * 10 + "{{ $x }}" * 2, "output character budget"),
        ("{{ range 900 }}aaaaaaaaaaaaaaaaaaaa{{ end }}", "output character budget"),
        ('{{ range 600 }}{{ print "a" }}{{ end }}', "function-call budget"),
        ("{{ html $severity }}", "function html is not available; there are: "),
        ("{{ js $severity }}", "function js is not available; there are: "),
        ("{{ urlquery $severity }}", "function urlquery is not available; there are: "),
        ("{{ call $severity }}", "'call' is not defined"),
        ("{{ $value.__class__ }}", "not allowed"),
        ("{{ $value.__class__.__mro__ }}", "not allowed"),
        ("{{ $value.real }}", "not allowed"),
        ("{{ $severity.upper }}", "not allowed"),
        ('{{ $severity.format "a" }}', "not allowed"),
        ('{{ template "absent" }}', "not defined"),
        ("{{ humanize }}", "wrong number of args"),
    ],
)  # fmt: skip
def test_what_goes_too_far_gives_no_text_but_a_reason(template: str, said: str) -> None:
    rendered = render(template)
    assert rendered.text == ""
    assert said in (rendered.problem or "")


@pytest.mark.parametrize("name", ["__class__", "keys", "items", "get", "__init__"])
def test_a_name_of_python_is_just_a_label_that_is_not_there(name: str) -> None:
    rendered = render(f"{{{{ $labels.{name} }}}}")
    assert rendered.text == "<no value>"
    assert f'no label or field "{name}"' in (rendered.problem or "")


def test_a_problem_stays_short_however_long_the_values_are() -> None:
    long = {**VALUES, "labels": {"a": "x" * 100_000, "b" * 5000: "", "c" * 5000: ""}}
    for template in ("{{ humanize $labels.a }}", "{{ $labels.nope }}", "{{ humanize $labels }}"):
        assert len(render(template, long).problem or "") <= 500


PIECES: Final = st.sampled_from(
    [
        "{{", "}}", "{{-", "-}}", "$labels", ".pod", "$value", "$x", ":=", "=", "|", "(", ")",
        "if", "else", "end", "range", "with", "define", "template", "block", '"a"', "`", "break",
        "continue", "index", "slice", "len", "printf", '"%s%d%v%q"', "and", "or", "not", "eq", "lt",
        "print", "1", "-1", "1e9", "0x1p-2", "'a'", "nil", "true", ".", "$", " ", "\n", "/*", "*/",
        "humanize", "title", "é", "\x00", "\ud800", "0", "99999999999", "__class__",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_no_mixture_of_the_language_raises_or_runs_over(template: str) -> None:
    render(template)
    render("{{ " + template + " }}")


@given(st.text(max_size=9000), st.text(max_size=9000), st.floats() | st.text())
@settings(max_examples=60, deadline=None)
def test_no_text_raises_or_runs_over_as_template_or_as_value(
    template: str, label: str, value: object
) -> None:
    render(template)
    values = {**VALUES, "labels": {"a": label}, "value": value}
    render("{{ $value | humanize }}{{ title $labels.a }}{{ toUpper $labels.a }}", values)
    render("{{ $labels.a }}{{ $labels.a }}{{ $value }}", values)


@pytest.mark.parametrize(
    ("bounds", "at_the_limit", "beyond"),
    [
        (Bounds(output=300), "{{ printf `%300s` `x` }}", "{{ printf `%301s` `x` }}"),
        (Bounds(width=20), "{{ printf `%20s` `x` }}", "{{ printf `%21s` `x` }}"),
        (Bounds(width=20), "{{ printf `%-020d` 1 }}", "{{ printf `%s %+021.1f` `a` 1.0 }}"),
        (
            Bounds(calls=3),
            "{{ toUpper (toLower (title `x`)) }}",
            "{{ toUpper (toLower (title (print `x`))) }}",
        ),
        (
            Bounds(iterations=4),
            "{{ range $labels }}.{{ end }}{{ range $labels }}.{{ end }}",
            "{{ range $labels }}{{ range $labels }}.{{ end }}{{ end }}",
        ),
    ],
)
def test_each_bound_holds_at_the_value_that_is_set(
    bounds: Bounds, at_the_limit: str, beyond: str
) -> None:
    templates = GoTemplates(bounds)
    assert templates.render(at_the_limit, VALUES).problem is None
    refused = templates.render(beyond, VALUES)
    assert refused.problem is not None
    assert refused.text == ""


def test_a_percent_sign_is_no_wide_field() -> None:
    assert GoTemplates().render("{{ printf `100%%9999s` }}", VALUES) == Rendered("100%9999s")


@pytest.mark.parametrize("template", ['{{ "high" }}', "{{ $severity }}", "{{ .severity }}"])
def test_what_a_template_begins_with_is_trimmed_whichever_variables_it_uses(template: str) -> None:
    assert render(f" \n {template} \n") == Rendered("high \n")
