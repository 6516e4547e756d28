"""Puts crash points around the product's own functions, in the process that calls this. Wrap before anything is started."""

from collections.abc import Awaitable, Callable
from typing import Any

from celery.signals import task_postrun, task_prerun
from kombu.transport.redis import QoS
from sqlalchemy import Connection, Engine, event

from services.notifications.adapters.deliveries import PostgresDeliveries
from services.notifications.adapters.email_channel import EmailChannel
from services.notifications.adapters.event_handlers import EventHandlers
from services.notifications.domain.codes import Channel
from services.notifications.domain.outcomes import Delivered
from services.notifications.domain.sending import LeasedDelivery
from shared.http_client import ServiceClient
from shared.inbox import InboxProcessor
from shared.outbox import EVENTS_PATH
from tests.faults.crash_points import FaultFolder, Point


def put_points_around(faults: FaultFolder) -> None:
    """Every point of a worker."""
    for wrap in (_around_inbox, _around_relay, _around_deliveries, _around_celery):
        wrap(faults)


class _Progress:
    """What this process has done since its task began."""

    applied = False
    """Something was applied in the transaction that is open."""
    worked = False
    """Something was applied and committed."""


def _around_inbox(faults: FaultFolder) -> None:
    begin, run_once = InboxProcessor.__init__, InboxProcessor.run_once

    def with_points(handler: Callable[[Any, Any], Awaitable[None]]) -> Callable[[Any, Any], Awaitable[None]]:
        async def handle(connection: Any, told: Any) -> None:
            faults.reach(Point.INBOX_CLAIMED)
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
            faults.reach(Point.INBOX_COMMITTED)
        return done

    InboxProcessor.__init__ = begin_with_points  # type: ignore[method-assign, assignment]
    InboxProcessor.run_once = run_once_with_points  # type: ignore[method-assign, assignment]

    @event.listens_for(Engine, "commit")
    def before_commit(_: Connection) -> None:
        if _Progress.applied:
            _Progress.applied = False
            faults.reach(Point.INBOX_UNCOMMITTED)


def _around_relay(faults: FaultFolder) -> None:
    post_json = ServiceClient.post_json

    async def post_json_with_points(self: ServiceClient, path: str, body: bytes, **how: Any) -> Any:
        if path != EVENTS_PATH:
            return await post_json(self, path, body, **how)
        faults.reach(Point.RELAY_LEASED)
        answer = await post_json(self, path, body, **how)
        faults.reach(Point.RELAY_ANSWERED)
        return answer

    ServiceClient.post_json = post_json_with_points  # type: ignore[method-assign]


def _around_deliveries(faults: FaultFolder) -> None:
    claim, send, take_to_show = PostgresDeliveries.claim, EmailChannel.send, EventHandlers.take_to_show

    async def claim_with_points(self: PostgresDeliveries, channel: Channel, **how: Any) -> Any:
        claimed = await claim(self, channel, **how)
        if claimed:
            faults.reach(Point.ITEM_LEASED if channel is Channel.INBOX else Point.EMAIL_LEASED)
        return claimed

    def take_to_show_with_point(self: EventHandlers) -> list[LeasedDelivery]:
        to_show = take_to_show(self)
        if to_show:
            faults.reach(Point.ITEM_LEASED)
        return to_show

    async def send_with_points(self: EmailChannel, message: Any) -> Any:
        outcome = await send(self, message)
        if isinstance(outcome, Delivered):
            faults.reach(Point.EMAIL_ACCEPTED)
        return outcome

    PostgresDeliveries.claim = claim_with_points  # type: ignore[method-assign]
    EmailChannel.send = send_with_points  # type: ignore[method-assign]
    EventHandlers.take_to_show = take_to_show_with_point  # type: ignore[method-assign]


def _around_celery(faults: FaultFolder) -> None:
    note_as_unacknowledged = QoS.append

    def append_with_point(self: QoS, message: Any, delivery_tag: str) -> None:
        faults.reach(Point.BELL_POPPED, task=message.headers.get("task"))
        note_as_unacknowledged(self, message, delivery_tag)

    QoS.append = append_with_point

    @task_prerun.connect(weak=False)
    def begins(**_: Any) -> None:
        _Progress.worked = False

    @task_postrun.connect(weak=False)
    def ends(task_id: str, task: Any, **_: Any) -> None:
        if _Progress.worked:
            faults.reach(Point.TASK_UNACKNOWLEDGED)
        faults.note_finished(task_id, name=task.name)
