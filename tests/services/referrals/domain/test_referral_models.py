"""The four models differ where it matters, and a fifth one is a file."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.referrals.adapters.model_files import FOLDER, load_models, read_model
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.referral_beginning import assign
from services.referrals.domain.referral_deadlines import Phase, months_later, plan_phases
from services.referrals.domain.referral_meetings import say_goodbye
from services.referrals.domain.referral_models import ModelInvalid, ModelShelf, ModelUnavailable, Urgency
from services.referrals.domain.referral_policies import ChartSharing, Intent
from services.referrals.domain.referral_standing import Said
from services.referrals.domain.referral_states import ReferralCommand as C
from services.referrals.domain.referral_states import ReferralStatus as S
from services.referrals.domain.referral_words import ClosingWord, Priority, ReferralKind
from shared.contracts.codes import IntegrationModel
from tests.services.referrals.domain import referral_stories as stories
from tests.services.referrals.domain.referral_stories import MODELS, NOW, at, standing

EASTERN = "America/New_York"


def intent(**more: object) -> Intent:
    fields: dict[str, object] = {
        "kind": ReferralKind.PEER_SERVICE,
        "transition_id": None,
        "recipient_worker_id": stories.PEER,
        "recipient_team_id": None,
        "asks_anything": False,
        "same_team": False,
        "has_clinical_backup": False,
    }
    return Intent(**(fields | more))  # type: ignore[arg-type]


def test_there_is_a_model_for_every_programme() -> None:
    assert MODELS.codes == tuple(sorted(model.value for model in IntegrationModel))
    with pytest.raises(ModelUnavailable):
        MODELS.choose("circus")


@pytest.mark.parametrize(
    ("code", "missing", "given"),
    [
        ("transitional", "transition_required", {"transition_id": uuid4()}),
        ("peer_run_partner", "clinical_backup_required", {"has_clinical_backup": True}),
        ("integrated_team", "team_required", {"recipient_team_id": uuid4(), "same_team": True, "asks_anything": True}),
        ("co_located", None, {}),
    ],
)
def test_what_each_model_asks_for(code: str, missing: str | None, given: dict[str, object]) -> None:
    model = MODELS.choose(code)
    if missing is not None:
        with pytest.raises(InvalidField) as refused:
            model.check(intent())
        assert refused.value.code == missing
    model.check(intent(**given))


def test_inside_a_team_both_belong_to_it_and_say_what_is_asked() -> None:
    model = MODELS.choose("integrated_team")
    for wrong, code in (
        ({"recipient_team_id": uuid4(), "asks_anything": True}, "not_in_this_team"),
        ({"recipient_team_id": uuid4(), "same_team": True}, "asks_required"),
    ):
        with pytest.raises(InvalidField) as refused:
            model.check(intent(**wrong))
        assert refused.value.code == code


def test_nobody_in_a_crisis_waits_for_a_form() -> None:
    for code in MODELS.codes:
        crisis = intent(kind=ReferralKind.CRISIS_BRIDGE, recipient_worker_id=None)
        with pytest.raises(InvalidField) as refused:
            MODELS.choose(code).check(crisis)
        assert refused.value.code == "clinical_backup_required"
        MODELS.choose(code).check(replace(crisis, has_clinical_backup=True))


def test_only_the_integrated_team_assigns_directly_and_has_a_huddle() -> None:
    direct = {code for code in MODELS.codes if MODELS.choose(code).assignment.direct(intent())}
    assert direct == {code for code in MODELS.codes if MODELS.choose(code).huddle} == {"integrated_team"}
    assert not MODELS.choose("integrated_team").assignment.direct(intent(recipient_worker_id=None))


def test_only_the_partner_is_offered_somebody_without_a_name() -> None:
    hidden = {code for code in MODELS.codes if MODELS.choose(code).offer.hides_the_person(ReferralKind.PEER_SERVICE)}
    assert hidden == {"peer_run_partner"}
    assert not MODELS.choose("peer_run_partner").offer.hides_the_person(ReferralKind.CLINICAL)


def test_sharing_a_corridor_is_not_sharing_a_chart() -> None:
    shared = {code: MODELS.choose(code).chart_sharing for code in MODELS.codes}
    assert {code for code, sharing in shared.items() if sharing is ChartSharing.SHARED_PLAN} == {"integrated_team"}


def test_the_introduction_is_due_before_the_day_is_over_there() -> None:
    late_evening = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)  # ten at night on the second in New York
    due = MODELS.choose("co_located").introduction.due(late_evening, time_zone=EASTERN)
    assert due == datetime(2026, 3, 3, 5, 0, tzinfo=UTC)
    assert MODELS.choose("transitional").introduction.due(late_evening, time_zone=EASTERN) is None


def test_support_falls_over_nine_months_and_ends_with_a_goodbye() -> None:
    model = MODELS.choose("transitional")
    planned = model.plan(NOW, kind=ReferralKind.PEER_SERVICE, time_zone=EASTERN)
    assert [(phase.since, phase.until) for phase in planned] == [
        (date(2026, 3, 2), date(2026, 6, 1)),
        (date(2026, 6, 2), date(2026, 9, 1)),
        (date(2026, 9, 2), date(2026, 12, 1)),
    ]
    assert [phase.contact_every_days for phase in planned] == [7, 14, 30]
    assert model.goodbye_due(NOW, kind=ReferralKind.PEER_SERVICE, time_zone=EASTERN) == datetime(
        2026, 12, 2, 5, 0, tzinfo=UTC
    )
    assert model.goodbye_due(NOW, kind=ReferralKind.CLINICAL, time_zone=EASTERN) is None


def test_without_a_goodbye_it_does_not_end_well() -> None:
    places = stories.around(
        programme=stories.programme(IntegrationModel.TRANSITIONAL), transition_person_id=stories.PERSON
    )
    accepted = stories.moved(
        stories.requested(stories.wish(transition_id=uuid4()), places), C.ACCEPT, stories.RECIPIENT
    )
    with pytest.raises(InvalidField) as refused:
        stories.moved(accepted, C.COMPLETE, stories.RECIPIENT)
    assert refused.value.code == "goodbye_first"
    left = Said(closing_word=ClosingWord.NO_LONGER_INTERESTED)
    assert stories.moved(accepted, C.COMPLETE, stories.RECIPIENT, said=left).status is S.COMPLETED
    parted, _ = say_goodbye(standing(accepted, stories.RECIPIENT), at=at(5))
    assert stories.moved(parted, C.COMPLETE, stories.RECIPIENT).closing_word is ClosingWord.GOT_HELP
    with pytest.raises(InvalidField):
        say_goodbye(standing(parted, stories.RECIPIENT), at=at(6))
    with pytest.raises(InvalidField):
        say_goodbye(standing(stories.in_status(S.ACCEPTED), stories.RECIPIENT), at=at(6))


def test_nothing_is_assigned_without_the_guards_word() -> None:
    waiting = stories.requested()
    with pytest.raises(InvalidField):
        assign(waiting, model=stories.model(), time_zone=EASTERN, by=stories.NURSE, at=at(1))
    judged = replace(waiting, asks=replace(waiting.asks, decision_id=uuid4()))
    assigned, step = assign(judged, model=stories.model(), time_zone=EASTERN, by=stories.NURSE, at=at(1))
    assert (assigned.status, assigned.version, step.command) == (S.ACCEPTED, 2, "assign")


def test_the_time_to_answer_is_counted_in_business_days_where_the_programme_is() -> None:
    calendar = stories.CALENDARS.choose("weekdays", time_zone=EASTERN)
    friday = datetime(2026, 3, 6, 15, tzinfo=UTC)  # ten in the morning; clocks change on the Sunday after
    rule = MODELS.choose("co_located").response[Urgency.ROUTINE]
    respond_by = rule.respond_by(friday, calendar=calendar)
    assert respond_by == datetime(2026, 3, 10, 14, tzinfo=UTC)
    assert rule.overdue_after(respond_by, calendar=calendar) == datetime(2026, 3, 12, 14, tzinfo=UTC)
    assert Urgency.of(ReferralKind.PEER_SERVICE, Priority.URGENT) is Urgency.URGENT
    crisis = MODELS.choose("co_located").response[Urgency.of(ReferralKind.CRISIS_BRIDGE, Priority.ROUTINE)]
    assert crisis.respond_by(friday, calendar=calendar) == friday + timedelta(minutes=15)


def test_months_end_where_they_end() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert plan_phases((), begins=date(2026, 1, 1)) == ()


FIFTH = """
code: street_outreach
source: "a model of this test"
requirements: [clinical_backup]
assignment: ask_first
offer: deidentified
introduction: same_day
ending: planned_goodbye
chart_sharing: none
huddle: true
phases:
  - {code: near, months: 1, contact_every_days: 3}
