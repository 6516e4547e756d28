"""Every word that leaves this service. Outbound text carries counts and nothing else (5-people-and-pages, Words)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from services.notifications.domain.codes import ItemKind

TITLES = {
    ItemKind.HANDOFF_OFFERED: "New handoff",
    ItemKind.HANDOFF_ESCALATED: "A handoff is waiting for someone",
    ItemKind.HANDOFF_CALLED_BACK: "A handoff was called back",
    ItemKind.TASK_ASSIGNED: "New task",
    ItemKind.TASK_APPROVED: "A task you asked for is assigned",
    ItemKind.TASK_NOT_ASSIGNED: "A task you asked for was not assigned",
}

_NOUNS = {
    ItemKind.HANDOFF_OFFERED: "new handoff",
    ItemKind.HANDOFF_ESCALATED: "waiting handoff",
    ItemKind.HANDOFF_CALLED_BACK: "update",
    ItemKind.TASK_ASSIGNED: "new task",
    ItemKind.TASK_APPROVED: "update",
    ItemKind.TASK_NOT_ASSIGNED: "update",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Subject and body of an outbound message."""

    subject: str
    body: str


def outbound(kinds: Iterable[ItemKind]) -> Words:
    """Words for one message about these items (at least one): how many there are, never what they are about."""
    counts = Counter(_NOUNS[kind] for kind in kinds)
    parts = [f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in sorted(counts.items())]
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    seen = "it" if counts.total() == 1 else "them"
    return Words(subject=f"You have {listed}", body=f"You have {listed}. Sign in to see {seen}.\n")
