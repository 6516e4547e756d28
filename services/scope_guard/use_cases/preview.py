"""Judge a question and leave nothing behind."""

from uuid import UUID

from services.scope_guard.use_cases.ports import Judge
from shared.clock import Clock
from shared.contracts.scope import DecideMode, DecideRequest, Decision, PreviewEach, input_digest
from shared.identifiers import new_id


def preview(request: DecideRequest, *, judge: Judge, clock: Clock) -> Decision:
    """The decision as it would be made now, marked as a preview whatever mode the request names."""
    return judged(request.model_copy(update={"mode": DecideMode.PREVIEW}), judge=judge, clock=clock)


def preview_each(asked: PreviewEach, *, tenant_id: UUID, judge: Judge, clock: Clock) -> tuple[Decision, ...]:
    """The same question for every set of facts, in their order."""
    return tuple(
        preview(
            DecideRequest(
                request_id=new_id(),
                tenant_id=tenant_id,
                activity=asked.activity,
                responsibility=asked.responsibility,
                text=asked.text,
                facts=facts,
            ),
            judge=judge,
            clock=clock,
        )
        for facts in asked.facts
    )


def judged(request: DecideRequest, *, judge: Judge, clock: Clock) -> Decision:
    """The loaded policy's judgement as a decision with an id, the digest of what was judged, and a time."""
    judgement = judge.judge(request)
    return Decision(
        decision_id=new_id(),
        request_id=request.request_id,
        mode=request.mode,
        verdict=judgement.verdict,
        policy_version=judgement.policy_version,
        input_digest=input_digest(request),
        reason=judgement.reason,
        rules=judgement.rules,
        conditions=judgement.conditions,
        who_may=judgement.who_may,
        alternative=judgement.alternative,
        split=judgement.split,
        decided_at=clock.now(),
    )
