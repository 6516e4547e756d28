"""Answer a batch of "may this worker still be told about this?"."""

from services.referrals.domain.entitlements import OverdueStep, entitlement
from services.referrals.use_cases.handoff_ports import EntitlementSubjects
from shared.contracts.entitlements import EntitlementAnswer, EntitlementRequest, EntitlementResponse


async def answer_entitlements(asked: EntitlementRequest, *, subjects: EntitlementSubjects) -> EntitlementResponse:
    """One answer per question, in the same order."""
    known, active = await subjects.read(asked.questions)
    answers = []
    for question in asked.questions:
        found = entitlement(
            question.worker_id,
            worker_active=(question.tenant_id, question.worker_id) in active,
            subject=known.get((question.tenant_id, question.subject_kind.value, question.subject_id)),
            overdue=OverdueStep(clock_id=question.clock_id) if question.overdue else None,
        )
        answers.append(
            EntitlementAnswer(
                worker_id=question.worker_id,
                subject_id=question.subject_id,
                entitled=found.entitled,
                reason=found.reason,
            )
        )
    return EntitlementResponse(answers=tuple(answers))
