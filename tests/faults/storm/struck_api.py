"""A service's own API with crash points, and with the mutants, which sleep until the folder names one.

`uvicorn --factory tests.faults.storm.struck_api:app_from_environment`; `FAULT_SERVICE` and `FAULT_FOLDER` as in `routed_up.py`.
"""

import os
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from shared.contracts.codes import Service
from shared.task_queue import Bell
from tests.faults import mutants
from tests.faults.crash_points import FaultFolder, Point

_KEY = b"idempotency-key"
_changing: ContextVar[bool] = ContextVar("changing", default=False)
"""Whether the request that is being answered asks for a change."""


class StruckApi:
    """The application, which may die just before its commit, its bell or its answer."""

    def __init__(self, app: Any, *, faults: FaultFolder) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["method"] not in ("POST", "PUT"):
            await self._app(scope, receive, send)
            return
        _changing.set(True)
        if self._faults.mutant_is(mutants.Mutant.WITHOUT_A_KEY):
            scope = scope | {"headers": [header for header in scope["headers"] if header[0] != _KEY]}

        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                self._faults.reach(Point.REQUEST_UNANSWERED)
            await send(message)

        await self._app(scope, receive, answer)


def app_from_environment() -> StruckApi:
    """What uvicorn runs."""
    faults = FaultFolder(Path(os.environ["FAULT_FOLDER"]))
    service = Service(os.environ["FAULT_SERVICE"])
    ring = Bell.ring

    def ring_with_point(self: Bell, task: str) -> None:
        faults.reach(Point.BELL_UNRUNG)
        ring(self, task)

    Bell.ring = ring_with_point  # type: ignore[method-assign]

    @event.listens_for(Engine, "commit")
    def before_commit(_: Connection) -> None:
        if _changing.get():
            faults.reach(Point.REQUEST_UNCOMMITTED)

    if service is Service.NOTIFICATIONS:
        mutants.hear_by_message_alone(when=faults.mutant_is, redis_url=os.environ["HANDRAIL_NOTIFICATIONS_REDIS_URL"])
    return StruckApi(import_module(f"services.{service.value}.main").app_from_environment(), faults=faults)
