"""Consents on PostgreSQL: only ever added to, read as far as the caller may know of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.adapters import consent_rows as rows
from services.referrals.adapters.consent_tables import consent_actors, consent_revocations, consents
from services.referrals.adapters.database_errors import translated
from services.referrals.adapters.episode_repository import EpisodeRepository
from services.referrals.adapters.handoff_tables import SENDS, handoffs, transitions
from services.referrals.adapters.handoff_visibility import a_colleague_walks_with
from services.referrals.adapters.person_visibility import is_party_to
from services.referrals.adapters.referral_disclosure import CONSENTS, between
from services.referrals.adapters.referral_queries import read_referral
from services.referrals.adapters.referral_repository import ReferralRepository
from services.referrals.adapters.referral_tables import referral_parties, referrals
from services.referrals.adapters.referral_visibility import organization_of
from services.referrals.adapters.tables import people, workers
from services.referrals.domain.actor import Actor
from services.referrals.domain.consent import Consent, Revocation
from services.referrals.domain.errors import NotFound
from services.referrals.domain.referral import Referral, ReferralStep
from services.referrals.domain.referral_states import OPEN
from services.referrals.use_cases.consent_ports import HandoffHeld
from shared.contracts.codes import AccessRole

_WITH_REVOCATION = (
    *consents.c,
    *(consent_revocations.c[name].label(f"revoked_{name}") for name in ("method", "reported_by")),
    *(consent_revocations.c[name].label(f"revoked_{name}") for name in ("occurred_at", "recorded_at")),
    consent_revocations.c.by_worker_id.label("revoked_by_worker_id"),
)


class ConsentRepository:
    """The consents of one tenant, inside one transaction."""

    def __init__(self, connection: AsyncConnection, *, tenant_id: UUID, changes: ReferralRepository) -> None:
        self._connection = connection
        self._tenant_id = tenant_id
        self._changes = changes

    async def organization_of(self, by: Actor) -> UUID | None:
        """The caller's organisation."""
        return (await self._connection.execute(sa.select(organization_of(by)))).scalar()

    async def is_walked_with_by_a_colleague(self, person_id: UUID, *, by: Actor) -> bool:
        """Whether somebody of the caller's organisation walks with this person."""
        query = sa.select(people.c.id).where(
            people.c.tenant_id == self._tenant_id, people.c.id == person_id, a_colleague_walks_with(people, by=by)
        )
        return (await self._connection.execute(query)).first() is not None

    async def goes_by(self, person_id: UUID) -> UUID:
        """The record that a person goes by now."""
        return await EpisodeRepository(self._connection, tenant_id=self._tenant_id).goes_by(person_id)

    async def add(self, consent: Consent) -> None:
        """Keep a new consent."""
        with translated("consent"):
            await self._connection.execute(sa.insert(consents).values(rows.consent_row(consent)))
            if named := rows.actor_rows(consent):
                await self._connection.execute(sa.insert(consent_actors), named)

    async def get(self, consent_id: UUID, *, by: Actor, lock: bool = False) -> Consent:
        """The consent. Raises NotFound."""
        if lock:
            here = sa.select(consents.c.id).where(consents.c.tenant_id == self._tenant_id, consents.c.id == consent_id)
            await self._connection.execute(here.with_for_update())
        found = await self._read(consents.c.id == consent_id, _may_know_of(by))
        if not found:
            raise NotFound("consent")
        return found[0]

    async def page(self, person_id: UUID, *, by: Actor, after: UUID | None, limit: int) -> Sequence[Consent]:
        """Up to `limit` of the person's consents, newest first."""
        wanted = [consents.c.person_id == await self.goes_by(person_id), _may_know_of(by)]
        if after is not None:
            wanted.append(consents.c.id < after)
        return await self._read(*wanted, limit=limit)

    async def of_person(self, person_id: UUID) -> Sequence[Consent]:
        """All of them."""
        return await self._read(consents.c.person_id == person_id)

    async def revoke(self, consent: Consent, revocation: Revocation) -> None:
        """Write the revocation down at once."""
        await self._connection.execute(sa.insert(consent_revocations).values(rows.revocation_row(consent, revocation)))

    async def stopped_referrals(self, consent: Consent) -> Sequence[Referral]:
        """Locked in a statement of its own: what is read after it is what others have committed, parties included.

        Children before their parents, as a child's own steps lock them.
        """
        theirs = (
            referrals.c.tenant_id == self._tenant_id,
            referrals.c.person_id == consent.person_id,
            referrals.c.status.in_([status.value for status in OPEN]),
        )
        lock = sa.select(referrals.c.id).where(*theirs).order_by(referrals.c.id.desc()).with_for_update()
        await self._connection.execute(lock)
        teller, told = referral_parties.alias("teller"), referral_parties.alias("told")
        stopped = (
            sa.select(referrals.c.id)
            .select_from(
                referrals.join(teller, _is(teller, "requester"))
                .join(told, _is(told, "recipient"))
                .join(consents, sa.and_(consents.c.tenant_id == referrals.c.tenant_id, consents.c.id == consent.id))
            )
            .where(*theirs, teller.c.organization_id != told.c.organization_id)
            .where(between(teller, told, referral=referrals), sa.not_(CONSENTS.covers(referrals)))
            .order_by(referrals.c.id.desc())
        )
        ids = (await self._connection.execute(stopped)).scalars().all()
        return [await read_referral(self._connection, one, tenant_id=self._tenant_id) for one in ids]

    async def change_referral(self, before: Referral, after: Referral, *steps: ReferralStep) -> None:
        """Keep the next version and its row of history."""
        await self._changes.change(before, after, *steps)

    async def held_handoffs(self, person_id: UUID) -> Sequence[HandoffHeld]:
        """The person's handoffs that lie with a worker."""
        sender, receiver = workers.alias("sender"), workers.alias("receiver")
        held = (
            sa.select(handoffs.c.id, sender.c.organization_id, receiver.c.organization_id.label("receiver"))
            .join(
                transitions,
                sa.and_(transitions.c.tenant_id == handoffs.c.tenant_id, transitions.c.id == handoffs.c.transition_id),
            )
            .join(sender, sa.and_(sender.c.tenant_id == self._tenant_id, sender.c.id == SENDS))
            .join(receiver, sa.and_(receiver.c.tenant_id == self._tenant_id, receiver.c.id == handoffs.c.worker_id))
            .where(handoffs.c.tenant_id == self._tenant_id, transitions.c.person_id == person_id)
            .order_by(handoffs.c.id)
        )
        return [
            HandoffHeld(
                handoff_id=row.id,
                sender_organization_id=row.organization_id,
                receiver_organization_id=row.receiver,
            )
            for row in await self._connection.execute(held)
        ]

    async def _read(self, *wanted: sa.ColumnElement[bool], limit: int | None = None) -> list[Consent]:
        revoked = sa.and_(
            consent_revocations.c.tenant_id == consents.c.tenant_id, consent_revocations.c.consent_id == consents.c.id
        )
        query = (
            sa.select(*_WITH_REVOCATION)
            .outerjoin(consent_revocations, revoked)
            .where(consents.c.tenant_id == self._tenant_id, *wanted)
            .order_by(consents.c.id.desc())
            .limit(limit)
        )
        found = (await self._connection.execute(query)).all()
        actors = await self._connection.execute(
            sa.select(consent_actors).where(
                consent_actors.c.tenant_id == self._tenant_id,
                consent_actors.c.consent_id.in_([row.id for row in found]),
            )
        )
        named: dict[UUID, list[Any]] = {}
        for actor in actors:
            named.setdefault(actor.consent_id, []).append(actor._mapping)
        return [rows.consent_of(row._mapping, actors=named.get(row.id, ())) for row in found]


def _may_know_of(by: Actor) -> sa.ColumnElement[bool]:
    """Those who keep them for the network; those whose organisation may disclose or wrote it down; who walks with the person.

    An organisation that may be told is not among them: its consents would say who stands behind a de-identified offer.
    """
    if by.access_role in (AccessRole.ADMINISTRATOR, AccessRole.PRIVACY_OFFICER):
        return sa.true()
    if not by.sees_whole_tenant:
        known = sa.select(people.c.id).where(
            people.c.tenant_id == by.tenant_id, is_party_to(people, by.acting_worker())
        )
        return consents.c.person_id.in_(known)
    recorder = sa.select(workers.c.organization_id).where(
        workers.c.tenant_id == consents.c.tenant_id, workers.c.id == consents.c.by_worker_id
    )
    own = organization_of(by)
    return sa.or_(consents.c.organization_id == own, recorder.correlate(consents).scalar_subquery() == own)


def _is(party: sa.FromClause, role: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        party.c.tenant_id == referrals.c.tenant_id, party.c.referral_id == referrals.c.id, party.c.role == role
    )
