"""What a person asks for in somebody who walks along, written down by staff as codes."""

from collections.abc import Collection
from uuid import UUID

from services.referrals.domain.actor import Actor
from services.referrals.use_cases.browse_directory import check_known
from services.referrals.use_cases.matching_ports import MatchingWork
from services.referrals.use_cases.ports import WorkSource
from services.referrals.use_cases.share_lived_experience import in_list
from shared.clock import Clock


async def record_wish(
    person_id: UUID,
    codes: tuple[str, ...],
    *,
    by: Actor,
    works: WorkSource[MatchingWork],
    known: Collection[str],
    clock: Clock,
) -> tuple[str, ...]:
    """What the person asked for in somebody who walks along. Raises NotFound and InvalidField."""
    kept = in_list(codes, known=known)
    async with works.begin(by.tenant_id) as work:
        await check_known(person_id, by=by, work=work)
        await work.matching.keep_wish(kept, person_id=person_id, by=by.worker_id, at=clock.now())
    return kept


async def read_wish(person_id: UUID, *, by: Actor, works: WorkSource[MatchingWork]) -> tuple[str, ...]:
    """What the person asked for. Raises NotFound."""
    async with works.begin(by.tenant_id) as work:
        await check_known(person_id, by=by, work=work)
        return await work.matching.wish(person_id)
