"""What should be told of steps that were not done in time: to the person behind the role that looks after it.

`milestone.met` ends the telling, and so does `milestone.lifted`. Before it arrives, referrals, who is asked about this very
clock before each send, answers that it is not overdue any more.
"""

from collections.abc import Sequence
from zlib import crc32

from services.notifications.domain.codes import EndReason, ItemKind
from services.notifications.domain.facts import Fact
from services.notifications.domain.telling import MISSED_MILESTONE_LADDER, Ending, Telling, TellingKey
from shared.contracts.codes import SubjectKind
from shared.contracts.events import EventType

_ENDS_ALL = {EventType.HANDOFF_WITHDRAWN: EndReason.WITHDRAWN, EventType.HANDOFF_CLOSED: EndReason.CLOSED}


def tellings_of_overdue_steps(facts: Sequence[Fact], *, retracted: Fact | None) -> list[Telling]:
    """One for each clock and version of it. What is due to one worker at once is one message anyway."""
    return [
        Telling(
            key=TellingKey(
                SubjectKind.HANDOFF, fact.subject_id, fact.worker_id, _occasion(fact), ItemKind.STEP_OVERDUE
            ),
            ladder=MISSED_MILESTONE_LADDER,
            starts_at=fact.recorded_at,
            subject_version=fact.version,
            clock_id=fact.clock_id,
            ending=_ending(fact, facts=facts, retracted=retracted),
        )
        for fact in facts
        if fact.type is EventType.MILESTONE_MISSED and fact.worker_id is not None
    ]


def _occasion(missed: Fact) -> int:
    """A number for this clock at this version: two clocks of one handoff are often due at the same second."""
    return crc32(missed.key.encode()) >> 1  # the column is a signed one of four bytes


def _ending(step: Fact, *, facts: Sequence[Fact], retracted: Fact | None) -> Ending | None:
    """Done counts before over, and over before lifted, so that the same set of facts gives the same reason whatever order they came in."""
    for fact in facts:
        # What is met stays met, so a clock that was missed at several due times is done with for all of them.
        if fact.type is EventType.MILESTONE_MET and fact.clock_id == step.clock_id:
            return Ending(fact.version, EndReason.STEP_DONE)
    for fact in facts:
        if fact.type in _ENDS_ALL and fact.subject_id == step.subject_id:
            return Ending(fact.version, _ENDS_ALL[fact.type])
    if retracted is not None:
        return Ending(retracted.version, EndReason.CALLED_BACK)
    lifted = [
        fact.version
        for fact in facts
        # A clock's version only grows, so what is taken back now takes back what was told of it earlier.
        if fact.type is EventType.MILESTONE_LIFTED and fact.clock_id == step.clock_id and fact.version >= step.version
    ]
    return Ending(min(lifted), EndReason.STEP_LIFTED) if lifted else None
