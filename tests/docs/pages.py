"""Reads the documentation: its pages, links, code blocks, and the rules in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Folders of tools and of other people's text.
_NOT_OURS = {".venv", "node_modules", ".pytest_cache", ".hypothesis"}
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HERE = re.compile(r"<<'(\w+)'\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_API_VERSION = "tocsin.dev/v1alpha1"
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Page:
    """One page, and where it is for messages."""

    path: Path

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return str(self.path.relative_to(ROOT))

    @property
    def links(self) -> list[str]:
        """Where its links lead, code blocks aside."""
        return _LINK.findall(_BLOCK.sub("", self.text))

    @property
    def anchors(self) -> set[str]:
        """The anchors of its headings, as GitHub makes them."""
        headings = re.findall(r"^#+ (.+)$", _BLOCK.sub("", self.text), re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}

    def blocks(self, language: str) -> list[str]:
        """The code blocks of a language."""
        return [body for name, body in _BLOCK.findall(self.text) if name == language]

    def objects(self) -> Iterator[dict[str, Any]]:
        """The objects of Tocsin's kinds in its YAML blocks, and fed to kubectl in shell blocks."""
        fed = [body for shell in self.blocks("sh") for _, body in _HERE.findall(shell)]
        for block in (*self.blocks("yaml"), *fed):
            for document in yaml.safe_load_all(block):
                if isinstance(document, dict) and document.get("apiVersion") == _API_VERSION:
                    yield document

    def rules(self) -> Iterator[dict[str, Any]]:
        """The MLAlertRules among its objects."""
        return (document for document in self.objects() if document.get("kind") == "MLAlertRule")


def ours() -> list[Page]:
    """README, CHANGELOG, CONTRIBUTING and everything in docs."""
    return [Page(path) for path in sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])]


def everywhere() -> list[Page]:
    """All pages of the repository."""
    found = (path for path in ROOT.rglob("*.md") if not _NOT_OURS & set(path.parts))
    return [Page(path) for path in sorted(found)]


def page(path: str) -> Page:
    """The page at `path` in docs."""
    return Page(DOCS / path)
