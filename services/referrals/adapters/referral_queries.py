"""Reads of one referral. What its reader may not know is not read at all."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters import referral_rows as rows
from services.referrals.adapters.availability import is_available
from services.referrals.adapters.good_standing import may_be_asked
from services.referrals.adapters.referral_disclosure import DisclosureRule, basis_of
from services.referrals.adapters.referral_tables import (
    referral_history,
    referral_notes,
    referral_parties,
    referrals,
)
from services.referrals.adapters.referral_visibility import knows_by_itself, knows_of, knows_whom, told_by_consent
from services.referrals.adapters.tables import people, programmes, team_members, workers
from services.referrals.domain.actor import Actor
from services.referrals.domain.consent_words import Information
from services.referrals.domain.directory import Programme
from services.referrals.domain.errors import NotFound
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_parties import TakenBy, Viewer
from services.referrals.domain.referral_standing import Standing
from services.referrals.use_cases.handoff_ports import PersonCalled
from services.referrals.use_cases.referral_ports import ReferralReading
from shared.contracts.codes import PracticeRole

_PROGRAMME = TypeAdapter(Programme)


def _parties() -> sa.ScalarSelect[Any]:
    """The parties of the referral in the row at hand, by role."""
    party = referral_parties.alias("party")
    named = sa.func.jsonb_build_object(
        "organization_id", party.c.organization_id, "worker_id", party.c.worker_id, "team_id", party.c.team_id
    )
    return (
        sa.select(sa.func.jsonb_object_agg(party.c.role, named))
        .where(party.c.tenant_id == referrals.c.tenant_id, party.c.referral_id == referrals.c.id)
        .correlate(referrals)
        .scalar_subquery()
    )


_ASKED = referral_parties.alias("asked")
_OWNER = workers.alias("owner")
_VIEWER = workers.alias("viewer")
_VIEWER_AVAILABLE: sa.ColumnElement[bool] = sa.literal_column(
    is_available(tenant_id="referrals.tenant_id", worker_id="viewer.id", person_id="referrals.person_id"),
    type_=sa.Boolean,
)
_VIEWER_QUALIFIED: sa.ColumnElement[bool] = sa.literal_column(
    may_be_asked(worker="viewer", programme="programmes"), type_=sa.Boolean
)


def _standing_query(referral_id: UUID, *, by: Actor) -> sa.Select[Any]:
    member = sa.exists().where(
        team_members.c.tenant_id == by.tenant_id,
        team_members.c.team_id == _ASKED.c.team_id,
        team_members.c.worker_id == by.worker_id,
    )
    asked = sa.and_(
        _ASKED.c.tenant_id == referrals.c.tenant_id,
        _ASKED.c.referral_id == referrals.c.id,
        _ASKED.c.role == "recipient",
    )
    owner = sa.and_(_OWNER.c.tenant_id == referrals.c.tenant_id, _OWNER.c.id == _ASKED.c.worker_id)
    place = sa.and_(programmes.c.tenant_id == referrals.c.tenant_id, programmes.c.id == referrals.c.programme_id)
    viewer = sa.and_(_VIEWER.c.tenant_id == referrals.c.tenant_id, _VIEWER.c.id == by.worker_id)
    return (
        sa.select(
            *referrals.c,
            _parties().label("parties"),
            sa.cast(sa.func.to_jsonb(sa.literal_column("programmes")), sa.Text).label("programme"),
            _VIEWER.c.organization_id.label("viewer_organization"),
            _VIEWER.c.practice_role.label("viewer_role"),
            _VIEWER.c.active.label("viewer_active"),
            member.label("viewer_member"),
            _VIEWER_AVAILABLE.label("viewer_available"),
            _VIEWER_QUALIFIED.label("viewer_qualified"),
            _OWNER.c.display_name.label("owner_name"),
            _OWNER.c.practice_role.label("owner_role"),
        )
        .join(programmes, place)
        .outerjoin(_VIEWER, viewer)
        .outerjoin(_ASKED, asked)
        .outerjoin(_OWNER, owner)
        .where(referrals.c.tenant_id == by.tenant_id, referrals.c.id == referral_id, knows_of(by))
    )


async def read_standing(connection: AsyncConnection, referral_id: UUID, *, by: Actor) -> Standing:
    """The referral and who the caller is to it. Raises NotFound."""
    row = (await connection.execute(_standing_query(referral_id, by=by))).first()
    if row is None:
        raise NotFound("referral")
    return _standing(row, by=by)


async def is_told_whom(
    connection: AsyncConnection, referral_id: UUID, *, by: Actor, disclosure: DisclosureRule
) -> bool:
    """Whether the caller may know, at this statement, whom it is about."""
    told = sa.select(referrals.c.id).where(
        referrals.c.tenant_id == by.tenant_id,
        referrals.c.id == referral_id,
        knows_of(by),
        knows_whom(by, disclosure=disclosure),
    )
    return (await connection.execute(told)).first() is not None


async def read_referral(connection: AsyncConnection, referral_id: UUID, *, tenant_id: UUID) -> Referral:
    """The referral itself, for rules that act on nobody's behalf. Raises NotFound."""
    query = sa.select(*referrals.c, _parties().label("parties")).where(
        referrals.c.tenant_id == tenant_id, referrals.c.id == referral_id
    )
    row = (await connection.execute(query)).first()
    if row is None:
        raise NotFound("referral")
    return rows.referral_of(row._mapping, parties=row.parties)


