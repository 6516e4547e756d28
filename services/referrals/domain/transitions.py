"""The transition: a person's way out of one place of care, and who is accountable for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referrals.domain.custody import Custody
from services.referrals.domain.transition_states import TransitionStatus

NO_VISIT = ""
"""Visit reference of a transition that was entered without one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Transition:
    """`origin_worker_id` began it: the sender, or the programme's duty owner where there is no sender.

    `loop_closed_at` is set when its handoff ends; until then no second transition of the same visit can begin.
    """

    id: UUID
    tenant_id: UUID
    person_id: UUID
    programme_id: UUID
    status: TransitionStatus
    origin_worker_id: UUID
    sender_worker_id: UUID | None
    custody: Custody
    protocol_code: str
    protocol_version: str
    visit_reference: str = NO_VISIT
    expected_at: datetime | None = None
    discharged_at: datetime | None = None
    loop_closed_at: datetime | None = None
    version: int = 1

    @property
    def told_by(self) -> UUID:
        """Whose organisation says who the person is, to those who are asked; a new face after rehoming does not change it."""
        return self.sender_worker_id or self.origin_worker_id

    @property
    def owner_worker_id(self) -> UUID:
        """The one worker who is accountable now."""
        return self.custody.owner_worker_id
