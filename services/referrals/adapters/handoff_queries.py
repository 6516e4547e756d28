"""Reads of transitions and handoffs: one statement each, keyset paging, never a count."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters import handoff_rows as rows
from services.referrals.adapters.handoff_tables import (
    custody_history,
    handoff_facts,
    handoff_milestones,
    handoff_offers,
    handoffs,
    transitions,
)
from services.referrals.adapters.roster import on_duty
from services.referrals.adapters.roster_tables import on_call_shifts
from services.referrals.adapters.tables import people, programmes, workers
from services.referrals.domain.errors import NotFound
from services.referrals.domain.handoff_facts import Attention
from services.referrals.domain.handoff_journey import Journey, Stored
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.handoffs import OfferStatus
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.domain.transitions import Transition
from services.referrals.use_cases.handoff_ports import (
    HandoffFilter,
    HandoffLine,
    PersonCalled,
    ProgrammeAround,
    Reading,
    Surroundings,
    TransitionFilter,
)
from shared.contracts.codes import IntegrationModel, Setting


def _columns(table: sa.Table, *, prefix: str) -> list[sa.ColumnElement[Any]]:
    return [column.label(prefix + column.name) for column in table.c]


def _joined(one: sa.Column[Any], other: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """Two columns of one tenant."""
    return sa.and_(one.table.c.tenant_id == other.table.c.tenant_id, one == other)


def _documents(table: sa.Table) -> sa.ColumnElement[Any]:
    """All rows of one handoff as one JSON array."""
    whole_row: Any = table.table_valued()
    return (
        sa.select(sa.func.jsonb_agg(sa.func.to_jsonb(whole_row)))
        .where(table.c.tenant_id == handoffs.c.tenant_id, table.c.handoff_id == handoffs.c.id)
        .correlate(handoffs)
        .scalar_subquery()
    )


_JOURNEY = (
    sa.select(
        *_columns(transitions, prefix="t_"),
        *_columns(handoffs, prefix="h_"),
        _documents(handoff_offers).label("offers"),
        _documents(handoff_milestones).label("milestones"),
        programmes.c.setting,
        programmes.c.time_zone,
        programmes.c.calendar_code,
        on_duty(programmes).label("duty_owner_worker_id"),
        people.c.language,
    )
    .select_from(transitions)
    .join(handoffs, _joined(handoffs.c.transition_id, transitions.c.id))
    .join(programmes, _joined(programmes.c.id, transitions.c.programme_id))
    .join(people, _joined(people.c.id, transitions.c.person_id))
)


async def read_journey(
    connection: AsyncConnection,
    which: sa.ColumnElement[bool],
    *,
    tenant_id: UUID,
    kind: str,
    protocols: ProtocolShelf,
) -> Journey:
    """The journey, under the very version of the protocol that it began with. Raises NotFound."""
    row = (await connection.execute(_JOURNEY.where(transitions.c.tenant_id == tenant_id, which))).first()
    if row is None:
        raise NotFound(kind)
    found = row._mapping
    transition = rows.transition_of({str(name)[2:]: found[name] for name in found if str(name).startswith("t_")})
    handoff = rows.handoff_of({str(name)[2:]: found[name] for name in found if str(name).startswith("h_")})
    offers = tuple(sorted((rows.offer_of(one) for one in found["offers"] or ()), key=lambda offer: offer.offer_number))
    milestones = {one.key: one for one in map(rows.milestone_of, found["milestones"] or ())}
    return Journey(
        transition=transition,
        handoff=handoff,
        protocol=protocols.version(transition.protocol_code, version=transition.protocol_version),
        setting=Setting(found["setting"]),
        language=found["language"],
        there=protocols.programme_time(time_zone=found["time_zone"], calendar_code=found["calendar_code"]),
        duty_owner_worker_id=found["duty_owner_worker_id"],
        offers=offers,
        milestones=dict(milestones),
        stored=Stored(transition=transition, handoff=handoff, offers=offers, milestones=milestones),
    )


async def read_surroundings(
    connection: AsyncConnection,
    *,
    tenant_id: UUID,
    person_id: UUID,
    programme_id: UUID,
    sender_worker_id: UUID | None,
    protocols: ProtocolShelf,
) -> Surroundings:
    """What a new transition needs to know; a closed programme is as good as none."""
    person = sa.select(people.c.language).where(people.c.tenant_id == tenant_id, people.c.id == person_id)
    sender = sa.select(workers.c.active).where(workers.c.tenant_id == tenant_id, workers.c.id == sender_worker_id)
    programme = (
        sa.select(
            programmes.c.setting,
            programmes.c.integration_model,
            programmes.c.protocol_code,
            programmes.c.time_zone,
            programmes.c.calendar_code,
            on_duty(programmes).label("duty_owner_worker_id"),
        )
        .where(programmes.c.tenant_id == tenant_id, programmes.c.id == programme_id, programmes.c.active)
        .subquery()
    )
    one = sa.select(sa.literal(1).label("one")).subquery()
    query = sa.select(
        person.scalar_subquery().label("language"), sender.scalar_subquery().label("sender_active"), programme
    ).select_from(one.outerjoin(programme, sa.true()))
    row = (await connection.execute(query)).one()
    return Surroundings(
        person_language=row.language,
        programme=None if row.setting is None else _programme(row, protocols=protocols),
        sender_active=bool(row.sender_active),
    )


def _programme(row: Any, *, protocols: ProtocolShelf) -> ProgrammeAround:
    return ProgrammeAround(
        setting=Setting(row.setting),
        model=IntegrationModel(row.integration_model),
        protocol_code=row.protocol_code,
        time=protocols.programme_time(time_zone=row.time_zone, calendar_code=row.calendar_code),
        duty_owner_worker_id=row.duty_owner_worker_id,
    )


async def read_beside(connection: AsyncConnection, journey: Journey) -> Reading:
    """What a reader sees beside the journey: timeline (as recorded), custody line, how the person is called."""
    transition, handoff = journey.transition, journey.handoff
    tenant_id = transition.tenant_id
    facts = await connection.execute(
        sa.select(handoff_facts)
        .where(handoff_facts.c.tenant_id == tenant_id, handoff_facts.c.handoff_id == handoff.id)
        .order_by(handoff_facts.c.recorded_at, handoff_facts.c.id)
    )
    custody = await connection.execute(
        sa.select(custody_history)
        .where(custody_history.c.tenant_id == tenant_id, custody_history.c.transition_id == transition.id)
        .order_by(custody_history.c.sequence)
    )
    person = await connection.execute(
        sa.select(_CALLED, people.c.language, people.c.contact_preference).where(
            people.c.tenant_id == tenant_id, people.c.id == transition.person_id
        )
    )
    called = person.one()
    shift = on_call_shifts
    shifts = await connection.execute(
        sa.select(shift.c.starts_at, shift.c.ends_at).where(
            shift.c.tenant_id == tenant_id,
            shift.c.programme_id == transition.programme_id,
            shift.c.ends_at > sa.literal(transition.discharged_at, type_=sa.DateTime(timezone=True)),
        )
    )
    return Reading(
        journey=journey,
        person=PersonCalled(
            person_id=transition.person_id,
            called=called.called,
            language=called.language,
            contact_preference=called.contact_preference,
        ),
        timeline=[rows.fact_of(row._mapping) for row in facts],
        custody=[rows.custody_of(row._mapping) for row in custody],
        on_call=[(row.starts_at, row.ends_at) for row in shifts],
    )


_CALLED = sa.func.concat(
    sa.func.coalesce(people.c.preferred_name, people.c.given_name), " ", sa.func.left(people.c.family_name, 1), "."
).label("called")
"""First name and initial: as much of a name as a list or a handoff needs."""


async def handoff_page(
    connection: AsyncConnection, wanted: HandoffFilter, *, tenant_id: UUID, after: UUID | None, limit: int
) -> Sequence[HandoffLine]:
    """Up to `limit` handoffs after the one with id `after`, newest first."""
    open_offer = sa.and_(
        handoff_offers.c.tenant_id == handoffs.c.tenant_id,
        handoff_offers.c.handoff_id == handoffs.c.id,
        handoff_offers.c.status == sa.literal_column(f"'{OfferStatus.OPEN.value}'"),
    )
    query = (
        sa.select(handoffs, transitions.c.programme_id, _CALLED, handoff_offers.c.respond_by)
        .join(transitions, _joined(transitions.c.id, handoffs.c.transition_id))
        .join(people, _joined(people.c.id, transitions.c.person_id))
        .outerjoin(handoff_offers, open_offer)
        .where(handoffs.c.tenant_id == tenant_id)
        .order_by(handoffs.c.id.desc())
        .limit(limit)
    )
    if wanted.state is not None:
        query = query.where(handoffs.c.state == wanted.state.value)
    if wanted.worker_id is not None:
        query = query.where(handoffs.c.worker_id == wanted.worker_id)
    if wanted.attention:
        query = query.where(handoffs.c.attention.is_not(None))
    if after is not None:
        query = query.where(handoffs.c.id < after)
    return [
        HandoffLine(
            id=row.id,
            transition_id=row.transition_id,
            programme_id=row.programme_id,
            called=row.called,
            state=HandoffState(row.state),
            version=row.version,
            worker_id=row.worker_id,
            respond_by=row.respond_by,
            introduced_at=row.introduced_at,
            accepted_at=row.accepted_at,
            contacted_at=row.contacted_at,
            attention=None if row.attention is None else Attention(row.attention),
        )
        for row in await connection.execute(query)
    ]


async def transition_page(
    connection: AsyncConnection, wanted: TransitionFilter, *, tenant_id: UUID, after: UUID | None, limit: int
) -> Sequence[Transition]:
    """Up to `limit` transitions after the one with id `after`, newest first."""
    query = (
        sa.select(transitions)
        .where(transitions.c.tenant_id == tenant_id)
        .order_by(transitions.c.id.desc())
        .limit(limit)
    )
    if wanted.status is not None:
        query = query.where(transitions.c.status == wanted.status.value)
    if wanted.owner_worker_id is not None:
        query = query.where(transitions.c.owner_worker_id == wanted.owner_worker_id)
    if after is not None:
        query = query.where(transitions.c.id < after)
    return [rows.transition_of(row._mapping) for row in await connection.execute(query)]
