"""What an answer of the scope guard does to a task. Nothing but an explicit, matching permission assigns."""

from dataclasses import dataclass

from shared.contracts.scope import DecideMode, DecideRequest, Decision, Verdict, input_digest


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The guard gave no answer that can be trusted; `code` says why."""

    code: str


Answer = Decision | Unanswered


@dataclass(frozen=True, slots=True)
class Permitted:
    """The task may be assigned."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class HeldForReview:
    """A condition is unmet, or a second person has to look: the task stays proposed."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Refused:
    """Outside the role. The guard has kept a boundary event of the assignment."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nobody knows yet: neither allowed nor denied. `because` is a code."""

    because: str


Weighed = Permitted | HeldForReview | Refused | Undecided


def weigh(answer: Answer, *, question: DecideRequest) -> Weighed:
    """Judge an answer against the very question whose outcome is about to be stored."""
    if isinstance(answer, Unanswered):
        return Undecided(answer.code)
    if answer.request_id != question.request_id:
        return Undecided("answer_to_another_request")
    if answer.input_digest != input_digest(question):
        return Undecided("answer_to_another_question")
    if answer.mode is not DecideMode.BINDING:
        return Undecided("answer_not_binding")
    if answer.verdict is Verdict.OUT_OF_SCOPE:
        return Refused(answer)
    if answer.permits_assignment:
        return Permitted(answer)
    return HeldForReview(answer)
