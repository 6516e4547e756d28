"""Protocols are chosen by programme, setting and day, and are refused at start when they cannot be meant."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.referrals.domain.offsets import Offset, OffsetUnit, exactly
from services.referrals.domain.protocol_checks import ProtocolInvalid, check_protocol
from services.referrals.domain.protocol_shelf import ProtocolShelf, ProtocolUnavailable
from services.referrals.domain.protocols import Anchor, MilestoneRule, OfferRule, Protocol, Repeat
from shared.contracts.codes import IntegrationModel, MilestoneCode, Setting
from tests.services.referrals.domain.handoff_stories import NOW, SHELF

MODEL = IntegrationModel.CO_LOCATED
GOOD = SHELF.choose("standard_ed", setting=Setting.EMERGENCY_DEPARTMENT, model=MODEL, on=NOW.date())
SECOND = MilestoneRule(code=MilestoneCode.DAY_90, anchor=Anchor.DISCHARGE, offset=exactly(timedelta(days=1)))


def shelf_of(*protocols: Protocol, allow_demo: bool = False) -> ProtocolShelf:
    return ProtocolShelf(protocols, calendars=SHELF.calendars, allow_demo=allow_demo)


def choose(
    shelf: ProtocolShelf,
    code: str,
    setting: Setting = Setting.EMERGENCY_DEPARTMENT,
    model: IntegrationModel = MODEL,
) -> Protocol:
    return shelf.choose(code, setting=setting, model=model, on=NOW.date())


def with_rule(code: MilestoneCode, **changes: object) -> Protocol:
    """The good protocol, one rule of it changed."""
    rules = tuple(replace(rule, **changes) if rule.code is code else rule for rule in GOOD.milestones)  # type: ignore[arg-type]
    return replace(GOOD, milestones=rules)


def with_bedside_visit(anchor: Anchor) -> Protocol:
    """The good protocol, with a visit before leaving that is asked for two hours after `anchor`."""
    visit = MilestoneRule(code=MilestoneCode.BEDSIDE_VISIT, anchor=anchor, offset=exactly(timedelta(hours=2)))
    return replace(GOOD, milestones=(*GOOD.milestones, visit))


def test_standard_means_the_protocol_of_the_setting() -> None:
    assert choose(SHELF, "standard").code == "standard_ed"
    assert choose(SHELF, "standard", Setting.INPATIENT_PSYCHIATRIC).code == "standard_inpatient"
    assert choose(SHELF, "demo").code == "demo"


def test_every_setting_has_a_standard_protocol() -> None:
    for setting in Setting:
        for model in IntegrationModel:
            chosen = choose(SHELF, "standard", setting, model)
            assert setting in chosen.settings
            assert model in chosen.models


def test_the_standard_protocol_follows_the_integration_model() -> None:
    assert choose(SHELF, "standard", Setting.YOUTH, IntegrationModel.TRANSITIONAL).code == "standard_transitional"
    assert choose(SHELF, "standard", Setting.YOUTH, IntegrationModel.PEER_RUN_PARTNER).code == "standard_inpatient"


def test_three_phases_of_three_months_with_fewer_contacts_in_each() -> None:
    rules = {rule.code: rule for rule in SHELF.version("standard_transitional", version="2026.1").milestones}
    phases = (MilestoneCode.PHASE_1_CONTACT, MilestoneCode.PHASE_2_CONTACT, MilestoneCode.PHASE_3_CONTACT)
    days = [[offset.count for _, offset in rules[code].occurrences()] for code in phases]
    assert [len(one) for one in days] == [13, 6, 3]
    assert [(one[0], one[-1]) for one in days] == [(7, 91), (105, 175), (210, 266)]
    assert rules[MilestoneCode.PLANNED_GOODBYE].offset == Offset(unit=OffsetUnit.CALENDAR_DAYS, count=273)


def test_production_does_not_have_the_demo_protocol() -> None:
    demo = replace(GOOD, code="demo", demo_only=True)
    production = shelf_of(GOOD, demo)
    assert production.codes == ("standard_ed",)
    with pytest.raises(ProtocolUnavailable):
        choose(production, "demo")
    with pytest.raises(ProtocolUnavailable):
        production.version("demo", version=demo.version)
    with pytest.raises(ProtocolUnavailable):
        choose(shelf_of(demo, allow_demo=True), "standard")


def test_the_version_in_force_on_the_day_is_chosen_and_running_journeys_keep_theirs() -> None:
    first = replace(GOOD, version="2025.1", effective_to=date(2026, 3, 1))
    second = replace(GOOD, version="2026.2", effective_from=date(2026, 3, 2))
    shelf = shelf_of(second, first)
    assert choose(shelf, "standard_ed").version == "2026.2"
    yesterday = shelf.choose("standard_ed", setting=Setting.CRISIS_LINE, model=MODEL, on=NOW.date() - timedelta(days=1))
    assert yesterday.version == "2025.1"
    assert shelf.version("standard_ed", version="2025.1") == first
    with pytest.raises(ProtocolUnavailable):
        shelf.version("standard_ed", version="1999.1")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (replace(GOOD, milestones=(*GOOD.milestones, SECOND)), "`milestones.day_90` is there twice"),
        (replace(GOOD, milestones=()), "lacks introduction; `milestones` lacks owner_accepts"),
        (
            replace(GOOD, milestones=(*GOOD.milestones[:-1], SECOND)),
            "`milestones.day_90.offset`: follow-ups are out of",
        ),
        (replace(GOOD, effective_to=date(2001, 1, 1)), "`effective_to` comes before"),
        (
            replace(GOOD, peer_offer=OfferRule(ladder="standard", respond_within=timedelta(0))),
            "`peer_offer.respond_within`",
        ),
        (replace(GOOD, unanswered_before_escalation=0), "`unanswered_before_escalation` never asks"),
        (replace(GOOD, settings=frozenset()), "`settings` is empty"),
        (replace(GOOD, models=frozenset()), "`models` is empty"),
        (replace(GOOD, endorsements={Setting.YOUTH: frozenset({"x"})}), "`endorsements.youth`"),
        (with_rule(MilestoneCode.DAY_7, offset=exactly(-timedelta(days=1))), "`milestones.day_7.offset` is negative"),
        (
            with_rule(MilestoneCode.FOLLOW_UP_CALL, opens=exactly(timedelta(days=4))),
            "`milestones.follow_up_call.opens`",
        ),
        (with_rule(MilestoneCode.ARRIVAL, anchor=MilestoneCode.CONSENT_ASKED), "arrival.anchor` can never be reached"),
        (
            with_rule(MilestoneCode.FIRST_CONTACT, anchor=MilestoneCode.DAY_7),
            "first_contact.anchor` can never be reached: day_7 comes only when it is too late",
        ),
        (
            with_rule(MilestoneCode.INTRODUCTION, anchor=MilestoneCode.FIRST_CONTACT),
            "introduction.anchor` can never be reached: first_contact",
        ),
        (
            with_bedside_visit(Anchor.DISCHARGE),
            "bedside_visit.anchor` can never be reached: it is done before leaving",
        ),
        (
            with_bedside_visit(Anchor.LEAVING),
            "bedside_visit.offset` can never be reached: it is done before leaving",
        ),
        (with_rule(MilestoneCode.ARRIVAL, anchor=MilestoneCode.ARRIVAL), "circle: arrival -> arrival"),
        (
            replace(
                with_rule(MilestoneCode.ARRIVAL, anchor=MilestoneCode.FIRST_CONTACT),
                milestones=tuple(
                    replace(rule, anchor=MilestoneCode.ARRIVAL) if rule.code is MilestoneCode.FIRST_CONTACT else rule
                    for rule in with_rule(MilestoneCode.ARRIVAL, anchor=MilestoneCode.FIRST_CONTACT).milestones
                ),
            ),
            "circle: arrival -> first_contact -> arrival",
        ),
        (
            with_rule(MilestoneCode.DAY_90, repeat=Repeat(count=1, every=exactly(timedelta(days=1)))),
            "`milestones.day_90.repeat.count`.*`milestones.day_90.repeat.every` is counted otherwise",
        ),
        (
            with_rule(
                MilestoneCode.DAY_90, repeat=Repeat(count=3, every=Offset(unit=OffsetUnit.CALENDAR_DAYS, count=0))
            ),
            "does not lead on",
        ),
    ],
)
def test_a_protocol_that_cannot_be_meant_is_refused(broken: Protocol, says: str) -> None:
    with pytest.raises(ProtocolInvalid, match=says):
        shelf_of(broken)


def test_two_versions_may_not_overlap_nor_share_a_name() -> None:
    with pytest.raises(ProtocolInvalid, match="two versions in force"):
        shelf_of(GOOD, replace(GOOD, version="2030.1", effective_from=date(2030, 1, 1)))
    ended = replace(GOOD, effective_to=date(2021, 1, 1))
    with pytest.raises(ProtocolInvalid, match="two versions of the name"):
        shelf_of(ended, replace(GOOD, effective_from=date(2022, 1, 1)))


def test_two_standards_may_not_be_meant_for_the_same_programme() -> None:
    with pytest.raises(ProtocolInvalid, match="`other` and `standard_ed` are both meant for crisis_line, co_located"):
        shelf_of(replace(GOOD, code="other"), GOOD)
    shelf_of(replace(GOOD, code="other", models=frozenset({MODEL})), replace(GOOD, models=GOOD.models - {MODEL}))


def test_a_clock_may_count_from_another_milestone() -> None:
    check_protocol(with_rule(MilestoneCode.ARRIVAL, anchor=MilestoneCode.OWNER_ACCEPTS))
    check_protocol(with_rule(MilestoneCode.ARRIVAL, anchor=MilestoneCode.FIRST_CONTACT))
    check_protocol(with_rule(MilestoneCode.FIRST_CONTACT, anchor=MilestoneCode.ARRIVAL))
    check_protocol(with_rule(MilestoneCode.INTRODUCTION, anchor=MilestoneCode.OWNER_ACCEPTS))
