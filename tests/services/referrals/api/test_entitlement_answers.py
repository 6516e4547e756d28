"""`POST /internal/entitlements`: only for notifications, in order, and in a handful of statements for 500 questions."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from sqlalchemy import event

from services.referrals.adapters.milestone_sweep import MilestoneSweep
from services.referrals.domain.milestones import clock_id
from services.referrals.use_cases.sweep_milestones import sweep_milestones
from shared.clock import FixedClock
from shared.contracts.codes import MilestoneCode, Service
from tests.fixtures.tokens import TokenFor
from tests.services.referrals.conftest import Caller, Network
from tests.services.referrals.handoff_world import HandoffWorld

PATH = "/internal/entitlements"


def system(world: HandoffWorld, system_token_for: TokenFor, service: Service = Service.NOTIFICATIONS) -> Caller:
    return Caller(world.http, system_token_for(service, audience=Service.REFERRALS), world.network.tenant_id)


def question(network: Network, worker_id: str, kind: str, subject_id: str) -> dict[str, Any]:
    return {
        "tenant_id": str(network.tenant_id),
        "worker_id": worker_id,
        "subject_kind": kind,
        "subject_id": subject_id,
    }


async def reasons(caller: Caller, questions: list[dict[str, Any]]) -> list[tuple[bool, str]]:
    answer = await caller.ask("POST", PATH, {"questions": questions})
    assert answer.status_code == 200, answer.text
    answers = answer.json()["answers"]
    assert [one["subject_id"] for one in answers] == [one["subject_id"] for one in questions]
    return [(one["entitled"], one["reason"]) for one in answers]


async def test_every_kind_of_question(
    world: HandoffWorld, system_token_for: TokenFor, build_network: Any, guard: Any
) -> None:
    network = world.network
    begun = await world.discharged()
    handoff_id = begun["handoff_id"]
    first = await world.offered_to(handoff_id)
    await world.done(world.peer(first), handoff_id, "decline", {"reason": "cant_right_now"})
    second = await world.offered_to(handoff_id)
    third = next(peer for peer in world.peers if peer not in {first, second})
    task = await world.nurse.made("/tasks", network.task())
    elsewhere: Network = await build_network()
    caller = system(world, system_token_for)
    asked = [
        question(network, first, "handoff", handoff_id),
        question(network, second, "handoff", handoff_id),
        question(network, third, "handoff", handoff_id),
        question(network, network.nurse_id, "handoff", handoff_id),
        question(network, network.nurse_id, "transition", begun["id"]),
        question(network, second, "transition", begun["id"]),
        question(network, network.peer_id, "task", task["id"]),
        question(network, network.nurse_id, "task", task["id"]),
        question(network, second, "task", task["id"]),
        question(network, str(uuid4()), "handoff", handoff_id),
        question(network, network.nurse_id, "task", str(uuid4())),
        question(elsewhere, elsewhere.nurse_id, "handoff", handoff_id),
    ]
    assert await reasons(caller, asked) == [
        (False, "no_longer_offered"),
        (True, "offered"),
        (False, "not_a_party"),
        (True, "owner"),
        (True, "owner"),
        (False, "not_a_party"),
        (True, "assigned"),
        (True, "assigner"),
        (False, "not_a_party"),
        (False, "worker_left"),
        (False, "unknown_subject"),
        (False, "unknown_subject"),
    ]
    await world.move(world.nurse, begun["id"], "retract", {"reason": "discharge_cancelled"})
    assert await reasons(caller, asked[:1] + asked[4:5]) == [(False, "subject_closed"), (False, "subject_closed")]


async def test_an_escalation_and_an_acceptance(world: HandoffWorld, system_token_for: TokenFor) -> None:
    await world.change_team(leaving=world.peers)
    handoff_id = (await world.discharged())["handoff_id"]
    duty = question(world.network, world.network.supervisor_id, "handoff", handoff_id)
    caller = system(world, system_token_for)
    assert await reasons(caller, [duty]) == [(True, "escalated_to")]
    await world.done(world.supervisor, handoff_id, "accept")
    assert await reasons(caller, [duty]) == [(True, "owner")]


async def test_an_overdue_step_is_told_to_whom_it_was_brought_until_it_is_done(
    world: HandoffWorld, system_token_for: TokenFor, app: FastAPI
) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    await world.done(world.peer(await world.offered_to(handoff_id)), handoff_id, "accept")
    sender, stranger = (
        question(world.network, worker, "handoff", handoff_id) | {"overdue": True}
        for worker in (world.network.nurse_id, str(uuid4()))
    )
    caller = system(world, system_token_for)
    assert await reasons(caller, [sender]) == [(False, "no_longer_overdue")]
    later = FixedClock(datetime.now(UTC) + timedelta(hours=1))
    assert await sweep_milestones(MilestoneSweep(app.state.engine), clock=later) == 1, "the introduction"
    assert await reasons(caller, [sender, stranger]) == [(True, "escalated_to"), (False, "worker_left")]
    await world.done(world.nurse, handoff_id, "introduction", {"how": "phone"})
    assert await reasons(caller, [sender]) == [(False, "no_longer_overdue")]


async def test_a_step_that_is_done_is_told_no_more_while_another_is_still_overdue(
    world: HandoffWorld, system_token_for: TokenFor, app: FastAPI
) -> None:
    handoff_id = (await world.discharged())["handoff_id"]
    await world.done(world.peer(await world.offered_to(handoff_id)), handoff_id, "accept")
    later = FixedClock(datetime.now(UTC) + timedelta(days=2))
    assert await sweep_milestones(MilestoneSweep(app.state.engine), clock=later) > 1
    sender, duty_owner = (
        question(world.network, worker, "handoff", handoff_id) | {"overdue": True}
        for worker in (world.network.nurse_id, world.network.supervisor_id)
    )
    introduction, contact = (
        {"clock_id": str(clock_id(UUID(handoff_id), code))}
        for code in (MilestoneCode.INTRODUCTION, MilestoneCode.FIRST_CONTACT)
    )
    asked = [sender | introduction, duty_owner | contact, duty_owner | introduction, sender]
    unheard_of = sender | {"clock_id": str(uuid4())}
    caller = system(world, system_token_for)
    owed, done, not_theirs = (True, "escalated_to"), (False, "no_longer_overdue"), (False, "not_a_party")
    assert await reasons(caller, [*asked, unheard_of]) == [owed, owed, not_theirs, owed, done]
    await world.done(world.nurse, handoff_id, "introduction", {"how": "phone"})
    assert await reasons(caller, asked) == [done, owed, done, not_theirs]


async def test_five_hundred_questions_take_a_handful_of_statements(
    world: HandoffWorld, system_token_for: TokenFor, app: FastAPI
) -> None:
    begun = await world.discharged()
    questions = [
        question(world.network, peer, kind, subject)
        for peer in (*world.peers, world.network.nurse_id)
        for kind, subject in (("handoff", begun["handoff_id"]), ("transition", begun["id"]), ("task", str(uuid4())))
    ]
    questions = (questions * 42)[:500]
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(app.state.engine.sync_engine, "before_cursor_execute", count)
    try:
        answers = await reasons(system(world, system_token_for), questions)
    finally:
        event.remove(app.state.engine.sync_engine, "before_cursor_execute", count)
    assert len(answers) == 500
    assert len(statements) == 4
    assert await reasons(system(world, system_token_for), []) == []


async def test_only_notifications_may_ask(world: HandoffWorld, system_token_for: TokenFor) -> None:
    for caller in (world.supervisor, world.network.administrator, system(world, system_token_for, Service.CONSOLE)):
        assert (await caller.ask("POST", PATH, {"questions": []})).status_code == 403
    too_many = [question(world.network, str(uuid4()), "handoff", str(uuid4()))] * 501
    refused = await system(world, system_token_for).ask("POST", PATH, {"questions": too_many})
    assert refused.status_code == 422
