"""kopf as we set it up, against an API server: it lists, watches, and does nothing else."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import pytest

from tests.handlers.cluster import KINDS, ApiServer, api_server
from tests.handlers.watched import Notes, pod
from tocsin.core.serving import OPTIONAL, ServingKind
from tocsin.engine.kinds import WATCHED_KINDS
from tocsin.handlers.operator import CLUSTER_WIDE, WATCHED, watch
from tocsin.handlers.streams import Streams

KIND_NAMES = {kind for kinds in KINDS.values() for kind in kinds.values()}
NAMESPACED = KIND_NAMES - {"Namespace"}


class Noticing(Notes):
    """Wakes whoever waits for something to have been told."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    def saw(self, kind: str, body: Mapping[str, Any]) -> None:
        """Note it."""
        super().saw(kind, body)
        self._news.set()

    def gone(self, kind: str, namespace: str, name: str) -> None:
        """Note it."""
        super().gone(kind, namespace, name)
        self._news.set()

    def listed(self, kind: str, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """Note it."""
        super().listed(kind, namespace, names)
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for it, at most ten seconds."""
        async with asyncio.timeout(10):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def lists(self) -> set[tuple[str, str | None]]:
        """The kinds and namespaces of which a whole list was told."""
        return {(told[1], told[2]) for told in self.told if told[0] == "listed"}


@contextlib.asynccontextmanager
async def watching(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    server: ApiServer,
    notes: Noticing,
    namespaces: Sequence[str] = (),
    streams: Streams | None = None,
    also: Sequence[ServingKind] = (),
) -> AsyncIterator[asyncio.Task[None]]:
    """The watches while this lasts; their end must be quick."""
    monkeypatch.setenv("KUBECONFIG", str(folder / "kubeconfig"))
    ready = asyncio.Event()
    running = asyncio.create_task(
        watch(
            notes,
            notes.count,
            streams or Streams(),
            namespaces=namespaces,
            identity="test",
            ready=ready,
            also=also,
        )
    )
    try:
        yield running
    finally:
        start = time.monotonic()
        running.cancel()
        await asyncio.wait([running])
        assert time.monotonic() - start < 2
    assert ready.is_set()


def test_what_kopf_watches_is_what_the_engine_waits_for() -> None:
    plurals = {plural: kind for kinds in KINDS.values() for plural, kind in kinds.items()}
    assert (
        {plurals[plural] for _, _, plural in (*WATCHED, *CLUSTER_WIDE)}
        == set(WATCHED_KINDS)
        == KIND_NAMES
    )


async def test_every_kind_is_listed_and_watched_and_nothing_else_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Noticing()
    async with api_server(tmp_path / "kubeconfig") as server:
        server.objects["pods"] = [pod("a"), pod("b")]
        server.refuse = {"pods": [403], "deployments": [503]}  # a right, a server, that come late
        async with watching(tmp_path, monkeypatch, server, notes):
            await notes.until(lambda: len(notes.lists()) == len(KIND_NAMES))
            assert notes.lists() == {(kind, None) for kind in KIND_NAMES}
            assert ("listed", "Pod", None, {"a", "b"}) in notes.told
            async with asyncio.timeout(5):
                await server.watched["pods"].wait()
            server.tell("pods", "ADDED", pod("c"))
            server.tell("pods", "DELETED", pod("a"))
            await notes.until(lambda: ("gone", "Pod", "a") in notes.told)
            assert notes.told.index(("saw", "Pod", "c")) < notes.told.index(("gone", "Pod", "a"))
    assert {method for method, _, _ in server.requests} == {"GET"}
    resources = {
        f"/{'apis' if '/' in version else 'api'}/{version}/{plural}"
        for version, kinds in KINDS.items()
        for plural in kinds
    }
    discovery = {"/api", "/apis", *(path.rpartition("/")[0] for path in resources)}
    others = {path for _, path, _ in server.requests} - resources - discovery
    assert others <= {"/apis/apiextensions.k8s.io/v1"}  # the version is looked at, nothing in it


async def test_streams_that_went_silent_are_begun_anew_from_outside_and_tell_what_was_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, streams = Noticing(), Streams()
    async with (
        api_server(tmp_path / "kubeconfig") as server,
        watching(tmp_path, monkeypatch, server, notes, streams=streams),
    ):
        await notes.until(lambda: len(notes.lists()) == len(KIND_NAMES))
        async with asyncio.timeout(5):
            await asyncio.gather(*(one.wait() for one in server.watched.values()))
        server.silent = True  # as where packets are dropped: no event, no end, no error
        server.objects["mlalertrules"] = [pod("meanwhile")]
        server.tell("mlalertrules", "ADDED", pod("meanwhile"))
        told, began = len(notes.told), time.monotonic()
        streams.cut()
        await notes.until(lambda: ("saw", "MLAlertRule", "meanwhile") in notes.told)
        await notes.until(
            lambda: sum(one[0] == "listed" for one in notes.told[told:]) == len(KIND_NAMES)
        )
        assert time.monotonic() - began < 5


async def test_requests_that_kopf_repeats_within_are_counted_with_their_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Noticing()
    async with api_server(tmp_path / "kubeconfig") as server:
        server.refuse = {"pods": [403]}
        async with watching(tmp_path, monkeypatch, server, notes):
            await notes.until(lambda: len(notes.lists()) == len(KIND_NAMES))
    assert notes.counted.count(("list", "pods", "403")) == 1
    assert {code for _, _, code in notes.counted} == {"200", "403"}


async def test_with_namespaces_each_is_listed_and_watched_on_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Noticing()
    async with (
        api_server(tmp_path / "kubeconfig") as server,
        watching(tmp_path, monkeypatch, server, notes, ("fraud", "ads")),
    ):
        await notes.until(lambda: len(notes.lists()) == 2 * len(NAMESPACED))
    assert notes.lists() == {(kind, space) for kind in NAMESPACED for space in ("fraud", "ads")}
    listed = {path for _, path, _ in server.requests if path.endswith("/pods")}
    assert listed == {f"/api/v1/namespaces/{space}/pods" for space in ("fraud", "ads")}


@pytest.mark.parametrize("namespaces", [(), ("fraud",)])
async def test_of_the_kinds_that_a_cluster_may_have_those_are_watched_that_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, namespaces: tuple[str, ...]
) -> None:
    rollout = OPTIONAL[0]
    monkeypatch.setitem(KINDS, rollout.api_version, {rollout.plural: rollout.kind})
    usual, notes = NAMESPACED if namespaces else KIND_NAMES, Noticing()
    async with api_server(tmp_path / "kubeconfig") as server:
        server.objects["rollouts"] = [pod("scorer")]
        async with watching(tmp_path, monkeypatch, server, notes, namespaces, also=[rollout]):
            await notes.until(lambda: len(notes.lists()) > len(usual))
            async with asyncio.timeout(5):
                await server.watched["rollouts"].wait()
    assert {kind for kind, _ in notes.lists()} == usual | {"Rollout"}
    assert ("saw", "Rollout", "scorer") in notes.told
    asked = {path for _, path, _ in server.requests}
    others = {one.api_version for one in OPTIONAL} - {rollout.api_version}
    assert not {path for path in asked if any(version in path for version in others)}
