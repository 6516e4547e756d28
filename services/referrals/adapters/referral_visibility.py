"""Who may know of a referral, and who may know whom it is about: decided in the query, by party.

A worker knows of what names them or one of their teams. Clinical and supervising staff know of what their
organisation is party to. Administrators know of every referral of their network, though not of the person behind a
de-identified one.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.referrals.adapters.model_files import codes_of_naming_models
from services.referrals.adapters.referral_disclosure import CONSENTS, DisclosureRule
from services.referrals.adapters.referral_tables import referral_parties, referrals
from services.referrals.adapters.tables import team_members, workers
from services.referrals.domain.actor import Actor
from services.referrals.domain.consent_words import Information
from services.referrals.domain.referral_states import OPEN, WORKING
from services.referrals.domain.referral_words import ReferralKind
from shared.contracts.codes import AccessRole

_OF_A_PERSON = (Information.IDENTITY, Information.CONTACT)
"""What a person's own record shows."""


def organization_of(by: Actor) -> sa.ScalarSelect[UUID]:
    """The caller's organisation, by our own record of the worker."""
    return (
        sa.select(workers.c.organization_id)
        .where(workers.c.tenant_id == by.tenant_id, workers.c.id == by.worker_id)
        .scalar_subquery()
    )


def teams_of(by: Actor) -> sa.Select[tuple[UUID]]:
    """The caller's teams."""
    return sa.select(team_members.c.team_id).where(
        team_members.c.tenant_id == by.tenant_id, team_members.c.worker_id == by.worker_id
    )


def knows_of(by: Actor, referral: sa.FromClause = referrals) -> sa.ColumnElement[bool]:
    """Whether the caller may know of the referral in the row at hand."""
    if by.access_role is AccessRole.ADMINISTRATOR:
        return sa.true()
    party = referral_parties.alias("knows")
    reasons = [party.c.worker_id == by.worker_id, party.c.team_id.in_(teams_of(by))]
    if by.sees_whole_tenant:
        reasons.append(party.c.organization_id == organization_of(by))
    return _is_party(party, sa.or_(*reasons), referral=referral)


def knows_whom(by: Actor, *, disclosure: DisclosureRule, referral: sa.FromClause = referrals) -> sa.ColumnElement[bool]:
    """Whether the caller may know whom it is about: those who asked do; those asked, by offer, acceptance and consent."""
    told = told_by_consent(by, disclosure=disclosure, referral=referral)
    return sa.or_(knows_by_itself(by, referral=referral), told.is_not(None))


def knows_by_itself(by: Actor, *, referral: sa.FromClause = referrals) -> sa.ColumnElement[bool]:
    """Whether the caller may know without any consent: their own organisation asked, or they are called in for a crisis.

    Whoever is on a team of another house is judged by their own: being on it is no consent.
    """
    named = sa.not_(referral.c.deidentified)
    if by.access_role is not AccessRole.ADMINISTRATOR:
        asking = referral_parties.alias("in_house")
        in_house = _is_party(
            asking,
            asking.c.role == sa.literal_column("'requester'"),
            asking.c.organization_id == organization_of(by),
            referral=referral,
        )
        named = sa.and_(named, sa.or_(in_house, _is_called_in(by, referral=referral)))
    colleague = sa.and_(_may_be_named(referral), _asked_by_a_colleague(by, referral=referral))
    return sa.or_(named, _stands_as(by, "requester", referral=referral), colleague)


def told_by_consent(
    by: Actor, *, disclosure: DisclosureRule, referral: sa.FromClause = referrals
) -> sa.ColumnElement[Any]:
    """The consent on whose strength the caller is told, as JSON; NULL where there is none or none is needed.

    Whoever accepted is told, and those who answer for them; an intermediary by a consent that names it. Where the model's
    offer may say who it is, those asked are told before they accept.
    """
    needed = sa.and_(sa.not_(knows_by_itself(by, referral=referral)), _may_be_named(referral))
    return sa.case(
        (sa.and_(needed, _stands_as(by, "recipient", referral=referral)), disclosure.basis(referral)),
        (
            sa.and_(needed, _stands_as(by, "intermediary", referral=referral)),
            disclosure.basis(referral, role="intermediary"),
        ),
        else_=None,
    )


