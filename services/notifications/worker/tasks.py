"""The tasks by name. None takes an argument."""

from celery import Celery

from services.notifications.worker import schedule
from services.notifications.worker.rounds import Rounds
from shared.task_queue import WorkerLoop


def register_tasks(celery: Celery, loop: WorkerLoop[Rounds]) -> None:
    """Name every task of this service on its Celery application."""

    @celery.task(name=schedule.PROCESS_INBOX)  # type: ignore[untyped-decorator, unused-ignore]
    def process_inbox() -> None:
        loop.run(Rounds.process_inbox)

    @celery.task(name=schedule.SEND)  # type: ignore[untyped-decorator, unused-ignore]
    def send() -> None:
        loop.run(Rounds.send)

    @celery.task(name=schedule.SWEEP)  # type: ignore[untyped-decorator, unused-ignore]
    def sweep() -> None:
        loop.run(Rounds.sweep)

    @celery.task(name=schedule.RELAY)  # type: ignore[untyped-decorator, unused-ignore]
    def relay() -> None:
        loop.run(lambda rounds: rounds.relay_facts())

    @celery.task(name=schedule.WRITE)  # type: ignore[untyped-decorator, unused-ignore]
    def write() -> None:
        loop.run(Rounds.write)

    @celery.task(name=schedule.CALL_WEBHOOKS)  # type: ignore[untyped-decorator, unused-ignore]
    def call_webhooks() -> None:
        loop.run(Rounds.call_webhooks)

    @celery.task(name=schedule.PURGE)  # type: ignore[untyped-decorator, unused-ignore]
    def purge() -> None:
        loop.run(lambda rounds: rounds.forget_old())
