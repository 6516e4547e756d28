"""A ladder: who is told how, and how often, between an offer and the moment silence counts as an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notifications.domain.codes import Channel
from services.notifications.domain.errors import LadderInvalid

MAX_STEPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One telling: a fixed time after the offer, or a fraction (0 to 1, exclusive) of the time left to answer."""

    channel: Channel
    after: timedelta | None = None
    at_fraction: float | None = None

    def __post_init__(self) -> None:
        if (self.after is None) == (self.at_fraction is None):
            raise LadderInvalid("a step has either `after_seconds` or `at_fraction`")
        if self.after is not None and self.after < timedelta(0):
            raise LadderInvalid("`after_seconds` is zero or more")
        if self.at_fraction is not None and not 0 < self.at_fraction < 1:
            raise LadderInvalid("`at_fraction` lies between 0 and 1")

    def due_at(self, *, starts_at: datetime, respond_by: datetime | None) -> datetime:
        """The instant this step is due. A fraction without a deadline is refused when the ladder is started."""
        if self.after is not None:
            return starts_at + self.after
        if respond_by is None or self.at_fraction is None:
            raise LadderInvalid("a step at a fraction needs a deadline")
        return starts_at + max(respond_by - starts_at, timedelta(0)) * self.at_fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A step with its instant; `too_late` when it would fall on or after the deadline."""

    number: int
    channel: Channel
    due_at: datetime
    too_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Steps in order. The inbox always comes first: an e-mail says "sign in to see it", so there must be something to see."""

    code: str
    description: str
    urgent: bool
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MAX_STEPS:
            raise LadderInvalid(f"a ladder has 1 to {MAX_STEPS} steps")
        first = self.steps[0]
        if first.channel is not Channel.INBOX or first.after != timedelta(0):
            raise LadderInvalid("the first step is the inbox, at once")
        if any(step.channel is Channel.INBOX for step in self.steps[1:]):
            raise LadderInvalid("only the first step is the inbox: an item is shown once")
        if any(step.channel is Channel.SMS for step in self.steps):
            raise LadderInvalid("a message is planned as `email`: whether a text goes instead is the worker's choice")
        if not _in_order(self.steps):
            raise LadderInvalid("steps are in order of time")

    def schedule(self, *, starts_at: datetime, respond_by: datetime | None) -> list[PlannedStep]:
        """Every step with its instant; depends on nothing but the arguments, so that a repeat plans the same."""
        planned = []
        for number, step in enumerate(self.steps):
            due_at = step.due_at(starts_at=starts_at, respond_by=respond_by)
            too_late = number > 0 and respond_by is not None and due_at >= respond_by
            planned.append(PlannedStep(number=number, channel=step.channel, due_at=due_at, too_late=too_late))
        return planned


def _in_order(steps: Sequence[Step]) -> bool:
    fixed = [step.after for step in steps if step.after is not None]
    fractions = [step.at_fraction for step in steps if step.at_fraction is not None]
    return fixed == sorted(fixed) and fractions == sorted(fractions)
