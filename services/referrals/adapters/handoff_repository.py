"""Journeys on PostgreSQL: loaded in one statement, changed only by version, new rows left to the unit of work's end."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters import handoff_lists, handoff_queries
from services.referrals.adapters import handoff_rows as rows
from services.referrals.adapters.database_errors import translated
from services.referrals.adapters.disclosure_facts import note_handoffs_told
from services.referrals.adapters.handoff_candidates import read_peers
from services.referrals.adapters.handoff_tables import (
    custody_history,
    handoff_facts,
    handoff_milestones,
    handoff_offers,
    handoffs,
    transitions,
)
from services.referrals.adapters.tables import workers
from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import AlreadyExists
from services.referrals.domain.handoff_errors import ChangedMeanwhile, OpenDuplicate
from services.referrals.domain.handoff_journey import Journey, Stored
from services.referrals.domain.handoffs import Offer
from services.referrals.domain.matcher import Candidate
from services.referrals.domain.milestones import Milestone
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.use_cases.handoff_ports import (
    HandoffFilter,
    HandoffLine,
    Reading,
    Surroundings,
    TransitionFilter,
    TransitionLine,
)

Row = Mapping[str, Any]
WriteLater = Callable[[sa.Table, Mapping[str, Any]], None]


class HandoffRepository:
    """The journeys of one tenant, inside one transaction."""

    def __init__(
        self, connection: AsyncConnection, *, tenant_id: UUID, protocols: ProtocolShelf, write_later: WriteLater
    ) -> None:
        self._connection = connection
        self._tenant_id = tenant_id
        self._protocols = protocols
        self._write_later = write_later

    async def surroundings(
        self, *, person_id: UUID, programme_id: UUID, sender_worker_id: UUID | None, by: Actor | None
    ) -> Surroundings:
        """What a new transition needs to know."""
        return await handoff_queries.read_surroundings(
            self._connection,
            tenant_id=self._tenant_id,
            person_id=person_id,
            programme_id=programme_id,
            sender_worker_id=sender_worker_id,
            by=by,
            protocols=self._protocols,
        )

    async def candidates(
        self, *, programme_id: UUID, person_id: UUID, sender_worker_id: UUID | None, on: datetime
    ) -> Sequence[Candidate]:
        """Every active peer on a team of the programme's organisation, as they stand to this person."""
        around = await read_peers(
            self._connection,
            tenant_id=self._tenant_id,
            programme_id=programme_id,
            person_id=person_id,
            sender_worker_id=sender_worker_id,
            on=on,
        )
        return () if around is None else around.candidates

    async def is_working(self, worker_id: UUID) -> bool:
        """Whether this is a worker of the tenant who has not left."""
        known = sa.select(workers.c.active).where(workers.c.tenant_id == self._tenant_id, workers.c.id == worker_id)
        return bool((await self._connection.execute(known)).scalar())

    async def of_handoff(self, handoff_id: UUID, *, by: Actor | None) -> Journey:
        """The journey of a handoff. Raises NotFound."""
        return await self._load("handoff", handoffs.c.id == handoff_id, by=by)

    async def of_transition(self, transition_id: UUID, *, by: Actor | None) -> Journey:
        """The journey of a transition. Raises NotFound."""
        return await self._load("transition", transitions.c.id == transition_id, by=by)

    async def add(self, journey: Journey) -> None:
        """Keep a new journey. Raises OpenDuplicate for a visit that has an open one."""
        recorded_at = journey.custody_entries[0].at.recorded_at
        row = rows.transition_row(journey.transition) | {"recorded_at": recorded_at}
        try:
            with translated("transition"):
                await self._connection.execute(sa.insert(transitions), row)
        except AlreadyExists:
            raise OpenDuplicate from None
        self._write_later(handoffs, rows.handoff_row(journey.handoff) | {"recorded_at": recorded_at})
        for milestone in journey.milestones.values():
            self._write_later(handoff_milestones, rows.milestone_row(milestone, handoff=journey.handoff))
        self._write_new(journey, new_offers=journey.offers)

    async def change(self, journey: Journey) -> None:
        """Keep what changed. Raises ChangedMeanwhile, with nothing written, when somebody else was faster."""
        stored = journey.stored
        assert stored is not None, "only what was loaded can be changed"
        handoff_changed = journey.handoff != stored.handoff
        transition_changed = journey.transition != stored.transition
        if handoff_changed and transition_changed:
            await self._replace_both(journey, stored)
        elif handoff_changed:
            await self._replace(handoffs, rows.handoff_row(journey.handoff), unchanged=_unchanged(stored))
        elif transition_changed:
            row = rows.transition_row(journey.transition)
            await self._replace(transitions, row, unchanged=transitions.c.version == stored.transition.version)
        known = {offer.offer_number: offer for offer in stored.offers}
        await self._answer(
            [o for o in journey.offers if o.offer_number in known and o != known[o.offer_number]], journey
        )
        await self._keep([m for code, m in journey.milestones.items() if stored.milestones.get(code) != m], journey)
        self._write_new(journey, new_offers=[offer for offer in journey.offers if offer.offer_number not in known])

    async def reading(self, journey: Journey, *, by: Actor) -> Reading:
        """The journey with its timeline and custody line, and the person as far as the caller may know."""
        reading = await handoff_queries.read_beside(self._connection, journey, by=by)
        await note_handoffs_told(self._connection, {journey.handoff.id: reading.basis}, by=by)
        return reading

    async def handoff_page(self, wanted: HandoffFilter, *, after: UUID | None, limit: int) -> Sequence[HandoffLine]:
        """Up to `limit` handoffs after the one with id `after`, newest first."""
        tenant_id = self._tenant_id
        return await handoff_lists.handoff_page(self._connection, wanted, tenant_id=tenant_id, after=after, limit=limit)

    async def transition_page(
        self, wanted: TransitionFilter, *, after: UUID | None, limit: int
    ) -> Sequence[TransitionLine]:
        """Up to `limit` transitions after the one with id `after`, newest first."""
        tenant_id = self._tenant_id
        return await handoff_lists.transition_page(
            self._connection, wanted, tenant_id=tenant_id, after=after, limit=limit
        )

    async def _load(self, kind: str, which: sa.ColumnElement[bool], *, by: Actor | None) -> Journey:
        return await handoff_queries.read_journey(
            self._connection, which, tenant_id=self._tenant_id, kind=kind, protocols=self._protocols, by=by
        )

    async def _replace(self, table: sa.Table, row: Row, *, unchanged: sa.ColumnElement[bool]) -> None:
        statement = _update(table, row).where(unchanged).returning(table.c.version)
        if (await self._connection.execute(statement)).first() is None:
            raise ChangedMeanwhile

    async def _replace_both(self, journey: Journey, stored: Stored) -> None:
        """Both or none, in one statement: the transition is locked at its version before the handoff is touched."""
        handoff_row, transition_row = rows.handoff_row(journey.handoff), rows.transition_row(journey.transition)
        locked = (
            sa.select(transitions.c.id)
            .where(_at(transitions, transition_row), transitions.c.version == stored.transition.version)
            .with_for_update()
            .cte("locked")
        )
        changed = (
            _update(handoffs, handoff_row)
            .where(_unchanged(stored), sa.exists(sa.select(locked.c.id)))
            .returning(handoffs.c.id)
            .cte("changed")
        )
        statement = _update(transitions, transition_row).where(sa.exists(sa.select(changed.c.id)))
        if (await self._connection.execute(statement.returning(transitions.c.version))).first() is None:
            raise ChangedMeanwhile

    async def _answer(self, offers: Sequence[Offer], journey: Journey) -> None:
        for offer in offers:  # at most one is open, and so at most one changes
            table = handoff_offers
            await self._connection.execute(
                sa.update(table)
                .where(
                    table.c.tenant_id == self._tenant_id,
                    table.c.handoff_id == journey.handoff.id,
                    table.c.offer_number == offer.offer_number,
                )
                .values(status=offer.status.value, reason=offer.reason, answered_at=offer.answered_at)
            )

    async def _keep(self, milestones: Sequence[Milestone], journey: Journey) -> None:
        if not milestones:
            return
        table = handoff_milestones
        new = insert(table).values([rows.milestone_row(one, handoff=journey.handoff) for one in milestones])
        excluded = new.excluded
        # a sweep may have marked it missed since it was read: that stays true unless the clock was set anew
        same_clock = sa.and_(excluded.resets == table.c.resets, excluded.due_at == table.c.due_at)
        missed_at = sa.case((same_clock, table.c.missed_at), else_=excluded.missed_at)
        # an introduction may have met it while the transition was planned anew: met is met, and keeps its due time
        met = table.c.met_at.is_not(None)
        await self._connection.execute(
            new.on_conflict_do_update(
                index_elements=[table.c.tenant_id, table.c.handoff_id, table.c.code],
                set_={
                    "due_at": sa.case((met, table.c.due_at), else_=excluded.due_at),
                    "opens_at": sa.case((met, table.c.opens_at), else_=excluded.opens_at),
                    "met_at": sa.func.coalesce(table.c.met_at, excluded.met_at),
                    "met_recorded_at": sa.func.coalesce(table.c.met_recorded_at, excluded.met_recorded_at),
                    "lifted_at": sa.case((met, None), else_=excluded.lifted_at),
                    "missed_at": sa.case((met, table.c.missed_at), else_=missed_at),
                    # of two changes at once the later one must not count back
                    "resets": sa.case((met, table.c.resets), else_=sa.func.greatest(table.c.resets, excluded.resets)),
                },
            )
        )

    def _write_new(self, journey: Journey, *, new_offers: Sequence[Offer]) -> None:
        for offer in new_offers:
            self._write_later(handoff_offers, rows.offer_row(offer, handoff=journey.handoff))
        for entry in journey.custody_entries:
            self._write_later(custody_history, rows.custody_row(entry, transition=journey.transition))
        for fact in journey.facts:
            self._write_later(handoff_facts, rows.fact_row(fact, handoff=journey.handoff))


def _unchanged(stored: Stored) -> sa.ColumnElement[bool]:
    """The handoff is as it was read; calling attention to it is no step of its version, so both are compared."""
    attention = stored.handoff.attention
    return sa.and_(
        handoffs.c.version == stored.handoff.version,
        handoffs.c.attention.is_not_distinct_from(None if attention is None else attention.value),
    )


def _at(table: sa.Table, row: Row) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.tenant_id == row["tenant_id"], table.c.id == row["id"])


def _update(table: sa.Table, row: Row) -> sa.Update:
    values = {name: value for name, value in row.items() if name not in ("tenant_id", "id")}
    return sa.update(table).where(_at(table, row)).values(values)