response:
  routine: {business_days: 1, source: proposal}
  urgent: {hours: 1, source: proposal}
  crisis: {minutes: 5, source: proposal}
"""


def test_a_fifth_model_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "street_outreach.yaml").write_text(FIFTH)
    fifth = load_models(folder=tmp_path).choose("street_outreach")
    with pytest.raises(InvalidField):
        fifth.check(intent())
    assert fifth.offer.hides_the_person(ReferralKind.PEER_SERVICE)
    assert fifth.introduction.due(NOW, time_zone=EASTERN) is not None
    assert not fifth.ending.ready(word=ClosingWord.GOT_HELP, goodbye_at=None)
    assert fifth.plan(NOW, kind=ReferralKind.PEER_SERVICE, time_zone=EASTERN)[0].contact_every_days == 3


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("ask_first", "toss_a_coin", "toss_a_coin"),
        ("[clinical_backup]", "[a_miracle]", "a_miracle"),
        ("routine: {business_days: 1, source: proposal}", "", "routine"),
        ("business_days: 1", "business_days: 0", "no time to answer"),
        ("months: 1", "months: 0", "without length"),
        ("huddle: true", "huddle: true\nmagic: yes", "magic"),
        ("code: street", "code: Street", "code"),
    ],
)
def test_a_model_that_cannot_be_meant_is_refused_at_start(tmp_path: Path, before: str, after: str, says: str) -> None:
    (tmp_path / "wrong.yaml").write_text(FIFTH.replace(before, after, 1))
    with pytest.raises(ModelInvalid, match=says):
        load_models(folder=tmp_path)


def test_phases_do_not_grow_denser_and_codes_are_there_once(tmp_path: Path) -> None:
    model = MODELS.choose("transitional")
    denser = (Phase(code="a", months=1, contact_every_days=9), Phase(code="b", months=1, contact_every_days=2))
    with pytest.raises(ModelInvalid, match="denser"):
        ModelShelf([replace(model, phases=denser)])
    with pytest.raises(ModelInvalid, match="twice"):
        ModelShelf([model, read_model(FOLDER / "transitional.yaml")])
    with pytest.raises(ModelInvalid, match="no model file"):
        load_models(folder=tmp_path)
