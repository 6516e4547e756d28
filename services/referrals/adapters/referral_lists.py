"""Lists of referrals: keyset pages on indexes, one statement each, never a count."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.referral_disclosure import DisclosureRule
from services.referrals.adapters.referral_tables import referral_history, referral_parties, referrals
from services.referrals.adapters.referral_visibility import knows_of, knows_whom, organization_of, teams_of
from services.referrals.adapters.tables import people, team_members, teams
from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound
from services.referrals.domain.referral_progress import BusinessStatus
from services.referrals.domain.referral_states import OPEN, ReferralStatus
from services.referrals.use_cases.referral_ports import HuddleWindow, ReferralFilter, ReferralLine, ReferralOrder
from shared.contracts.codes import AccessRole

_NAMES = [field.name for field in fields(ReferralLine)]
_OWN = [
    name for name in _NAMES if name not in ("requester_worker_id", "owner_worker_id", "team_id", "person_id", "called")
]
_ASKING = referral_parties.alias("requesting")
_ASKED = referral_parties.alias("asked")

_KEYS = {
    ReferralOrder.DUE: referrals.c.respond_by,
    ReferralOrder.AT_RISK: referrals.c.respond_by,
    ReferralOrder.OFFER_AGAIN: referrals.c.offer_again_at,
}
"""What the orders other than by age begin with; ids decide between equals."""

_REQUESTED: sa.ColumnElement[str] = sa.literal_column("'requested'")


async def read_lines(connection: AsyncConnection, query: sa.Select[Any]) -> Sequence[ReferralLine]:
    """The lines of a list."""
    return [
        ReferralLine(**{name: row[name] for name in _NAMES}) for row in (await connection.execute(query)).mappings()
    ]


def page_query(wanted: ReferralFilter, *, disclosure: DisclosureRule, after: UUID | None, limit: int) -> sa.Select[Any]:
    """One page. By age and without a narrower filter, the page is found through the caller's parties first."""
    by = wanted.by
    query = _lines(by, disclosure=disclosure)
    if wanted.status is not None:
        query = query.where(referrals.c.status == sa.literal_column(f"'{wanted.status.value}'"))
    if wanted.person_id is not None:
        query = query.where(referrals.c.person_id == wanted.person_id, knows_whom(by, disclosure=disclosure))
    if wanted.order is not ReferralOrder.NEWEST:
        return _by_time(query.where(knows_of(by)), wanted, after=after, limit=limit)
    newest = referrals.c.id.desc()
    if wanted.owner_worker_id is not None:
        query = query.where(_ASKED.c.worker_id == wanted.owner_worker_id)
        newest = _ASKED.c.referral_id.desc()
    elif wanted.team_id is not None:
        query = query.where(_ASKED.c.team_id == wanted.team_id)
        newest = _ASKED.c.referral_id.desc()
    elif not (wanted.status or wanted.person_id or by.access_role is AccessRole.ADMINISTRATOR):
        return query.where(referrals.c.id.in_(_own_page(by, after=after, limit=limit))).order_by(newest)
    if after is not None:
        query = query.where(newest.element < after)
    return query.where(knows_of(by)).order_by(newest).limit(limit)


def huddle_query(
    team_id: UUID, *, by: Actor, window: HuddleWindow, disclosure: DisclosureRule, limit: int
) -> sa.Select[Any]:
    """Open referrals of the team that are new, due or late, wait for something, or went otherwise than planned."""
    talk = sa.or_(
        referrals.c.status == ReferralStatus.ON_HOLD.value,
        sa.and_(referrals.c.status == ReferralStatus.REQUESTED.value, referrals.c.respond_by < window.until),
        referrals.c.scheduled_at.between(window.since, window.until),
        referrals.c.business_status.in_(
            [
                BusinessStatus.NO_SHOW.value,
                BusinessStatus.APPOINTMENT_CANCELLED.value,
                BusinessStatus.WAITING_FOR_INFORMATION.value,
                BusinessStatus.CANCELLATION_REQUESTED.value,
            ]
        ),
        sa.exists().where(
            referral_history.c.tenant_id == referrals.c.tenant_id,
            referral_history.c.referral_id == referrals.c.id,
            referral_history.c.version == 1,
            referral_history.c.recorded_at >= window.since,
        ),
    )
    return (
        _lines(by, disclosure=disclosure)
        .where(_ASKED.c.team_id == team_id, referrals.c.status.in_([status.value for status in OPEN]), talk)
        .order_by(_ASKED.c.referral_id.desc())
        .limit(limit)
    )


