"""Who is changing something: the `by=` of every change."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A signed-in account in its tenant."""

    account_id: UUID
    tenant_id: UUID
