"""A file becomes documents with places, whatever is in it; what is no YAML is named by line."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tocsin.api.manifests import Document, Mistake, Place, locate, read_manifests, to_json
from tocsin.api.manifests.compose import MAX_DEPTH, MAX_MISTAKES
from tocsin.api.manifests.reading import MAX_BYTES, MAX_DOCUMENTS

LOADERS = pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader])
#: What trips parsers, more often than chance would bring it.
PIECES = st.sampled_from(
    (
        *("a: ", "- ", "? ", ": ", "{", "}", "[", "]", ",", "|\n ", ">-\n ", "'", '"', "\\u", "#"),
        *("&x ", "*x", "<<: ", "!!int ", "!x ", "%TAG ! x\n", "\n---\n", "...\n", "0.2"),
        *("\n", "\r\n", "\r", "\t", "  ", "\u2028", "\x85", "\ufeff", "\x00", "\x07", "😀"),
        *("{{ .Values.a }}", "{{- if .x }}\n"),
    )
)
ANY_TEXT = st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join)


def documents(text: str) -> list[Document]:
    found = list(read_manifests(text.encode()))
    return [one for one in found if isinstance(one, Document)]


def mistakes(data: str | bytes) -> list[Mistake]:
    found = list(read_manifests(data if isinstance(data, bytes) else data.encode()))
    inner = [m for one in found if isinstance(one, Document) for m in one.mistakes]
    return [one for one in found if isinstance(one, Mistake)] + inner


def the_mistake(data: str | bytes) -> Mistake:
    (mistake,) = mistakes(data)
    return mistake


def values(text: str) -> list[Any]:
    return [to_json(document.root) for document in documents(text)]


def test_each_document_is_read_and_empty_ones_are_left_out() -> None:
    text = "# a comment\n---\na: 1\n---\n\n---\n# nothing\n--- {b: 2}\n...\n--- {c: 3}\n"
    assert values(text) == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert values("") == values("---\n") == []


def test_a_version_at_the_start_and_a_byte_order_mark_change_nothing() -> None:
    assert values("%YAML 1.2\n---\na: 1\n") == [{"a": 1}]
    assert values("\ufeffa: 1\n") == [{"a": 1}]


def test_a_mistake_in_one_document_hides_no_other() -> None:
    text = "a: 1\n---\nb: [\n---\nc: 3\n---\nd: e: f\n"
    assert values(text) == [{"a": 1}, {"c": 3}]
    assert [m.place.line for m in mistakes(text) if m.place] == [4, 7]


def test_aliases_and_merges_are_what_they_stand_for() -> None:
    text = "base: &b {x: 1, z: 2}\nown: {<<: *b, z: 3}\nmany: {<<: [{x: 4}, *b]}\nsame: *b\n"
    assert values(text) == [
        {
            "base": {"x": 1, "z": 2},
            "own": {"x": 1, "z": 3},
            "many": {"x": 4, "z": 2},
            "same": {"x": 1, "z": 2},
        }
    ]


def test_keys_are_texts_as_in_json() -> None:
    assert values("1: a\non: b\n0.5: c\n") == [{"1": "a", "true": "b", "0.5": "c"}]


def test_quotes_and_tags_make_texts() -> None:
    text = 'a: \'5\'\nb: "yes"\nc: !!str 7\nd: !!int "8"\ne: !mine 9\nf: |\n  10\n'
    assert values(text) == [{"a": "5", "b": "yes", "c": "7", "d": 8, "e": "9", "f": "10\n"}]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("spec", Place(2, 1)),
        ("spec.for", Place(3, 8)),
        ("spec.labels", Place(4, 3)),
        ("spec.labels.example.com/a.b", Place(5, 24)),
        ("spec.labels.example.com", Place(4, 3)),
        ("spec.nothing", Place(6, 3)),
        ("spec.actions[1]", Place(9, 5)),
        ("spec.actions[2].name", Place(10, 11)),
        ("spec.actions[7]", Place(7, 3)),
        ("spec.again.x", Place(11, 14)),
        ("spec.absent.deep", Place(2, 1)),
        ("", Place(1, 1)),
    ],
)
def test_a_field_is_found_where_it_stands_and_else_its_parent(path: str, place: Place) -> None:
    (document,) = documents(
        "kind: x\n"
        "spec:\n"
        "  for: 5m\n"
        "  labels:\n"
        '    "example.com/a.b": "c"\n'
        "  nothing:\n"
        "  actions:\n"
        "  - one\n"
        "  - 😀\n"
        "  - name: two\n"
        "  again: {x: 1}\n"
    )
    assert locate(document.root, path) == place


def test_an_aliased_field_is_found_where_it_is_used() -> None:
    (document,) = documents("a: &a\n  x: 1\nb: *a\nc:\n- *a\n")
    assert locate(document.root, "b") == Place(3, 1)
    assert locate(document.root, "c[0]") == Place(5, 3)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a:\n\tb: 1\n", 2, "a tab stands where YAML takes blanks"),
        ("a: 1\nb: c: d\n", 2, "mapping values are not allowed"),
        ("a: 1\n\n\nb: 'x\n", 4, "unexpected end of stream"),
        ("{{- if .Values.on }}\na: 1\n{{- end }}\n", 1, "looks like a Helm template"),
        ("a: {{ .Values.a }}\n", 1, "a key is a map: this looks like a template"),
        ("a: 1\nb: *b\n", 2, "*b stands for nothing: write &b before"),
        ("a: &a\n  b: *a\n", 2, "*a contains itself"),
        ("a: 1\nb: 2\na: 3\n", 3, "the key stands twice, first in line 1"),
        ("a: 1\n~: 2\n", 2, "a key is empty"),
        ("a: {<<: 5}\n", 1, "`<<` merges maps"),
        ("a: 1\nb: \x07\n", 2, "U+0007 is not allowed"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, line: int, said: str) -> None:
    mistake = the_mistake(text)
    assert said in mistake.message
    assert mistake.place is not None
    assert mistake.place.line == line


def test_a_key_that_stands_twice_is_named_by_its_path() -> None:
    mistake = the_mistake("items:\n- spec:\n    for: 1m\n    for: 2m\n")
    assert mistake.field == "items[0].spec.for"


def test_bytes_that_are_no_text_are_named_by_line() -> None:
    mistake = the_mistake(b"a: 1\nb: \xff\n")
    assert mistake.place == Place(2, 1)
    assert "not UTF-8" in mistake.message


def test_a_file_of_the_largest_size_is_read_and_a_larger_one_is_not() -> None:
    filler = b"# " + b"x" * 97 + b"\n"
    data = b"a: 1\n" + filler * (MAX_BYTES // len(filler) + 1)
    assert not mistakes(data[:MAX_BYTES])
    assert "larger than 10 MiB" in the_mistake(data[: MAX_BYTES + 1]).message


def test_aliases_that_multiply_are_refused_before_they_cost_anything() -> None:
    """A billion laughs: ten levels of ten."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "more than 1000000 entries" in the_mistake("\n".join(levels)).message


