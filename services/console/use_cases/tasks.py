"""The visitor's tasks: those asked of them, and those they asked for."""

import asyncio
from dataclasses import dataclass

from services.console.domain import told
from services.console.domain.session import INTAKE, SUPERVISING, Session
from services.console.use_cases.ports import Referrals

COMMANDS = {
    "start": None,
    "resume": None,
    "complete": None,
    "hold": ("waiting_for_person", "waiting_for_team", "other"),
    "decline": ("cant_right_now", "outside_my_role"),
    "cancel": ("no_longer_needed", "duplicate", "other"),
}
"""Steps that pages offer, and the reasons each of them takes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskPage:
    """One task and the visitor's part in it."""

    task: told.Task
    by: Session

    @property
    def is_mine(self) -> bool:
        """Whether the visitor was asked."""
        return self.task.assignee_worker_id == self.by.worker_id

    @property
    def asked_by_me(self) -> bool:
        """Whether the visitor asked."""
        return self.task.assigner_worker_id == self.by.worker_id

    @property
    def may_cancel(self) -> bool:
        """Who asked, or a supervisor, while it is open."""
        open_now = self.task.status in ("proposed", "assigned", "in_progress", "on_hold")
        return open_now and (self.asked_by_me or self.by.role in SUPERVISING)

    @property
    def may_confirm(self) -> bool:
        """Who asked, while conditions are open that they can answer for."""
        return self.task.status == "proposed" and self.asked_by_me and bool(self.task.unmet_conditions)


async def read_my_tasks(by: Session, *, referrals: Referrals) -> tuple[list[told.Task], list[told.Task], bool]:
    """Asked of me, asked by me, and whether older ones were left out."""
    mine = referrals.tasks(by, assignee=by.worker_id, limit=100)
    if by.role not in INTAKE:
        asked_of_me = await mine
        return list(asked_of_me.items), [], asked_of_me.next_cursor is not None
    asked_of_me, known = await asyncio.gather(mine, referrals.tasks(by, limit=150))
    by_me = [task for task in known.items if task.assigner_worker_id == by.worker_id]
    return list(asked_of_me.items), by_me[:100], any(page.next_cursor for page in (asked_of_me, known))
