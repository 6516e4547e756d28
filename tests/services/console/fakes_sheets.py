"""Sheets in memory: what is told can be set, what was kept can be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_sheet import Revision, Sheet
from services.console.use_cases.ports import Refused
from shared.contracts.paging import Page
from tests.services.console.fakes import NOW, NURSE

WHOLE: dict[str, Any] = {
    "wishes": {"words": "To sleep in my own bed\nand feed Biscuit"},
    "strengths": {"lines": ["I know every bus line", "My sister Ana"]},
    "contact": {
        "reach_at": "+1 202 555 0143",
        "good_times": [{"days": "weekdays", "since": "16:00:00", "until": "19:00:00"}],
        "not_times": [{"days": "sunday", "since": "00:00:00", "until": "12:00:00"}],
        "time_zone": "America/New_York",
        "leave_message": "safe_words_only",
        "safe_words": "It is Fay from the library",
        "texts_may_name_us": False,
    },
    "first_meeting": {
        "place": "The bench by the side door",
        "starts_at": "2030-03-04T15:00:00Z",
        "introduced_by": "Nurse Nell",
    },
    "appointments": {
        "items": [{"with_whom": "Dr. Sample", "place": "2 Example Street", "starts_at": None, "phone": "202-555-0199"}]
    },
    "what_to_do_if": {
        "items": [
            {
                "situation": "When the evenings get long",
                "what_helps": "A walk to the harbor",
                "whom_to_call": "Ana",
                "phone": "202-555-0101",
            }
        ]
    },
    "sharing": {"people": [{"who": "My sister Ana", "about": "When we meet"}], "please_not": "Not to my landlord"},
    "questions": {"items": ["Who feeds Biscuit until then?"]},
}
"""Every part, as referrals tells it."""


def sheet(version: int = 2, *, said_in: int = 2, **changes: Any) -> Sheet:
    """A whole sheet; `parts` in the changes takes the place of what stands on it."""
    contents = changes.pop("parts", WHOLE)
    parts = {
        name: {
            "content": content,
            "reported_by": "person",
            "by_worker_id": NURSE,
            "version": said_in,
            "occurred_at": NOW,
        }
        for name, content in contents.items()
    }
    told = {
        "version": version,
        "missing": [],
        "parts": parts,
        "withheld": [],
        "crisis_line": "988",
        "help_line": "(202) 555-0188",
        "consents": [],
        "notice": None,
    }
    return Sheet.model_validate(told | changes)


@dataclass
class FakeSheets:
    """`known` by handoff; whoever asks for another is told that there is none. `refusals` answer the next changes."""

    known: dict[UUID, Sheet] = field(default_factory=dict)
    kept: list[tuple[Mapping[str, Any], int, str]] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)
    revised: list[Revision] = field(default_factory=list)

    async def sheet(self, handoff_id: UUID, *, by: Session, version: int | None = None) -> Sheet:
        if handoff_id not in self.known:
            raise Refused("referrals", status=404, code="not_found", document={})
        found = self.known[handoff_id]
        return found if version is None else found.model_copy(update={"version": version})

    async def revisions(self, handoff_id: UUID, *, by: Session) -> Page[Revision]:
        if handoff_id not in self.known:
            raise Refused("referrals", status=404, code="not_found", document={})
        return Page(items=self.revised)

    async def change_sheet(
        self, handoff_id: UUID, body: Mapping[str, Any], *, version: int, key: str, by: Session
    ) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.kept.append((body, version, key))
