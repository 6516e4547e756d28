"""The one place that says on what strength somebody outside is told who a referral is about: a consent that covers it.

Decided inside the query, so that what may not be seen is never read. Nothing here asks whether 42 CFR Part 2 applies:
nobody has told us, and what is unknown is treated as if it did. The database's clock decides what has expired, for
reads of every kind alike.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.referrals.adapters.consent_tables import consent_actors, consent_revocations, consents
from services.referrals.adapters.referral_tables import referral_parties
from services.referrals.adapters.tables import workers
from services.referrals.domain.consent_words import (
    COVERING_PURPOSES,
    ActorRole,
    DiscloserClass,
    ExpiryEvent,
    Information,
    RecipientClass,
)
from services.referrals.domain.redisclosure import Basis
from shared.contracts.codes import PracticeRole


class DisclosureRule(Protocol):
    """Decided inside the query."""

    def basis(self, referral: sa.FromClause, *, role: str = "recipient") -> sa.ColumnElement[Any]:
        """The consent in force on which the party in `role` is told who it is about, as JSON; NULL where there is none."""
        ...

    def covers(
        self, referral: sa.FromClause, *, information: Sequence[Information] = (Information.IDENTITY,)
    ) -> sa.ColumnElement[bool]:
        """Whether a consent in force covers telling the recipient this much."""
        ...


class ConsentDisclosure:
    """By the consents on file. The widest that covers is the one that is spoken of; of two equal ones the newer."""

    def basis(self, referral: sa.FromClause, *, role: str = "recipient") -> sa.ColumnElement[Any]:
        """The consent as JSON for `basis_of`, or NULL."""
        teller, told = referral_parties.alias("teller"), referral_parties.alias("told")
        found = basis_document(teller, told)
        return self._covering(found, referral, (Information.IDENTITY,), teller, told, role=role, order=WIDEST_FIRST)

    def covers(
        self, referral: sa.FromClause, *, information: Sequence[Information] = (Information.IDENTITY,)
    ) -> sa.ColumnElement[bool]:
        """Whether there is one."""
        teller, told = referral_parties.alias("teller"), referral_parties.alias("told")
        one: sa.ColumnElement[int] = sa.literal_column("1")
        return self._covering(one, referral, information, teller, told, role="recipient").is_not(None)

    def _covering(
        self,
        shown: sa.ColumnElement[Any],
        referral: sa.FromClause,
        information: Sequence[Information],
        teller: sa.FromClause,
        told: sa.FromClause,
        *,
        role: str,
        order: Sequence[sa.ColumnElement[Any]] = (),
    ) -> sa.ScalarSelect[Any]:
        """A scalar rather than EXISTS, as everywhere here: each row is asked by its key."""
        return (
            sa.select(shown)
            .select_from(
                consents.join(teller, teller.c.tenant_id == consents.c.tenant_id).join(
                    told, sa.and_(told.c.tenant_id == teller.c.tenant_id, told.c.referral_id == teller.c.referral_id)
                )
            )
            .where(
                consents.c.tenant_id == referral.c.tenant_id,
                consents.c.person_id == referral.c.person_id,
                _party(teller, referral, "requester"),
                told.c.role == sa.literal_column(f"'{role}'"),
                teller.c.organization_id != told.c.organization_id,
                between(teller, told, referral=referral),
                covers_telling(information),
                in_force(referral),
            )
            .order_by(*order)
            .limit(1)
            .correlate(referral)
            .scalar_subquery()
        )


_peers = workers.alias("house_peers")


CONSENTS = ConsentDisclosure()
"""The rule of this service; it has no state, so that conditions that are written once can name it."""


WIDEST_FIRST = (sa.func.cardinality(consents.c.information).desc(), consents.c.id.desc())


def basis_document(teller: sa.FromClause, told: sa.FromClause) -> sa.ColumnElement[Any]:
    """The consent at hand between these two, as JSON for `basis_of`."""
    return sa.func.jsonb_build_object(
        *("consent_id", consents.c.id, "person_id", consents.c.person_id),
        *("from_organization_id", teller.c.organization_id, "to_organization_id", told.c.organization_id),
        *("information", consents.c.information, "purposes", consents.c.purposes),
        *("expires_at", consents.c.expires_at, "expiry_event", consents.c.expiry_event),
        type_=pg.JSONB,
    )


def covers_telling(information: Sequence[Information]) -> sa.ColumnElement[bool]:
    """Whether the consent at hand speaks of all this information, for a purpose that covers telling a partner."""
    return sa.and_(
        consents.c.information.contains(_texts(information)), consents.c.purposes.overlap(_texts(COVERING_PURPOSES))
    )


def covered(
    parties: sa.ColumnElement[bool], *, tenant_id: sa.ColumnElement[Any], person_id: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Whether some consent of the person in force says who they are to those that `parties` speaks of."""
    return sa.exists(
        sa.select(sa.literal_column("1"))
        .select_from(consents)
        .where(consents.c.tenant_id == tenant_id, consents.c.person_id == person_id)
        .where(parties, covers_telling((Information.IDENTITY,)), in_force())
        .correlate_except(consents)
    )


