"""Is there room? Answered without naming a person or a peer, in Gravity's four values (2-domain-facts, 3.1)."""

from collections.abc import Iterable
from enum import StrEnum

from services.referrals.domain.candidates import Candidate, Need
from services.referrals.domain.matching_steps import who_can, who_may


class CapacityStatus(StrEnum):
    """Gravity's capacity value set."""

    HAS_CAPACITY = "has_capacity"
    NO_CAPACITY = "no_capacity"
    NO_CAPACITY_WITH_WAITLIST = "no_capacity_with_waitlist"
    ADDITIONAL_ASSESSMENT_REQUIRED = "additional_assessment_required"


def capacity(
    candidates: Iterable[Candidate], *, endorsements: frozenset[str], waitlist: bool, assessment_first: bool
) -> CapacityStatus:
    """Room is wherever somebody who may be asked has a free place; opening hours do not matter for it."""
    need = Need(endorsements=endorsements, language="")
    if not any(who_may(one, need=need) is None and who_can(one, need=need) is None for one in candidates):
        return CapacityStatus.NO_CAPACITY_WITH_WAITLIST if waitlist else CapacityStatus.NO_CAPACITY
    return CapacityStatus.ADDITIONAL_ASSESSMENT_REQUIRED if assessment_first else CapacityStatus.HAS_CAPACITY
