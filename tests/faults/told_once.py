"""What must hold after every fault: the product never breaks it, and every mutant does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.adapters import tables
from shared.contracts.events import Event
from shared.database import transaction
from tests.fixtures.mail import SmtpServer

STEPS_AT_ONCE = (0, 1)
"""The first two steps of the standard ladder: shown at once, e-mail at once. Its reminders are hours away."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was to be told: handoffs by the worker each was offered to, and his address."""

    tenant_id: UUID
    events: tuple[Event, ...]
    entitled: dict[UUID, UUID]
    denied: dict[UUID, UUID]
    """Worker id -> handoff id."""
    addresses: dict[UUID, str]


async def assert_told_once(told: Told, *, engine: AsyncEngine, mail: SmtpServer, mails_at_most: int = 1) -> None:
    """Nothing lost, nothing twice: events, items, steps of the ladder, and e-mails.

    `mails_at_most` is more than one only where no sender on earth can promise one (P6).
    """
    received = await _rows(engine, tables.event_inbox, told=told)
    payloads = Counter(Event.model_validate_json(row.payload).id for row in received)
    open_items = Counter(
        (row.worker_id, row.subject_id) for row in await _rows(engine, tables.items, told=told) if row.state == "open"
    )
    for worker_id, handoff_id in told.entitled.items():
        shown = open_items.pop((worker_id, handoff_id), 0)
        assert shown > 0, "somebody was never told"
        assert shown == 1, "somebody was told twice"
    assert not open_items, "somebody was told who may not be"
    assert payloads == Counter(event.id for event in told.events), "an event is not kept exactly once"
    assert {row.state for row in received} == {"processed"}, "an event is not dealt with"
    _assert_steps(await _rows(engine, tables.deliveries, told=told), told=told)
    for worker_id, address in told.addresses.items():
        _assert_mails(mail, address=address, expected=worker_id in told.entitled, at_most=mails_at_most)


def _assert_steps(deliveries: Sequence[Any], *, told: Told) -> None:
    """Every step that was due has ended, as it should for this worker; reminders of the next hours only wait."""
    steps = Counter((row.worker_id, row.step) for row in deliveries)
    assert set(steps.values()) == {1}, "a step of a ladder exists twice"
    for row in deliveries:
        if row.step in STEPS_AT_ONCE:
            wanted = "delivered" if row.worker_id in told.entitled else "suppressed"
            assert row.state == wanted, f"the {row.channel} step ended as {row.state}, not {wanted}"
        else:
            assert row.state == "planned", f"a reminder is {row.state} before its time"
    workers = told.entitled.keys() | told.denied.keys()
    planned = {(worker_id, step) for worker_id in workers for step in STEPS_AT_ONCE}
    assert planned <= set(steps), "a step of a ladder is missing"


def _assert_mails(mail: SmtpServer, *, address: str, expected: bool, at_most: int) -> None:
    arrived = [one.message for one in list(mail.messages) if address in one.recipients]
    if not expected:
        assert not arrived, "an e-mail went to somebody who may not be told"
        return
    assert arrived, "an e-mail was lost"
    assert len(arrived) <= at_most, "an e-mail went out more often than can be helped"
    assert len({one["Message-ID"] for one in arrived}) == 1, "a repeated e-mail cannot be recognised as one"


async def _rows(engine: AsyncEngine, table: sa.Table, *, told: Told) -> Sequence[Any]:
    async with transaction(engine, tenant_id=told.tenant_id) as connection:
        return (await connection.execute(sa.select(table).where(table.c.tenant_id == told.tenant_id))).all()
