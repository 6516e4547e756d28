"""How somebody wants to be reached: the form, and what is kept of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.console.domain.told_contact import ContactPoints

ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "UTC",
)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_WRONG = {
    "email": "contact_points.error.email",
    "time_zone": "contact_points.error.zone",
    "quiet_start": "contact_points.error.clock",
    "quiet_end": "contact_points.error.clock",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactForm:
    """What the page shows: what is kept, or what was filled in with what is wrong in it."""

    points: ContactPoints
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def zones(self) -> tuple[str, ...]:
        """Zones to choose from; the one that is set stays among them."""
        own = self.points.time_zone
        return ZONES if own in ZONES else (own, *ZONES)

    @classmethod
    def read(cls, given: Mapping[str, str], *, kept: ContactPoints) -> "ContactForm":
        """The form as sent. A box that is not ticked is not sent at all."""
        errors = {}
        start, end = given.get("quiet_start", "").strip(), given.get("quiet_end", "").strip()
        for name, text in (("quiet_start", start), ("quiet_end", end)):
            if text and not _CLOCK.fullmatch(text):
                errors[name] = "contact_points.error.clock"
        if bool(start) != bool(end):
            errors["quiet_end" if start else "quiet_start"] = "contact_points.error.both"
        elif start and start == end:
            errors["quiet_end"] = "contact_points.error.same"
        points = kept.model_copy(
            update={
                "email": given.get("email", "").strip() or None,
                "email_on": "email_on" in given,
                "quiet_start": start or None,
                "quiet_end": end or None,
                "time_zone": given.get("time_zone", "") or kept.time_zone,
                "urgent_passes_quiet_hours": "urgent_passes_quiet_hours" in given,
            }
        )
        return cls(points=points, errors=errors)


def errors_of(document: Mapping[str, Any]) -> dict[str, str]:
    """What notifications found wrong in a field that the form shows, as the page says it; empty for anything else."""
    found = document.get("errors")
    names = [str(one.get("pointer", "")).removeprefix("/") for one in found] if isinstance(found, list) else []
    return {name: _WRONG[name] for name in names if name in _WRONG}
