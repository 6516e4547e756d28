"""The review queue: tasks that wait for a second person, with why they wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.console.domain import told
from services.console.domain.session import SUPERVISING, Session
from services.console.use_cases.ports import Referrals

REASONS = {
    "approve": ("fits_the_role", "condition_met"),
    "decline": ("out_of_scope", "condition_not_met", "no_longer_needed", "other"),
}
"""The two words of a review, and the reasons each of them takes."""
MOST_WORDS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewQueue:
    """`waiting` for a person, those due first; `silent` wait for the scope guard, which is asked again by itself."""

    waiting: list[told.Task]
    silent: list[told.Task]
    more: bool


async def read_queue(by: Session, *, now: datetime, referrals: Referrals) -> ReviewQueue:
    """Proposed tasks of the network."""
    proposed = await referrals.tasks(by, status="proposed", limit=100)
    waiting = [task for task in proposed.items if task.decision is not None]
    return ReviewQueue(
        waiting=sorted(waiting, key=lambda task: task.review_due_at or now),
        silent=[task for task in proposed.items if task.decision is None],
        more=proposed.next_cursor is not None,
    )


def reasons_for(task: told.Task) -> dict[str, tuple[str, ...]]:
    """The reasons that fit: a condition can be met, or not, only where one is named."""
    if task.unmet_conditions:
        return dict(REASONS)
    return {word: tuple(one for one in reasons if "condition" not in one) for word, reasons in REASONS.items()}


def may_review(task: told.Task, *, by: Session) -> bool:
    """Whether this supervisor is a second person for this task, and the task waits for one."""
    if task.status != "proposed" or task.decision is None or task.decision.verdict == "out_of_scope":
        return False
    is_party = by.worker_id is None or by.worker_id in (task.assigner_worker_id, task.assignee_worker_id)
    return by.role in SUPERVISING and not is_party


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewForm:
    """What was filled in. `choice` is a decision and its reason, as `approve.fits_the_role`."""

    choice: str = ""
    words: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "ReviewForm":
        """The form as sent, with what is missing in it."""
        choice, words = given.get("choice", ""), given.get("words", "").strip()
        decision, _, reason = choice.partition(".")
        errors = {}
        if reason not in REASONS.get(decision, ()):
            errors["choice"] = "review.error.choice"
        if not words or len(words) > MOST_WORDS:
            errors["words"] = "review.error.words"
        return cls(choice=choice, words=words, errors=errors)

    @property
    def body(self) -> dict[str, str]:
        """The decision, as referrals takes it."""
        decision, _, reason = self.choice.partition(".")
        return {"decision": decision, "reason": reason, "words": self.words}
