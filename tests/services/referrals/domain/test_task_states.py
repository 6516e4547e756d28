"""The state table, walked in full: what is not in it is refused, whoever asks."""

from dataclasses import replace
from itertools import product
from uuid import uuid4

import pytest

from services.referrals.domain.actor import Actor
from services.referrals.domain.errors import IllegalMove, InvalidField, NotFound, NotYours, WorkerRequired
from services.referrals.domain.task import Task, move_task
from services.referrals.domain.task_states import (
    CLOSED,
    MOVES,
    REASONS,
    Move,
    Party,
    TaskCommand,
    TaskReason,
    TaskStatus,
    find_move,
)
from shared.contracts.codes import AccessRole
from tests.services.referrals.guard_double import Judge, conditional, needs_review, out_of_scope
from tests.services.referrals.samples import NOW, a_task

LEGAL = {(move.state, move.command): move for move in MOVES}
ILLEGAL = [step for step in product(TaskStatus, TaskCommand) if step not in LEGAL]
BY_PEOPLE = [move for move in MOVES if not move.who & {Party.SCOPE_GUARD, Party.SYSTEM}]


def actor(task: Task, party: Party | None) -> Actor:
    """Somebody who is this party to the task, and no other."""
    worker_id = {Party.ASSIGNEE: task.assignee_worker_id, Party.ASSIGNER: task.assigner_worker_id}.get(
        party or Party.SCOPE_GUARD
    )
    role = AccessRole.SUPERVISOR if party is Party.SUPERVISOR else AccessRole.CLINICIAN
    if party is Party.SECOND_PERSON:
        role = AccessRole.SUPERVISOR
    if party is Party.SUPERVISOR:  # who asked, so that nothing of a second person is tried by chance
        worker_id = task.assigner_worker_id
    return Actor(tenant_id=task.tenant_id, access_role=role, worker_id=worker_id or uuid4())


def in_state(status: TaskStatus) -> Task:
    """A task in this state, known to its assignee where it was ever assigned."""
    task = a_task()
    return replace(
        task,
        status=status,
        assigned_at=None if status is TaskStatus.PROPOSED else NOW,
        version=4,
        decision=needs_review(task.question),
    )


def reason_for(command: TaskCommand) -> TaskReason | None:
    """A reason that the command takes."""
    return sorted(REASONS[command])[0] if command in REASONS else None


def test_each_step_is_in_the_table_once() -> None:
    assert len(LEGAL) == len(MOVES)


def test_closed_states_are_those_without_a_way_out() -> None:
    assert {status for status in TaskStatus if not any(move.state is status for move in MOVES)} == CLOSED


def test_every_state_can_be_reached() -> None:
    reached = {TaskStatus.PROPOSED}
    for _ in TaskStatus:
        reached |= {move.next for move in MOVES if move.state in reached}
    assert reached == set(TaskStatus)


def test_only_the_scope_guard_assigns_or_a_second_person_whom_it_asked_for() -> None:
    for move in MOVES:
        if move.next is TaskStatus.ASSIGNED:
            assert move.who in ({Party.SCOPE_GUARD}, {Party.SECOND_PERSON})
            assert move.only_if


@pytest.mark.parametrize("said", [None, out_of_scope], ids=["silence", "no"])
def test_nobody_approves_in_the_guards_silence_or_against_its_no(said: Judge | None) -> None:
    task = in_state(TaskStatus.PROPOSED)
    task = replace(task, decision=None if said is None else said(task.question))
    by = actor(task, Party.SECOND_PERSON)
    with pytest.raises(IllegalMove):
        move_task(
            task, TaskCommand.APPROVE, by=by, at_home=True, at=NOW, recorded_at=NOW, reason=TaskReason.FITS_THE_ROLE
        )


@pytest.mark.parametrize("said", [needs_review, conditional(met=False)], ids=["review", "condition"])
def test_an_approval_names_who_gave_it_and_keeps_the_decision(said: Judge) -> None:
    task = in_state(TaskStatus.PROPOSED)
    task = replace(task, decision=said(task.question))
    by = actor(task, Party.SECOND_PERSON)
    moved, _ = move_task(
        task, TaskCommand.APPROVE, by=by, at_home=True, at=NOW, recorded_at=NOW, reason=TaskReason.CONDITION_MET
    )
    assert (moved.approved_by_worker_id, moved.assigned_at) == (by.worker_id, NOW)
    assert (moved.decision, moved.review_due_at) == (task.decision, None)


@pytest.mark.parametrize("party", [Party.ASSIGNER, Party.ASSIGNEE])
@pytest.mark.parametrize("command", [TaskCommand.APPROVE, TaskCommand.TURN_DOWN])
def test_who_asked_or_was_asked_is_no_second_person_even_as_a_supervisor(party: Party, command: TaskCommand) -> None:
    task = replace(in_state(TaskStatus.PROPOSED), assigned_at=NOW)
    by = replace(actor(task, party), access_role=AccessRole.SUPERVISOR)
    with pytest.raises(NotYours):
        move_task(task, command, by=by, at_home=True, at=NOW, recorded_at=NOW, reason=reason_for(command))


