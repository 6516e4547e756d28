"""The product's own workers, with crash points around their functions: `celery -A tests.faults.faulty_worker worker`.

`FAULT_SERVICE` says whose worker, `FAULT_FOLDER` where test and worker meet, `FAULT_MUTANT` (perhaps) how it is broken.
"""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from celery.signals import task_postrun, task_prerun
from kombu.transport.redis import QoS
from sqlalchemy import Connection, Engine, event

import shared.service
from services.notifications.adapters.deliveries import PostgresDeliveries
from services.notifications.adapters.email_channel import EmailChannel
from services.notifications.adapters.event_handlers import EventHandlers
from services.notifications.domain.codes import Channel
from services.notifications.domain.outcomes import Delivered
from services.notifications.domain.sending import LeasedDelivery
from shared.contracts.codes import Service
from shared.http_client import ServiceClient
from shared.inbox import InboxProcessor
from shared.outbox import EVENTS_PATH
from tests.faults import mutants
from tests.faults.crash_points import FaultFolder, Point

FAULTS = FaultFolder(Path(os.environ["FAULT_FOLDER"]))


class _Progress:
    """What this process has done since its task began."""

    applied = False
    """Something was applied in the transaction that is open."""
    worked = False
    """Something was applied and committed."""


def _around_inbox() -> None:
    begin, run_once = InboxProcessor.__init__, InboxProcessor.run_once

    def with_points(handler: Callable[[Any, Any], Awaitable[None]]) -> Callable[[Any, Any], Awaitable[None]]:
        async def handle(connection: Any, told: Any) -> None:
            FAULTS.reach(Point.INBOX_CLAIMED)
            await handler(connection, told)
            _Progress.applied = True

        return handle

    def begin_with_points(self: InboxProcessor, **how: Any) -> None:
        for kind in ("handlers", "batch_handlers"):
            wrapped: dict[Any, Any] = {}  # one function for several events stays one
            named = how.get(kind) or {}
            how[kind] = {event: wrapped.setdefault(handler, with_points(handler)) for event, handler in named.items()}
        begin(self, **how)

    async def run_once_with_points(self: InboxProcessor, **how: Any) -> int:
        done = await run_once(self, **how)
        if done:
            _Progress.worked = True
            FAULTS.reach(Point.INBOX_COMMITTED)
        return done

    InboxProcessor.__init__ = begin_with_points  # type: ignore[method-assign, assignment]
    InboxProcessor.run_once = run_once_with_points  # type: ignore[method-assign, assignment]

    @event.listens_for(Engine, "commit")
    def before_commit(_: Connection) -> None:
        if _Progress.applied:
            _Progress.applied = False
            FAULTS.reach(Point.INBOX_UNCOMMITTED)


def _around_relay() -> None:
    post_json = ServiceClient.post_json

    async def post_json_with_points(self: ServiceClient, path: str, body: bytes, **how: Any) -> Any:
        if path != EVENTS_PATH:
            return await post_json(self, path, body, **how)
        FAULTS.reach(Point.RELAY_LEASED)
        answer = await post_json(self, path, body, **how)
        FAULTS.reach(Point.RELAY_ANSWERED)
        return answer

    ServiceClient.post_json = post_json_with_points  # type: ignore[method-assign]


def _around_deliveries() -> None:
    claim, send, take_to_show = PostgresDeliveries.claim, EmailChannel.send, EventHandlers.take_to_show

    async def claim_with_points(self: PostgresDeliveries, channel: Channel, **how: Any) -> Any:
        claimed = await claim(self, channel, **how)
        if claimed:
            FAULTS.reach(Point.ITEM_LEASED if channel is Channel.INBOX else Point.EMAIL_LEASED)
        return claimed

    def take_to_show_with_point(self: EventHandlers) -> list[LeasedDelivery]:
        to_show = take_to_show(self)
        if to_show:
            FAULTS.reach(Point.ITEM_LEASED)
        return to_show

    async def send_with_points(self: EmailChannel, message: Any) -> Any:
        outcome = await send(self, message)
        if isinstance(outcome, Delivered):
            FAULTS.reach(Point.EMAIL_ACCEPTED)
        return outcome

    PostgresDeliveries.claim = claim_with_points  # type: ignore[method-assign]
    EmailChannel.send = send_with_points  # type: ignore[method-assign]
    EventHandlers.take_to_show = take_to_show_with_point  # type: ignore[method-assign]


def _around_celery() -> None:
    note_as_unacknowledged = QoS.append

    def append_with_point(self: QoS, message: Any, delivery_tag: str) -> None:
        FAULTS.reach(Point.BELL_POPPED)
        note_as_unacknowledged(self, message, delivery_tag)

    QoS.append = append_with_point

    @task_prerun.connect(weak=False)
    def begins(**_: Any) -> None:
        _Progress.worked = False

    @task_postrun.connect(weak=False)
    def ends(task_id: str, task: Any, **_: Any) -> None:
        if _Progress.worked:
            FAULTS.reach(Point.TASK_UNACKNOWLEDGED)
        FAULTS.note_finished(task_id, name=task.name)


def _worker_of(service: Service, *, mutant: mutants.Mutant | None) -> Any:
    if service is Service.REFERRALS:
        from services.referrals.main import create_worker as create_referrals_worker
        from services.referrals.settings import ReferralsSettings

        return create_referrals_worker(ReferralsSettings())
    from services.notifications.main import create_worker
    from services.notifications.settings import NotificationsSettings

    settings = NotificationsSettings()
    celery = create_worker(settings)
    if mutant is mutants.Mutant.TOLD_BY_MESSAGE_ALONE:
        mutants.tell_by_message_alone(celery, settings=settings)
    return celery


def _broken(mutant: mutants.Mutant | None) -> None:
    breaks: dict[mutants.Mutant, Callable[[], None]] = {
        mutants.Mutant.MARKED_BEFORE_THE_EFFECT: mutants.mark_before_the_effect,
        mutants.Mutant.TAKEN_WITHOUT_A_LEASE: mutants.take_without_a_lease,
    }
    if mutant in breaks:
        breaks[mutant]()


_named = os.environ.get("FAULT_MUTANT")
_mutant = mutants.Mutant(_named) if _named else None
shared.service.SystemClock = lambda: FAULTS  # type: ignore[misc, assignment]
_broken(_mutant)  # first, so that a mutant meets the same crash points as the product
for _wrap in (_around_inbox, _around_relay, _around_deliveries, _around_celery):
    _wrap()
celery = _worker_of(Service(os.environ["FAULT_SERVICE"]), mutant=_mutant)
