"""Whatever happens to a request, no logger tells what is secret in it."""

import logging
from collections.abc import Iterator

import pytest

from tests.adapters.transport.hosts import CANARY


@pytest.fixture(autouse=True)
def _quiet_loggers(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    lines = map(logging.Formatter().format, caplog.get_records("call"))
    assert [line for line in lines if CANARY in line] == []
