"""The claim board, one referral, sending one: what people see and what is asked of referrals."""

from datetime import timedelta

import pytest

from services.console.domain import told
from services.console.use_cases.ports import Refused
from shared.contracts.codes import AccessRole
from shared.contracts.paging import Page
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, PROGRAMME, session_of
from tests.services.console.fakes_referring import TEAM, referral

FORM = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form", "version": "4"}
TO_TEAM = {"recipient": {"worker_id": None, "team_id": TEAM}, "you_are": ("qualified_team_member",)}
PERSON = new_id()


async def test_the_board_has_late_ones_first_and_a_button_where_the_visitor_can_take_it(house: House) -> None:
    mine = referral(person=None, identified=False)
    free = referral(**TO_TEAM, need="housing")
    late = referral(**TO_TEAM, need="transport", respond_by=NOW - timedelta(hours=2))
    clinical = referral(**TO_TEAM, need="treatment", kind="clinical")
    house.referring.known = [mine, free, late, clinical]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        own = (await browser.get("/referrals")).text
        board = (await browser.get("/referrals?show=free")).text
        team = (await browser.get("/referrals?show=team")).text
    assert "Somebody · Peer support" in own
    assert board.index("Getting there") < board.index("Housing") < board.index("Treatment")
    assert board.count("I’ll take it") == 2
    assert f"/referrals/{clinical.id}/accept" not in board
    assert "Bridge team" in team


async def test_the_three_answers_to_a_referral_are_equal_and_a_no_says_what_comes_next(house: House) -> None:
    one = referral()
    house.referring.known = [one]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/referrals/{one.id}")).text
        decline = await browser.get(f"/referrals/{one.id}/decline?reason=outside_my_role")
        nothing = await browser.post(f"/referrals/{one.id}/reject", data=FORM | {"reason": "outside_my_role"})
        said = FORM | {"reason": "outside_my_role", "what_next": "another_peer"}
        sent = await browser.post(f"/referrals/{one.id}/reject", data=said)
    assert page.count('class="usa-button answer"') == 5, "three answers, and the two of the undo"
    assert 'value="outside_my_role" checked' in decline.text
    assert nothing.status_code == 422
    assert "Please choose what comes next." in nothing.text
    assert sent.headers["location"] == "/referrals?done=referral_reject"
    assert house.referring.commands == [
        ("/reject", {"reason": "outside_my_role", "what_next": "another_peer"}, 4, "a-key-of-this-form")
    ]


async def test_one_of_a_team_says_no_only_for_all_of_them(house: House) -> None:
    one = referral(**TO_TEAM)
    house.referring.known = [one]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        decline = (await browser.get(f"/referrals/{one.id}/decline?reason=outside_my_role")).text
    assert 'value="no_capacity"' in decline
    assert "outside_my_role" not in decline
    assert "cant_right_now" not in decline


async def test_who_is_second_reads_who_is_on_it(house: House) -> None:
    one = referral(
        **TO_TEAM | {"status": "accepted", "recipient": {"worker_id": new_id(), "team_id": TEAM}, "you_are": ()},
        taken_by={"first_name": "Gus", "role": "peer_support_specialist"},
    )
    house.referring.known = [one]
    taken = {"taken_by": {"first_name": "Gus", "practice_role": "peer_support_specialist"}}
    house.referring.refuse = Refused("referrals", status=409, code="already_accepted", document=taken)
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.post(f"/referrals/{one.id}/accept", data=FORM)
        page = (await browser.get(answer.headers["location"])).text
    assert "A colleague is already on it" in page
    assert "Gus is already on it" in page
    assert "I’ll take it" not in page


@pytest.mark.parametrize(
    ("refusal", "location"),
    [
        ({"status": 404, "code": "not_found"}, "/referrals?trouble=not_waiting"),
        ({"status": 409, "code": "no_longer_offered"}, "{page}?trouble=not_waiting"),
        ({"status": 409, "code": "out_of_scope"}, "{page}?trouble=referral_scope"),
        ({"status": 412, "code": "stale"}, "{page}?trouble=moved_on"),
        (
            {"status": 422, "code": "invalid", "document": {"errors": [{"code": "not_available", "pointer": ""}]}},
            "{page}?trouble=not_available",
        ),
        (
            {"status": 422, "code": "invalid", "document": {"errors": [{"code": "not_qualified", "pointer": ""}]}},
            "{page}?trouble=not_qualified",
        ),
        (
            {"status": 422, "code": "invalid", "document": {"errors": [{"code": "goodbye_first"}]}},
            "{page}?trouble=goodbye_first",
        ),
        (
            {"status": 422, "code": "invalid", "document": {"errors": [{"code": "consent_required"}]}},
            "{page}?trouble=consent_required",
        ),
    ],
)
async def test_what_cannot_be_done_is_said_in_words(house: House, refusal: dict[str, object], location: str) -> None:
    one = referral(status="in_progress")
    house.referring.known = [one]
    house.referring.refuse = Refused("referrals", **({"document": {}} | refusal))  # type: ignore[arg-type]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        answer = await browser.post(f"/referrals/{one.id}/start", data=FORM)
    assert answer.headers["location"] == location.format(page=f"/referrals/{one.id}")


async def test_a_partner_sees_no_name_until_acceptance_and_agreement(house: House) -> None:
    one = referral(model="peer_run_partner", identified=False, person=None)
    house.referring.known = [one]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/referrals/{one.id}")).text
    assert "The person is not named yet" in page
    assert "Wren" not in page


