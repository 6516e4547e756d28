"""Boundary events, the catalogue, the reverse question and the state of the log over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.scope_guard.adapters.tables import decisions
from services.scope_guard.adapters.unit_of_work import PostgresDecisionChain
from services.scope_guard.use_cases.seal import seal
from shared.clock import SystemClock
from shared.contracts.codes import AccessRole, CredentialState, SupervisionState
from shared.contracts.scope import BoundaryEventView
from shared.identifiers import new_id
from shared.paging import CursorSigner
from tests.services.scope_guard.api.conftest import Caller, Callers
from tests.services.scope_guard.questions import FACTS, OTHER_TENANT, question

START = datetime(2026, 2, 2, 8, tzinfo=UTC)
TEAM, ASSIGNER = new_id(), new_id()


@pytest.fixture
async def supervisor(callers: Callers) -> Caller:
    """A supervisor of a tenant with nine refused assignments, and one of another tenant."""
    callers.use_words()
    for number in range(10):
        request = question(
            "diagnose him",
            team_id=TEAM if number % 2 else None,
            assigner_worker_id=ASSIGNER if number % 3 == 0 else None,
            occurred_at=START + timedelta(hours=number // 2),
            **({"tenant_id": OTHER_TENANT} if number == 9 else {}),
        )
        answer = await callers.system().post("/decisions", request.model_dump(mode="json"))
        assert answer.status_code == 200
    return callers.person(AccessRole.SUPERVISOR)


async def listed(caller: Caller, **parameters: Any) -> list[dict[str, Any]]:
    answer = await caller.get("/boundary-events", params=parameters)
    assert answer.status_code == 200, answer.json()
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_pages_walk_the_whole_list_once(supervisor: Caller) -> None:
    everything = await listed(supervisor)
    assert len(everything) == 9
    assert [item["occurred_at"] for item in everything] == sorted(
        (item["occurred_at"] for item in everything), reverse=True
    )
    for item in everything:
        BoundaryEventView.model_validate(item)
    walked: list[dict[str, Any]] = []
    parameters: dict[str, Any] = {"limit": 2}
    while True:
        page = (await supervisor.get("/boundary-events", params=parameters)).json()
        walked += page["items"]
        if page["next_cursor"] is None:
            break
        parameters["cursor"] = page["next_cursor"]
    assert walked == everything


async def test_filters(supervisor: Caller) -> None:
    assert len(await listed(supervisor, team_id=str(TEAM))) == 4
    assert len(await listed(supervisor, assigner_worker_id=str(ASSIGNER))) == 3
    assert len(await listed(supervisor, rule="words.diagnose")) == 9
    assert await listed(supervisor, rule="words.other") == []
    until = (START + timedelta(hours=2)).isoformat()
    assert len(await listed(supervisor, to=until)) == 4
    assert len(await listed(supervisor, **{"from": until})) == 5
    assert await listed(supervisor, **{"from": until, "to": until}) == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "many"},
        {"team_id": "Quillfeather"},
        {"assigner_worker_id": "1"},
        {"rule": "Quill feather\x00"},
        {"from": "Quillfeather"},
        {"from": "2026-01-01T00:00:00"},
        {"from": "0001-01-01T00:00:00+14:00"},
        {"to": "9999-12-31T23:59:59-14:00"},
        {"cursor": "Quillfeather"},
        {"cursor": "\u00e9"},
        {"cursor": ""},
    ],
)
async def test_bad_parameters_are_named_and_not_echoed(callers: Callers, parameters: dict[str, str]) -> None:
    answer = await callers.person(AccessRole.SUPERVISOR).get("/boundary-events", params=parameters)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Quillfeather" not in answer.text


async def test_a_cursor_of_another_key_is_refused(callers: Callers) -> None:
    cursor = CursorSigner("d" * 32).encode({"occurred_at": START.isoformat(), "boundary_event_id": str(new_id())})
    answer = await callers.person(AccessRole.SUPERVISOR).get("/boundary-events", params={"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["code"] == "cursor_invalid"


async def test_the_catalogue_is_shown_whole(callers: Callers) -> None:
    answer = (await callers.person(AccessRole.PEER).get("/activities")).json()
    codes = [item["code"] for item in answer["items"]]
    assert len(codes) == len(set(codes)) >= 90
    assert answer["policy_version"]
    assert all(item["title"] and item["group"] for item in answer["items"])


async def test_who_may(callers: Callers) -> None:
    person = callers.person(AccessRole.CLINICIAN)
    facts = FACTS.model_copy(
        update={"credential_state": CredentialState.ACTIVE, "supervision_state": SupervisionState.CURRENT}
    ).model_dump(mode="json")
    seen = set()
    for item in (await person.get("/activities")).json()["items"]:
        answer = await person.post("/who-may", {"activity": item["code"], "facts": facts})
        assert answer.status_code == 200
        assert set(answer.json()["in_team"]) <= {"nurse", "peer_support_specialist"} & set(answer.json()["roles"])
        seen |= set(answer.json()["roles"])
    assert {"peer_support_specialist", "psychiatrist"} <= seen


async def test_who_may_do_what_nobody_knows(callers: Callers) -> None:
    body = {"activity": "quillfeather", "facts": FACTS.model_dump(mode="json")}
    answer = await callers.person(AccessRole.CLINICIAN).post("/who-may", body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/activity", "code": "activity_unknown"}]
    assert "quillfeather" not in answer.text


async def test_the_log_is_verified_against_a_head_noted_outside(
    callers: Callers, supervisor: Caller, engine: AsyncEngine
) -> None:
    officer = callers.person(AccessRole.PRIVACY_OFFICER)
    assert (await supervisor.post("/decision-log/verify")).status_code == 403
    await seal(chain=PostgresDecisionChain(engine, clock=SystemClock()))
    state = (await officer.post("/decision-log/verify")).json()
    assert (state["holds"], state["verified"], state["head_position"]) == (True, 9, 9)
    noted = {"position": state["head_position"], "link": state["head_link"]}
    assert (await officer.post("/decision-log/verify", noted)).json()["holds"]
    assert not (await officer.post("/decision-log/verify", noted | {"link": "0" * 64})).json()["holds"]
    async with engine.begin() as connection:
        await connection.execute(
            sa.update(decisions).where(decisions.c.chain_position == 4).values(verdict="needs_review")
        )
    broken = (await officer.post("/decision-log/verify")).json()
    assert (broken["holds"], broken["verified"]) == (False, 3)
    assert (broken["broken"]["position"], broken["broken"]["kind"]) == (4, "altered")


@pytest.mark.parametrize(
    "body", [{"position": 0, "link": "0" * 64}, {"position": 2**63, "link": "0" * 64}, {"position": 1, "link": "x"}, []]
)
async def test_a_malformed_head_is_refused(callers: Callers, body: Any) -> None:
    answer = await callers.person(AccessRole.ADMINISTRATOR).post("/decision-log/verify", body)
    assert answer.status_code == 422
