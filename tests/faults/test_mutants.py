"""The harness is worth something only if it fails: each mutant passes without a fault, and fails with one.

(The fourth, a consumer whose inbox has no unique event id, stands beside the product's own test in `test_relay_faults.py`.
An inbox that processes without claiming is no mutant here: the items' unique key stops it, as a second line of defence.)
"""

import pytest

from services.notifications.worker import schedule
from tests.faults.crash_points import Point, Victim
from tests.faults.house import House, events_as_sent
from tests.faults.mutants import TELL, Mutant
from tests.faults.running_worker import until


async def test_marking_before_the_effect_loses_what_was_told(house: House) -> None:
    worker = house.start(mutant=Mutant.MARKED_BEFORE_THE_EFFECT)
    spared, told = await house.offers(), await house.offers()
    await house.hear(spared)
    await house.assert_told_once(spared, after=worker)
    await house.hear(told)
    house.faults.arm(Point.INBOX_CLAIMED, victim=Victim.CHILD)
    worker.ring(schedule.PROCESS_INBOX)
    await worker.child_died()
    with pytest.raises(AssertionError, match="somebody was never told"):
        await house.assert_told_once(told, after=worker)


async def test_taking_without_a_lease_sends_twice(house: House) -> None:
    worker = house.start(mutant=Mutant.TAKEN_WITHOUT_A_LEASE, children=2)
    spared, told = await house.offers(), await house.offers()
    await house.hear(spared)
    await worker.run(schedule.SWEEP)
    await house.sent(spared)  # by the bell that the sweep rang; another one beside it would already send twice
    await house.assert_told_once(spared)
    await house.hear(told)
    house.faults.arm(Point.EMAIL_LEASED, victim=Victim.NOBODY)
    await worker.run(schedule.SWEEP)
    await worker.struck()
    await worker.run(schedule.SEND)
    house.faults.release()
    most = len(spared.entitled) + len(told.entitled)
    await until(lambda: len(house.mail.messages) > most, what="the one that stood still sends too")
    with pytest.raises(AssertionError, match="more often than can be helped"):
        await house.assert_told_once(told)


async def test_relying_on_acks_late_alone_loses_what_a_dying_worker_had_popped(house: House) -> None:
    """Valkey hands a message out and notes in a second step who has it; whoever dies between the two takes it along."""
    worker = house.start(mutant=Mutant.TOLD_BY_MESSAGE_ALONE)
    spared, told = await house.offers(), await house.offers()
    await worker.run(TELL, events_as_sent(spared))
    await house.assert_told_once(spared, after=worker)
    house.faults.arm(Point.BELL_POPPED, victim=Victim.WORKER)
    worker.ring(TELL, events_as_sent(told))
    await worker.worker_died()
    with pytest.raises(AssertionError, match="somebody was never told"):
        await house.assert_told_once(told, after=house.start(mutant=Mutant.TOLD_BY_MESSAGE_ALONE))
