"""What may be shared about a person: the consents in force and those that are over, with names for their organisations."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import INTAKE, Session
from services.console.domain.told_consent import Consent
from services.console.use_cases.ports import Neighbours


@dataclass(frozen=True, kw_only=True, slots=True)
class SharingPage:
    """`consents` are those that the visitor may know of, newest first; `more` were left out."""

    person: told.Person
    consents: Sequence[Consent]
    organization_names: Mapping[UUID, str]
    more: bool
    by: Session

    @property
    def in_force(self) -> list[Consent]:
        """Those that let something be told now."""
        return [one for one in self.consents if one.status == "active"]

    @property
    def over(self) -> list[Consent]:
        """Taken back, or at their end."""
        return [one for one in self.consents if one.status != "active"]

    @property
    def may_record(self) -> bool:
        """Peers may carry a no, and leave the paper to others."""
        return self.by.role in INTAKE


async def read_sharing(person_id: UUID, *, by: Session, neighbours: Neighbours) -> SharingPage:
    """Raises Refused 404 for those who may not know of the person."""
    person, page, names = await asyncio.gather(
        neighbours.referrals.person(person_id, by=by),
        neighbours.consents.consents(person_id, by=by),
        organization_names(by, neighbours=neighbours),
    )
    return SharingPage(
        person=person,
        consents=page.items,
        organization_names=names,
        more=page.next_cursor is not None,
        by=by,
    )


async def organization_names(by: Session, *, neighbours: Neighbours) -> Mapping[UUID, str]:
    """Names for the ids that consents carry."""
    return {one.id: one.name for one in await neighbours.consents.organizations(by)}
