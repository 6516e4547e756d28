"""The client's own history: what it asked for and what it was told, on disk before it goes on. Afterwards this is the truth."""

import json
import os
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Kind(StrEnum):
    """What was asked for."""

    DISCHARGE = "discharge"
    ACCEPT = "accept"
    DECLINE = "decline"
    CONTACT = "first-contact"
    CLOSE = "close"
    RETRACT = "retract"
    TASK_IN_ROLE = "task_in_role"
    TASK_OUT_OF_ROLE = "task_out_of_role"


class Outcome(StrEnum):
    """What the client knows."""

    ASKED = "asked"
    """On its way: whether it was done is not known."""
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """No answer came, and the client gave up asking."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing asked for under one key, however often it had to be repeated.

    `subject` is what the client calls it (a visit's reference, a person); `about` the id of what is changed; `seen` and
    `made` are versions; `answer` are the ids and codes of the answer that counts. `stale`: it named an old version on purpose.
    """

    key: str
    kind: Kind
    subject: str
    about: str | None = None
    by: str | None = None
    seen: int | None = None
    stale: bool = False
    tries: int = 0
    outcome: Outcome = Outcome.ASKED
    status: int | None = None
    made: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)


class History:
    """Append-only; every line is on disk before `note` returns. The last line of a key counts."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", encoding="utf-8")
        self._deeds: dict[str, Deed] = {}

    def note(self, deed: Deed, **changes: Any) -> Deed:
        """Write down where a deed stands now."""
        deed = replace(deed, **changes)
        self._file.write(json.dumps(asdict(deed)) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._deeds[deed.key] = deed
        return deed

    @property
    def deeds(self) -> list[Deed]:
        """Every deed as it stands, in the order in which they were begun."""
        return list(self._deeds.values())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read_history(path: Path) -> list[Deed]:
    """The same from disk."""
    deeds: dict[str, Deed] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        fields |= {"kind": Kind(fields["kind"]), "outcome": Outcome(fields["outcome"])}
        deeds[fields["key"]] = Deed(**fields)
    return list(deeds.values())
