"""The plan is the seed's: reproducible, covering, and never two things to one victim at once."""

from collections import Counter

import pytest

from tests.faults.storm.lines import MODES
from tests.faults.storm.mail_server import Mood
from tests.faults.storm.plan import KILLS, Harm, Kill, MailTrouble, make_plan
from tests.faults.storm.proxy import Mode


def test_the_same_seed_makes_the_same_plan_and_another_seed_another() -> None:
    assert make_plan(7, kills=40) == make_plan(7, kills=40)
    assert make_plan(7, kills=40) != make_plan(8, kills=40)


@pytest.mark.parametrize("kills", [1, 12, 40, 300])
def test_it_has_as_many_kills_as_were_asked_for(kills: int) -> None:
    planned = make_plan(1, kills=kills).planned
    assert sum(isinstance(one.fault, Kill) for one in planned) == kills


def test_a_dozen_kills_reach_every_kind_of_process_and_every_mode_of_harm() -> None:
    faults = [one.fault for one in make_plan(3, kills=12).planned]
    killed = {fault.process for fault in faults if isinstance(fault, Kill)}
    assert {"beat", "valkey", "postgres", "referrals-api", "notifications-worker", "scope_guard-worker"} <= killed
    assert {fault.mode for fault in faults if isinstance(fault, Harm)} == set(Mode) - {Mode.PASS}
    assert {fault.mood for fault in faults if isinstance(fault, MailTrouble)} == set(Mood) - {Mood.WELL}
    assert "client" in {fault.line for fault in faults if isinstance(fault, Harm)}


def test_a_long_plan_has_every_kind_of_kill_several_times_and_every_harm_to_every_line() -> None:
    faults = [one.fault for one in make_plan(3, kills=300).planned]
    killed = Counter(fault for fault in faults if isinstance(fault, Kill))
    assert set(killed) == set(KILLS)
    assert min(killed.values()) >= 300 // len(KILLS)
    harmed = {(fault.line, fault.mode) for fault in faults if isinstance(fault, Harm)}
    assert harmed == {(line, mode) for line, modes in MODES.items() for mode in modes}


def test_faults_of_one_slot_come_in_order_and_within_the_storm() -> None:
    plan = make_plan(5, kills=100)
    assert [one.at for one in plan.planned] == sorted(one.at for one in plan.planned)
    assert all(0 <= one.at <= plan.seconds for one in plan.planned)
    assert {one.slot for one in plan.planned if isinstance(one.fault, Kill)} == {kill.process for kill in KILLS}
