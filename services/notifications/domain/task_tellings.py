"""What should be told of a task: to its assignee, and to the assigner what was not answered while they waited."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from services.notifications.domain.codes import EndReason, ItemKind
from services.notifications.domain.facts import Fact
from services.notifications.domain.telling import CALLED_BACK_LADDER, Ending, Telling, notice
from shared.contracts.events import EventType

_WAITS_AGAIN = "proposed"
"""A `task.refused` with this status is no refusal: the assignee cannot go on, and the task waits for another decision."""


def tellings_of_task(facts: Sequence[Fact]) -> list[Telling]:
    """From facts in the order of their versions."""
    found = []
    for fact in facts:
        if fact.worker_id is None or fact.type is EventType.TASK_CLOSED:
            continue
        if fact.type is EventType.TASK_ASSIGNED:
            found.append(notice(fact, fact.worker_id, ItemKind.TASK_ASSIGNED, ending=_ending(facts, fact)))
        # Version 1 was answered while the assigner waited; only a later decision is news to him.
        if fact.version > 1 and fact.assigner_worker_id not in (None, fact.worker_id):
            assert fact.assigner_worker_id is not None
            kind = _news(fact)
            ending = None if kind is ItemKind.TASK_NOT_ASSIGNED else _ending(facts, fact)
            found.append(notice(fact, fact.assigner_worker_id, kind, ending=ending))
    return found


def task_without_a_person(facts: Iterable[Fact]) -> Fact | None:
    """The fact that a task ended because its person has died: which is nobody's news to bring."""
    return next((fact for fact in facts if fact.type is EventType.TASK_CLOSED and fact.reason == "person_died"), None)


def task_ended(worker_id: UUID, *, closed: Fact) -> Telling:
    """The notice, without a reason, that a task has ended: sent as well as shown, for somebody may be about to call."""
    return replace(notice(closed, worker_id, ItemKind.TASK_ENDED, ending=None), ladder=CALLED_BACK_LADDER)


def _news(fact: Fact) -> ItemKind:
    if fact.type is EventType.TASK_ASSIGNED:
        return ItemKind.TASK_APPROVED
    return ItemKind.TASK_RETURNED if _is_returned(fact) else ItemKind.TASK_NOT_ASSIGNED


def _is_returned(fact: Fact) -> bool:
    return fact.type is EventType.TASK_REFUSED and fact.status == _WAITS_AGAIN


def _ending(facts: Sequence[Fact], before: Fact) -> Ending | None:
    for fact in facts:
        if fact.version > before.version:
            return Ending(fact.version, _why(fact, before=before))
    return None


def _why(fact: Fact, *, before: Fact) -> EndReason:
    if _is_returned(fact):
        return EndReason.TASK_RETURNED
    if fact.type is not EventType.TASK_ASSIGNED:
        return EndReason.TASK_CLOSED
    return EndReason.TASK_DECIDED if _is_returned(before) else EndReason.TASK_REASSIGNED
