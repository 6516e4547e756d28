"""The shared plan of a team: everything that is open for one person in one programme, a line each."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.codes import SubjectKind


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanLine:
    """One open thing: whose it is, how it stands, and what is due next. `title` is a task's, `need` a referral's."""

    kind: SubjectKind
    id: UUID
    status: str
    title: str | None
    need: str | None
    worker_id: UUID | None
    team_id: UUID | None
    due_at: datetime | None
