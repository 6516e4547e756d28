"""Who knows whom from elsewhere: family, friends, neighbours, a former sponsor. Nobody asks how (004, section 7.2)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referrals.domain.directory import Record


@dataclass(frozen=True, kw_only=True, slots=True)
class DualRelationship(Record):
    """A worker and a person who know each other from elsewhere, declared within a programme; it counts in all of them.

    It has no reason and no words. It counts until `ended_at`.
    """

    worker_id: UUID
    person_id: UUID
    programme_id: UUID
    declared_by_worker_id: UUID
    ended_at: datetime | None = None
