"""The inbox: what waits for the visitor's answer, their tasks, and what is good to know.

Referrals is asked each time, so that permission is checked again with every look. What it does not show is not shown,
whatever the inbox says; what it shows and the inbox has not heard of yet is shown all the same.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.console.domain import told
from services.console.domain.session import Session
from services.console.use_cases.ports import Neighbours, Unreachable

OPEN_TASKS = ("assigned", "in_progress", "on_hold")
_NEWS = (
    "handoff_called_back",
    "handoff_ended",
    "handoff_changed",
    "step_overdue",
    "task_approved",
    "task_not_assigned",
    "task_returned",
    "task_ended",
    "referral_asked",
    "referral_answered",
    "referral_unanswered",
    "referral_cancellation_asked",
    "referral_changed",
)
SHOWN_AT_ONCE = 50
_NEWEST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxView:
    """`items` finds the inbox item of a handoff or task; `called` names whom news of handoffs is about, where known."""

    waiting: list[told.HandoffLine]
    tasks: list[told.Task]
    news: list[told.InboxItem]
    items: dict[UUID, told.InboxItem]
    called: dict[UUID, str]
    more: bool
    complete: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.waiting or self.tasks or self.news)

    def is_new(self, subject_id: UUID) -> bool:
        """Whether the visitor has not opened it yet."""
        item = self.items.get(subject_id)
        return item is not None and item.seen_at is None


async def read_inbox(by: Session, *, neighbours: Neighbours) -> InboxView:
    """Everything at once. Raises Unreachable where referrals does not answer; a silent inbox is only missed."""
    referrals = neighbours.referrals
    offered, items, open_tasks = await asyncio.gather(
        referrals.handoffs(by, state="offered", mine=True),
        _items(by, neighbours=neighbours),
        asyncio.gather(
            *(
                referrals.tasks(by, status=status, assignee=by.worker_id, limit=SHOWN_AT_ONCE + 1)
                for status in OPEN_TASKS
            )
        ),
    )
    found = items or []
    waiting = sorted(offered.items, key=_by_answer_time)
    tasks = [task for page in open_tasks for task in page.items]
    everything = len(waiting) + len(tasks)
    news = [item for item in found if item.kind in _NEWS][:SHOWN_AT_ONCE]
    return InboxView(
        waiting=waiting[:SHOWN_AT_ONCE],
        tasks=tasks[:SHOWN_AT_ONCE],
        news=news,
        items={item.subject_id: item for item in found},
        called=await _called(news, by=by, neighbours=neighbours),
        more=everything > len(waiting[:SHOWN_AT_ONCE]) + len(tasks[:SHOWN_AT_ONCE]),
        complete=items is not None,
    )


async def _called(news: list[told.InboxItem], *, by: Session, neighbours: Neighbours) -> dict[UUID, str]:
    """Names stay at referrals, so it is asked for them, and leaves out whom the visitor may not know of any more."""
    if not any(item.subject_kind == "handoff" for item in news):
        return {}
    newest = await neighbours.referrals.handoffs(by, limit=_NEWEST)
    return {line.id: line.called for line in newest.items if line.called}


async def _items(by: Session, *, neighbours: Neighbours) -> list[told.InboxItem] | None:
    try:
        return (await neighbours.notifications.inbox(by)).items
    except Unreachable:
        return None


def _by_answer_time(line: told.HandoffLine) -> tuple[bool, datetime | None]:
    return line.respond_by is None, line.respond_by
