"""What may be shared: read in plain words, written down with every element, taken back through anybody."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.console.adapters.word_files import read_words
from services.console.domain.words import Language
from services.console.use_cases.ports import Refused
from services.console.use_cases.record_consent import read_consent_form, wrong_in_consent
from services.referrals.api.consent_schemas import ConsentRequest
from services.referrals.domain.consent import ConsentTerms
from services.referrals.domain.consent_elements import ELEMENTS, check_terms
from services.referrals.domain.errors import InvalidField
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import HOSPITAL, NOW, NURSE, session_of
from tests.services.console.fakes_consents import ALLIANCE, consent

FORM = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form", "version": "1"}
ZONE = ZoneInfo("America/New_York")
WHOLE: dict[str, Any] = {
    "organization_id": str(HOSPITAL),
    "recipient_organization_ids": [str(ALLIANCE)],
    "information": ["identity", "contact"],
    "information_text": "My name and my phone number",
    "purposes": ["care_coordination"],
    "ends": "on_day",
    "end_day": "2999-03-01",
    "revocation_how": "Tell anybody of the team",
    "right_to_revoke_acknowledged": "yes",
    "signature_method": "paper",
    "signed_by": "person",
    "signed_day": "2026-01-05",
}


async def test_a_person_s_consents_are_told_in_plain_words(house: House) -> None:
    one = consent()
    over = consent(person_id=one.person_id, status="revoked", revocation={"method": "spoken", "by_worker_id": None, "occurred_at": NOW})  # fmt: skip
    house.consents.known = [one, over]
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = (await browser.get(f"/people/{one.person_id}/sharing")).text
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE), language="es") as browser:
        spanish = (await browser.get(f"/people/{one.person_id}/sharing")).text
    assert "Lakeside General &amp; Sons may tell Open Door Alliance" in page
    assert "Who they are and how to reach them" in page
    assert "When the referral ends" in page
    assert "by word" in page
    assert "Write down a new consent" in page
    assert "puede informar a Open Door Alliance" in spanish


async def test_a_consent_is_kept_as_it_was_filled_in(house: House) -> None:
    person = new_id()
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        empty = (await browser.get(f"/people/{person}/consents/new")).text
        kept = await browser.post(f"/people/{person}/consents/new", data=FORM | WHOLE)
    assert f'value="{HOSPITAL}" selected' in empty
    assert kept.headers["location"] == f"/people/{person}/sharing?done=consent"
    ((path, body, key),) = house.consents.kept
    assert (path, key) == (f"/people/{person}/consents", "a-key-of-this-form")
    assert body["expires_at"] == "2999-03-02T00:00:00-05:00"
    terms = ConsentRequest.model_validate(body).terms()
    check_terms(terms, latest_signature=NOW)


async def test_what_is_missing_stands_beside_its_field_and_nothing_is_typed_twice(house: House) -> None:
    missing = [{"pointer": one.pointer, "code": one.code} for one in ELEMENTS]
    house.consents.refuse = Refused("referrals", status=422, code="consent_incomplete", document={"errors": missing})
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        answer = await browser.post(f"/people/{new_id()}/consents/new", data=FORM | WHOLE)
    assert answer.status_code == 422
    assert "My name and my phone number" in answer.text
    assert "Please enter the day of signing." in answer.text
    assert 'href="#signed_day"' in answer.text
    assert 'id="signed_day-error"' in answer.text


async def test_who_may_not_write_it_down_is_told_who_may(house: House) -> None:
    house.consents.refuse = Refused("referrals", status=403, code="not_yours", document={})
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        answer = await browser.post(f"/people/{new_id()}/consents/new", data=FORM | WHOLE)
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        peers = await browser.post(f"/people/{new_id()}/consents/new", data=FORM | WHOLE)
    assert "Please ask a colleague there" in answer.text
    assert peers.status_code == 403


@pytest.mark.parametrize("role", [AccessRole.PEER, AccessRole.SUPERVISOR])
async def test_whoever_the_person_tells_takes_it_back(house: House, role: AccessRole) -> None:
    one = consent()
    house.consents.known = [one]
    async with house.browser(session_of(role)) as browser:
        before = (await browser.get(f"/consents/{one.id}/revoke")).text
        done = await browser.post(f"/consents/{one.id}/revoke", data=FORM | {"method": "written"})
        house.consents.refuse = Refused("referrals", status=412, code="stale", document={})
        late = await browser.post(f"/consents/{one.id}/revoke", data=FORM | {"method": "spoken"})
    assert "What stops at once" in before
    assert "What was told before stays told." in before
    assert done.headers["location"] == f"/people/{one.person_id}/sharing?done=consent_revoked"
    assert late.headers["location"] == f"/people/{one.person_id}/sharing?trouble=consent_over"
    assert house.consents.kept == [
        (f"/consents/{one.id}/revoke", {"method": "written", "version": 1}, "a-key-of-this-form")
    ]


def test_every_element_and_contradiction_has_words_of_its_own() -> None:
    english = read_words()[Language.ENGLISH]
    codes = {one.code: one.pointer for one in ELEMENTS}
    codes |= _contradictions()
    assert len(codes) > len(ELEMENTS)
    for code, pointer in codes.items():
        (key,) = wrong_in_consent({"errors": [{"pointer": pointer, "code": code}]}).values()
        assert key == f"consent.wrong.{code}"
        assert english.has(key)


def _contradictions() -> dict[str, str]:
    """What referrals finds contradictory in complete papers."""
    found = {}
    for change in (
        {"purposes": ("treatment_payment_operations", "person_request"), "redisclosure_stated": True, "refusal_consequence_stated": True},
        {"expires_at": None, "expiry_event": "none"},
        {"expires_at": NOW - timedelta(days=9), "signed_at": NOW},
        {"representative_name": "Ann Example"},
        {"signed_at": NOW + timedelta(days=2)},
    ):  # fmt: skip
        whole = read_consent_form(
            {name: text for name, text in WHOLE.items() if isinstance(text, str)},
            several={name: value for name, value in WHOLE.items() if isinstance(value, list)},
        ).body(zone=ZONE, now=NOW)
        terms = ConsentRequest.model_validate(whole).terms()
        with pytest.raises(InvalidField) as wrong:
            check_terms(_changed(terms, change), latest_signature=NOW + timedelta(days=1))
        found[wrong.value.code] = wrong.value.pointer or ""
    return found


def _changed(terms: ConsentTerms, change: dict[str, Any]) -> ConsentTerms:
    return ConsentRequest.model_validate(
        {name: getattr(terms, name) for name in ConsentRequest.model_fields if name != "reported_by"} | change
    ).terms()


def test_a_day_without_a_time_is_noon_and_today_is_now() -> None:
    now = datetime(2026, 5, 4, 9, 30, tzinfo=ZONE)
    told = [
        read_consent_form({"signed_day": day, "signed_clock": clock}, several={}).body(zone=ZONE, now=now)
        for day, clock in (("2026-05-03", ""), ("2026-05-04", ""), ("2026-05-04", "08:15"), ("nonsense", ""))
    ]
    assert [one.get("signed_at") for one in told] == [
        "2026-05-03T12:00:00-04:00",
        "2026-05-04T09:30:00-04:00",
        "2026-05-04T08:15:00-04:00",
        None,
    ]