def has_a_referral_about(people: sa.Table, worker_id: UUID) -> sa.ColumnElement[bool]:
    """The worker has taken a referral of this person, and knows whom it is about."""
    taken, taken_from = referral_parties.alias("taken"), referral_parties.alias("taken_from")
    taker = workers.alias("taker")
    own = (
        sa.select(taker.c.organization_id)
        .where(taker.c.tenant_id == people.c.tenant_id, taker.c.id == worker_id)
        .correlate(people)
        .scalar_subquery()
    )
    return sa.exists().where(
        referrals.c.tenant_id == people.c.tenant_id,
        referrals.c.person_id == people.c.id,
        referrals.c.status.in_([status.value for status in WORKING]),
        sa.or_(
            sa.and_(sa.not_(referrals.c.deidentified), referrals.c.kind == ReferralKind.CRISIS_BRIDGE.value),
            _is_party(
                taken_from,
                taken_from.c.role == "requester",
                taken_from.c.organization_id == own,
                referral=referrals,
                beside=(people,),
            ),
            CONSENTS.covers(referrals, information=_OF_A_PERSON),
        ),
        taken.c.tenant_id == referrals.c.tenant_id,
        taken.c.referral_id == referrals.c.id,
        taken.c.role == "recipient",
        taken.c.worker_id == worker_id,
    )


def _stands_as(by: Actor, role: str, *, referral: sa.FromClause) -> sa.ColumnElement[bool]:
    """The caller has this role themselves, or answers for it in the same organisation."""
    party = referral_parties.alias(f"stands_as_{role}")
    if by.worker_id is None:
        return sa.false()
    # a team as a whole is asked until one of it has taken it
    asked = sa.and_(party.c.worker_id.is_(None), party.c.team_id.in_(teams_of(by)))
    reasons = [party.c.worker_id == by.worker_id, asked]
    if by.sees_whole_tenant:
        reasons.append(party.c.organization_id == organization_of(by))
    return _is_party(party, party.c.role == role, sa.or_(*reasons), referral=referral)


def _is_called_in(by: Actor, *, referral: sa.FromClause) -> sa.ColumnElement[bool]:
    """In a crisis the team that is called in knows who it is, as long as the crisis is open; its house does not."""
    called = referral_parties.alias("called_in")
    return sa.and_(
        referral.c.kind == ReferralKind.CRISIS_BRIDGE.value,
        referral.c.status.in_([status.value for status in OPEN]),
        _is_party(
            called,
            called.c.role == sa.literal_column("'recipient'"),
            sa.or_(called.c.worker_id == by.worker_id, called.c.team_id.in_(teams_of(by))),
            referral=referral,
        ),
    )


def _may_be_named(referral: sa.FromClause) -> sa.ColumnElement[bool]:
    """Accepted, or offered under a model that says who it is where that may be said."""
    return sa.or_(referral.c.accepted_at.is_not(None), referral.c.model.in_(codes_of_naming_models()))


def _asked_by_a_colleague(by: Actor, *, referral: sa.FromClause) -> sa.ColumnElement[bool]:
    """The caller is party to it by a role that lies in the asking organisation itself."""
    if by.worker_id is None:
        return sa.false()
    asking, own = referral_parties.alias("asking"), referral_parties.alias("own")
    house = (
        sa.select(asking.c.organization_id)
        .where(
            asking.c.tenant_id == referral.c.tenant_id,
            asking.c.referral_id == referral.c.id,
            asking.c.role == sa.literal_column("'requester'"),
        )
        .correlate(referral)
        .scalar_subquery()
    )
    me = sa.or_(own.c.worker_id == by.worker_id, own.c.team_id.in_(teams_of(by)))
    return _is_party(own, own.c.organization_id == house, house == organization_of(by), me, referral=referral)


def _is_party(
    party: sa.FromClause,
    *conditions: sa.ColumnElement[bool],
    referral: sa.FromClause,
    beside: Sequence[sa.FromClause] = (),
) -> sa.ColumnElement[bool]:
    """A scalar rather than EXISTS: PostgreSQL would hash an EXISTS over the whole table, this asks the key of each row."""
    found: sa.Select[tuple[int]] = (
        sa.select(sa.literal_column("1"))
        .select_from(party)
        .where(party.c.tenant_id == referral.c.tenant_id, party.c.referral_id == referral.c.id, *conditions)
        .limit(1)
        .correlate(referral, *beside)
    )
    return found.scalar_subquery().is_not(None)
