"""What referrals tells of a team and of a programme to those who change them: as it is now, with its version."""

from uuid import UUID

from services.console.domain.told import Programme
from services.console.domain.told_team import Team


class TeamNow(Team):
    """A team; a change names the version it was made on."""

    version: int


class ProgrammeNow(Programme):
    """All settings of a programme; a change names the version it was made on."""

    version: int
    duty_owner_worker_id: UUID
    calendar_code: str
    help_line: str | None = None
