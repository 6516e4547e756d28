"""What a reader of free text reports: which activities the words speak of, and how.

A reading knows no role. Whether an activity is inside somebody's role is the policy's business.
"""

from dataclasses import dataclass
from enum import StrEnum


class Stance(StrEnum):
    """How the words relate the worker to an activity."""

    DOES = "does"  # the worker is asked to do it
    ASKED_NOT = "asked_not"  # the words tell the worker to leave it alone
    OTHERS = "others"  # somebody else does it: a colleague, or the person goes to have it done


@dataclass(frozen=True, slots=True)
class Mention:
    """One activity the words speak of. Offsets are characters of the text as it was sent, end exclusive."""

    activity: str
    stance: Stance
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """Words that nobody can judge without asking: a bare clinical noun, or a verb no list knows."""

    code: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ClauseReading:
    """One stretch of the text that asks for one thing, or for several that cannot be told apart."""

    start: int
    end: int
    mentions: tuple[Mention, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole text, clause by clause. No clause means there was nothing to read."""

    clauses: tuple[ClauseReading, ...] = ()

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Every mention, in the order of the text."""
        return tuple(mention for clause in self.clauses for mention in clause.mentions)
