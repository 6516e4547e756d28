"""Every word that leaves this service. Outbound text carries counts and nothing else (5-people-and-pages, Words)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from services.notifications.domain.codes import ItemKind

TITLES = {
    ItemKind.HANDOFF_OFFERED: "New handoff",
    ItemKind.HANDOFF_ESCALATED: "A handoff is waiting for someone",
    ItemKind.HANDOFF_CALLED_BACK: "A handoff was called back",
    ItemKind.HANDOFF_ENDED: "A handoff has ended. There is nothing you need to do",
    ItemKind.HANDOFF_CHANGED: "One of your handoffs has changed",
    ItemKind.STEP_OVERDUE: "A step of a handoff is overdue",
    ItemKind.TASK_ASSIGNED: "New task",
    ItemKind.TASK_APPROVED: "A task you asked for is assigned",
    ItemKind.TASK_NOT_ASSIGNED: "A task you asked for was not assigned",
    ItemKind.TASK_RETURNED: "A task you asked for is waiting for someone again",
    ItemKind.TASK_ENDED: "A task has ended. There is nothing you need to do",
    ItemKind.REFERRAL_ASKED: "New referral",
    ItemKind.REFERRAL_ANSWERED: "A referral you asked for has news",
    ItemKind.REFERRAL_UNANSWERED: "A referral you asked for is still waiting",
    ItemKind.REFERRAL_CANCELLATION_ASKED: "Someone asks to cancel a referral you have",
    ItemKind.REFERRAL_CHANGED: "One of your referrals has changed",
}

_NOUNS = {
    ItemKind.HANDOFF_OFFERED: "new handoff",
    ItemKind.HANDOFF_ESCALATED: "waiting handoff",
    ItemKind.HANDOFF_CALLED_BACK: "update",
    ItemKind.HANDOFF_ENDED: "update",
    ItemKind.HANDOFF_CHANGED: "update",
    ItemKind.STEP_OVERDUE: "overdue step",
    ItemKind.TASK_ASSIGNED: "new task",
    ItemKind.TASK_APPROVED: "update",
    ItemKind.TASK_NOT_ASSIGNED: "update",
    ItemKind.TASK_RETURNED: "update",
    ItemKind.TASK_ENDED: "update",
    ItemKind.REFERRAL_ASKED: "new referral",
    ItemKind.REFERRAL_ANSWERED: "update",
    ItemKind.REFERRAL_UNANSWERED: "update",
    ItemKind.REFERRAL_CANCELLATION_ASKED: "update",
    ItemKind.REFERRAL_CHANGED: "update",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Subject and body of an outbound message."""

    subject: str
    body: str


def outbound(kinds: Iterable[ItemKind], *, link: str | None = None) -> Words:
    """Words for one message about these items (at least one): how many there are, never what they are about.

    `link` leads whoever it was sent to there, after signing in; it says nothing by itself.
    """
    counts = Counter(_NOUNS[kind] for kind in kinds)
    parts = [f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in sorted(counts.items())]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    seen = "it" if counts.total() == 1 else "them"
    way = "" if link is None else f"{link}\n"
    return Words(subject=f"You have {listed}", body=f"You have {listed}. Sign in to see {seen}.\n{way}")
