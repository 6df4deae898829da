"""Run the stand-ins: HOST and PORT say where, WEBHOOK_SCHEMA which file signed webhooks fit."""

import json
import os
from pathlib import Path

from aiohttp import web

from e2e.receivers.app import make_app
from e2e.receivers.world import World


def main() -> None:
    """Serve until SIGTERM."""
    named = os.environ.get("WEBHOOK_SCHEMA", "")
    form = json.loads(Path(named).read_text()) if named and Path(named).is_file() else None
    web.run_app(
        make_app(World(form)),
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8080")),
        access_log=None,
        shutdown_timeout=1,
        print=lambda *_: None,
    )


if __name__ == "__main__":
    main()
