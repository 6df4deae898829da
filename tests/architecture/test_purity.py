"""Core neither looks at a clock nor draws lots nor reads or writes anything."""

from pathlib import Path

import pytest

from tests.architecture.purity import impurities

CORE = Path(__file__).parents[2] / "operator" / "tocsin" / "core"
FILES = sorted(CORE.rglob("*.py"))


def test_there_is_a_core_to_look_at() -> None:
    assert len(FILES) > 5


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(CORE)) for path in FILES])
def test_core_is_pure(path: Path) -> None:
    assert impurities(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import datetime\ndatetime.datetime.now()", "datetime.datetime.now"),
        ("from datetime import datetime\ndatetime.utcnow()", "datetime.datetime.utcnow"),
        ("from datetime import datetime as d\nd.now()", "datetime.datetime.now"),
        ("from datetime import datetime\nC = datetime\nC.now()", "datetime.datetime.now"),
        ("from datetime import datetime\nA = B = datetime\nB.now()", "datetime.datetime.now"),
        ("from datetime import datetime\nD: type = datetime\nD.now()", "datetime.datetime.now"),
        ("import datetime as dt\nC = dt.datetime\nD = C\nD.now()", "datetime.datetime.now"),
        ("from datetime import datetime\nnow = datetime.now", "datetime.datetime.now"),
        ("from datetime import datetime\nf(key=datetime.now)", "datetime.datetime.now"),
        ("from datetime import datetime as d\ngetattr(d, 'now')()", "datetime.datetime.now"),
        ("from datetime import datetime as d\na, C = 1, d\nC.now()", "datetime.datetime.now"),
        ("from datetime import datetime\nf(C := datetime)\nC.now()", "datetime.datetime.now"),
        ("import datetime\ndatetime.date.today()", "datetime.date.today"),
        ("from datetime import date as d\nd.today()", "datetime.date.today"),
        ("import random", "random"),
        ("import random as r\nr.random()", "random.random"),
        ("from random import choice", "random.choice"),
        ("def f():\n    from random import choice", "random.choice"),
        ("import time\ntime.monotonic()", "time.monotonic"),
        ("from time import time as t\nt()", "time.time"),
        ("import importlib\nimportlib.import_module('kopf')", "importlib.import_module"),
        ("from importlib import import_module", "importlib.import_module"),
        ("hash('a')", "hash"),
        ("h = hash\nh('a')", "hash"),
        ("sorted([], key=hash)", "hash"),
        ("import builtins\nbuiltins.hash('a')", "builtins.hash"),
        ("from builtins import hash as h\nh('a')", "builtins.hash"),
        ("__builtins__.open('a')", "__builtins__.open"),
        ("open('a')", "open"),
        ("print('a')", "print"),
        ("input()", "input"),
        ("eval('1')", "eval"),
        ("exec('1')", "exec"),
        ("__import__('kopf')", "__import__"),
    ],
)
def test_each_way_round_is_seen(source: str, names: str) -> None:
    assert names in {found.partition(": ")[2] for found in impurities(source)}


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import UTC, datetime, timedelta\ndatetime.fromtimestamp(0, UTC)",
        "def f(now):\n    return now.replace(microsecond=0)",
        "class A:\n    def __hash__(self):\n        return 1",
        "alert.now()\nrule.hash\nrule.open()\nself.time = 1",
        "class A:\n    id: str\n    open: bool = False",
        "import hashlib\nhashlib.sha256(b'a').hexdigest()",
        "import math, re, enum, dataclasses",
    ],
)
def test_what_is_pure_is_left_alone(source: str) -> None:
    assert impurities(source) == []
