"""Lists of referrals: keyset pages on indexes, one statement each, never a count.

A page is found first, by the index of its order; what is shown beside each row is looked up for that page alone. The
look-ups are scalar subqueries and laterals on purpose: joins would invite the planner to read whole tables.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters.referral_disclosure import DisclosureRule, basis_of
from services.referrals.adapters.referral_tables import referral_parties, referrals
from services.referrals.adapters.referral_visibility import (
    knows_by_itself,
    knows_of,
    knows_whom,
    organization_of,
    teams_of,
    told_by_consent,
)
from services.referrals.adapters.tables import people, team_members, teams
from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import NotFound
from services.referrals.domain.referral_progress import BusinessStatus
from services.referrals.domain.referral_states import OPEN, ReferralStatus
from services.referrals.use_cases.referral_ports import HuddleWindow, ReferralFilter, ReferralLine, ReferralOrder
from shared.contracts.codes import AccessRole

_NAMES = [field.name for field in fields(ReferralLine)]
_BESIDE = ("requester_worker_id", "owner_worker_id", "team_id", "person_id", "called", "basis")
_OWN = [name for name in _NAMES if name not in _BESIDE]
_NEEDED = [referrals.c[name] for name in (*_OWN, "tenant_id", "person_id", "deidentified", "accepted_at", "ended_at")]
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
    lines = []
    for row in (await connection.execute(query)).mappings():
        found = {name: row[name] for name in _NAMES}
        lines.append(ReferralLine(**found | {"basis": None if row["basis"] is None else basis_of(row["basis"])}))
    return lines


def page_query(wanted: ReferralFilter, *, disclosure: DisclosureRule, after: UUID | None, limit: int) -> sa.Select[Any]:
    """One page of the list that is asked for."""
    by = wanted.by
    if wanted.order is not ReferralOrder.NEWEST:
        key = _KEYS[wanted.order]
        page = _by_time(wanted, key=key, disclosure=disclosure, after=after).limit(limit)
        return _shown(page, by=by, disclosure=disclosure, order=(key.name, "id"))
    if wanted.person_id is not None:
        query = _matching(wanted, after=after).where(knows_whom(by, disclosure=disclosure), *_asked_of(wanted))
    elif wanted.owner_worker_id is not None or wanted.team_id is not None:
        query = _through_party(wanted, role="recipient", worker_id=wanted.owner_worker_id, after=after)
    elif wanted.requester_worker_id is not None:
        query = _through_party(wanted, role="requester", worker_id=wanted.requester_worker_id, after=after)
    elif wanted.status is not None or by.access_role is AccessRole.ADMINISTRATOR:
        query = _matching(wanted, after=after)
    else:
        ids = _own_page(by, after=after, limit=limit).subquery("ids")
        query = _rows_of(ids, ids.c.referral_id, by=by)
    return _shown(query.limit(limit), by=by, disclosure=disclosure)


def huddle_query(
    team_id: UUID, *, by: Actor, window: HuddleWindow, disclosure: DisclosureRule, limit: int
) -> sa.Select[Any]:
    """Open referrals of the team that are new, due or late, wait for something, or went otherwise than planned."""
    of_team = sa.and_(_ASKED.c.tenant_id == by.tenant_id, _ASKED.c.team_id == team_id, _ASKED.c.role == "recipient")
    is_open = referrals.c.status.in_([status.value for status in OPEN])
    query = _rows_of(_ASKED, _ASKED.c.referral_id, is_open, _worth_talking(window), by=by).where(of_team)
    newest = query.order_by(_ASKED.c.referral_id.desc()).limit(limit)
    return _shown(newest, by=by, disclosure=disclosure)


async def check_team(connection: AsyncConnection, team_id: UUID, *, by: Actor) -> None:
    """Raise NotFound unless the caller belongs to the team, or supervises in its organisation."""
    theirs: list[sa.ColumnElement[bool]] = [
        sa.exists().where(
            team_members.c.tenant_id == by.tenant_id,
            team_members.c.team_id == team_id,
            team_members.c.worker_id == by.worker_id,
        )
    ]
    if by.supervises:
        theirs.append(teams.c.organization_id == organization_of(by))
    known = sa.select(teams.c.id).where(teams.c.tenant_id == by.tenant_id, teams.c.id == team_id, sa.or_(*theirs))
    if (await connection.execute(known)).first() is None:
        raise NotFound("team")


def _matching(wanted: ReferralFilter, *, after: UUID | None) -> sa.Select[Any]:
    """By age, on the index of the filter."""
    query = sa.select(*_NEEDED).where(
        referrals.c.tenant_id == wanted.by.tenant_id, knows_of(wanted.by), *_narrowed(wanted)
    )
    if after is not None:
        query = query.where(referrals.c.id < after)
    return query.order_by(referrals.c.id.desc())


def _through_party(wanted: ReferralFilter, *, role: str, worker_id: UUID | None, after: UUID | None) -> sa.Select[Any]:
    """By age, on the index of the worker or team that was asked, or of the worker who asked."""
    by = wanted.by
    beside = _requested_by(wanted) if role == "recipient" else []
    query = _rows_of(_ASKED, _ASKED.c.referral_id, knows_of(by), *_narrowed(wanted), *beside, by=by)
    query = query.where(_ASKED.c.tenant_id == by.tenant_id, _ASKED.c.role == role)
    if worker_id is not None:
        query = query.where(_ASKED.c.worker_id == worker_id)
    if role == "recipient" and wanted.team_id is not None:
        query = query.where(_ASKED.c.team_id == wanted.team_id)
    if after is not None:
        query = query.where(_ASKED.c.referral_id < after)
    return query.order_by(_ASKED.c.referral_id.desc())


def _by_time(
    wanted: ReferralFilter, *, key: sa.Column[Any], disclosure: DisclosureRule, after: UUID | None
) -> sa.Select[Any]:
    """By the time of the order, on its partial index; the place after a row is found by that row's own time."""
    by = wanted.by
    again = wanted.order is ReferralOrder.OFFER_AGAIN
    query = sa.select(*_NEEDED).where(
        referrals.c.tenant_id == by.tenant_id,
        key.is_not(None) if again else referrals.c.status == _REQUESTED,
        knows_of(by),
        *_asked_of(wanted),
    )
    if wanted.person_id is not None:
        query = query.where(referrals.c.person_id == wanted.person_id, knows_whom(by, disclosure=disclosure))
    if wanted.due_before is not None:
        query = query.where(key <= wanted.due_before)
    if after is not None:
        last = referrals.alias("last")
        at = sa.select(last.c[key.name]).where(last.c.tenant_id == by.tenant_id, last.c.id == after)
        query = query.where(
            sa.tuple_(key, referrals.c.id) > sa.tuple_(at.scalar_subquery(), sa.literal(after, type_=sa.Uuid))
        )
    return query.order_by(key, referrals.c.id)


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


