"""What the pages of referring need of referrals: the referrals themselves, teams, and what programmes have agreed."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_referral import Referral, ReferralLine, ReferralMade, SharedPlan
from services.console.domain.told_team import Absence, Backup, Capacity, Huddle, Matches, MayDo, Shift, Team
from services.console.domain.told_team import Protocol as Agreed
from services.console.domain.told_timeline import Timeline
from shared.contracts.paging import Page


class Referring(Protocol):
    """Asking somebody to take somebody on. Steps name the version they were made on and a key that lets them happen once."""

    async def referrals(
        self,
        by: Session,
        *,
        order: str | None = None,
        status: str | None = None,
        mine: bool = False,
        asked: bool = False,
        team: UUID | None = None,
        person: UUID | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[ReferralLine]: ...

    async def referral(self, referral_id: UUID, *, by: Session) -> Referral: ...

    async def shared_plan(self, referral_id: UUID, *, by: Session) -> SharedPlan: ...

    async def refer(self, body: Mapping[str, Any], *, key: str, by: Session) -> ReferralMade: ...

    async def step(
        self, referral_id: UUID, command: str, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> None: ...

    async def reroute(
        self, referral_id: UUID, *, body: Mapping[str, Any], version: int, key: str, by: Session
    ) -> ReferralMade: ...

    async def pass_on(self, referral_id: UUID, *, body: Mapping[str, Any], key: str, by: Session) -> ReferralMade: ...

    async def feedback(self, referral_id: UUID, text: str, *, key: str, by: Session) -> None: ...

    async def timeline(self, handoff_id: UUID, *, by: Session) -> Timeline: ...

    async def candidates(self, handoff_id: UUID, *, by: Session) -> Matches: ...


class Teams(Protocol):
    """Teams and programmes."""

    async def teams(self, by: Session) -> Sequence[Team]: ...

    async def huddle(self, team_id: UUID, *, by: Session) -> Huddle: ...

    async def who_may(
        self, team_id: UUID, *, programme_id: UUID, text: str, responsibility: str, by: Session
    ) -> Sequence[MayDo]: ...

    async def protocol(self, programme_id: UUID, *, by: Session) -> Agreed: ...

    async def capacity(self, programme_id: UUID, *, by: Session) -> Capacity: ...

    async def shifts(self, programme_id: UUID, *, by: Session) -> Sequence[Shift]: ...

    async def put_on_call(self, programme_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None: ...

    async def end_shift(self, programme_id: UUID, shift_id: UUID, *, version: int, key: str, by: Session) -> None: ...

    async def step_back(self, worker_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None: ...

    async def absences(self, worker_id: UUID, *, by: Session) -> Sequence[Absence]: ...

    async def come_back(self, worker_id: UUID, absence_id: UUID, *, version: int, key: str, by: Session) -> None: ...

    async def backup(self, programme_id: UUID, *, by: Session) -> Backup | None: ...

    async def name_backup(
        self, programme_id: UUID, *, team_id: UUID, worker_id: UUID, key: str, by: Session
    ) -> None: ...
