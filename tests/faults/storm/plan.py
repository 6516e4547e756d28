"""What goes wrong when: the same seed and size give the same plan."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.faults.crash_points import Point, Victim
from tests.faults.storm.lines import MODES
from tests.faults.storm.mail_server import Mood
from tests.faults.storm.proxy import Mode

SECONDS_A_KILL = 3.5
SHORTEST_SECONDS = 40.0
LONG_SECONDS = 300.0


class Where(StrEnum):
    """Which process of a kept one is killed at a random instant."""

    ITSELF = "itself"
    CHILD = "child"
    """A worker's child, or one of PostgreSQL's own processes."""


@dataclass(frozen=True, kw_only=True, order=True)
class Kill:
    """kill -9, at a named point (of `victim`: the one at the point, or the whole worker) or at an instant (of `where`).

    `task`: at `BELL_POPPED`, only with the bell of this task.
    """

    process: str
    point: Point | None = None
    victim: Victim = Victim.CHILD
    where: Where = Where.ITSELF
    task: str | None = None

    @property
    def name(self) -> str:
        """For tables."""
        if self.point is None:
            return f"{self.process} {self.where} at an instant"
        whole = " (whole worker)" if self.victim is Victim.WORKER else ""
        return f"{self.process} at {self.point}{whole}"


@dataclass(frozen=True, kw_only=True)
class Harm:
    """A line is harmed until it has shown to have hurt somebody."""

    line: str
    mode: Mode

    @property
    def name(self) -> str:
        """For tables."""
        return f"{self.line} {self.mode}"


@dataclass(frozen=True, kw_only=True)
class MailTrouble:
    """The mail server is in this mood until somebody has met it."""

    mood: Mood

    @property
    def name(self) -> str:
        """For tables."""
        return self.mood.value


@dataclass(frozen=True, kw_only=True)
class Flush:
    """Valkey forgets everything: FLUSHALL."""

    name: str = "valkey FLUSHALL"


Fault = Kill | Harm | MailTrouble | Flush


@dataclass(frozen=True, kw_only=True)
class Planned:
    """`at` is in seconds from the beginning; faults of one `slot` come one after the other."""

    at: float
    slot: str
    fault: Fault


def _at(process: str, *points: Point, victim: Victim = Victim.CHILD) -> tuple[Kill, ...]:
    return tuple(Kill(process=process, point=point, victim=victim) for point in points)


_COVERING: tuple[Kill, ...] = (
    *_at("referrals-api", Point.REQUEST_UNANSWERED),
    *_at("notifications-api", Point.BELL_UNRUNG),
    *_at("scope_guard-api", Point.REQUEST_UNANSWERED),
    *_at("referrals-worker", Point.RELAY_ANSWERED),
    *_at("referrals-worker", Point.BELL_POPPED, victim=Victim.WORKER),
    *_at("notifications-worker", Point.INBOX_CLAIMED),
    *_at("notifications-outgoing", Point.EMAIL_ACCEPTED),
    Kill(process="notifications-worker"),
    Kill(process="scope_guard-worker", where=Where.CHILD),
    Kill(process="beat"),
    Kill(process="valkey"),
    Kill(process="postgres"),
)
"""The first dozen: API, worker parent and child, beat, Valkey, PostgreSQL; points and instants."""

KILLS: tuple[Kill, ...] = (
    *_COVERING,
    *_at("referrals-api", Point.REQUEST_UNCOMMITTED, Point.BELL_UNRUNG),
    Kill(process="referrals-api"),
    *_at("notifications-api", Point.REQUEST_UNANSWERED),
    Kill(process="notifications-api"),
    *_at("scope_guard-api", Point.REQUEST_UNCOMMITTED),
    Kill(process="scope_guard-api"),
    Kill(process="identity-api"),
    *_at("notifications-worker", Point.INBOX_UNCOMMITTED, Point.INBOX_COMMITTED, Point.TASK_UNACKNOWLEDGED),
    *_at("notifications-worker", Point.ITEM_LEASED),
    *_at("notifications-outgoing", Point.EMAIL_LEASED),
    *_at("notifications-worker", Point.BELL_POPPED, victim=Victim.WORKER),
    Kill(process="notifications-worker", where=Where.CHILD),
    *_at("referrals-worker", Point.RELAY_LEASED),
    Kill(process="referrals-worker"),
    Kill(process="referrals-worker", where=Where.CHILD),
    *_at("scope_guard-worker", Point.RELAY_LEASED, Point.RELAY_ANSWERED),
    Kill(process="scope_guard-worker"),
    Kill(process="postgres", where=Where.CHILD),
)
"""Every kind of kill."""

_ALL_HARMS = tuple(Harm(line=line, mode=mode) for line, modes in MODES.items() for mode in modes)
_HARMS = tuple(harm for harm in _ALL_HARMS if harm.line != "smtp")
_HARMS_TO_MAIL = tuple(harm for harm in _ALL_HARMS if harm.line == "smtp")
"""Once each in a long plan: a provider that fails five times in a row is left alone for half a minute and longer."""
_TROUBLES = tuple(MailTrouble(mood=mood) for mood in Mood if mood is not Mood.WELL)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`seconds` is how long people are discharged while all this happens."""

    seconds: float
    planned: tuple[Planned, ...]


