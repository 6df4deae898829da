"""What a measurement found: one line for people and scripts, and a file that is kept."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from e2e.cluster import paths

Figures = Mapping[str, float]


def line(name: str, figures: Figures) -> str:
    """The last line of a measurement."""
    shown = " ".join(f"{key}={_shown(value)}" for key, value in figures.items())
    return f"RESULT {name} {shown}"


def _shown(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def keep(name: str, content: Mapping[str, Any]) -> Path:
    """Write a result to a file of its own below the cache folder; where it is."""
    folder = paths.made(paths.cache() / "bench")
    path = folder / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    paths.write(path, json.dumps(content, indent=1) + "\n")
    return path
