"""The tasks: thin, without arguments, and safe to run at any time in any number."""

from dataclasses import dataclass

from celery import Celery

from services.scope_guard.use_cases.ports import DecisionChain
from services.scope_guard.use_cases.seal import seal
from services.scope_guard.worker.schedule import RELAY, SEAL
from shared.outbox import Relay
from shared.task_queue import WorkerLoop


@dataclass(frozen=True)
class WorkerParts:
    """What the tasks work with; made once in each worker child."""

    relay: Relay
    chain: DecisionChain


async def relay_waiting(parts: WorkerParts) -> int:
    """Hand waiting boundary events to their consumers; the number handed over."""
    return await parts.relay.drain()


async def seal_waiting(parts: WorkerParts) -> int:
    """Chain the decisions stored since the last time; the number sealed."""
    return await seal(chain=parts.chain)


def register_tasks(application: Celery, *, loop: WorkerLoop[WorkerParts]) -> None:
    """Give the application its tasks, by the names that bells and beat ring."""

    @application.task(name=RELAY)  # type: ignore[untyped-decorator]
    def relay() -> None:
        loop.run(relay_waiting)

    @application.task(name=SEAL)  # type: ignore[untyped-decorator]
    def seal_decisions() -> None:
        loop.run(seal_waiting)