def _rows_of(
    source: sa.FromClause, referral_id: sa.ColumnElement[UUID], *conditions: sa.ColumnElement[bool], by: Actor
) -> sa.Select[Any]:
    """The referrals of some ids, each by its key, as far as the conditions hold."""
    one = (
        sa.select(*_NEEDED)
        .where(referrals.c.tenant_id == by.tenant_id, referrals.c.id == referral_id, *conditions)
        .limit(1)
        .lateral("one")
    )
    return sa.select(*one.c).select_from(source.join(one, sa.true()))


def _narrowed(wanted: ReferralFilter) -> list[sa.ColumnElement[bool]]:
    narrowed: list[sa.ColumnElement[bool]] = []
    if wanted.status is not None:
        narrowed.append(referrals.c.status == sa.literal_column(f"'{wanted.status.value}'"))
    if wanted.person_id is not None:
        narrowed.append(referrals.c.person_id == wanted.person_id)
    return narrowed


def _asked_of(wanted: ReferralFilter) -> list[sa.ColumnElement[bool]]:
    """The recipient, looked up by the key of each row."""
    worker, team = _recipient(referrals, "worker_id"), _recipient(referrals, "team_id")
    asked: list[sa.ColumnElement[bool]] = []
    if wanted.owner_worker_id is not None:
        asked.append(worker == wanted.owner_worker_id)
    if wanted.team_id is not None:
        asked.append(team == wanted.team_id)
    return asked + _requested_by(wanted)


def _requested_by(wanted: ReferralFilter) -> list[sa.ColumnElement[bool]]:
    """The requester, looked up by the key of each row."""
    if wanted.requester_worker_id is None:
        return []
    return [_party(referrals, "requester", "worker_id") == wanted.requester_worker_id]


def _worth_talking(window: HuddleWindow) -> sa.ColumnElement[bool]:
    went_otherwise = (
        BusinessStatus.NO_SHOW,
        BusinessStatus.APPOINTMENT_CANCELLED,
        BusinessStatus.WAITING_FOR_INFORMATION,
        BusinessStatus.CANCELLATION_REQUESTED,
    )
    return sa.or_(
        referrals.c.recorded_at >= window.since,
        referrals.c.status == ReferralStatus.ON_HOLD.value,
        sa.and_(referrals.c.status == ReferralStatus.REQUESTED.value, referrals.c.respond_by < window.until),
        referrals.c.scheduled_at.between(window.since, window.until),
        referrals.c.business_status.in_([status.value for status in went_otherwise]),
    )


def _shown(
    page: sa.Select[Any], *, by: Actor, disclosure: DisclosureRule, order: tuple[str, ...] = ()
) -> sa.Select[Any]:
    """The page with what is shown beside each row; the person only where the caller may know whom it is about."""
    found = page.subquery("page")
    itself = knows_by_itself(by, referral=found).label("itself")
    told = told_by_consent(by, disclosure=disclosure, referral=found).label("basis")
    row = sa.select(*found.c, itself, told).subquery("line")
    known = sa.or_(row.c.itself, row.c.basis.is_not(None))
    called = (
        sa.select(sa.func.coalesce(people.c.preferred_name, people.c.given_name))
        .where(people.c.tenant_id == row.c.tenant_id, people.c.id == row.c.person_id)
        .scalar_subquery()
    )
    query = sa.select(
        *(row.c[name] for name in _OWN),
        _party(row, "requester", "worker_id").label("requester_worker_id"),
        _recipient(row, "worker_id").label("owner_worker_id"),
        _recipient(row, "team_id").label("team_id"),
        sa.case((known, row.c.person_id)).label("person_id"),
        sa.case((known, called)).label("called"),
        row.c.basis,
    )
    return query.order_by(*(row.c[name] for name in order)) if order else query.order_by(row.c.id.desc())


def _recipient(referral: sa.FromClause, column: str) -> sa.ColumnElement[UUID]:
    return _party(referral, "recipient", column)


def _party(referral: sa.FromClause, role: str, column: str) -> sa.ColumnElement[UUID]:
    party = referral_parties.alias(f"{role}_{column}")
    return (
        sa.select(party.c[column])
        .where(
            party.c.tenant_id == referral.c.tenant_id,
            party.c.referral_id == referral.c.id,
            party.c.role == sa.literal_column(f"'{role}'"),
        )
        .correlate(referral)
        .scalar_subquery()
    )
