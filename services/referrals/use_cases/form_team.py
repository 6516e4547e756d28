"""Form a team of workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.directory import Team
from services.referrals.use_cases.act_for_house import check_acts_for, check_all_belong
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock
from shared.identifiers import new_id


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamWithMembers:
    """A team and the ids of its workers."""

    team: Team
    members: tuple[UUID, ...]

    @property
    def version(self) -> int:
        """The team's version; joining and leaving count as changes."""
        return self.team.version


async def form_team(
    name: str,
    *,
    organization_id: UUID,
    members: Sequence[UUID],
    by: Actor,
    works: WorkSource[DirectoryWork],
    clock: Clock,
    once: Once,
) -> TeamWithMembers:
    """The new team. Raises NotFound for an unknown organisation or worker, NotYours, InvalidField (`works_elsewhere`)."""
    now = clock.now()
    team = Team(
        tenant_id=by.tenant_id, id=new_id(), version=1, recorded_at=now, organization_id=organization_id, name=name
    )
    async with works.begin(by.tenant_id, once=once) as work:
        await check_acts_for(organization_id, by=by, work=work, command="form a team")
        await check_all_belong(members, house=organization_id, by=by, work=work, pointer="/member_worker_ids")
        await work.teams.add(team)
        await work.team_members.add(team_id=team.id, worker_ids=members, at=now)
        formed = TeamWithMembers(team=team, members=tuple(sorted(set(members))))
        work.answer(formed)
    return formed