def make_plan(seed: int, *, kills: int) -> Plan:
    """So many kills, and harm to lines and mail beside them: every mode once in a short plan, all there is in a long one."""
    dice = random.Random(f"plan {seed}")
    seconds = max(kills * SECONDS_A_KILL, SHORTEST_SECONDS)
    chosen: list[Fault] = list(_some(_COVERING, KILLS, number=kills, dice=dice))
    rounds = kills // 100
    others: list[Fault] = [*_one_of_each_mode(dice), *_TROUBLES, Flush()]
    for _ in range(rounds):
        others += [*_HARMS, Flush()]
    if rounds:
        others += _HARMS_TO_MAIL
    return Plan(seconds=seconds, planned=_spread([*chosen, *others], seconds=seconds, dice=dice))


def _some(first: Sequence[Kill], rest: Sequence[Kill], *, number: int, dice: random.Random) -> list[Kill]:
    """Those that cover most, then all kinds in turn, each round in another order."""
    chosen = list(first)[:number]
    while len(chosen) < number:
        chosen += dice.sample(rest, k=min(len(rest), number - len(chosen)))
    return chosen


def _one_of_each_mode(dice: random.Random) -> list[Harm]:
    """Each on the line that had least so far. The client always loses replies: that is what its keys are for."""
    chosen = [Harm(line="client", mode=Mode.LOSE_REPLY)]
    for mode in dice.sample(sorted(set(Mode) - {Mode.PASS, Mode.LOSE_REPLY}), k=len(Mode) - 2):
        possible = [harm for harm in _HARMS if harm.mode is mode]
        chosen.append(min(possible, key=lambda harm: (sum(one.line == harm.line for one in chosen), dice.random())))
    return chosen


def _spread(faults: Sequence[Fault], *, seconds: float, dice: random.Random) -> tuple[Planned, ...]:
    """Evenly in each slot, with some chance; each slot in an order of its own."""
    slots: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        slots[_slot(fault)].append(fault)
    planned = []
    for slot, members in sorted(slots.items()):
        dice.shuffle(members)
        members.sort(key=lambda fault: fault == MailTrouble(mood=Mood.TAKES_AND_FALLS_SILENT))
        # what needs mail comes before what keeps mail away
        first = seconds / 2 if slot == "line smtp" and seconds < LONG_SECONDS else 0.0
        step = (seconds - first) / len(members)
        planned += [
            Planned(at=round(first + (number + dice.random() * 0.6) * step, 1), slot=slot, fault=fault)
            for number, fault in enumerate(members)
        ]
    return tuple(sorted(planned, key=lambda one: one.at))


def _slot(fault: Fault) -> str:
    match fault:
        case Kill(process=process):
            return process
        case Harm(line=line):
            return f"line {line}"
        case MailTrouble():
            return "line smtp"
        case Flush():
            return "valkey"
