"""Protocols are chosen by programme, setting and day, and are refused at start when they cannot be meant."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.referrals.domain.protocols import (
    Anchor,
    MilestoneRule,
    OfferRule,
    Protocol,
    ProtocolInvalid,
    ProtocolShelf,
    ProtocolUnavailable,
)
from shared.contracts.codes import MilestoneCode, Setting
from tests.services.referrals.domain.handoff_stories import NOW, SHELF

GOOD = SHELF.choose("standard_ed", setting=Setting.EMERGENCY_DEPARTMENT, on=NOW)
SECOND = MilestoneRule(code=MilestoneCode.DAY_90, anchor=Anchor.DISCHARGE, offset=timedelta(days=1))


def choose(shelf: ProtocolShelf, code: str, setting: Setting = Setting.EMERGENCY_DEPARTMENT) -> Protocol:
    return shelf.choose(code, setting=setting, on=NOW)


def test_standard_means_the_protocol_of_the_setting() -> None:
    assert choose(SHELF, "standard").code == "standard_ed"
    assert choose(SHELF, "standard", Setting.INPATIENT_PSYCHIATRIC).code == "standard_inpatient"
    assert choose(SHELF, "demo").code == "demo"


def test_every_setting_has_a_standard_protocol() -> None:
    assert {setting for setting in Setting if choose(SHELF, "standard", setting)} == set(Setting)


def test_production_does_not_have_the_demo_protocol() -> None:
    demo = replace(GOOD, code="demo", demo_only=True)
    production = ProtocolShelf([GOOD, demo], allow_demo=False)
    assert production.codes == ("standard_ed",)
    with pytest.raises(ProtocolUnavailable):
        choose(production, "demo")
    with pytest.raises(ProtocolUnavailable):
        production.version("demo", version=demo.version)
    with pytest.raises(ProtocolUnavailable):
        choose(ProtocolShelf([demo], allow_demo=True), "standard")


def test_the_version_in_force_on_the_day_is_chosen_and_running_journeys_keep_theirs() -> None:
    first = replace(GOOD, version="2025.1", effective_to=date(2026, 3, 1))
    second = replace(GOOD, version="2026.2", effective_from=date(2026, 3, 2))
    shelf = ProtocolShelf([second, first], allow_demo=False)
    assert choose(shelf, "standard_ed").version == "2026.2"
    yesterday = shelf.choose("standard_ed", setting=Setting.CRISIS_LINE, on=NOW - timedelta(days=1))
    assert yesterday.version == "2025.1"
    assert shelf.version("standard_ed", version="2025.1") == first
    with pytest.raises(ProtocolUnavailable):
        shelf.version("standard_ed", version="1999.1")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (replace(GOOD, milestones=(*GOOD.milestones, SECOND)), "names a milestone twice"),
        (replace(GOOD, milestones=()), "lacks introduction, owner_accepts, first_contact"),
        (replace(GOOD, milestones=(*GOOD.milestones[:-1], SECOND)), "follow-ups out of order"),
        (replace(GOOD, effective_to=date(2001, 1, 1)), "ends before it begins"),
        (replace(GOOD, peer_offer=OfferRule(ladder="standard", respond_within=timedelta(0))), "no time to answer"),
        (replace(GOOD, unanswered_before_escalation=0), "never asks a peer"),
        (replace(GOOD, settings=frozenset()), "meant for no setting"),
        (replace(GOOD, endorsements={Setting.YOUTH: frozenset({"x"})}), "settings that are not its own"),
    ],
)
def test_a_protocol_that_cannot_be_meant_is_refused(broken: Protocol, says: str) -> None:
    with pytest.raises(ProtocolInvalid, match=says):
        ProtocolShelf([broken], allow_demo=True)


def test_two_versions_may_not_overlap_nor_share_a_name() -> None:
    with pytest.raises(ProtocolInvalid, match="two versions in force"):
        ProtocolShelf([GOOD, replace(GOOD, version="2030.1", effective_from=date(2030, 1, 1))], allow_demo=False)
    ended = replace(GOOD, effective_to=date(2021, 1, 1))
    with pytest.raises(ProtocolInvalid, match="two versions of the same name"):
        ProtocolShelf([ended, replace(GOOD, effective_from=date(2022, 1, 1))], allow_demo=False)
