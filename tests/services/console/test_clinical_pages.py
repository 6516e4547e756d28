"""What clinical staff and supervisors see and do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.console.domain import told
from services.console.use_cases.boundary import read_boundary
from services.console.use_cases.ports import Refused
from services.console.use_cases.send_handoff import Answers, check_where, check_who
from shared.contracts.codes import AccessRole
from shared.contracts.scope import BoundaryEventView
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, PROGRAMME, session_of

KEY = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form"}
SOURCE = {"document": "A document", "section": "§3"}


def judgement(**changes: object) -> told.Judgement:
    """A mixed task: one part is the peer's, one is not."""
    content = {
        "decision_id": new_id(),
        "verdict": "out_of_scope",
        "policy_version": "1",
        "reason": "peers do not handle medication",
        "rules": [
            {
                "rule_id": "peer.no_medication_handling",
                "activity": "administer_medication",
                "verdict": "out_of_scope",
                "reason": "peers do not handle medication",
                "source": SOURCE,
            }
        ],
        "who_may": ["nurse"],
        "alternative": {"activity": "listen_actively", "text": "sit with him while the nurse is there"},
        "split": [
            {"text": "Sit with him", "span": {"start": 0, "end": 12}, "activity": None, "verdict": "within_scope", "who_may": ["peer_support_specialist"]},
            {"text": "give him his tablets", "span": {"start": 17, "end": 37}, "activity": None, "verdict": "out_of_scope", "who_may": ["nurse"]},
        ],
        "decided_at": NOW,
    }  # fmt: skip
    return told.Judgement.model_validate(content | changes)


async def test_a_refusal_has_four_lines_a_button_and_the_split(house: House) -> None:
    house.referrals.judgement = judgement()
    form = KEY | {
        "programme_id": str(PROGRAMME),
        "assignee_id": str(PEER),
        "title": "Sit with him and give him his tablets",
        "details": "in the evening",
    }
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = await browser.post("/tasks/new", data=form)
    assert page.status_code == 409
    for words in ("What was not sent", "Why", "Who can do it", "In the role instead", "Peer: no medication handling"):
        assert words in page.text
    assert 'value="Sit with him while the nurse is there"' in page.text
    assert "Ask Fay Sample for this part" in page.text
    assert f'<option value="{NURSE}">Rosa Sample' in page.text
    assert "in the evening" in page.text
    assert page.text.count("Ask for this instead") == 1


async def test_the_hint_speaks_while_typing_and_keeps_quiet_when_the_guard_does(house: House) -> None:
    form = KEY | {"programme_id": str(PROGRAMME), "assignee_id": str(PEER), "title": "Sit with him"}
    async with house.browser(session_of(AccessRole.CLINICIAN)) as browser:
        silent = await browser.post("/tasks/hint", data=form, headers={"HX-Request": "true"})
        house.scope_guard.judgement = judgement(verdict="within_scope", split=[], alternative=None)
        hint = await browser.post("/tasks/hint", data=form, headers={"HX-Request": "true"})
    assert "You can send all the same" in silent.text
    assert "This fits the role." in hint.text
    assert "<html" not in hint.text


async def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(house: House) -> None:
    async with house.browser(session_of(AccessRole.CLINICIAN)) as browser:
        page = await browser.post("/tasks/new", data=KEY | {"details": "my long text", "due_day": "soon"})
    assert page.status_code == 422
    for name in ("programme_id", "assignee_id", "title", "due_day"):
        assert f'id="{name}-error"' in page.text
    assert "my long text" in page.text
    assert house.referrals.commands == []


