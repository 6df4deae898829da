"""CLUSTER=existing takes the context that is named, and no other."""

from __future__ import annotations

import pytest

from e2e.cluster import cluster, delivery, existing, stop
from e2e.cluster.errors import ClusterError


def test_it_is_wanted_by_one_word_only() -> None:
    assert existing.wanted({"CLUSTER": "existing"})
    assert not existing.wanted({})
    assert not existing.wanted({"CLUSTER": "kind"})
    with pytest.raises(ClusterError, match="CLUSTER=exsting is unknown"):
        existing.wanted({"CLUSTER": "exsting"})


def test_the_named_context_is_taken() -> None:
    assert existing.choose("b", ["a", "b"]) == "b"


def test_without_a_name_the_known_contexts_are_listed() -> None:
    with pytest.raises(ClusterError, match=r"needs CONTEXT=name.*: a, b$"):
        existing.choose(None, ["a", "b"])


def test_an_unknown_context_is_an_error_and_not_the_current_one() -> None:
    with pytest.raises(ClusterError, match=r"no context c; the known contexts are: a, b$"):
        existing.choose("c", ["a", "b"])
    with pytest.raises(ClusterError, match=r"the known contexts are: none$"):
        existing.choose("c", [])


def test_a_cluster_of_the_users_is_neither_deleted_nor_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CLUSTER", "existing")
    with pytest.raises(ClusterError, match="not ours to delete"):
        stop.down()
    with pytest.raises(ClusterError, match="push tocsin/operator:dev to a registry"):
        delivery.load_images("tocsin/operator:dev")


def test_without_a_cluster_the_command_that_makes_one_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("TOCSIN_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.delenv("CLUSTER", raising=False)
    with pytest.raises(ClusterError, match=r"^no cluster yet: run `make cluster`$"):
        cluster.need()
