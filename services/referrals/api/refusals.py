"""How an answer about a task leaves the service: the rows of the table "What a verdict does" (8-contracts)."""

import json

from services.referrals.api.task_schemas import DecisionView, TaskView
from services.referrals.domain.outcome import Patience
from services.referrals.domain.task import Task
from services.referrals.domain.task_states import TaskStatus
from services.referrals.use_cases.assign_task import NotSent
from services.referrals.use_cases.once import Rendered
from shared.contracts.scope import Decision, Verdict
from shared.problems import Problem


def render_assignment(result: Task | NotSent, *, patience: Patience) -> Rendered:
    """201 assigned, 202 proposed (with Retry-After while undecided), 409 not sent."""
    if isinstance(result, NotSent):
        return Rendered(status=409, body=json.dumps(refusal(result.decision).body()))
    view = TaskView.of(result)
    retry_after = None
    if result.decision is None:
        retry_after = int(patience.ask_again_after.total_seconds())
        view = view.model_copy(update={"retry_after_seconds": retry_after})
    status = 201 if result.status is TaskStatus.ASSIGNED else 202
    return Rendered(status=status, body=view.model_dump_json(), version=result.version, retry_after=retry_after)


def refusal(decision: Decision) -> Problem:
    """Four lines: what was not sent; why, with the rule named; who can do it; an in-role way forward."""
    shown = DecisionView.model_validate(decision).model_dump(mode="json")
    deciding = next((rule for rule in decision.rules if rule.verdict is Verdict.OUT_OF_SCOPE), None)
    named = {} if deciding is None else {"rule_id": deciding.rule_id, "source": deciding.source.model_dump(mode="json")}
    return Problem(
        409,
        "out_of_scope",
        "This was not sent: it lies outside the role of the worker you asked",
        detail=decision.reason,
        extra={**named, **shown},
    )
