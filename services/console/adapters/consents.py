"""The Consents port over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.console.adapters.neighbour import Neighbour
from services.console.domain.session import Session
from services.console.domain.told import Organization
from services.console.domain.told_consent import Consent
from shared.contracts.paging import Page


@dataclass(frozen=True, kw_only=True)
class ConsentsOverHttp:
    """Asks referrals."""

    neighbour: Neighbour

    async def organizations(self, by: Session) -> Sequence[Organization]:
        """Organisations of the network, the newest two hundred."""
        return (await self.neighbour.get("/organizations", by=by, answer=Page[Organization], limit=200)).items

    async def consents(self, person_id: UUID, *, by: Session) -> Page[Consent]:
        """The person's consents that the visitor may know of, newest first, the ended ones among them."""
        return await self.neighbour.get(f"/people/{person_id}/consents", by=by, answer=Page[Consent], limit=100)

    async def consent(self, consent_id: UUID, *, by: Session) -> Consent:
        """One consent."""
        return await self.neighbour.get(f"/consents/{consent_id}", by=by, answer=Consent)

    async def record(self, person_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None:
        """Write down what the person has signed. Raises Refused 422 that names every element that is missing."""
        await self.neighbour.tell(f"/people/{person_id}/consents", body, by=by, key=key)

    async def revoke(self, consent_id: UUID, *, method: str, version: int, key: str, by: Session) -> None:
        """The person takes it back; what it let go out stops at once."""
        body = {"method": method, "reported_by": "person"}
        await self.neighbour.tell(f"/consents/{consent_id}/revoke", body, by=by, version=version, key=key)
