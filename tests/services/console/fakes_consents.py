"""Consents in memory: what they tell can be set, what they were told can be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told import Organization
from services.console.domain.told_consent import Consent
from services.console.use_cases.ports import Refused
from shared.contracts.paging import Page
from shared.identifiers import new_id
from tests.services.console.fakes import HOSPITAL, NOW

ALLIANCE = new_id()


def consent(**changes: Any) -> Consent:
    """The hospital may tell the alliance."""
    terms: dict[str, Any] = {
        "organization_id": HOSPITAL,
        "discloser_class": None,
        "information": ("identity", "contact"),
        "information_text": "My name and my phone number",
        "recipient_organization_ids": (ALLIANCE,),
        "recipient_class": None,
        "intermediary_organization_id": None,
        "participant_organization_ids": (),
        "purposes": ("care_coordination",),
        "revocation_how": "Tell anybody of the team",
        "expires_at": None,
        "expiry_event": "end_of_referral",
        "signature_method": "paper",
        "signed_by": "person",
        "representative_name": None,
        "signed_at": NOW - timedelta(days=1),
    }
    content: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "person_id": new_id(),
        "status": "active",
        "terms": terms,
        "by_worker_id": None,
        "recorded_at": NOW,
        "revocation": None,
    }
    return Consent.model_validate(content | changes)


@dataclass
class FakeConsents:
    """`kept` has (path, body, key) of everything that was asked for; `refuse` answers the next one."""

    known: list[Consent] = field(default_factory=list)
    kept: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    refuse: Refused | None = None

    async def organizations(self, by: Session) -> list[Organization]:
        return [
            Organization(id=HOSPITAL, name="Lakeside General & Sons", active=True),
            Organization(id=ALLIANCE, name="Open Door Alliance", active=True),
        ]

    async def consents(self, person_id: UUID, *, by: Session) -> Page[Consent]:
        return Page(items=[one for one in self.known if one.person_id == person_id])

    async def consent(self, consent_id: UUID, *, by: Session) -> Consent:
        for one in self.known:
            if one.id == consent_id:
                return one
        raise Refused("referrals", status=404, code="not_found", document={})

    async def record(self, person_id: UUID, body: Mapping[str, Any], *, key: str, by: Session) -> None:
        self._keep(f"/people/{person_id}/consents", dict(body), key)

    async def revoke(self, consent_id: UUID, *, method: str, version: int, key: str, by: Session) -> None:
        self._keep(f"/consents/{consent_id}/revoke", {"method": method, "version": version}, key)

    def _keep(self, path: str, body: dict[str, Any], key: str) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.kept.append((path, body, key))