async def check_team(connection: AsyncConnection, team_id: UUID, *, by: Actor) -> None:
    """Raise NotFound unless the caller belongs to the team, or supervises in its organisation."""
    member = sa.exists().where(
        team_members.c.tenant_id == by.tenant_id,
        team_members.c.team_id == team_id,
        team_members.c.worker_id == by.worker_id,
    )
    theirs: list[sa.ColumnElement[bool]] = [member]
    if by.supervises:
        theirs.append(teams.c.organization_id == organization_of(by))
    known = sa.select(teams.c.id).where(teams.c.tenant_id == by.tenant_id, teams.c.id == team_id, sa.or_(*theirs))
    if (await connection.execute(known)).first() is None:
        raise NotFound("team")


def _lines(by: Actor, *, disclosure: DisclosureRule) -> sa.Select[Any]:
    whom = knows_whom(by, disclosure=disclosure)
    known = sa.and_(people.c.tenant_id == referrals.c.tenant_id, people.c.id == referrals.c.person_id, whom)

    def party(role: str, alias: sa.FromClause) -> sa.ColumnElement[bool]:
        same = alias.c.tenant_id == referrals.c.tenant_id, alias.c.referral_id == referrals.c.id
        return sa.and_(*same, alias.c.role == sa.literal_column(f"'{role}'"))

    return (
        sa.select(
            *(referrals.c[name] for name in _OWN),
            _ASKING.c.worker_id.label("requester_worker_id"),
            _ASKED.c.worker_id.label("owner_worker_id"),
            _ASKED.c.team_id.label("team_id"),
            people.c.id.label("person_id"),
            sa.func.coalesce(people.c.preferred_name, people.c.given_name).label("called"),
        )
        .select_from(referrals)
        .outerjoin(_ASKING, party("requester", _ASKING))
        .outerjoin(_ASKED, party("recipient", _ASKED))
        .outerjoin(people, known)
        .where(referrals.c.tenant_id == by.tenant_id)
    )


def _by_time(query: sa.Select[Any], wanted: ReferralFilter, *, after: UUID | None, limit: int) -> sa.Select[Any]:
    key = _KEYS[wanted.order]
    if wanted.order is not ReferralOrder.OFFER_AGAIN:
        query = query.where(referrals.c.status == _REQUESTED)
    else:
        query = query.where(key.is_not(None))
    if wanted.due_before is not None:
        query = query.where(key <= wanted.due_before)
    if wanted.owner_worker_id is not None:
        query = query.where(_ASKED.c.worker_id == wanted.owner_worker_id)
    if wanted.team_id is not None:
        query = query.where(_ASKED.c.team_id == wanted.team_id)
    if after is not None:
        last = referrals.alias("last")
        at = sa.select(last.c[key.name]).where(last.c.tenant_id == wanted.by.tenant_id, last.c.id == after)
        query = query.where(sa.tuple_(key, referrals.c.id) > sa.tuple_(at.scalar_subquery(), sa.literal(after)))
    return query.order_by(key, referrals.c.id).limit(limit)


def _own_page(by: Actor, *, after: UUID | None, limit: int) -> sa.Select[tuple[UUID]]:
    """Ids of the newest referrals that the caller is party to: a page of each way of being one, then a page of those."""
    party = referral_parties
    ways = [_newest(party.c.worker_id == by.worker_id, by=by, after=after, limit=limit)]
    if by.sees_whole_tenant:
        ways.append(_newest(party.c.organization_id == organization_of(by), by=by, after=after, limit=limit))
    theirs = teams_of(by).subquery("theirs")
    of_team = _newest(party.c.team_id == theirs.c.team_id, by=by, after=after, limit=limit).lateral("of_team")
    ways.append(sa.select(of_team.c.referral_id).select_from(theirs.join(of_team, sa.true())))
    together = sa.union(*(sa.select(way.subquery().c.referral_id) for way in ways)).subquery("together")
    return sa.select(together.c.referral_id).order_by(together.c.referral_id.desc()).limit(limit)


def _newest(condition: sa.ColumnElement[bool], *, by: Actor, after: UUID | None, limit: int) -> sa.Select[tuple[UUID]]:
    party = referral_parties
    query = sa.select(party.c.referral_id).where(party.c.tenant_id == by.tenant_id, condition)
    if after is not None:
        query = query.where(party.c.referral_id < after)
    return query.distinct().order_by(party.c.referral_id.desc()).limit(limit)
