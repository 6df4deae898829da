"""The page about network and credentials quotes what the code says, and explains all of it."""

import ast
import re
from collections.abc import Iterator

import pytest

from tocsin.adapters.kube import credentials
from tocsin.adapters.transport import problems, transport

from .pages import ROOT, page

PAGE = page("receivers/network-and-credentials.md")
ADAPTERS = ROOT / "operator" / "tocsin" / "adapters"
SOURCES = [*(ADAPTERS / "transport").glob("*.py")]
SOURCES += [ADAPTERS / "kube" / "secrets.py", ADAPTERS / "kube" / "credentials.py"]


def texts() -> Iterator[str]:
    """All texts in the code."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def quoted() -> list[str]:
    """The messages in the page's tables of messages, as far as they are always the same."""
    tables = re.findall(r"^\| message \|.*\n\|.*\n((?:\|.*\n)+)", PAGE.text, re.MULTILINE)
    first = [row.split("|")[1] for table in tables for row in table.splitlines()]
    return re.findall(r"`([^`]+)`", " ".join(first))


@pytest.mark.parametrize("message", quoted())
def test_every_message_of_the_page_is_one_of_the_code(message: str) -> None:
    known = list(texts())
    for part in re.split(r"…|(?<=leads to) |, (?=where)", message):
        assert any(part.strip() in text for text in known), part


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    text = PAGE.text
    assert f"{problems.MAX_BODY // 1024} KiB are read" in text
    assert f"At most {transport._CONNECTIONS_TO_A_HOST} requests to a host" in text
    assert f"and {transport._CONNECTIONS} in all" in text
    assert f"at most {credentials.MAX_VALUE // 1024} KiB" in text
    assert f"the first {credentials.MAX_HOSTS} count" in text
    assert credentials.LABEL in text
    assert credentials.ALLOWED_HOSTS in text
