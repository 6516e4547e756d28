"""Let workers join or leave a team."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import Stale
from services.referrals.use_cases.act_for_house import check_acts_for, check_all_belong
from services.referrals.use_cases.form_team import TeamWithMembers
from services.referrals.use_cases.once import Once
from services.referrals.use_cases.ports import DirectoryWork, WorkSource
from shared.clock import Clock


async def change_team_members(
    team_id: UUID,
    *,
    joining: Sequence[UUID],
    leaving: Sequence[UUID],
    by: Actor,
    version: int,
    works: WorkSource[DirectoryWork],
    clock: Clock,
    once: Once,
) -> TeamWithMembers:
    """The team afterwards. Raises NotFound (team, or a joining worker), NotYours, InvalidField (`works_elsewhere`) and Stale."""
    async with works.begin(by.tenant_id, once=once) as work:
        team = await work.teams.get(team_id)
        if team.version != version:
            raise Stale(current=team.version)
        house = team.organization_id
        await check_acts_for(house, by=by, work=work, command="change a team")
        await check_all_belong(joining, house=house, by=by, work=work, pointer="/joining")
        changed = replace(team, version=version + 1)
        await work.teams.replace(changed)
        await work.team_members.add(team_id=team_id, worker_ids=joining, at=clock.now())
        await work.team_members.remove(team_id=team_id, worker_ids=leaving)
        result = TeamWithMembers(team=changed, members=tuple(await work.team_members.of(team_id)))
        work.answer(result)
    return result
