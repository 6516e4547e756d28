"""What is left behind for each milestone found overdue: a line on its timeline and, where somebody looks after it, a fact.

After a night in which nothing ran, a hundred thousand may be due at once. The fact is therefore written by the
catalogue once for each code and role, with marks where the rows differ, and the marks are filled in for each row.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.handoff_facts import FactKind
from services.referrals.domain.milestones import clock_id, clock_version
from shared.contracts.codes import MilestoneCode, Service
from shared.contracts.events import CONSUMERS, EventType, MilestoneMissed
from shared.identifiers import new_id
from shared.outbox import new_event

_ID, _SUBJECT, _HANDOFF, _TRANSITION, _WORKER = (UUID(int=place) for place in range(1, 6))
_DUE, _VERSION = datetime(1, 1, 1, tzinfo=UTC), 1_234_567_891
_MARKS = {
    str(_ID): "%(id)s",
    str(_SUBJECT): "%(subject)s",
    str(_HANDOFF): "%(handoff_id)s",
    str(_TRANSITION): "%(transition_id)s",
    str(_WORKER): "%(worker_id)s",
    "0001-01-01T00:00:00Z": "%(due_at)s",
    str(_VERSION): "%(version)s",
}

_KEEP_LINES = sa.text(
    """
    INSERT INTO handoff_facts (tenant_id, handoff_id, id, kind, version, worker_id, code, occurred_at, recorded_at)
    SELECT :tenant_id, handoff_id, id, :kind, 0, worker_id, code, occurred_at, :now
    FROM unnest(:handoffs, :ids, :workers, :codes, :due) AS line (handoff_id, id, worker_id, code, occurred_at)
    """
)
_KEEP_EVENTS = sa.text(
    """
    INSERT INTO outbox (tenant_id, event_id, consumer, type, subject, payload, recorded_at, available_at)
    SELECT :tenant_id, event_id, consumer, :type, subject, payload, :now, :now
    FROM unnest(:events, :subjects, :payloads) AS told (event_id, subject, payload), unnest(:consumers) AS consumer
    """
)
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "tenant_id": sa.Uuid(),
    "now": sa.DateTime(timezone=True),
    "kind": sa.Text(),
    "type": sa.Text(),
    "due": ARRAY(sa.DateTime(timezone=True)),
    **dict.fromkeys(("handoffs", "ids", "workers", "events"), ARRAY(sa.Uuid)),
    **dict.fromkeys(("codes", "subjects", "payloads", "consumers"), ARRAY(sa.Text)),
}


class Overdue(NamedTuple):
    """A milestone just marked. `worker_id` is the person behind the role `escalate_to`, now; a role may be absent."""

    handoff_id: UUID
    code: str
    due_at: datetime
    escalate_to: str | None
    transition_id: UUID
    worker_id: UUID
    resets: int = 0


async def keep_missed(
    connection: AsyncConnection, marked: Sequence[Overdue], *, tenant_id: UUID, now: datetime
) -> None:
    """Store lines and facts of one tenant in the caller's transaction, in two statements for any number of them."""
    common = {"tenant_id": tenant_id, "now": now}
    handoff_ids, codes, due, roles, _, workers, _ = zip(*marked, strict=True)
    lines = {
        "kind": FactKind.MILESTONE_MISSED.value,
        "handoffs": list(handoff_ids),
        "ids": [new_id() for _ in marked],
        "workers": [worker if role is not None else None for worker, role in zip(workers, roles, strict=True)],
        "codes": list(codes),
        "due": list(due),
    }
    await connection.execute(_typed(_KEEP_LINES, common | lines), common | lines)
    told = missed_events([one for one in marked if one.escalate_to is not None], tenant_id=tenant_id, now=now)
    if told:
        event_ids, subjects, payloads = (list(column) for column in zip(*told, strict=True))
        events = {
            "type": EventType.MILESTONE_MISSED.value,
            "consumers": [consumer.value for consumer in CONSUMERS[EventType.MILESTONE_MISSED]],
            "events": event_ids,
            "subjects": subjects,
            "payloads": payloads,
        }
        await connection.execute(_typed(_KEEP_EVENTS, common | events), common | events)


def missed_events(marked: Sequence[Overdue], *, tenant_id: UUID, now: datetime) -> list[tuple[UUID, str, str]]:
    """The id, subject and JSON of the fact for each; every one has somebody who looks after it."""
    shapes: dict[tuple[str, str | None], str] = {}
    found = []
    for one in marked:
        shape = shapes.get((one.code, one.escalate_to))
        if shape is None:
            shape = shapes[one.code, one.escalate_to] = _shape(one, tenant_id=tenant_id, now=now)
        event_id, subject = new_id(), str(clock_id(one.handoff_id, one.code))
        payload = shape % {
            "id": event_id,
            "subject": subject,
            "handoff_id": one.handoff_id,
            "transition_id": one.transition_id,
            "worker_id": one.worker_id,
            "due_at": one.due_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "version": clock_version(one.due_at, resets=one.resets),
        }
        found.append((event_id, subject, payload))
    return found


def _shape(one: Overdue, *, tenant_id: UUID, now: datetime) -> str:
    event = new_event(
        source=Service.REFERRALS,
        type=EventType.MILESTONE_MISSED,
        subject=_SUBJECT,
        data=MilestoneMissed(
            tenant_id=tenant_id,
            version=_VERSION,
            occurred_at=_DUE,
            recorded_at=now,
            handoff_id=_HANDOFF,
            transition_id=_TRANSITION,
            milestone=MilestoneCode(one.code.partition(".")[0]),
            due_at=_DUE,
            escalate_to=str(one.escalate_to),
            worker_id=_WORKER,
        ),
    )
    shape = event.model_copy(update={"id": _ID}).model_dump_json().replace("%", "%%")
    for value, mark in _MARKS.items():
        shape = shape.replace(value, mark)
    return shape


def _typed(statement: sa.TextClause, values: Mapping[str, Any]) -> sa.TextClause:
    return statement.bindparams(*(sa.bindparam(name, type_=_TYPES[name]) for name in values))
