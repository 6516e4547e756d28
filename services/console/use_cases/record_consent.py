"""The form of a consent: what was filled in, what referrals is told, and its answer beside the fields it is about.

Nothing is judged here. Which elements a consent needs (42 CFR 2.31) is known to referrals alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.console.use_cases.wrong_fields import wrong_fields

INFORMATION = ("identity", "contact", "request")
PURPOSES = ("care_coordination", "person_request", "treatment_payment_operations")
RECIPIENT_CLASSES = ("peer_services", "treating_providers")
ENDS = ("on_day", "end_of_referral", "end_of_treatment", "none")
WHOLE_NETWORK = "network_organizations"
TEXTS = (
    "organization_id", "information_text", "recipient_class", "intermediary_organization_id", "revocation_how",
    "ends", "end_day", "signature_method", "signed_by", "representative_name", "representative_relation",
    "signed_day", "signed_clock", "right_to_revoke_acknowledged", "redisclosure_stated", "refusal_consequence_stated",
)  # fmt: skip
SEVERAL = ("information", "purposes", "recipient_organization_ids", "participant_organization_ids")
_LONGEST = 1000
_PLACES = {
    "expires_at": "ends",
    "expiry_event": "ends",
    "signed_at": "signed_day",
    "representative_relation": "representative_name",
}
"""Where a field of the answer stands on the form, if it has another name there."""
_WORDED = frozenset(
    {
        "discloser_missing", "information_missing", "description_missing", "recipient_missing", "intermediary_incomplete",
        "purpose_missing", "right_to_revoke_missing", "how_to_revoke_missing", "expiry_missing", "signature_missing",
        "representative_missing", "date_missing", "redisclosure_statement_missing", "refusal_statement_missing",
        "only_for_tpo", "tpo_stands_alone", "ends_before_signed", "in_the_future", "not_a_representative", "tells_itself",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentForm:
    """As filled in. `errors` maps a field of the form to the key of the words that say what to do."""

    given: Mapping[str, str] = field(default_factory=dict)
    several: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")

    def has(self, name: str, value: object) -> bool:
        """Whether a box is ticked."""
        return str(value) in self.several.get(name, ())

    def body(self, *, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
        """What referrals is told: only what was filled in, so that it can name what is missing."""
        told: dict[str, Any] = {name: list(self.several.get(name, ())) for name in SEVERAL}
        for name in ("information_text", "recipient_class", "intermediary_organization_id", "revocation_how",
                     "signature_method", "signed_by", "representative_name", "representative_relation"):  # fmt: skip
            if self[name]:
                told[name] = self[name]
        if self["organization_id"] == WHOLE_NETWORK:
            told["discloser_class"] = WHOLE_NETWORK
        elif self["organization_id"]:
            told["organization_id"] = self["organization_id"]
        for name in ("right_to_revoke_acknowledged", "redisclosure_stated", "refusal_consequence_stated"):
            told[name] = bool(self[name])
        return told | self._ending(zone) | self._signing(zone, now=now)

    def _ending(self, zone: ZoneInfo) -> dict[str, str]:
        """A day that was chosen counts to its end."""
        if self["ends"] != "on_day":
            return {"expiry_event": self["ends"]} if self["ends"] in ENDS else {}
        day = _instant(self["end_day"], "00:00", zone=zone)
        return {} if day is None else {"expires_at": (day + timedelta(days=1)).isoformat()}

    def _signing(self, zone: ZoneInfo, *, now: datetime) -> dict[str, str]:
        """Without a time: noon of an earlier day, and now on the same day."""
        if self["signed_clock"] or self["signed_day"] != now.astimezone(zone).date().isoformat():
            signed = _instant(self["signed_day"], self["signed_clock"] or "12:00", zone=zone)
        else:
            signed = now
        return {} if signed is None else {"signed_at": signed.isoformat()}


def read_consent_form(texts: Mapping[str, str], *, several: Mapping[str, Sequence[str]]) -> ConsentForm:
    """The known fields, trimmed and bounded."""
    given = {name: texts[name].strip()[:_LONGEST] for name in TEXTS if texts.get(name)}
    return ConsentForm(given=given, several={name: tuple(several.get(name, ()))[:50] for name in SEVERAL})


def wrong_in_consent(document: Mapping[str, Any]) -> dict[str, str]:
    """What referrals found, beside the fields it is about; the first thing said of a field is kept."""
    wrong: dict[str, str] = {}
    for name, code in wrong_fields(document):
        place = _PLACES.get(name, name)
        if place in TEXTS or place in SEVERAL:
            wrong.setdefault(place, f"consent.wrong.{code if code in _WORDED else 'other'}")
    return wrong


def _instant(day: str, clock: str, *, zone: ZoneInfo) -> datetime | None:
    try:
        return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)
    except ValueError:
        return None