@pytest.mark.parametrize(("status", "command"), ILLEGAL)
def test_what_is_not_in_the_table_is_refused(status: TaskStatus, command: TaskCommand) -> None:
    task = in_state(status)
    with pytest.raises(IllegalMove):
        find_move(status, command)
    for party in (Party.ASSIGNER, Party.SUPERVISOR, Party.SECOND_PERSON):
        with pytest.raises(IllegalMove) as refused:
            move_task(
                task, command, by=actor(task, party), at_home=True, at=NOW, recorded_at=NOW, reason=reason_for(command)
            )
        assert (refused.value.state, refused.value.command) == (status, command)


@pytest.mark.parametrize("legal", BY_PEOPLE)
def test_a_legal_step_moves_and_is_written_down(legal: Move) -> None:
    for party in sorted(legal.who):
        task = in_state(legal.state)
        by = actor(task, party)
        moved, step = move_task(
            task,
            legal.command,
            by=by,
            at_home=True,
            at=NOW,
            recorded_at=NOW,
            reason=reason_for(legal.command),
            note="why",
        )
        assert (moved.status, moved.version, moved.ask_again_at) == (legal.next, task.version + 1, None)
        assert (step.version, step.status, step.command) == (moved.version, moved.status, legal.command)
        assert (step.by_worker_id, step.reason, step.note) == (by.worker_id, reason_for(legal.command), "why")


@pytest.mark.parametrize("known", MOVES)
def test_a_step_of_somebody_else_is_refused(known: Move) -> None:
    task = in_state(known.state)
    strangers = [party for party in (Party.ASSIGNEE, Party.ASSIGNER, Party.SUPERVISOR, None) if party not in known.who]
    for party in strangers:
        with pytest.raises(NotYours) as refused:
            move_task(task, known.command, by=actor(task, party), at_home=True, at=NOW, recorded_at=NOW)
        assert refused.value.belongs_to == tuple(sorted(known.who))


@pytest.mark.parametrize("command", [command for command in REASONS if command in {move.command for move in BY_PEOPLE}])
def test_reasons_are_required_and_fit(command: TaskCommand) -> None:
    move = next(known for known in BY_PEOPLE if known.command is command)
    task = in_state(move.state)
    by = actor(task, sorted(move.who)[0])
    for reason, code in [
        (None, "reason_required"),
        *((one, "reason_not_for_this_step") for one in set(TaskReason) - REASONS[command]),
    ]:
        with pytest.raises(InvalidField) as refused:
            move_task(task, command, by=by, at_home=True, at=NOW, recorded_at=NOW, reason=reason)
        assert (refused.value.code, refused.value.pointer) == (code, "/reason")


def test_a_reason_nobody_asked_for_is_refused() -> None:
    task = in_state(TaskStatus.ASSIGNED)
    with pytest.raises(InvalidField):
        move_task(
            task,
            TaskCommand.START,
            by=actor(task, Party.ASSIGNEE),
            at_home=True,
            at=NOW,
            recorded_at=NOW,
            reason=TaskReason.OTHER,
        )


def test_who_may_know_of_a_task() -> None:
    proposed, assigned = in_state(TaskStatus.PROPOSED), in_state(TaskStatus.ASSIGNED)

    def peer(worker: object = None) -> Actor:
        return Actor(tenant_id=proposed.tenant_id, access_role=AccessRole.PEER, worker_id=worker)  # type: ignore[arg-type]

    assert not proposed.visible_to(peer(proposed.assignee_worker_id), at_home=True)
    assert assigned.visible_to(peer(assigned.assignee_worker_id), at_home=True)
    assert proposed.visible_to(peer(proposed.assigner_worker_id), at_home=True)
    assert assigned.visible_to(peer(assigned.assignee_worker_id), at_home=False), "whoever was asked knows of it"
    assert not assigned.visible_to(peer(uuid4()), at_home=True)
    assert not assigned.visible_to(peer(), at_home=True)
    for role in (AccessRole.CLINICIAN, AccessRole.CASE_MANAGER, AccessRole.SUPERVISOR, AccessRole.ADMINISTRATOR):
        somebody = Actor(tenant_id=proposed.tenant_id, access_role=role)
        assert proposed.visible_to(somebody, at_home=True)
        assert not proposed.visible_to(somebody, at_home=False), "another house's tasks are not theirs to know of"
        assert not proposed.visible_to(replace(somebody, tenant_id=uuid4()), at_home=True)
    with pytest.raises(NotFound):
        move_task(proposed, TaskCommand.CANCEL, by=peer(uuid4()), at_home=True, at=NOW, recorded_at=NOW)


def test_nobody_supervises_in_another_house() -> None:
    task = in_state(TaskStatus.PROPOSED)
    by = actor(task, Party.SECOND_PERSON)
    assert task.parties_of(by, at_home=False) == frozenset()
    for command in (TaskCommand.APPROVE, TaskCommand.TURN_DOWN, TaskCommand.CANCEL):
        with pytest.raises(NotFound):
            move_task(task, command, by=by, at_home=False, at=NOW, recorded_at=NOW, reason=reason_for(command))


def test_some_acts_need_a_worker() -> None:
    with pytest.raises(WorkerRequired):
        Actor(tenant_id=uuid4(), access_role=AccessRole.ADMINISTRATOR).acting_worker()
