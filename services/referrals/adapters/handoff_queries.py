"""Reads of one transition with its handoff, and of what stands beside it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters import handoff_rows as rows
from services.referrals.adapters.episode_repository import EpisodeRepository
from services.referrals.adapters.episode_tables import person_aliases
from services.referrals.adapters.handoff_tables import (
    custody_history,
    handoff_facts,
    handoff_milestones,
    handoff_offers,
    handoffs,
    transitions,
)
from services.referrals.adapters.handoff_visibility import knows_by_itself, receives, told_by_consent
from services.referrals.adapters.person_houses import may_be_named_by
from services.referrals.adapters.referral_disclosure import basis_of
from services.referrals.adapters.referral_visibility import organization_of
from services.referrals.adapters.roster import on_duty
from services.referrals.adapters.roster_tables import on_call_shifts
from services.referrals.adapters.tables import people, programmes, workers
from services.referrals.domain.actor import Actor
from services.referrals.domain.consent_words import Information
from services.referrals.domain.errors import NotFound
from services.referrals.domain.handoff_houses import Side
from services.referrals.domain.handoff_journey import Journey, Stored
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.use_cases.handoff_ports import (
    PersonCalled,
    ProgrammeAround,
    Reading,
    Surroundings,
)
from shared.contracts.codes import AccessRole, IntegrationModel, Setting


def _columns(table: sa.Table, *, prefix: str) -> list[sa.ColumnElement[Any]]:
    return [column.label(prefix + column.name) for column in table.c]


def joined(one: sa.Column[Any], other: sa.Column[Any]) -> sa.ColumnElement[bool]:
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
    .join(handoffs, joined(handoffs.c.transition_id, transitions.c.id))
    .join(programmes, joined(programmes.c.id, transitions.c.programme_id))
    .join(people, joined(people.c.id, transitions.c.person_id))
)


async def read_journey(
    connection: AsyncConnection,
    which: sa.ColumnElement[bool],
    *,
    tenant_id: UUID,
    kind: str,
    protocols: ProtocolShelf,
    by: Actor | None,
) -> Journey:
    """The journey, under the very version of the protocol that it began with, and where `by` stands. Raises NotFound."""
    query = _JOURNEY.where(transitions.c.tenant_id == tenant_id, which)
    if by is not None:
        query = query.add_columns(knows_by_itself(by).label(Side.SENDS), receives(by).label(Side.RECEIVES))
    row = (await connection.execute(query)).first()
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
        house=frozenset() if by is None else frozenset(side for side in Side if found[side.value]),
        stored=Stored(transition=transition, handoff=handoff, offers=offers, milestones=milestones),
    )


async def read_surroundings(
    connection: AsyncConnection,
    *,
    tenant_id: UUID,
    person_id: UUID,
    programme_id: UUID,
    sender_worker_id: UUID | None,
    by: Actor | None,
    protocols: ProtocolShelf,
) -> Surroundings:
    """What a new transition needs to know; a closed programme is as good as none, and so is a person whom `by` may not know of."""
    person = sa.select(people.c.language).where(people.c.tenant_id == tenant_id, people.c.id == person_id)
    if by is not None and by.access_role is not AccessRole.ADMINISTRATOR:  # administrators know the whole network
        person = person.where(may_be_named_by(people, by))
    given_up = sa.exists().where(
        person_aliases.c.tenant_id == tenant_id, person_aliases.c.merged_person_id == person_id
    )
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
        person.scalar_subquery().label("language"),
        given_up.label("given_up"),
        sender.scalar_subquery().label("sender_active"),
        _at_home(sa.func.coalesce(sa.literal(sender_worker_id, type_=sa.Uuid), programme.c.duty_owner_worker_id), by=by)
        .correlate(programme)
        .scalar_subquery()
        .label("sender_at_home"),
        programme,
    ).select_from(one.outerjoin(programme, sa.true()))
    row = (await connection.execute(query)).one()
    goes_by = person_id
    if row.given_up:
        goes_by = await EpisodeRepository(connection, tenant_id=tenant_id).goes_by(person_id)
    return Surroundings(
        person_id=goes_by,
        person_language=row.language,
        programme=None if row.setting is None else _programme(row, protocols=protocols),
        sender_active=bool(row.sender_active),
        sender_at_home=bool(row.sender_at_home),
    )


def _at_home(worker_id: sa.ColumnElement[Any], *, by: Actor | None) -> sa.Select[Any]:
    """Whether the worker is of the caller's organisation; a source is at home nowhere."""
    if by is None:
        return sa.select(sa.false())
    return sa.select(workers.c.organization_id == organization_of(by)).where(
        workers.c.tenant_id == by.tenant_id, workers.c.id == worker_id
    )


def _programme(row: Any, *, protocols: ProtocolShelf) -> ProgrammeAround:
    return ProgrammeAround(
        setting=Setting(row.setting),
        model=IntegrationModel(row.integration_model),
        protocol_code=row.protocol_code,
        time=protocols.programme_time(time_zone=row.time_zone, calendar_code=row.calendar_code),
        duty_owner_worker_id=row.duty_owner_worker_id,
    )


async def read_beside(connection: AsyncConnection, journey: Journey, *, by: Actor) -> Reading:
    """What a reader sees beside the journey: timeline (as recorded), custody line, the person as far as they may know."""
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
    found = (await connection.execute(_person_query(by).where(handoffs.c.id == handoff.id))).first()
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
        person=None if found is None else _person(found),
        basis=None if found is None or found.basis is None else basis_of(found.basis),
        timeline=[rows.fact_of(row._mapping) for row in facts],
        custody=[rows.custody_of(row._mapping) for row in custody],
        on_call=[(row.starts_at, row.ends_at) for row in shifts],
    )


def _person_query(by: Actor) -> sa.Select[Any]:
    """The person of a handoff, where the reader may know who it is."""
    itself, told = knows_by_itself(by), told_by_consent(by)
    reading = (
        sa.select(
            people.c.id.label("person_id"),
            CALLED,
            people.c.language,
            people.c.contact_preference,
            itself.label("itself"),
            sa.case((itself, None), else_=told).label("basis"),
            handoffs.c.id,
        )
        .select_from(handoffs)
        .join(transitions, joined(transitions.c.id, handoffs.c.transition_id))
        .join(programmes, joined(programmes.c.id, transitions.c.programme_id))
        .join(people, joined(people.c.id, transitions.c.person_id))
        .where(handoffs.c.tenant_id == by.tenant_id)
    )
    return reading.where(sa.or_(itself, told.is_not(None)))


def _person(row: Any) -> PersonCalled:
    reachable = row.itself or Information.CONTACT.value in row.basis["information"]
    return PersonCalled(
        person_id=row.person_id,
        called=row.called,
        language=row.language if reachable else None,
        contact_preference=row.contact_preference if reachable else None,
    )


CALLED = sa.func.concat(
    sa.func.coalesce(people.c.preferred_name, people.c.given_name), " ", sa.func.left(people.c.family_name, 1), "."
).label("called")
"""First name and initial: as much of a name as a list or a handoff needs."""
