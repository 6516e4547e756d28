"""The main journeys, with canaries for words."""

from dataclasses import dataclass

from handrail.demo.network import JURISDICTION, PASSWORD, TIME_ZONE
from handrail.demo.stage import NOTIFICATIONS, REFERRALS
from services.notifications.domain.endpoints import TELLABLE
from shared.contracts.codes import Service
from tests.journeys.leaks import canaries as word
from tests.journeys.leaks.outside import GONE, HOOK, MESSAGES
from tests.journeys.leaks.walking import ABOUT, PERSON, SHEET, Walking, asked_for, created, in_hours, new_key

ADMINISTRATOR = f"keeps-the-house@{word.MAIL_DOMAIN}"
"""The demo's own administrator works in no organisation, and so has no pages."""


@dataclass(kw_only=True)
class Walk(Walking):
    """A programme with a telling name; a handoff from the bedside to its end, and one that is called back."""

    async def everything(self) -> None:
        """All of it."""
        await self._settle_in()
        await self._handoff()
        await self._retraction()
        await self._plan()

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
                "duty_owner_worker_id": self.worker("silas"),
                "protocol_code": "standard_inpatient",
            },
        )
        self.known.keep(programme_id=self.programme_id)
        worker = {"organization_id": organization, "display_name": word.WORKER_NAME, "practice_role": "nurse"}
        account = {
            "email": ADMINISTRATOR,
            "password": PASSWORD,
            "display_name": "Somebody Made Up",
            "access_role": "administrator",
            "worker_id": await created(admin, "/workers", worker),
            "organization_id": organization,
        }
        await admin.ask(Service.IDENTITY, "POST", "/accounts", body=account, key=new_key(), expect={201})
        for peer in ("fay", "gus", "hana"):
            points = f"/workers/{self.worker(peer)}/contact-points"
            seen = await admin.get(NOTIFICATIONS, points)
            email = self.stage.network.worker(peer).email
            contact = {"email": email, "phone": word.PHONE, "time_zone": TIME_ZONE}
            texts = {"sms_on": True, "channel_order": ["sms", "email"]}
            await admin.ask(NOTIFICATIONS, "PUT", points, body=contact | texts, if_match=seen.etag)
        hook = {"url": self.outside.url(HOOK), "event_types": sorted(TELLABLE), "organization_id": organization}
        # the other address is gone, so it is paused at its first call, and somebody is written to
        gone = hook | {"url": self.outside.url(GONE), "contact_worker_id": self.worker("silas")}
        for endpoint in (hook, gone):
            await admin.ask(NOTIFICATIONS, "POST", "/webhooks", body=endpoint, expect={201})

    async def _handoff(self) -> None:
        sender = await self.stage.visitor("mika")
        begun = await self.discharged(sender)
        handoff = f"/handoffs/{begun['handoff_id']}"
        await sender.ask(REFERRALS, "PATCH", f"{handoff}/sheet", body=SHEET, if_match='"1"', key=new_key())
        first = await self.asked(sender, handoff)
        await self.told(first, begun["handoff_id"])
        await self.heard_outside(MESSAGES)
        await self.stage.act(first, handoff, "decline", {"reason": "cant_right_now"})
        second = await self.asked(sender, handoff)
        await self.told(second, begun["handoff_id"])
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
        begun = await self.discharged(sender)
        asked = await self.asked(sender, f"/handoffs/{begun['handoff_id']}")
        await self.told(asked, begun["handoff_id"])
        await self.stage.act(sender, f"/transitions/{begun['id']}", "retract", {"reason": "discharge_cancelled"})
        await self.told(asked, begun["handoff_id"])

    async def _plan(self) -> None:
        """Planned, put off, and dropped."""
        sender = await self.stage.visitor("mika")
        plan = {"person_id": await created(sender, "/people", PERSON), "programme_id": self.programme_id}
        begun = await asked_for(sender, "/transitions", plan | {"expected_at": in_hours(30)}, expect=201)
        path = f"/transitions/{begun.body['id']}"
        await self.stage.act(sender, path, "replan", {"expected_at": in_hours(50)})
        await self.stage.act(sender, path, "cancel", {"reason": "plan_cancelled"})
