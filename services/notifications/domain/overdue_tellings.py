"""What should be told of steps that were not done in time: to the person behind the role that looks after it.

No fact says that a step was done after all. Where another fact implies it the telling ends; otherwise referrals, who is
asked before each send, answers that nothing is overdue any more.
"""

from collections.abc import Sequence
from zlib import crc32

from services.notifications.domain.codes import EndReason, ItemKind
from services.notifications.domain.facts import Fact
from services.notifications.domain.telling import MISSED_MILESTONE_LADDER, Ending, Telling, TellingKey
from shared.contracts.codes import MilestoneCode, SubjectKind
from shared.contracts.events import EventType

_ENDS_ALL = {EventType.HANDOFF_WITHDRAWN: EndReason.WITHDRAWN, EventType.HANDOFF_CLOSED: EndReason.CLOSED}
_ENDS_ONE = {
    MilestoneCode.OWNER_ACCEPTS: {EventType.HANDOFF_ACCEPTED: EndReason.ACCEPTED},
    MilestoneCode.FIRST_CONTACT: {EventType.HANDOFF_FIRST_CONTACT: EndReason.FIRST_CONTACT},
}


def tellings_of_overdue_steps(facts: Sequence[Fact], *, retracted: Fact | None) -> list[Telling]:
    """One for each clock and due time. What is due to one worker at once is one message anyway."""
    return [
        Telling(
            key=TellingKey(
                SubjectKind.HANDOFF, fact.subject_id, fact.worker_id, _occasion(fact), ItemKind.STEP_OVERDUE
            ),
            ladder=MISSED_MILESTONE_LADDER,
            starts_at=fact.recorded_at,
            subject_version=fact.version,
            ending=_ending(fact, facts=facts, retracted=retracted),
        )
        for fact in facts
        if fact.type is EventType.MILESTONE_MISSED and fact.worker_id is not None
    ]


def _occasion(missed: Fact) -> int:
    """A number for this clock at this due time: two clocks of one handoff are often due at the same second."""
    return crc32(missed.key.encode()) >> 1  # the column is a signed one of four bytes


def _ending(step: Fact, *, facts: Sequence[Fact], retracted: Fact | None) -> Ending | None:
    reasons = _ENDS_ALL | _ENDS_ONE.get(step.milestone, {}) if step.milestone is not None else _ENDS_ALL
    for fact in facts:
        # What was written down before the step was found missing has not done it: a clock may be set anew.
        later = fact.type in _ENDS_ALL or fact.recorded_at >= step.recorded_at
        if fact.type in reasons and fact.subject_id == step.subject_id and later:
            return Ending(fact.version, reasons[fact.type])
    return None if retracted is None else Ending(retracted.version, EndReason.CALLED_BACK)
