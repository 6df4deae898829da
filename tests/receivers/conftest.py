"""Stand-ins for each test."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.receivers.standins import StandIns, running


@pytest_asyncio.fixture
async def standins() -> AsyncIterator[StandIns]:
    async with running() as them:
        yield them
