"""The checker sees a planted bug of each kind, within some hundred schedules."""

from collections.abc import Callable

import pytest

from tests.recover.planted import PLANTED
from tests.recover.planted_leading import LEADING
from tests.recover.planted_telling import TELLING
from tests.recover.running import run_seed

WITHIN = 400
FROM_A_SEED = (*TELLING, *LEADING)


@pytest.mark.parametrize(("plant", "kind"), PLANTED, ids=[plant.__name__ for plant, _ in PLANTED])
def test_it_finds(
    plant: Callable[[pytest.MonkeyPatch], None], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    assert any(
        violation.kind == kind for seed in range(WITHIN) for violation in run_seed(seed).violations
    )


@pytest.mark.parametrize(
    ("plant", "kind", "what", "first"),
    FROM_A_SEED,
    ids=[plant.__name__ for plant, *_ in FROM_A_SEED],
)
def test_it_finds_between_leaders_and_between_alerts_and_people(
    plant: Callable[[pytest.MonkeyPatch], None],
    kind: str,
    what: str,
    first: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    assert any(
        violation.kind == kind and violation.what.startswith(what)
        for seed in range(first, first + WITHIN, 2)
        for violation in run_seed(seed).violations
    )