def between(teller: sa.FromClause, told: sa.FromClause, *, referral: sa.FromClause | None) -> sa.ColumnElement[bool]:
    """Whether the consent at hand speaks of this discloser and this recipient (rows with an `organization_id`)."""
    through: list[sa.ColumnElement[bool]] = []
    if referral is not None:
        participant = _names(told.c.organization_id, ActorRole.PARTICIPANT)
        through.append(sa.and_(participant, _came_through_the_intermediary(referral)))
    return between_organizations(teller.c.organization_id, told.c.organization_id, through=through)


def between_organizations(
    teller_id: sa.ColumnElement[Any],
    told_id: sa.ColumnElement[Any],
    *,
    through: Sequence[sa.ColumnElement[bool]] = (),
) -> sa.ColumnElement[bool]:
    """Whether the consent at hand lets the one organisation tell the other."""
    return sa.and_(
        sa.or_(
            consents.c.organization_id == teller_id,
            consents.c.discloser_class == DiscloserClass.NETWORK_ORGANIZATIONS.value,
        ),
        sa.or_(
            sa.and_(consents.c.recipient_class == RecipientClass.PEER_SERVICES.value, _runs_peer_services(told_id)),
            consents.c.intermediary_organization_id == told_id,
            _names(told_id, ActorRole.RECIPIENT),
            *through,
        ),
    )


def in_force(referral: sa.FromClause | None = None) -> sa.ColumnElement[bool]:
    """Whether the consent at hand is neither revoked nor over, at this statement; for a referral, also by its end."""
    revoked = sa.exists().where(
        consent_revocations.c.tenant_id == consents.c.tenant_id, consent_revocations.c.consent_id == consents.c.id
    )
    there = sa.and_(
        sa.not_(revoked.correlate(consents)),
        sa.or_(consents.c.expires_at.is_(None), consents.c.expires_at > sa.func.statement_timestamp()),
    )
    if referral is None:
        return there
    by_referral = consents.c.expiry_event == ExpiryEvent.END_OF_REFERRAL.value
    return sa.and_(there, sa.or_(by_referral.is_not(sa.true()), referral.c.ended_at.is_(None)))


def basis_of(found: Mapping[str, Any]) -> Basis:
    """The JSON of `basis`, in the language of the domain."""
    ends = found["expires_at"]
    return Basis(
        consent_id=UUID(found["consent_id"]),
        person_id=UUID(found["person_id"]),
        from_organization_id=UUID(found["from_organization_id"]),
        to_organization_id=UUID(found["to_organization_id"]),
        information=tuple(category for category in Information if category in found["information"]),
        purposes=tuple(purpose for purpose in COVERING_PURPOSES if purpose in found["purposes"]),
        expires_at=None if ends is None else datetime.fromisoformat(ends),
        ended_by_referral=found["expiry_event"] == ExpiryEvent.END_OF_REFERRAL.value,
    )


def _texts(codes: Sequence[str]) -> sa.ColumnElement[Any]:
    return sa.cast(pg.array([sa.literal_column(f"'{code}'") for code in codes]), pg.ARRAY(sa.Text))


def _party(party: sa.FromClause, referral: sa.FromClause, role: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        party.c.tenant_id == referral.c.tenant_id,
        party.c.referral_id == referral.c.id,
        party.c.role == sa.literal_column(f"'{role}'"),
    )


def _names(told_id: sa.ColumnElement[Any], role: ActorRole) -> sa.ColumnElement[bool]:
    found = sa.exists().where(
        consent_actors.c.tenant_id == consents.c.tenant_id,
        consent_actors.c.consent_id == consents.c.id,
        consent_actors.c.role == sa.literal_column(f"'{role.value}'"),
        consent_actors.c.organization_id == told_id,
    )
    return found.correlate_except(consent_actors)


def _runs_peer_services(told_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether a peer works there: whoever signs "peer services" does not mean every house of the network."""
    found = sa.exists().where(
        _peers.c.tenant_id == consents.c.tenant_id,
        _peers.c.organization_id == told_id,
        _peers.c.practice_role == sa.literal_column(f"'{PracticeRole.PEER_SUPPORT_SPECIALIST.value}'"),
        _peers.c.active,
    )
    return found.correlate_except(_peers)


def _came_through_the_intermediary(referral: sa.FromClause) -> sa.ColumnElement[bool]:
    through = referral_parties.alias("through")
    found = sa.exists().where(
        _party(through, referral, "intermediary"),
        through.c.organization_id == consents.c.intermediary_organization_id,
    )
    return found.correlate(consents, referral)
