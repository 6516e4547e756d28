"""After a death nobody is asked for anything any more, and nothing is revived by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.referrals.domain.errors import IllegalMove, InvalidField, NotFound
from services.referrals.domain.known_elsewhere import HeldKind
from services.referrals.domain.outcome import Patience, end
from services.referrals.domain.referral_endings import end_after_death as end_referral
from services.referrals.domain.referral_states import WORKING, ReferralStatus
from services.referrals.domain.task_states import CLOSED, TaskReason, TaskStatus
from services.referrals.use_cases.assign_task import assign_task
from services.referrals.use_cases.end_after_death import LeftOpen, end_after_death
from shared.clock import FixedClock
from shared.contracts.events import EventType, TaskData
from tests.services.referrals.domain.referral_stories import at, in_status
from tests.services.referrals.fakes import NURSE_ACTOR, MemoryGuard, MemoryWorks, once
from tests.services.referrals.guard_double import within_scope
from tests.services.referrals.samples import NOW, TENANT, a_task, a_wish, some_parties

ROBIN = UUID(int=101)
OPEN = [status for status in TaskStatus if status not in CLOSED]


@dataclass
class Found:
    """What the sweep is told is left open: as it was read, which may be a while ago."""

    left: list[LeftOpen] = field(default_factory=list)

    async def find(self, *, limit: int) -> Sequence[LeftOpen]:
        """All of it."""
        return self.left[:limit]


def nobody() -> Any:
    """No handoff and no referral is asked for here."""
    raise AssertionError("only tasks were found")


async def swept(works: MemoryWorks, *tasks: UUID) -> int:
    found = Found([LeftOpen(tenant_id=TENANT, kind=HeldKind.TASK, id=one) for one in tasks])
    return await end_after_death(
        after_death=found,
        works=works,
        handoff_works=nobody,  # type: ignore[arg-type]
        referral_works=nobody,  # type: ignore[arg-type]
        clock=FixedClock(NOW),
    )


@pytest.mark.parametrize("status", OPEN)
async def test_an_open_task_ends_with_a_reason_of_its_own_and_once(status: TaskStatus) -> None:
    works = MemoryWorks()
    task = replace(a_task(), status=status, person_id=ROBIN, version=4, ask_again_at=NOW, review_due_at=NOW)
    works.work.tasks.kept[task.id] = task
    assert await swept(works, task.id) == 1
    assert await swept(works, task.id) == 0, "found by two sweeps at once"
    ended = works.work.tasks.kept[task.id]
    assert (ended.status, ended.status_reason, ended.version) == (TaskStatus.CANCELLED, TaskReason.PERSON_DIED, 5)
    assert (ended.ask_again_at, ended.review_due_at) == (None, None), "no clock of it runs any more"
    ((event, told),) = works.work.announced
    assert event is EventType.TASK_CLOSED
    assert isinstance(told, TaskData)
    assert told.reason == "person_died"
    (step,) = works.work.tasks.steps
    assert step.by_worker_id is None


@pytest.mark.parametrize("status", sorted(CLOSED))
async def test_what_is_over_stays_as_it_ended(status: TaskStatus) -> None:
    works = MemoryWorks()
    task = replace(a_task(), status=status)
    works.work.tasks.kept[task.id] = task
    assert await swept(works, task.id) == 0
    assert (works.work.tasks.kept[task.id], works.work.announced) == (task, [])
    with pytest.raises(IllegalMove):
        end(task, reason=TaskReason.PERSON_DIED, now=NOW)


async def test_one_that_cannot_be_ended_now_keeps_no_other_waiting() -> None:
    works = MemoryWorks()
    task = replace(a_task(), status=TaskStatus.ASSIGNED)
    works.work.tasks.kept[task.id] = task
    assert await swept(works, uuid4(), task.id) == 1


async def test_nothing_new_is_asked_for_somebody_who_has_died() -> None:
    works = MemoryWorks()
    guard = MemoryGuard(works, within_scope)
    works.work.tasks.found = some_parties(person_died=True)

    async def ask() -> None:
        await assign_task(
            a_wish(person_id=ROBIN),
            by=NURSE_ACTOR,
            desk=works,
            guard=guard,
            clock=FixedClock(NOW),
            patience=Patience(),
            once=once(),
        )

    with pytest.raises(InvalidField) as refused:
        await ask()
    assert (refused.value.code, refused.value.pointer) == ("person_died", "/person_id")
    works.work.tasks.found = some_parties(person_died=True, person_known=False)
    with pytest.raises(NotFound):
        await ask()  # whoever may not know of the person learns nothing of the death
    assert (guard.asked, works.work.tasks.kept) == ([], {})


@pytest.mark.parametrize("status", list(ReferralStatus))
def test_an_open_referral_is_taken_back_by_the_system_and_says_why(status: ReferralStatus) -> None:
    after = end_referral(in_status(status), at=at(9))
    if status not in (ReferralStatus.REQUESTED, *WORKING):
        assert after is None
        return
    assert after is not None
    ended, step = after
    assert (ended.status, ended.status_reason, ended.closing_word) == (ReferralStatus.CANCELLED, "person_died", None)
    assert (ended.ended_at is not None, step.by_worker_id, step.command) == (True, None, "end")
