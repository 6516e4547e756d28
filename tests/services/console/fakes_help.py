"""A small directory of help in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_help import HelpFound, HelpLocation, HelpOrganization, HelpService
from services.console.use_cases.ports import Refused
from shared.contracts.paging import Page
from shared.identifiers import new_id
from tests.services.console.fakes_consents import ALLIANCE

STRANGER = new_id()
PLACE: dict[str, Any] = {
    "id": new_id(),
    "name": "The blue house",
    "location_type": "physical",
    "addresses": [
        {
            "address_1": "1 Example Street",
            "city": "Exampleville",
            "state_province": "VA",
            "postal_code": "23219",
        }
    ],
    "accessibility": [{"description": "step-free"}],
}
SERVICE: dict[str, Any] = {
    "id": new_id(),
    "name": "Warm meals",
    "status": "active",
    "description": "A warm meal, nobody asks why",
    "organization": {"id": ALLIANCE, "name": "Open Door Alliance"},
    "url": "https://meals.example/",
    "eligibility_description": "Everybody",
    "minimum_age": 18,
    "schedules": [{"freq": "WEEKLY", "byday": "MO,TH", "opens_at": "10:00:00", "closes_at": "18:30:00"}],
    "languages": [{"code": "es"}],
    "phones": [{"number": '"+1 555 0100"', "extension": 7}],
    "attributes": [{"taxonomy_term": {"name": "Food", "code": "food"}}],
    "capacities": [{"available": 4, "unit": {"name": "seats"}}],
    "service_at_locations": [{"location": PLACE}],
}


@dataclass
class FakeHelp:
    """`asked` has what was looked for; `content` is what the one service says."""

    content: dict[str, Any] = field(default_factory=lambda: dict(SERVICE))
    asked: list[tuple[dict[str, str], str | None]] = field(default_factory=list)
    partners: list[UUID] = field(default_factory=list)
    more: str | None = None

    async def search(self, wanted: Mapping[str, str], *, cursor: str | None, by: Session) -> Page[HelpFound]:
        self.asked.append((dict(wanted), cursor))
        found = [HelpFound.model_validate(self.content)] if wanted.get("search", "meals") == "meals" else []
        return Page(items=found, next_cursor=self.more)

    async def service(self, entry_id: UUID, *, by: Session) -> HelpService:
        if entry_id != self.content["id"]:
            raise Refused("referrals", status=404, code="not_found", document={})
        return HelpService.model_validate(self.content)

    async def organization(self, entry_id: UUID, *, by: Session) -> HelpOrganization:
        own = {"id": entry_id, "name": "Open Door Alliance", "services": [self.content], "locations": [PLACE]}
        return HelpOrganization.model_validate(own)

    async def location(self, entry_id: UUID, *, by: Session) -> HelpLocation:
        return HelpLocation.model_validate(PLACE)

    async def make_partner(self, entry_id: UUID, *, key: str, by: Session) -> None:
        if entry_id in self.partners:
            raise Refused("referrals", status=409, code="already_exists", document={})
        self.partners.append(entry_id)
