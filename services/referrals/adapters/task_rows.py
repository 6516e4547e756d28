"""Tasks as rows, and back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from services.referrals.adapters.repositories import stored
from services.referrals.adapters.row_writer import JsonText
from services.referrals.domain.task import Task, TaskStep
from services.referrals.domain.task_states import TaskCommand, TaskReason, TaskStatus
from shared.contracts.codes import Responsibility
from shared.contracts.scope import DecideRequest, Decision

_AS_IS = [field.name for field in fields(Task) if field.name not in ("question", "decision")]


def task_row(task: Task) -> dict[str, Any]:
    """The columns of a task. The question and the decision are kept whole, the codes that are searched for beside them."""
    row = {name: stored(getattr(task, name)) for name in _AS_IS} | _codes(task)
    row["question"] = task.question.model_dump(mode="json")
    row["decision"] = None if task.decision is None else task.decision.model_dump(mode="json")
    return row


def new_task_row(task: Task) -> dict[str, Any]:
    """The same for the row writer: what is kept whole goes straight from the model to its text."""
    row = {name: stored(getattr(task, name)) for name in _AS_IS} | _codes(task)
    row["question"] = JsonText(task.question.model_dump_json())
    row["decision"] = None if task.decision is None else JsonText(task.decision.model_dump_json())
    return row


def _codes(task: Task) -> dict[str, Any]:
    return {
        "decision_id": None if task.decision is None else task.decision.decision_id,
        "verdict": None if task.decision is None else task.decision.verdict.value,
    }


def task_of(row: Mapping[Any, Any]) -> Task:
    """The task in a row."""
    values = {name: row[name] for name in _AS_IS}
    values["status"] = TaskStatus(row["status"])
    values["responsibility"] = Responsibility(row["responsibility"])
    values["attested_conditions"] = tuple(row["attested_conditions"])
    values["status_reason"] = None if row["status_reason"] is None else TaskReason(row["status_reason"])
    values["question"] = DecideRequest.model_validate(row["question"])
    values["decision"] = None if row["decision"] is None else Decision.model_validate(row["decision"])
    return Task(**values)


def step_row(step: TaskStep) -> dict[str, Any]:
    """The columns of a history row."""
    return {field.name: stored(getattr(step, field.name)) for field in fields(TaskStep)}


def step_of(row: Mapping[Any, Any]) -> TaskStep:
    """The history row."""
    values = {field.name: row[field.name] for field in fields(TaskStep)}
    values["command"] = TaskCommand(row["command"])
    values["status"] = TaskStatus(row["status"])
    values["reason"] = None if row["reason"] is None else TaskReason(row["reason"])
    return TaskStep(**values)
