"""Who knows whom from elsewhere: only the peer and supervisors of the programme ever see it."""

from collections.abc import Sequence
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.domain.dual_relationships import DualRelationship
from services.referrals.domain.errors import NotYours
from services.referrals.use_cases.conflict_ports import RegisterWork
from services.referrals.use_cases.matching_ports import MatchingWork
from services.referrals.use_cases.ports import WorkSource
from shared.contracts.codes import AccessRole


async def list_dual_relationships(
    *, programme_id: UUID | None, by: Actor, works: WorkSource[MatchingWork], after: UUID | None, limit: int
) -> Sequence[DualRelationship]:
    """The programme's entries for its supervisors, about those who work with their house; or (without a programme) the
    peer's own. Raises NotYours.
    """
    async with works.begin(by.tenant_id) as work:
        own = by.acting_worker()
        if programme_id is None:
            return await work.dual_relationships.page(where={"worker_id": own}, after=after, limit=limit)
        await check_supervisor_of(programme_id, by=by, work=work)
        return await work.dual_relationships.page(
            where={"programme_id": programme_id}, after=after, limit=limit, house_of=own
        )


async def check_supervisor_of(programme_id: UUID, *, by: Actor, work: RegisterWork) -> None:
    """Raises NotFound, and NotYours for everybody who is not a supervisor of the organisation that runs it."""
    programme = await work.programmes.get(programme_id)
    own = await work.workers.get(by.acting_worker())
    if by.access_role is not AccessRole.SUPERVISOR or own.organization_id != programme.organization_id:
        raise NotYours(command="see who knows whom", belongs_to=("the peer", "supervisor of the programme"))