def test_merges_that_multiply_are_refused_too() -> None:
    wide = "base: &b {" + ", ".join(f"k{n}: 1" for n in range(2000)) + "}\n"
    many = "list:\n" + "- {<<: *b}\n" * 1000
    assert "more than 1000000 entries" in the_mistake(wide + many).message


@LOADERS
@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_what_is_nested_too_deep_is_refused_and_the_limit_itself_is_not(
    loader: type[Any], opening: str
) -> None:
    closing = {"[": "]", "{a: ": "}", "- ": ""}[opening]

    def read(depth: int) -> list[Document | Mistake]:
        text = opening * depth + "1" + closing * depth
        return list(read_manifests(text.encode(), loader))

    (fine,) = read(MAX_DEPTH)
    assert isinstance(fine, Document)
    assert to_json(fine.root) is not None
    for depth in (MAX_DEPTH + 1, 50_000):
        (mistake,) = read(depth)
        assert isinstance(mistake, Mistake)
        assert "deep" in mistake.message or "depth" in mistake.message


def test_documents_are_bounded_and_so_are_mistakes_in_one() -> None:
    assert "more than 10000 documents" in the_mistake("---\na\n" * (MAX_DOCUMENTS + 1)).message
    found = mistakes("a: 1\n" * (MAX_MISTAKES + 50))
    assert len(found) == 1
    assert "more such mistakes" in found[0].message


@LOADERS
@given(text=ANY_TEXT)
def test_no_text_raises_and_each_place_is_in_the_file(loader: type[Any], text: str) -> None:
    lines = text.removeprefix("\ufeff").split("\n")
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    for found in read_manifests(text.encode("utf-8", "surrogatepass"), loader):
        places = [found.place] if isinstance(found, Mistake) else [m.place for m in found.mistakes]
        if isinstance(found, Document):
            to_json(found.root)
            places.append(found.root.place)
        for place in places:
            assert place is not None
            assert 1 <= place.line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 2


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    for found in read_manifests(data):
        assert isinstance(found, Document | Mistake)


#: YAML takes no control characters, and its lines may end where those of JSON do not.
PLAIN = st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Zl", "Zp"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64) | st.text(PLAIN, max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abc", min_size=1), JSON, max_size=4))
def test_json_is_read_as_it_is(value: dict[str, Any]) -> None:
    assert values(json.dumps(value, ensure_ascii=False)) == [value]
