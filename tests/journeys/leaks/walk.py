"""The main journeys, with canaries for words."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from handrail.demo.api import Answer, Visitor
from handrail.demo.network import JURISDICTION, PASSWORD, TIME_ZONE
from handrail.demo.stage import NOTIFICATIONS, REFERRALS, SCOPE_GUARD, Stage
from services.notifications.domain.endpoints import TELLABLE
from tests.journeys.leaks import canaries as word
from tests.journeys.leaks.outside import HOOK, MESSAGES, Outside

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
class Walk:
    """Canaries on their way through the running system."""

    stage: Stage
    outside: Outside
    programme_id: str = ""

    async def everything(self) -> None:
        """All journeys."""
        await self._settle_in()
        await self._handoff()
        await self._retraction()
        await self._tasks()
        await self._referral()
        await self._heard_outside(HOOK)

    async def _settle_in(self) -> None:
        admin = await self.stage.api.sign_in(self.stage.network.administrator.email, PASSWORD)
        organization = self.stage.registry.organizations["center"]
        self.programme_id = await created(
            admin,
            "/programmes",
            {
                "organization_id": organization,
                "name": f"{word.PROGRAMME_NAME} Team",
                "setting": "community_mental_health",
                "jurisdiction": JURISDICTION,
                "time_zone": TIME_ZONE,
                "integration_model": "integrated_team",
                "duty_owner_worker_id": self.stage.registry.workers["silas"],
                "protocol_code": "standard_inpatient",
            },
        )
        worker = {"organization_id": organization, "display_name": word.WORKER_NAME, "practice_role": "nurse"}
        await created(admin, "/workers", worker)
        for peer in ("fay", "gus", "hana"):
            points = f"/workers/{self.stage.registry.workers[peer]}/contact-points"
            seen = await admin.get(NOTIFICATIONS, points)
            email = self.stage.network.worker(peer).email
            contact = {"email": email, "phone": word.PHONE, "time_zone": TIME_ZONE}
            texts = {"sms_on": True, "channel_order": ["sms", "email"]}
            await admin.ask(NOTIFICATIONS, "PUT", points, body=contact | texts, if_match=seen.etag)
        hook = {
            "url": self.outside.url(HOOK),
            "event_types": sorted(TELLABLE),
            "organization_id": organization,
        }
        await admin.ask(NOTIFICATIONS, "POST", "/webhooks", body=hook, expect={201})

    async def _heard_outside(self, path: str) -> None:
        while not self.outside.at(path):  # noqa: ASYNC110 - happens in other processes
            await asyncio.sleep(0.1)

    async def _discharged(self, sender: Visitor) -> dict[str, Any]:
        person_id = await created(sender, "/people", PERSON)
        body = {"person_id": person_id, "programme_id": self.programme_id, "status": "discharged"}
        begun: dict[str, Any] = (await sender.ask(REFERRALS, "POST", "/transitions", body=body, key=new_key())).body
        return begun

    async def _asked(self, sender: Visitor, handoff: str) -> Visitor:
        offers = (await sender.get(REFERRALS, handoff)).body["offers"]
        return await self.stage.visitor_by_id(offers[-1]["worker_id"])

    async def _told(self, who: Visitor, subject_id: str) -> None:
        while await self.stage.inbox_item(who, subject_id) is None:  # noqa: ASYNC110 - happens in other processes
            await asyncio.sleep(0.1)

    async def _handoff(self) -> None:
        sender = await self.stage.visitor("mika")
        begun = await self._discharged(sender)
        handoff = f"/handoffs/{begun['handoff_id']}"
        await sender.ask(REFERRALS, "PATCH", f"{handoff}/sheet", body=SHEET, if_match='"1"', key=new_key())
        first = await self._asked(sender, handoff)
        await self._told(first, begun["handoff_id"])
        await self._heard_outside(MESSAGES)
        await self.stage.act(first, handoff, "decline", {"reason": "cant_right_now"})
        second = await self._asked(sender, handoff)
        await self._told(second, begun["handoff_id"])
        await second.ask(REFERRALS, "GET", f"{handoff}/sheet", expect={404})
        await self.stage.act(second, handoff, "accept")
        more = {"questions": {"reported_by": "person", "content": {"items": [ABOUT]}}}
        await second.ask(REFERRALS, "PATCH", f"{handoff}/sheet", body=more, if_match='"2"', key=new_key())
        for read in (f"{handoff}/sheet", f"{handoff}/sheet?version=2", f"{handoff}/sheet/revisions"):
            await sender.get(REFERRALS, read)
        await self.stage.act(second, handoff, "first-contact", {"how": "phone", "outcome": "reached"})
        await sender.get(REFERRALS, f"{handoff}/timeline")
        await self.stage.act(second, handoff, "close", {"outcome": "got_help", "reported_by": "person"})

    async def _retraction(self) -> None:
        sender = await self.stage.visitor("mika")
        begun = await self._discharged(sender)
        asked = await self._asked(sender, f"/handoffs/{begun['handoff_id']}")
        await self._told(asked, begun["handoff_id"])
        await self.stage.act(sender, f"/transitions/{begun['id']}", "retract", {"reason": "discharge_cancelled"})
        await self._told(asked, begun["handoff_id"])

    async def _tasks(self) -> None:
        who, fay = await self.stage.visitor("mika"), await self.stage.visitor("fay")
        lead = await self.stage.visitor("silas")
        wish = {"programme_id": self.programme_id, "assignee_worker_id": self.stage.registry.workers["fay"]}
        made = await _asked_for(who, "/tasks", {**wish, "title": ALLOWED}, expect={201, 202})
        if made.status == 201:
            await self.stage.act(fay, f"/tasks/{made.body['id']}", "start", {"note": ABOUT})
            await self.stage.act(fay, f"/tasks/{made.body['id']}", "complete", {"note": ABOUT})
        second = await _asked_for(who, "/tasks", {**wish, "title": ALLOWED, "details": ABOUT}, expect={201, 202})
        if second.status == 201:
            declined = {"reason": "cant_right_now", "note": ABOUT}
            await self.stage.act(fay, f"/tasks/{second.body['id']}", "decline", declined)
        refused = await _asked_for(who, "/tasks", {**wish, "title": REFUSED, "details": ABOUT}, expect={409})
        assert refused.body["code"] == "out_of_scope"
        unclear = {**wish, "title": f"Frobnicate the quarterly {word.HEALTH_WORD} of {word.FAMILY_NAME}"}
        waiting = await _asked_for(who, "/tasks", unclear, expect={202})
        turned_down = {"decision": "decline", "reason": "outside_role", "words": ABOUT}
        path = f"/tasks/{waiting.body['id']}"
        version = (await lead.get(REFERRALS, path)).etag
        await lead.ask(
            REFERRALS, "POST", f"{path}/review", body=turned_down, if_match=version, key=new_key(), expect={200, 422}
        )
        team = next(iter(self.stage.registry.teams.values()))
        await who.ask(
            REFERRALS,
            "POST",
            f"/teams/{team}/colleagues",
            body={"programme_id": self.programme_id, "text": REFUSED},
            expect={200, 403, 404},
        )
        await lead.get(SCOPE_GUARD, "/boundary-events")

    async def _referral(self) -> None:
        who, fay = await self.stage.visitor("mika"), await self.stage.visitor("fay")
        wish = {
            "programme_id": self.stage.registry.programmes["emergency"],
            "person_id": await created(who, "/people", PERSON),
            "need": "peer_support",
            "kind": "peer_service",
            "recipient_worker_id": self.stage.registry.workers["fay"],
            "text": f"Listen to {word.FAMILY_NAME} over a cup of tea when he feels alone",
        }
        made = await _asked_for(who, "/referrals", wish, expect={201, 202, 409, 422})
        if made.status == 201:
            path = f"/referrals/{made.body['id']}"
            await who.ask(REFERRALS, "POST", f"{path}/feedback", body={"text": ABOUT}, key=new_key())
            await self._told(fay, made.body["id"])
            await self.stage.act(
                fay, path, "reject", {"reason": "cant_right_now", "text": ABOUT, "what_next": "nothing"}
            )


def new_key() -> str:
    return str(uuid4())


async def _asked_for(who: Visitor, path: str, body: dict[str, Any], *, expect: set[int]) -> Answer:
    return await who.ask(REFERRALS, "POST", path, body=body, expect=expect, key=new_key())


async def created(who: Visitor, path: str, body: dict[str, Any]) -> str:
    return str((await _asked_for(who, path, body, expect={201})).body["id"])