async def test_a_handoff_is_sent_in_three_steps_without_typing_twice(house: House) -> None:
    answers = {
        "who": "new",
        "given_name": "Juniper",
        "family_name": "Testcase",
        "language": "es",
        "contact_preference": "call",
    }
    where = {"programme_id": str(PROGRAMME), "left": "planned", "day": "2999-01-01", "clock": "10:30"}
    near = {"day": str((datetime.now(UTC) + timedelta(days=2)).date())}
    async with house.browser(session_of(AccessRole.CLINICIAN)) as browser:
        second = await browser.post("/handoffs/new", data=KEY | answers | {"step": "who"})
        assert 'name="given_name" value="Juniper"' in second.text
        far = await browser.post("/handoffs/new", data=KEY | answers | where | {"step": "where"})
        assert far.status_code == 422
        third = await browser.post("/handoffs/new", data=KEY | answers | where | near | {"step": "where"})
        assert "Juniper Testcase" in third.text
        assert house.referrals.commands == []
        sent = await browser.post("/handoffs/new", data=KEY | answers | where | near | {"step": "check"})
    assert sent.status_code == 303
    (plan,) = house.referrals.commands
    assert plan[1]["person"] == {name: text for name, text in answers.items() if name != "who"}
    assert plan[1]["status"] == "planned"
    assert "T10:30:00-0" in plan[1]["expected_at"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, {"who"}),
        ({"who": "known", "person_id": "x"}, {"person_id"}),
        ({"who": "new"}, {"given_name", "family_name", "language", "contact_preference"}),
    ],
)
def test_step_one_says_what_is_missing(given: dict[str, str], wrong: set[str]) -> None:
    assert set(check_who(Answers(given=given))) == wrong


def test_a_time_that_has_passed_is_noticed() -> None:
    given = {"programme_id": str(PROGRAMME), "left": "planned", "day": "2020-01-01"}
    found = check_where(Answers(given=given), now=NOW, zone=ZoneInfo("America/New_York"))
    assert found == {"day": "send.error.past"}


async def test_small_numbers_are_ranges_and_shares_need_enough_to_compare(house: House) -> None:
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        house.scope_guard.events = [_event() for _ in range(3)]
        few = (await browser.get("/boundary-events")).text
        house.scope_guard.events = [_event() for _ in range(7)]
        more = (await browser.get("/boundary-events")).text
    assert "1–4" in few
    assert "too few" in few
    assert ">3<" not in few.split("heat")[1]
    assert "100 %" in more


async def test_supporting_rules_of_a_mixed_task_are_not_counted_as_boundaries(house: House) -> None:
    house.scope_guard.events = [_event(rules=("peer.no_prescribing", "peer.goals"))]
    view = await read_boundary(
        session_of(AccessRole.SUPERVISOR), now=datetime.now(UTC), zone=ZoneInfo("UTC"), neighbours=house.neighbours
    )
    assert [row.rule_id for row in view.rows] == ["peer.no_prescribing"]
    assert view.weeks[-1].not_sent == 1
    assert len(view.weeks) == 8


async def test_every_page_of_a_supervisor_opens(house: House) -> None:
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        for path in ("/today", "/boundary-events", "/deliveries", "/discharges", "/inbox", "/tasks", "/people"):
            page = await browser.get(path)
            assert page.status_code == 200, path
            assert page.text.count("<h1>") == 1
            assert 'href="tel:988"' in page.text


def _event(rules: tuple[str, ...] = ("peer.no_prescribing",)) -> BoundaryEventView:
    now = datetime.now(UTC)
    return BoundaryEventView(
        boundary_event_id=new_id(),
        decision_id=new_id(),
        practice_role="peer_support_specialist",
        assigner_worker_id=None,
        team_id=None,
        programme_id=PROGRAMME,
        rule_ids=rules,
        activity=None,
        setting="outpatient",
        occurred_at=now,
        recorded_at=now,
    )


async def test_somebody_who_cannot_be_asked_now_keeps_the_form(house: House) -> None:
    errors = [{"pointer": "/assignee_worker_id", "code": "not_available"}]
    house.referrals.refuse = Refused("referrals", status=422, code="invalid_field", document={"errors": errors})
    form = KEY | {"programme_id": str(PROGRAMME), "assignee_id": str(PEER), "title": "Sit with him"}
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = await browser.post("/tasks/new", data=form)
    assert (page.status_code, "not available just now" in page.text) == (422, True)
    assert "Sit with him" in page.text
