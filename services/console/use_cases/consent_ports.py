"""What the pages of consent need of referrals."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told import Organization
from services.console.domain.told_consent import Consent
from shared.contracts.paging import Page


class Consents(Protocol):
    """What people have agreed to, and between which organisations. Commands carry a key that lets them happen once."""

    async def organizations(self, by: Session) -> Sequence[Organization]: ...

    async def consents(self, person_id: UUID, *, by: Session) -> Page[Consent]: ...

    async def consent(self, consent_id: UUID, *, by: Session) -> Consent: ...

    async def record(self, person_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None: ...

    async def revoke(self, consent_id: UUID, *, method: str, version: int, key: str, by: Session) -> None: ...
