"""A peer says what of their own life may be used for matching. Nobody else ever reads it.

There is no idempotency key: the answer to one would be kept, and this is kept in one place only.
"""

from collections.abc import Collection

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import InvalidField
from services.referrals.use_cases.matching_ports import LivedExperience, MatchingWork
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock


async def share_lived_experience(
    said: LivedExperience, *, by: Actor, works: WorkSource[MatchingWork], known: Collection[str], clock: Clock
) -> LivedExperience:
    """What is kept now. Raises InvalidField for a code that is not on the list (the code is not repeated)."""
    worker_id = by.acting_worker()
    kept = LivedExperience(codes=in_list(said.codes, known=known), use_for_matching=said.use_for_matching)
    async with works.begin(by.tenant_id) as work:
        await work.matching.keep_lived_experience(kept, worker_id=worker_id, at=clock.now())
    return kept


async def read_own_lived_experience(*, by: Actor, works: WorkSource[MatchingWork]) -> LivedExperience:
    """What the caller said."""
    async with works.begin(by.tenant_id) as work:
        return await work.matching.lived_experience(by.acting_worker())


def in_list(codes: tuple[str, ...], *, known: Collection[str]) -> tuple[str, ...]:
    """The codes in order, each once. Raises InvalidField for one that is not known."""
    for place, code in enumerate(codes):
        if code not in known:
            raise InvalidField("not_in_list", pointer=f"/codes/{place}")
    return tuple(sorted(set(codes)))
