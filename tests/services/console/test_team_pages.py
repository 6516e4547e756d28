"""Teams, programmes, and who knew what, when."""

from datetime import timedelta

import pytest

from services.console.domain.told_team import Absence, Backup, MayDo, Protocol
from services.console.domain.told_timeline import Timeline
from services.console.use_cases.ports import Refused
from services.console.use_cases.timeline import TimelinePage
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, PROGRAMME, handoff, session_of
from tests.services.console.fakes_referring import TEAM, referral

FORM = {"csrf": "csrf-of-this-session", "key": "a-key-of-this-form", "version": "1"}
PROTOCOL = Protocol.model_validate(
    {
        "code": "standard",
        "version": "3",
        "effective_from": "2026-01-01",
        "effective_to": None,
        "peer_answers_within_seconds": 7200,
        "escalation_answers_within_seconds": 3600,
        "unanswered_before_escalation": 2,
        "steps": [
            {"code": "day_7", "anchor": "discharge", "due": "within 7 days", "times": 1, "escalate_to": "sender", "source": "s"}
        ],
    }
)  # fmt: skip
LINE = Timeline.model_validate(
    {
        "entries": [
            {"kind": "discharged", "occurred_at": NOW - timedelta(hours=4), "recorded_at": NOW - timedelta(hours=3)},
            {"kind": "accepted", "occurred_at": NOW, "recorded_at": NOW, "by_worker_id": PEER},
            {"kind": "milestone_met", "occurred_at": NOW, "recorded_at": NOW, "milestone": "first_contact", "in_time": True},
        ],
        "custody": [
            {"sequence": 1, "to_worker_id": NURSE, "cause": "begun", "occurred_at": NOW - timedelta(hours=4)},
            {"sequence": 2, "to_worker_id": PEER, "cause": "first_contact", "occurred_at": NOW - timedelta(hours=2)},
        ],
        "gap": {"waited_minutes": 240, "gap_minutes": 7, "until": NOW},
    }
)  # fmt: skip


async def test_a_team_sees_its_day_and_asks_who_may(house: House) -> None:
    house.teams.day = [referral(recipient={"worker_id": None, "team_id": TEAM})]
    house.teams.answers = [
        MayDo(worker_id=PEER, practice_role="peer_support_specialist", verdict="within_scope", missing=())
    ]
    question = FORM | {"text": "Walk along to the library", "programme_id": str(PROGRAMME)}
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        teams = (await browser.get("/teams")).text
        page = (await browser.get(f"/teams/{TEAM}")).text
        answer = (await browser.post(f"/teams/{TEAM}/who-may", data=question)).text
        empty = await browser.post(f"/teams/{TEAM}/who-may", data=FORM)
        nowhere = await browser.get(f"/teams/{new_id()}")
        house.teams.answers = None
        silent = (await browser.post(f"/teams/{TEAM}/who-may", data=question)).text
    assert "Bridge team" in teams
    assert "Wren T." in page
    assert "Fits the role" in answer
    assert empty.status_code == 422
    assert nowhere.status_code == 404
    assert "Nobody can say just now" in silent


async def test_a_day_of_a_team_is_not_for_others(house: House) -> None:
    house.teams.day = [referral(recipient={"worker_id": None, "team_id": TEAM})]
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = (await browser.get(f"/teams/{TEAM}")).text
    assert "What to talk about today" not in page
    assert "Wren T." not in page


async def test_a_programme_shows_what_happens_by_when_and_keeps_what_supervisors_say(house: House) -> None:
    house.teams.agreed = PROTOCOL
    times = {"begins": "2999-01-01T08:00", "ends": "2999-01-01T18:00"}
    shift = {f"shift_{name}": text for name, text in times.items()} | {"shift_worker_id": str(PEER), "duty": "peer"}
    absence = {f"absence_{name}": text for name, text in times.items()} | {"absence_worker_id": str(PEER)}
    backup = {"team_id": str(TEAM), "backup_worker_id": str(NURSE)}
    address = f"/programmes/{PROGRAMME}"
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        assert "Lakeside Unit Four" in (await browser.get("/programmes")).text
        page = (await browser.get(address)).text
        for what, form in (("shift", shift), ("absence", absence), ("backup", backup)):
            kept = await browser.post(f"{address}/{what}", data=FORM | form)
            assert kept.headers["location"] == f"{address}?done={what}"
        wrong = await browser.post(f"{address}/shift", data=FORM | shift | {"shift_ends": "2998-01-01T08:00"})
    assert "Contact around day 7" in page
    assert "within 7 days" in page
    assert "There is room" in page
    assert wrong.status_code == 422
    assert [kind for kind, _ in house.teams.kept] == ["shift", "absence", "backup"]
    assert house.teams.kept[0][1]["starts_at"] == "2999-01-01T08:00:00-05:00"


