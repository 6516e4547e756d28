"""What the pages of the directory of help need of referrals."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_help import HelpFound, HelpLocation, HelpOrganization, HelpService
from shared.contracts.paging import Page


class HelpDirectory(Protocol):
    """Services, organisations and places around us."""

    async def search(self, wanted: Mapping[str, str], *, cursor: str | None, by: Session) -> Page[HelpFound]: ...

    async def service(self, entry_id: UUID, *, by: Session) -> HelpService: ...

    async def organization(self, entry_id: UUID, *, by: Session) -> HelpOrganization: ...

    async def location(self, entry_id: UUID, *, by: Session) -> HelpLocation: ...

    async def make_partner(self, entry_id: UUID, *, key: str, by: Session) -> None: ...
