"""What another system tells of an episode of care: facts that are kept as told, in whatever order they arrive."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class SourceKind(StrEnum):
    """What a source can say, with the HL7 v2 triggers that usually say it. The order settles what happened at once."""

    ADMITTED = "admitted"  # A01
    DISCHARGE_PLANNED = "discharge_planned"  # A16, A14; said again: re-planned
    PLAN_CANCELLED = "plan_cancelled"  # A25, A27
    DISCHARGED = "discharged"  # A03
    DISCHARGE_CANCELLED = "discharge_cancelled"  # A13
    ADMISSION_CANCELLED = "admission_cancelled"  # A11
    DIED = "died"  # A03 with the site's disposition code for it


_PRECEDENCE = {kind: place for place, kind in enumerate(SourceKind)}


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFact:
    """`source_key` names the episode (visit number and who assigned it, as an opaque digest). `event_at` is the source's
    own time of the event, `sequence` its number where it counts them; `moment` is when the person is expected to leave,
    or left.
    """

    source_key: str
    kind: SourceKind
    person_id: UUID
    programme_id: UUID
    event_at: datetime
    sequence: int | None = None
    moment: datetime | None = None

    @property
    def digest(self) -> str:
        """Of everything it says: the same fact told twice is one fact."""
        said = [self.source_key, self.kind, self.person_id, self.programme_id, self.sequence]
        when = [None if instant is None else instant.timestamp() for instant in (self.event_at, self.moment)]
        text = json.dumps([str(value) for value in [*said, *when]])
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def order(self) -> tuple[datetime, int, int, str]:
        """Where it belongs among the facts of its episode: by the source's time, never by when we heard of it."""
        return (self.event_at, self.sequence or 0, _PRECEDENCE[self.kind], self.digest)


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """Two records turned out to be one person: `merged_person_id` is given up for `person_id` (A40)."""

    merged_person_id: UUID
    person_id: UUID