async def test_a_programme_shows_who_is_called_in_and_who_is_away(house: House) -> None:
    away = Absence(id=new_id(), version=3, worker_id=PEER, starts_at=NOW - timedelta(days=1), ends_at=None)
    over = away.model_copy(update={"id": new_id(), "ends_at": NOW - timedelta(hours=1)})
    address = f"/programmes/{PROGRAMME}"
    end = f"{address}/absences/{PEER}/{away.id}/end"
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        empty = (await browser.get(address)).text
        house.teams.away, house.teams.called_in = [away, over], Backup(team_id=TEAM, worker_id=NURSE)
        page = (await browser.get(address)).text
        back = await browser.post(end, data=FORM | {"version": "3"})
        late = await browser.post(f"{address}/absences/{PEER}/{new_id()}/end", data=FORM)
    assert "Nobody is named yet" in empty
    assert "Nobody is away" in empty
    assert page.count("They are back") == 1
    assert '<p class="next__line"><strong>Rosa Sample</strong>' in page
    assert back.headers["location"] == f"{address}?done=back"
    assert late.headers["location"] == f"{address}?trouble=moved_on"
    assert house.teams.kept == [("back", {"worker_id": PEER, "absence_id": away.id, "version": 3})]


@pytest.mark.parametrize(
    ("what", "status", "code", "words"),
    [
        ("backup", 422, "not_on_the_team", "This clinician is not on that team"),
        ("backup", 422, "not_qualified", "role is not clinical"),
        ("shift", 422, "works_elsewhere", "works in another organisation"),
        ("shift", 422, "worker_has_left", "no longer there"),
        ("shift", 422, "ends_before_it_starts", "look at the times"),
        ("backup", 403, "not_yours", "Supervisors of the organisation that runs this programme"),
    ],
)
async def test_a_programme_says_what_was_wrong_with_whom(
    house: House, what: str, status: int, code: str, words: str
) -> None:
    document = {"errors": [{"pointer": "/worker_id", "code": code}]}
    house.teams.refusal = Refused("referrals", status=status, code=code, document=document)
    form = FORM | {f"{what}_worker_id": str(NURSE), "team_id": str(TEAM), "duty": "peer"}
    form |= {f"{what}_begins": "2999-01-01T08:00", f"{what}_ends": "2999-01-01T18:00"}
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        answer = await browser.post(f"/programmes/{PROGRAMME}/{what}", data=form)
    assert answer.status_code == 422
    assert words in answer.text


async def test_what_another_house_runs_is_read_and_not_changed(house: House) -> None:
    house.teams.refusal = Refused("referrals", status=403, code="not_yours", document={})
    async with house.browser(session_of(AccessRole.SUPERVISOR, worker_id=new_id())) as browser:
        programme = await browser.get(f"/programmes/{PROGRAMME}")
        team = (await browser.get(f"/teams/{TEAM}")).text
    async with house.browser(session_of(AccessRole.ADMINISTRATOR, worker_id=NURSE)) as browser:
        ours = (await browser.get(f"/teams/{TEAM}")).text
    assert programme.status_code == 200
    assert "Put on call" not in programme.text
    assert "said by the organisation that runs this programme" in programme.text
    assert f"/teams/{TEAM}/members" not in team
    assert f"/teams/{TEAM}/members" in ours


async def test_programmes_are_for_those_who_run_them(house: House) -> None:
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        assert (await browser.get(f"/programmes/{PROGRAMME}")).status_code == 403


async def test_who_knew_what_when_is_drawn_and_told(house: House) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    house.referring.told = LINE
    async with house.browser(session_of(AccessRole.SUPERVISOR)) as browser:
        page = (await browser.get(f"/handoffs/{one.id}/timeline")).text
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        peers = (await browser.get(f"/handoffs/{one.id}/timeline")).text
    assert page.count("<circle") == 6
    assert "60 minutes later" in page
    assert "First contact: in time" in page
    assert ">Messages</h2>" in page
    assert ">Messages</h2>" not in peers


async def test_who_would_be_asked_is_explained_and_what_is_private_stays_so(house: House) -> None:
    one = handoff()
    house.referrals.known[one.id] = one
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = (await browser.get(f"/handoffs/{one.id}/matching")).text
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        assert (await browser.get(f"/handoffs/{one.id}/matching")).status_code == 403
    assert "Speaks the language" in page
    assert "not available" in page


def test_a_line_of_time_has_no_gap_between_holders() -> None:
    page = TimelinePage(handoff=handoff(state="closed"), timeline=LINE, deliveries=None, now=NOW + timedelta(days=9))
    first, second = page.stretches
    assert (first.begins, first.ends, second.begins, second.ends) == (0.0, 0.5, 0.5, 1.0)
    assert page.ends == NOW
    assert [page.known_late(one) for one in page.entries] == [True, False, False]
