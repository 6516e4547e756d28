"""The person page, the review queue and contact points; neighbours' sentences in the page's own language."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

import services.scope_guard
from services.console.adapters.word_files import read_words
from services.console.domain import told
from services.console.domain.small_numbers import shown
from services.console.domain.told_contact import ContactPoints
from services.console.domain.told_custody import HeldTransition
from services.console.domain.words import Language
from services.console.use_cases.decision import DecisionPage
from services.console.use_cases.ports import Refused
from services.notifications.domain.codes import DeliveryCode, DeliveryState
from services.notifications.domain.explanations import explain
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, PROGRAMME, handoff, session_of

FORM = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form", "version": "3"}
SUPERVISOR = new_id()
REASON = "nothing here tells the guard what is being asked, so a supervisor looks first"
SPANISH = read_words()[Language.SPANISH]


def decision(verdict: str = "needs_review", **more: Any) -> dict[str, Any]:
    said = {"decision_id": str(new_id()), "verdict": verdict, "policy_version": "p", "reason": REASON}
    return said | {"decided_at": NOW.isoformat()} | more


def proposed(**more: Any) -> told.Task:
    content = {
        "id": new_id(),
        "version": 3,
        "programme_id": PROGRAMME,
        "person_id": None,
        "assignee_worker_id": PEER,
        "assigner_worker_id": NURSE,
        "title": "Help with the thing",
        "details": "",
        "due_at": None,
        "recorded_at": NOW,
        "status": "proposed",
        "status_reason": None,
        "scope": "decided",
        "decision": decision(),
        "review_due_at": NOW + timedelta(hours=3),
    }
    return told.Task.model_validate(content | more)


async def test_the_person_page_says_who_held_them_when(house: House) -> None:
    one = handoff()
    began = NOW - timedelta(hours=5)
    house.referrals.known[one.id] = one
    house.referrals.held[one.transition_id] = HeldTransition.model_validate(
        {
            "id": one.transition_id,
            "version": 2,
            "status": "discharged",
            "person_id": new_id(),
            "programme_id": PROGRAMME,
            "sender_worker_id": NURSE,
            "owner_worker_id": PEER,
            "owner_since": NOW,
            "expected_at": None,
            "discharged_at": began,
            "custody": [
                {"sequence": 1, "to_worker_id": NURSE, "cause": "begun", "occurred_at": began},
                {"sequence": 2, "to_worker_id": PEER, "cause": "first_contact", "occurred_at": NOW},
            ],
        }
    )
    house.referrals.stored_tasks = [proposed(), proposed(status="completed", title="Long done")]
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = await browser.get(f"/handoffs/{one.id}/person")
        nowhere = await browser.get(f"/handoffs/{new_id()}/person")
    text = re.sub(r"<[^>]+>|\s+", " ", page.text)
    assert re.search(r"You\s+·\s+began the handoff.*\(5 hours\).*Fay Sample\s+·\s+reached them first.*until now", text)
    assert text.index("Help with the thing") < text.index("Long done")
    assert nowhere.status_code == 404


async def test_peers_have_no_person_page(house: House) -> None:
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        assert (await browser.get(f"/handoffs/{new_id()}/person")).status_code == 403


async def test_the_queue_says_why_and_whom_it_waits_for(house: House) -> None:
    late = proposed(title="The older one", review_due_at=NOW - timedelta(hours=1))
    silent = proposed(title="Nobody knows yet", scope="undecided", decision=None, review_due_at=None)
    house.referrals.stored_tasks = [proposed(), late, silent, proposed(assigner_worker_id=SUPERVISOR)]
    async with house.browser(session_of(AccessRole.SUPERVISOR, worker_id=SUPERVISOR)) as browser:
        english = (await browser.get("/review")).text
    async with house.browser(session_of(AccessRole.SUPERVISOR, worker_id=SUPERVISOR), language="es") as browser:
        spanish = (await browser.get("/review")).text
    assert english.index("The older one") < english.index("Help with the thing") < english.index("Nobody knows yet")
    assert "Nothing here tells the guard what is being asked" in english
    assert english.count("You are part of this task") == 1
    assert "Nada aquí dice qué se pide" in spanish
    assert 'lang="en">Nothing' not in spanish


@pytest.mark.parametrize(
    ("worker", "change", "offered"),
    [
        (SUPERVISOR, {}, True),
        (NURSE, {}, False),
        (PEER, {}, False),
        (SUPERVISOR, {"status": "assigned"}, False),
        (SUPERVISOR, {"decision": decision("out_of_scope")}, False),
        (SUPERVISOR, {"decision": None, "scope": "undecided"}, False),
    ],
    ids=["second person", "asked for it", "was asked", "decided already", "against a no", "guard silent"],
)
async def test_only_a_second_person_is_offered_the_decision(
    house: House, worker: UUID, change: dict[str, Any], offered: bool
) -> None:
    task = proposed(**change)
    house.referrals.stored_tasks = [task]
    async with house.browser(session_of(AccessRole.SUPERVISOR, worker_id=worker)) as browser:
        page = await browser.get(f"/tasks/{task.id}")
    assert (f"/tasks/{task.id}/review" in page.text) is offered


async def test_a_decision_goes_out_with_its_reason_and_words(house: House) -> None:
    task = proposed()
    house.referrals.stored_tasks = [task]
    filled = FORM | {"choice": "approve.fits_the_role", "words": "We talked about it in supervision"}
    async with house.browser(session_of(AccessRole.SUPERVISOR, worker_id=SUPERVISOR)) as browser:
        empty = await browser.post(f"/tasks/{task.id}/review", data=FORM | {"choice": "approve.because"})
        sent = await browser.post(f"/tasks/{task.id}/review", data=filled)
        house.referrals.refuse = Refused("referrals", status=422, code="invalid_request", document={})
        changed = await browser.post(f"/tasks/{task.id}/review", data=filled)
        house.referrals.refuse = Refused("referrals", status=412, code="stale_version", document={})
        stale = await browser.post(f"/tasks/{task.id}/review", data=filled)
    assert empty.status_code == 422
    assert "Please choose what you say" in empty.text
    assert "Please say why" in empty.text
    assert sent.headers["location"] == "/review?done=review_approve"
    body = {"decision": "approve", "reason": "fits_the_role", "words": "We talked about it in supervision"}
    assert house.referrals.commands == [(f"/tasks/{task.id}/review", body, 3, "a-key-of-this-form")]
    assert "has changed since this was checked" in changed.text
    assert "We talked about it in supervision" in changed.text
    assert stale.headers["location"] == f"/tasks/{task.id}?trouble=moved_on"


async def test_contact_points_are_kept_with_what_the_form_does_not_show(house: House) -> None:
    house.notifications.points = ContactPoints.model_validate({"email": "fay@clinic.example", "phone": "+1555"})
    form = FORM | {"email": "new@clinic.example", "quiet_start": "22:00", "quiet_end": "07:00", "time_zone": "UTC"}
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        own = await browser.get("/contact-points")
        page = await browser.get(own.headers["location"])
        saved = await browser.post(f"/contact-points/{PEER}", data=form)
    assert own.headers["location"] == f"/contact-points/{PEER}"
    assert 'value="fay@clinic.example"' in page.text
    assert "Rosa Sample" not in page.text
    assert saved.headers["location"] == f"/contact-points/{PEER}?done=contact_points"
    kept = house.notifications.points.model_dump()
    assert (kept["email"], kept["email_on"], kept["quiet_end"], kept["phone"]) == (
        "new@clinic.example",
        False,
        "07:00",
        "+1555",
    )
    assert house.notifications.version == 4


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"quiet_start": "22:00"}, "both times, or neither"),
        ({"quiet_start": "22:00", "quiet_end": "22:00"}, "The two times are the same"),
        ({"quiet_start": "25:00", "quiet_end": "07:00"}, "Please enter a time"),
        ({"email": "not an address"}, "does not look like an e-mail address"),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    house: House, form: dict[str, str], words: str
) -> None:
    wrong = {"errors": [{"pointer": "/email", "code": "email_invalid"}]}
    house.notifications.refuse = Refused("notifications", status=422, code="invalid_request", document=wrong)
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        page = await browser.post(f"/contact-points/{PEER}", data=FORM | form)
    assert page.status_code == 422
    assert words in page.text
    for typed in form.values():
        assert f'value="{typed}"' in page.text


async def test_a_supervisor_finds_the_colleagues(house: House) -> None:
    async with house.browser(session_of(AccessRole.SUPERVISOR, worker_id=SUPERVISOR)) as browser:
        page = await browser.get(f"/contact-points/{PEER}")
    assert "How to reach Fay Sample" in page.text
    assert f"/contact-points/{NURSE}" in page.text


def test_rules_mark_the_words_they_spoke_to() -> None:
    text = "Listen, and give the tablets"
    part = {"text": text, "span": {"start": 10, "end": 38}, "activity": None, "verdict": "out_of_scope", "who_may": []}
    rule = {
        "rule_id": "peer.no_medication_handling",
        "activity": "a",
        "verdict": "out_of_scope",
        "reason": "r",
        "source": {"document": "004", "section": "3"},
        "spans": [{"start": 22, "end": 26}, {"start": 30, "end": 99}],
    }
    judgement = told.Judgement.model_validate(decision("out_of_scope", rules=[rule], split=[part]))
    pieces = DecisionPage(judgement=judgement).pieces(judgement.split[0])
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.refused] == ["give", " tablets"]
    assert {piece.rule_ids for piece in pieces} == {(), ("peer.no_medication_handling",)}


def test_nine_of_ten_sentences_of_the_packs_are_known_in_spanish() -> None:
    folder = Path(services.scope_guard.__file__).parent / "policy"
    packs = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (folder / "packs").glob("*.yaml")]
    said = {rule["reason"] for pack in packs for rule in pack["rules"]}
    said |= {rule["alternative"]["text"] for pack in packs for rule in pack["rules"] if "alternative" in rule}
    unknown = {sentence for sentence in said if SPANISH.sentence(sentence) is None}
    assert len(said) > 100
    assert len(unknown) < len(said) / 10, unknown


@pytest.mark.parametrize("state", [DeliveryState.PLANNED, DeliveryState.DELIVERED, DeliveryState.LEASED])
def test_what_became_of_a_delivery_is_put_together_in_spanish(state: DeliveryState) -> None:
    assert SPANISH.sentence(explain(state, code=None)) is not None


def test_reasons_of_a_delivery_are_put_together_in_spanish() -> None:
    for state in (DeliveryState.RETRY, DeliveryState.FAILED, DeliveryState.SUPPRESSED):
        english = explain(state, code=DeliveryCode.WORKER_LEFT)
        assert "la persona ya no trabaja aquí. " in (SPANISH.sentence(english) or english)
    assert SPANISH.sentence("Not sent: the moon was full. It will be tried again.") is None


async def test_what_is_only_known_in_english_is_marked_as_such(house: House) -> None:
    task = proposed(decision=decision(reason="a rule of tomorrow"))
    house.referrals.stored_tasks = [task]
    async with house.browser(session_of(AccessRole.PEER), language="es") as browser:
        page = await browser.get(f"/tasks/{task.id}")
    assert '<span lang="en">A rule of tomorrow</span>.' in page.text


def test_small_numbers_do_not_point_at_anybody() -> None:
    assert [shown(count) for count in (0, 1, 4, 5, 120)] == ["0", "1–4", "1–4", "5", "120"]
