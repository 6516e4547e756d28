"""What every leg of the walk stands on: whose words, who is asked, and how to wait for what happens in other processes."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from handrail.demo.api import Answer, Visitor
from handrail.demo.stage import REFERRALS, Stage
from tests.journeys.leaks import canaries as word
from tests.journeys.leaks.outside import Outside
from tests.journeys.leaks.surroundings import Surroundings

PERSON = {
    "given_name": word.GIVEN_NAME,
    "family_name": word.FAMILY_NAME,
    "preferred_name": word.PREFERRED_NAME,
    "birth_date": word.BIRTH_DATE,
}
ALLOWED = f"Go with {word.FAMILY_NAME} to the housing office and help him fill in the application he wants to make"
REFUSED = f"Adjust the dose of the {word.HEALTH_WORD} that {word.FAMILY_NAME} takes"
ABOUT = f"He talks of {word.HEALTH_WORD}; {word.REASON_WORD} says his sister."

SHEET = {
    "wishes": {"reported_by": "person", "content": {"words": ABOUT}},
    "contact": {
        "reported_by": "person",
        "content": {"reach_at": word.PHONE, "safe_words": f"It is {word.REASON_WORD}", "leave_message": "never"},
    },
    "first_meeting": {"reported_by": "staff", "content": {"place": f"Behind the {word.SHEET_WORD}"}},
    "sharing": {"reported_by": "person", "content": {"please_not": f"Nothing about {word.HEALTH_WORD}"}},
}


@dataclass(kw_only=True)
class Known:
    """What the walk has come by, so that pages can be asked for it: ids by the name that routes have for them."""

    ids: dict[str, list[str]] = field(default_factory=dict)

    def keep(self, **found: str) -> None:
        """Newest first: what is still under way shows more than what is over."""
        for name, value in found.items():
            self.ids.setdefault(name, []).insert(0, value)


@dataclass(kw_only=True)
class Walking:
    """One way through the running system. `programme_id` is that of the canaries."""

    stage: Stage
    around: Surroundings
    known: Known
    programme_id: str = ""

    @property
    def outside(self) -> Outside:
        """Other people's servers."""
        return self.around.outside

    def worker(self, key: str) -> str:
        """The id of somebody of the demo's network."""
        return self.stage.registry.workers[key]

    async def discharged(self, sender: Visitor, *, programme_id: str | None = None) -> dict[str, Any]:
        """Somebody new goes home."""
        person_id = await self.somebody(sender)
        body = {"person_id": person_id, "programme_id": programme_id or self.programme_id, "status": "discharged"}
        begun: dict[str, Any] = (await asked_for(sender, "/transitions", body, expect=201)).body
        self.known.keep(handoff_id=begun["handoff_id"])
        return begun | {"person_id": person_id}

    async def somebody(self, sender: Visitor) -> str:
        """A person with the canaries' name."""
        person_id = await created(sender, "/people", PERSON)
        self.known.keep(person_id=person_id)
        return person_id

    async def asked(self, sender: Visitor, handoff: str) -> Visitor:
        """Whoever was asked last."""
        return await self.stage.visitor_by_id((await self.last_offer(sender, handoff))["worker_id"])

    async def last_offer(self, sender: Visitor, handoff: str) -> dict[str, Any]:
        """The newest offer of a handoff."""
        offer: dict[str, Any] = (await sender.get(REFERRALS, handoff)).body["offers"][-1]
        return offer

    async def told(self, who: Visitor, subject_id: str) -> None:
        """Wait until their inbox shows it."""
        while await self.stage.inbox_item(who, subject_id) is None:  # noqa: ASYNC110 - happens in other processes
            await asyncio.sleep(0.1)

    async def heard_outside(self, path: str) -> None:
        """Wait until another system has been told something."""
        while not self.outside.at(path):  # noqa: ASYNC110 - happens in other processes
            await asyncio.sleep(0.1)


def in_hours(hours: float) -> str:
    """An instant from now, as it goes over the wire."""
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def new_key() -> str:
    return str(uuid4())


async def asked_for(who: Visitor, path: str, body: dict[str, Any], *, expect: int) -> Answer:
    """A POST to referrals that answers exactly this: another status is a leg that no longer happens."""
    return await who.ask(REFERRALS, "POST", path, body=body, expect={expect}, key=new_key())


async def created(who: Visitor, path: str, body: dict[str, Any]) -> str:
    return str((await asked_for(who, path, body, expect=201)).body["id"])
