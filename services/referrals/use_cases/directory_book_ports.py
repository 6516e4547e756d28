"""What the use cases of the directory of help need of the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.referrals.domain.directory_reading import Row
from services.referrals.use_cases.ports import DirectoryWork


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing of the directory, in the shape of HSDS."""

    id: UUID
    content: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceSearch:
    """Which services; None asks for all.

    `near`: the beginning of a postal code, blanks aside. `taxonomy_term` and `language` are codes.
    """

    text: str | None = None
    taxonomy_term: str | None = None
    language: str | None = None
    near: str | None = None


class DirectoryBook(Protocol):
    """The directory of help of one tenant."""

    async def keep(self, kind: str, rows: Mapping[UUID, Row], *, at: datetime) -> int:
        """Add what is new and change what differs; how many. Raises NotFound for a link to nothing."""
        ...

    async def services(self, wanted: ServiceSearch, *, after: UUID | None, limit: int) -> Sequence[Entry]:
        """Up to `limit` services after the one with id `after`, in order of id, with their organisation."""
        ...

    async def organizations(self, *, after: UUID | None, limit: int) -> Sequence[Entry]:
        """Up to `limit` organisations after the one with id `after`, in order of id."""
        ...

    async def whole(self, kind: str, entry_id: UUID) -> Entry:
        """One thing with everything that hangs on it. Raises NotFound."""
        ...


class DirectoryBookWork(DirectoryWork, Protocol):
    """A unit of work on the directory of help."""

    @property
    def directory_book(self) -> DirectoryBook: ...
