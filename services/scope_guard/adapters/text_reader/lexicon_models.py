"""What a word-list file may hold, as it is written."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PatternEntry(_File):
    """`verbs` with `objects`: names in capitals are classes, small letters are the words themselves."""

    verbs: Annotated[list[str], Field(min_length=1)]
    objects: Annotated[list[str], Field(min_length=1)]
    reach: Literal["direct", "any"] = "direct"
    frames: list[Literal["does", "supported", "caused"]] = ["does"]
    also: list[str] = []
    unless: list[str] = []


class ActivityEntry(_File):
    """The language of one activity. `supported`: what it becomes when the person acts with help."""

    supported: str = "same"  # same | question | nothing | the code of another activity
    reach: Literal["direct", "any"] = "direct"
    patterns: list[PatternEntry | tuple[list[str], list[str]]] = []
    alone: list[str] = []
    says: list[str] = []
    otherwise: list[str] = []  # verbs that mean this activity whatever they take, unless a pattern knows better
    asked_not: str | None = None  # activity that `do not ...` amounts to


class GroupFile(_File):
    """One word list: shared classes, and the language of some activities."""

    grammar: dict[str, list[str]] = {}
    verbs: dict[str, list[str]] = {}
    asked_not: str = ""  # activity that leaving the acts of this file alone amounts to
    nouns: dict[str, list[str]] = {}
    alarms: dict[str, Literal["soft", "hard"]] = {}
    context: dict[str, list[str]] = {}  # classes that only colour a sentence: `alone`, `without consent`
    irregular: dict[str, list[str]] = {}
    nominal: dict[str, str] = {}
    aliases: dict[str, str] = {}
    spanish: dict[str, str] = {}
    spanish_signs: list[str] = []
    ordinary: list[str] = []
    says_alarm: Literal["soft", "hard"] | None = None  # alarm of the phrases that name an act of this file
    activities: dict[str, ActivityEntry] = {}
