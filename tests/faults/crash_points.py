"""Named points at which a worker dies once. Test and worker speak through a folder: `armed` becomes `fired`, and stays it.

Renaming is what makes it once: whichever process renames the file first is the one it happens to.
"""

import json
import os
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

_POLL_SECONDS = 0.01


class Point(StrEnum):
    """Where in the product's work it happens."""

    BELL_POPPED = "bell_popped"
    """P3: the bell has left the queue, and the broker has not noted yet who has it."""
    INBOX_CLAIMED = "inbox_claimed"
    """P4: events are claimed (their rows locked), nothing is applied."""
    INBOX_UNCOMMITTED = "inbox_uncommitted"
    """P4: events are applied and marked, and the commit is the next statement."""
    INBOX_COMMITTED = "inbox_committed"
    """P5: events are applied for good; the same task would now deliver."""
    TASK_UNACKNOWLEDGED = "task_unacknowledged"
    """P5: the task is through with everything; Celery has not heard of it."""
    RELAY_LEASED = "relay_leased"
    """Facts are leased; the consumer has not been asked."""
    RELAY_ANSWERED = "relay_answered"
    """The consumer has answered; the facts are not marked as done."""
    ITEM_LEASED = "item_leased"
    """A delivery to the inbox is leased, and its item not shown."""
    EMAIL_LEASED = "email_leased"
    """A delivery by e-mail is leased, and nothing sent."""
    EMAIL_ACCEPTED = "email_accepted"
    """P6: the mail server has said 250; the delivery is not marked."""
    REQUEST_UNCOMMITTED = "request_uncommitted"
    """P0: an API has written all that a request asks for, and the commit is the next statement."""
    REQUEST_UNANSWERED = "request_unanswered"
    """P1: all is committed, and the answer is the next thing to be sent."""
    BELL_UNRUNG = "bell_unrung"
    """P2: all is committed, and the bell is not rung yet."""


class Victim(StrEnum):
    """Who is killed with -9."""

    CHILD = "child"
    """The process at the point; its parent lives and forks another."""
    WORKER = "worker"
    """Parent and children at once, as when a container is killed."""
    NOBODY = "nobody"
    """The process stands still at the point until it is released."""


class FinishedTask(NamedTuple):
    """A Celery task, its name, and the process that carried it out."""

    task_id: str
    name: str
    process_id: int


@dataclass(frozen=True)
class FaultFolder:
    """The folder, as both sides see it. It is also the clock (a `Clock`) of everything in the house."""

    path: Path

    @classmethod
    def made_in(cls, parent: Path) -> "FaultFolder":
        """A new one, in which it is now."""
        folder = cls(parent / "faults")
        folder.path.mkdir()
        folder._put("now", datetime.now(UTC).isoformat())
        return folder

    # what the test does

    def arm(self, point: Point, *, victim: Victim, task: str | None = None) -> None:
        """From now on, the first process that comes to `point` is struck (at `BELL_POPPED`: with the bell of `task`)."""
        self._put("armed", json.dumps({"point": point, "victim": victim, "task": task}))

    def disarm(self) -> None:
        """Nobody is struck, and nobody was: it can be armed anew."""
        for name in ("armed", "fired", "struck"):
            (self.path / name).unlink(missing_ok=True)

    def fired(self) -> int | None:
        """The id of the process that was struck; None before that."""
        marker = self.path / "struck"
        return int(marker.read_text(encoding="utf-8")) if marker.exists() else None

    def release(self) -> None:
        """Let a process that stands still go on."""
        self._put("released", "")

    def pass_time(self, amount: timedelta) -> None:
        """Put the clock of everybody in the house forward."""
        self._put("now", (self.now() + amount).isoformat())

    def finished(self) -> list[FinishedTask]:
        """Every task that came to its end, in that order."""
        file = self.path / "finished"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        fields = (line.split() for line in lines)
        return [FinishedTask(task_id, name, int(process_id)) for task_id, name, process_id in fields]

    # what both do

    def now(self) -> datetime:
        """The time in the house. It stands still, so that no lease ever runs out by itself."""
        return datetime.fromisoformat((self.path / "now").read_text(encoding="utf-8"))

    def turn_into(self, mutant: str | None) -> None:
        """Whoever looks at `mutant_is` is this mutant from now on (None: the product again)."""
        self._put("mutant", mutant or "")

    # what the worker does

    def mutant_is(self, mutant: str) -> bool:
        """Whether this process is that mutant now."""
        named = self.path / "mutant"
        return named.exists() and named.read_text(encoding="utf-8") == mutant

    def reach(self, point: Point, *, task: str | None = None) -> None:
        """Be struck here, if this is the point and nobody was struck before."""
        armed = self.path / "armed"
        try:
            wanted = json.loads(armed.read_text(encoding="utf-8"))
            if wanted["point"] != point or wanted["task"] not in (None, task):
                return
            armed.rename(self.path / "fired")
        except FileNotFoundError:
            return
        self._put("struck", str(os.getpid()))
        match Victim(wanted["victim"]):
            case Victim.CHILD:
                os.kill(os.getpid(), signal.SIGKILL)
            case Victim.WORKER:
                os.killpg(os.getpgid(0), signal.SIGKILL)
            case Victim.NOBODY:
                while not (self.path / "released").exists():
                    time.sleep(_POLL_SECONDS)

    def note_finished(self, task_id: str, *, name: str) -> None:
        """One line, appended in one write, so that several processes may do it."""
        with (self.path / "finished").open("a", encoding="utf-8") as file:
            file.write(f"{task_id} {name} {os.getpid()}\n")

    def _put(self, name: str, text: str) -> None:
        """Whole or not at all: whoever waits for the file never reads half of it."""
        draft = self.path / f"{name}.{os.getpid()}"
        draft.write_text(text, encoding="utf-8")
        draft.rename(self.path / name)