async def test_a_question_and_its_answer_are_read_by_both_sides(house: House) -> None:
    asked = referral(status="accepted", business_status="waiting_for_information", you_are=("requester",))
    house.referring.known = [asked]
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = (await browser.get(f"/referrals/{asked.id}")).text
        empty = await browser.post(f"/referrals/{asked.id}/give-information", data=FORM)
        await browser.post(f"/referrals/{asked.id}/give-information", data=FORM | {"words": "On weekdays"})
    assert "Your colleague would like to know more" in page
    assert empty.status_code == 422
    assert [one[0] for one in house.referring.commands] == ["/give-information", "/feedback"]
    assert house.referring.commands[1][1] == {"text": "On weekdays"}


async def test_what_has_ended_shows_the_closing_word_and_takes_the_persons_word(house: House) -> None:
    one = referral(status="completed", closing_word="got_help", closed_by="staff", ended_at=NOW, you_are=("requester",))
    house.referring.known = [one]
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = (await browser.get(f"/referrals/{one.id}")).text
        told_so = FORM | {"word": "got_what_i_wanted", "words": "Somebody had time"}
        await browser.post(f"/referrals/{one.id}/person-word", data=told_so)
    assert "Got help" in page
    assert "What does the person say?" in page
    assert house.referring.commands[0][1] == {"word": "got_what_i_wanted", "own_words": "Somebody had time"}


async def test_the_handshake_asks_who_has_it(house: House) -> None:
    one = referral(status="in_progress", business_status="cancellation_requested")
    house.referring.known = [one]
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get(f"/referrals/{one.id}")).text
        await browser.post(f"/referrals/{one.id}/cancel", data=FORM | {"reason": "no_longer_needed"})
    assert "You are asked to let this go" in page
    assert "It is done already" in page
    assert house.referring.commands[0][0] == "/cancel"


async def test_the_same_need_can_be_taken_to_somebody_else(house: House) -> None:
    one = referral(status="rejected", you_are=("requester",))
    house.referring.known = [one]
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = (await browser.get(f"/referrals/{one.id}/reroute")).text
        nobody = await browser.post(f"/referrals/{one.id}/reroute", data=FORM | {"to": "team"})
        sent = await browser.post(f"/referrals/{one.id}/reroute", data=FORM | {"to": "team", "team_id": str(TEAM)})
    assert "Bridge team" in page
    assert nobody.status_code == 422
    assert sent.status_code == 303
    assert house.referring.commands == [
        ("/reroute", {"recipient_team_id": str(TEAM)}, 4, "a-key-of-this-form"),
    ]


async def test_a_referral_is_sent_in_three_steps_and_a_likeness_is_shown_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = told.Person(id=PERSON, given_name="Wren", family_name="Testcase")

    async def people(by: object, *, limit: int = 200) -> Page[told.Person]:
        return Page(items=[known])

    monkeypatch.setattr(house.referrals, "people", people)
    called = {"person_id": PERSON, "called": "Wren T.", "language": "en", "contact_preference": "call"}
    house.referring.known = [referral(need="housing", status="in_progress", person=called)]
    who = {"who": "known", "person_id": str(PERSON), "programme_id": str(PROGRAMME), "own_wish": "yes"}
    whom = {"to": "team", "team_id": str(TEAM), "kind": "peer_service"}
    what = {"need": "housing", "text": "Walk along to the housing office"}
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        missing = await browser.post("/referrals/new", data=FORM | {"who": "known", "step": "who"})
        second = await browser.post("/referrals/new", data=FORM | who | {"step": "who"})
        third = await browser.post("/referrals/new", data=FORM | who | whom | {"step": "whom"})
        alike = await browser.post("/referrals/new", data=FORM | who | whom | what | {"step": "what"})
        assert house.referring.commands == []
        sent = await browser.post("/referrals/new", data=FORM | who | whom | what | {"step": "what", "anyway": "yes"})
    assert missing.status_code == 422
    assert 'id="team_id"' in second.text
    assert "Wren Testcase" in third.text
    assert "already has an open referral" in alike.text
    assert f"/referrals/{house.referring.known[0].id}" in alike.text
    assert sent.status_code == 303
    body = house.referring.commands[0][1]
    assert (body["recipient_team_id"], body["kind"], body["reported_by"]) == (str(TEAM), "peer_service", "person")


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("clinical_backup_required", "no clinical backup yet"),
        ("transition_required", "send a handoff"),
        ("x", "look at"),
    ],
)
async def test_why_it_was_not_taken_is_said_at_the_step_where_it_helps(house: House, code: str, where: str) -> None:
    house.referring.refuse = Refused(
        "referrals", status=422, code="invalid", document={"errors": [{"code": code, "pointer": ""}]}
    )
    form = FORM | {"who": "known", "person_id": str(PERSON), "programme_id": str(PROGRAMME), "step": "what"}
    form |= {"to": "worker", "worker_id": str(PEER), "need": "peer_support"}
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = await browser.post("/referrals/new", data=form)
    assert page.status_code == 422
    assert where in page.text


async def test_a_peer_may_refer_but_adds_nobody_new(house: House) -> None:
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = (await browser.get("/referrals/new")).text
    assert "Somebody we know" in page
    assert "Somebody new" not in page