async def read_reading(
    connection: AsyncConnection, referral_id: UUID, *, by: Actor, disclosure: DisclosureRule
) -> ReferralReading:
    """The referral with history and texts; without the latter, the person and what leads to them where those are hidden."""
    itself, told = knows_by_itself(by), told_by_consent(by, disclosure=disclosure)
    basis = sa.select(told.label("basis"), itself.label("itself")).correlate(referrals).lateral("basis")
    known = sa.and_(
        people.c.tenant_id == referrals.c.tenant_id,
        people.c.id == referrals.c.person_id,
        sa.or_(basis.c.itself, basis.c.basis.is_not(None)),
    )
    reachable = sa.or_(basis.c.itself, basis.c.basis["information"].has_key(Information.CONTACT.value))
    query = (
        _standing_query(referral_id, by=by)
        .join(basis, sa.true())
        .outerjoin(people, known)
        .add_columns(
            basis.c.basis,
            people.c.id.label("known_person_id"),
            sa.func.coalesce(people.c.preferred_name, people.c.given_name).label("called"),
            sa.case((reachable, people.c.language)).label("language"),
            sa.case((reachable, people.c.contact_preference)).label("contact_preference"),
        )
    )
    row = (await connection.execute(query)).first()
    if row is None:
        raise NotFound("referral")
    reading = ReferralReading(
        standing=_standing(row, by=by),
        person=_person(row),
        history=await _history(connection, referral_id, tenant_id=by.tenant_id),
        notes=(),
        children=(),
        basis=None if row.basis is None else basis_of(row.basis),
    )
    if not reading.tells(Information.REQUEST):
        return reading
    noted = referral_notes.c.tenant_id == by.tenant_id, referral_notes.c.referral_id == referral_id
    notes = await connection.execute(sa.select(referral_notes).where(*noted).order_by(referral_notes.c.id))
    passed_on = sa.select(referrals.c.id).where(
        referrals.c.tenant_id == by.tenant_id, referrals.c.part_of == referral_id, knows_of(by)
    )
    return replace(
        reading,
        notes=[rows.note_of_row(note._mapping) for note in notes],
        children=list((await connection.execute(passed_on.order_by(referrals.c.id))).scalars()),
    )


async def _history(connection: AsyncConnection, referral_id: UUID, *, tenant_id: UUID) -> list[ReferralStep]:
    beside = referral_history.c.tenant_id == tenant_id, referral_history.c.referral_id == referral_id
    steps = await connection.execute(sa.select(referral_history).where(*beside).order_by(referral_history.c.version))
    return [rows.step_of_row(step._mapping) for step in steps]


def _person(row: Any) -> PersonCalled | None:
    if row.known_person_id is None:
        return None
    return PersonCalled(
        person_id=row.known_person_id,
        called=row.called,
        language=row.language,
        contact_preference=row.contact_preference,
    )


def _standing(row: Any, *, by: Actor) -> Standing:
    taken_by = None
    if row.owner_name is not None:
        taken_by = TakenBy(first_name=row.owner_name.split()[0], role=PracticeRole(row.owner_role))
    return Standing(
        referral=rows.referral_of(row._mapping, parties=row.parties),
        viewer=Viewer(
            actor=by,
            organization_id=row.viewer_organization,
            practice_role=None if row.viewer_role is None else PracticeRole(row.viewer_role),
            active=bool(row.viewer_active),
            member=bool(row.viewer_member),
            available=row.viewer_available,
            qualified=bool(row.viewer_qualified),
        ),
        programme=_PROGRAMME.validate_json(row.programme),
        taken_by=taken_by,
    )
