"""Whom the staff of an organisation know: who is at home there, and whom it sent, referred or asked something for.

Beyond that they read the record of those whom they walk with themselves, as anybody does (`person_visibility.py`): a
consent tells whoever was asked, and those who answer for them read it where it is told, with its notice.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.handoff_tables import SENDS, transitions
from services.referrals.adapters.person_visibility import is_party_to
from services.referrals.adapters.referral_tables import referral_parties, referrals
from services.referrals.adapters.tables import people as everybody
from services.referrals.adapters.tables import team_members, workers
from services.referrals.adapters.task_tables import tasks
from services.referrals.domain.actor import Actor
from services.referrals.domain.referral_states import OPEN
from services.referrals.domain.referral_words import ReferralKind

_NO_CRISIS = referrals.c.kind != ReferralKind.CRISIS_BRIDGE.value


def is_known_in_the_house_of(people: sa.Table, worker_id: UUID) -> sa.ColumnElement[bool]:
    """Whether the worker's organisation is the person's home or has a relation to them, or the worker has.

    The relations are read once and hashed, so that a page costs the same however far down it is.
    """
    own = (
        sa.select(workers.c.organization_id)
        .where(workers.c.tenant_id == people.c.tenant_id, workers.c.id == worker_id)
        .scalar_subquery()
    )
    house = sa.select(workers.c.tenant_id, workers.c.organization_id).where(workers.c.id == worker_id).cte("house")
    related = sa.union_all(_sent_by(house), _referred_by(house), _asked_for_by(house), _called_in(worker_id))
    key = sa.tuple_(people.c.tenant_id, people.c.id)
    return sa.or_(people.c.home_organization_id == own, key.in_(related), is_party_to(people, worker_id))


def may_be_named_by(people: sa.Table, by: Actor) -> sa.ColumnElement[bool]:
    """Whom the caller may refer, hand over or ask something for: staff whom their house knows, others whom they walk with."""
    relation = is_known_in_the_house_of if by.sees_whole_tenant else is_party_to
    return relation(people, by.acting_worker())


async def is_known_to(connection: AsyncConnection, *, by: Actor, person_ids: Collection[UUID | None]) -> bool:
    """The same of one person by any of these records, in a statement of its own."""
    known = sa.select(everybody.c.id).where(
        everybody.c.tenant_id == by.tenant_id, everybody.c.id.in_(person_ids), may_be_named_by(everybody, by)
    )
    return (await connection.execute(known)).first() is not None


def _sent_by(house: sa.CTE) -> sa.Select[Any]:
    sender = workers.alias("sender")
    return (
        sa.select(transitions.c.tenant_id, transitions.c.person_id)
        .join(house, house.c.tenant_id == transitions.c.tenant_id)
        .join(
            sender,
            sa.and_(
                sender.c.tenant_id == transitions.c.tenant_id,
                sender.c.id == SENDS,
            ),
        )
        .where(sender.c.organization_id == house.c.organization_id)
    )


def _referred_by(house: sa.CTE) -> sa.Select[Any]:
    party = referral_parties.alias("house_party")
    return (
        sa.select(referrals.c.tenant_id, referrals.c.person_id)
        .join(party, sa.and_(party.c.tenant_id == referrals.c.tenant_id, party.c.referral_id == referrals.c.id))
        .join(house, house.c.tenant_id == referrals.c.tenant_id)
        .where(
            party.c.organization_id == house.c.organization_id,
            sa.or_(party.c.role == "requester", sa.and_(sa.not_(referrals.c.deidentified), _NO_CRISIS)),
        )
    )


def _called_in(worker_id: UUID) -> sa.Select[Any]:
    """In a crisis the team that is called in reads who it is at once, and only as long as it is called in."""
    asked = referral_parties.alias("called_in")
    on_it = sa.and_(
        team_members.c.tenant_id == asked.c.tenant_id,
        team_members.c.team_id == asked.c.team_id,
        team_members.c.worker_id == worker_id,
    )
    return (
        sa.select(referrals.c.tenant_id, referrals.c.person_id)
        .join(asked, sa.and_(asked.c.tenant_id == referrals.c.tenant_id, asked.c.referral_id == referrals.c.id))
        .join(team_members, on_it)
        .where(sa.not_(_NO_CRISIS), asked.c.role == "recipient")
        .where(referrals.c.status.in_([status.value for status in OPEN]))
    )


def _asked_for_by(house: sa.CTE) -> sa.Select[Any]:
    assigner = workers.alias("assigner")
    return (
        sa.select(tasks.c.tenant_id, tasks.c.person_id)
        .join(house, house.c.tenant_id == tasks.c.tenant_id)
        .join(assigner, sa.and_(assigner.c.tenant_id == tasks.c.tenant_id, assigner.c.id == tasks.c.assigner_worker_id))
        .where(assigner.c.organization_id == house.c.organization_id, tasks.c.person_id.is_not(None))
    )
