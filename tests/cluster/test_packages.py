"""Packages: what is missing, and no service started by an installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from e2e.cluster import packages

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def policy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages, "POLICY", path)
    monkeypatch.setenv("TOCSIN_CACHE", str(tmp_path / "cache"))
    return path


def test_only_what_is_missing_is_installed(tmp_path: Path) -> None:
    there = {"sh": "dash", str(tmp_path): "a-file"}
    assert packages.missing(there) == []
    absent = {"no-such-program": "x", "no-other-program": "x", str(tmp_path / "none"): "y"}
    assert packages.missing(there | absent) == ["x", "y"]


def test_services_are_forbidden_for_the_time_of_an_installation(policy: Path) -> None:
    with packages._no_services():
        assert policy.read_text().endswith("exit 101\n")
        assert policy.stat().st_mode & 0o111
    assert not policy.exists()


def test_a_policy_of_the_machine_stays(policy: Path) -> None:
    policy.write_text("theirs")
    with packages._no_services():
        assert policy.read_text() == "theirs"
    packages.forget_policy()
    assert policy.read_text() == "theirs"


def test_a_policy_that_a_killed_run_left_goes(policy: Path) -> None:
    policy.write_text(f"#!/bin/sh\n{packages.MARK}\nexit 101\n")
    packages.forget_policy()
    assert not policy.exists()
    packages.forget_policy()
