"""Asking for decisions over HTTP."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.scope_guard.adapters.tables import boundary_events, decision_texts, decisions, metadata, outbox
from shared.contracts.codes import AccessRole, Service
from shared.contracts.scope import DecideRequest, Decision, Verdict, input_digest
from shared.identifiers import new_id
from shared.tokens import PEOPLE
from tests.services.scope_guard.adapters.logbook import count
from tests.services.scope_guard.api.conftest import Callers
from tests.services.scope_guard.questions import OTHER_TENANT, TENANT, WordJudge, question


def wire(request: DecideRequest) -> dict[str, Any]:
    return request.model_dump(mode="json")


async def test_a_question_of_referrals_is_decided_and_kept(callers: Callers, engine: AsyncEngine) -> None:
    request = question("sit with him and listen to how his week went")
    answer = await callers.system().post("/decisions", wire(request))
    assert answer.status_code == 200
    decision = Decision.model_validate_json(answer.content)
    assert decision.input_digest == input_digest(request)
    assert await count(engine, decisions) == 1


async def test_a_refusal_says_why_and_leaves_one_event(callers: Callers, engine: AsyncEngine) -> None:
    request = question("", activity="diagnose")
    answers = [await callers.system().post("/decisions", wire(request)) for _ in range(3)]
    decision = Decision.model_validate_json(answers[0].content)
    assert decision.verdict is Verdict.OUT_OF_SCOPE
    assert decision.rules
    assert decision.who_may
    assert [answer.json() for answer in answers[1:]] == [answers[0].json()] * 2
    assert await count(engine, boundary_events) == 1
    assert await count(engine, outbox) == 1


async def test_duplicates_at_once_get_one_decision(callers: Callers, engine: AsyncEngine) -> None:
    callers.use_words()
    body = wire(question("diagnose him and listen"))
    answers = await asyncio.gather(*(callers.system().post("/decisions", body) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    for table in (decisions, decision_texts, boundary_events, outbox):
        assert await count(engine, table) == 1


async def test_a_request_id_is_good_for_one_question_only(callers: Callers, engine: AsyncEngine) -> None:
    callers.use_words()
    body = wire(question("listen"))
    await callers.system().post("/decisions", body)
    for change in ({"text": "diagnose him"}, {"team_id": str(new_id())}, {"responsibility": "primary"}):
        answer = await callers.system().post("/decisions", body | change)
        assert answer.status_code == 409
        assert answer.json()["code"] == "request_id_reused"
    assert await count(engine, decisions) == 1
    assert await count(engine, boundary_events) == 0


async def test_what_the_digest_leaves_out_may_differ(callers: Callers) -> None:
    callers.use_words()
    body = wire(question("listen"))
    first = await callers.system().post("/decisions", body)
    again = await callers.system().post("/decisions", body | {"occurred_at": "2026-01-01T00:00:00Z"})
    assert again.json() == first.json()


async def test_a_preview_leaves_nothing_in_any_table(callers: Callers, engine: AsyncEngine) -> None:
    callers.use_words()
    body = wire(question("diagnose him"))
    person = callers.person(AccessRole.CLINICIAN)
    asked = [
        await person.post("/decisions/preview", {"text": "diagnose him", "facts": body["facts"]}),
        await person.post("/decisions/preview", body),
        await callers.system().post("/decisions/preview", body),
        await callers.system(Service.CONSOLE).post("/decisions/preview", body),
        await callers.system().post("/decisions", body | {"mode": "preview"}),
    ]
    for answer in asked:
        assert answer.status_code == 200, answer.json()
        assert (answer.json()["verdict"], answer.json()["mode"]) == ("out_of_scope", "preview")
    for table in metadata.sorted_tables:
        assert await count(engine, table) == 0


async def test_one_question_for_several_workers_is_answered_in_their_order(
    callers: Callers, engine: AsyncEngine
) -> None:
    facts = wire(question())["facts"]
    roles = ("peer_support_specialist", "psychiatrist", "peer_support_specialist")
    body = {"text": "diagnose him", "facts": [facts | {"practice_role": role} for role in roles]}
    answer = await callers.person(AccessRole.PEER).post("/decisions/preview-each", body)
    assert answer.status_code == 200, answer.json()
    items = answer.json()["items"]
    single = [
        await callers.person(AccessRole.PEER).post("/decisions/preview", {"text": "diagnose him", "facts": one})
        for one in body["facts"]
    ]
    assert [item["verdict"] for item in items] == [one.json()["verdict"] for one in single]
    assert [item["input_digest"] for item in items] == [one.json()["input_digest"] for one in single]
    assert items[0]["verdict"] != items[1]["verdict"]
    assert {item["mode"] for item in items} == {"preview"}
    for table in metadata.sorted_tables:
        assert await count(engine, table) == 0


async def test_nobody_asks_for_none_or_for_a_whole_town(callers: Callers) -> None:
    facts = wire(question())["facts"]
    for many in (0, 101):
        answer = await callers.person(AccessRole.PEER).post("/decisions/preview-each", {"facts": [facts] * many})
        assert answer.status_code == 422
    assert (await callers.nobody().post("/decisions/preview-each", {"facts": [facts]})).status_code == 401


async def test_a_person_previews_for_the_own_tenant_whatever_the_body_says(callers: Callers) -> None:
    request = question("listen", tenant_id=OTHER_TENANT)
    answer = await callers.person(AccessRole.PEER).post("/decisions/preview", wire(request))
    assert answer.json()["input_digest"] == input_digest(request.model_copy(update={"tenant_id": TENANT}))


async def test_a_system_has_to_name_the_tenant(callers: Callers) -> None:
    facts = wire(question())["facts"]
    answer = await callers.system().post("/decisions/preview", {"text": "listen", "facts": facts})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/tenant_id", "code": "missing"}]


async def test_a_decision_can_be_read_again(callers: Callers) -> None:
    callers.use_words()
    given = await callers.system().post("/decisions", wire(question("diagnose him and listen")))
    path = f"/decisions/{given.json()['decision_id']}"
    for role in (AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR, AccessRole.PRIVACY_OFFICER):
        assert (await callers.person(role).get(path)).json() == given.json()
    read = await callers.system().get(path, headers={"Handrail-Tenant": str(TENANT)})
    assert read.json() == given.json()


async def test_another_tenants_decision_does_not_exist(callers: Callers) -> None:
    given = await callers.system().post("/decisions", wire(question()))
    path = f"/decisions/{given.json()['decision_id']}"
    stranger = callers.person(AccessRole.SUPERVISOR, tenant_id=OTHER_TENANT)
    for answer in (
        await stranger.get(path),
        await stranger.get(path, headers={"Handrail-Tenant": str(TENANT)}),
        await stranger.post(f"{path}/replay"),
        await callers.system().get(path, headers={"Handrail-Tenant": str(OTHER_TENANT)}),
        await callers.person(AccessRole.SUPERVISOR).get(f"/decisions/{new_id()}"),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] == "decision_unknown"


async def test_a_system_reads_only_with_a_tenant_named(callers: Callers) -> None:
    given = await callers.system().post("/decisions", wire(question()))
    answer = await callers.system().get(f"/decisions/{given.json()['decision_id']}")
    assert answer.status_code == 422


async def test_replay_tells_same_erased_and_other_policy_apart(callers: Callers, engine: AsyncEngine) -> None:
    supervisor = callers.person(AccessRole.SUPERVISOR)
    given = await callers.system().post(
        "/decisions", wire(question("diagnose his depression and call his landlord", activity="diagnose"))
    )
    path = f"/decisions/{given.json()['decision_id']}/replay"
    assert (await supervisor.post(path)).json()["outcome"] == "same"
    callers.use_words(WordJudge("words-9"))
    other = (await supervisor.post(path)).json()
    assert (other["outcome"], other["policy_version_now"]) == ("policy_not_loaded", "words-9")
    async with engine.begin() as connection:
        await connection.execute(sa.delete(decision_texts))
    assert (await supervisor.post(path)).json()["outcome"] == "text_erased"
    read = (await supervisor.get(path.removesuffix("/replay"))).json()
    assert read["verdict"] == given.json()["verdict"]
    assert read["input_digest"] == ""


@pytest.mark.parametrize("role", PEOPLE)
async def test_no_person_makes_a_binding_decision(callers: Callers, role: AccessRole, engine: AsyncEngine) -> None:
    answer = await callers.person(role).post("/decisions", wire(question()))
    assert answer.status_code == 403
    assert await count(engine, decisions) == 0


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        (f"/decisions/{UUID(int=1)}", {AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR, AccessRole.PRIVACY_OFFICER}),
        ("/boundary-events", {AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR}),
        ("/activities", set(PEOPLE)),
    ],
)
@pytest.mark.parametrize("role", PEOPLE)
async def test_who_may_read_what(callers: Callers, path: str, allowed: set[AccessRole], role: AccessRole) -> None:
    status = (await callers.person(role).get(path)).status_code
    assert (status != 403) is (role in allowed)


async def test_other_systems_and_strangers_stay_outside(callers: Callers) -> None:
    body = wire(question())
    for service in set(Service) - {Service.REFERRALS}:
        assert (await callers.system(service).post("/decisions", body)).status_code == 403
    for path in ("/decisions", "/decisions/preview", "/who-may", "/decision-log/verify"):
        assert (await callers.nobody().post(path, body)).status_code == 401
    for path in ("/boundary-events", "/activities", f"/decisions/{new_id()}"):
        assert (await callers.nobody().get(path)).status_code == 401
