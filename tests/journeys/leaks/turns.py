"""The turns that a discharge can take: nobody can go, a death, a stay that begins again, records that are joined, a consent taken back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handrail.demo.api import Visitor
from handrail.demo.network import PASSWORD
from handrail.demo.sheets import consent_between
from handrail.demo.stage import REFERRALS
from tests.journeys.leaks.walking import ALLOWED, Walking, asked_for, created, new_key

ESCALATED = "supervisor_escalation"


@dataclass(kw_only=True)
class Turns(Walking):
    """Every notice that nobody hopes to get."""

    async def everything(self) -> None:
        """All of it."""
        sender = await self.stage.visitor("mika")
        await self._nobody_can_go(sender)
        await self._death(sender)
        await self._death_with_a_task_open(sender)
        await self._readmission(sender)
        await self._joined_records(sender)
        await self._consent_taken_back()

    async def _told_of_a_discharge(self, sender: Visitor, *, programme_id: str | None = None) -> dict[str, Any]:
        begun = await self.discharged(sender, programme_id=programme_id)
        asked = await self.asked(sender, f"/handoffs/{begun['handoff_id']}")
        await self.told(asked, begun["handoff_id"])
        return begun | {"asked": asked}

    async def _nobody_can_go(self, sender: Visitor) -> None:
        """Each who is asked cannot, so it comes to the supervisor. The introduction did not happen either."""
        begun = await self.discharged(sender)
        handoff = f"/handoffs/{begun['handoff_id']}"
        while (await self.last_offer(sender, handoff))["kind"] != ESCALATED:
            asked = await self.asked(sender, handoff)
            await self.stage.act(asked, handoff, "decline", {"reason": "cant_right_now"})
        await self.told(await self.stage.visitor("silas"), begun["handoff_id"])

    async def _death(self, sender: Visitor) -> None:
        begun = await self._told_of_a_discharge(sender)
        await self.stage.act(sender, f"/handoffs/{begun['handoff_id']}", "withdraw", {"reason": "person_died"})
        await self.told(begun["asked"], begun["handoff_id"])

    async def _death_with_a_task_open(self, sender: Visitor) -> None:
        """A hospital's system says that somebody left and, later, died: what was asked for them ends, without a word why."""
        stay = {"person_id": await self.somebody(sender), "programme_id": self.programme_id}
        stay |= {"source_key": "digest-of-a-last-stay"}
        await self._passed_on(kind="discharged", **stay)
        task = {"programme_id": self.programme_id, "assignee_worker_id": self.worker("hana"), "title": ALLOWED}
        asked = await created(sender, "/tasks", task | {"person_id": stay["person_id"]})
        await self.told(await self.stage.visitor("hana"), asked)
        await self._passed_on(kind="died", **stay)

    async def _readmission(self, sender: Visitor) -> None:
        """A hospital's system says that somebody left, and soon after that they are back."""
        stay = {"person_id": await self.somebody(sender), "programme_id": self.programme_id}
        left = await self._passed_on(kind="discharged", source_key="digest-of-a-first-stay", **stay)
        path = f"/transitions/{left['episodes'][0]['transition_id']}"
        holder = await self.stage.visitor("silas")
        begun = (await holder.get(REFERRALS, path)).body
        asked = await self.asked(holder, f"/handoffs/{begun['handoff_id']}")
        await self.told(asked, begun["handoff_id"])
        back = await self._passed_on(kind="admitted", source_key="digest-of-a-second-stay", **stay)
        assert "readmitted" in {episode["stands"] for episode in back["episodes"]}
        await self.told(asked, begun["handoff_id"])

    async def _joined_records(self, sender: Visitor) -> None:
        first, second = await self._told_of_a_discharge(sender), await self._told_of_a_discharge(sender)
        await self._passed_on(kind="people_joined", person_id=first["person_id"], merged_person_id=second["person_id"])
        paths = [f"/transitions/{one['id']}" for one in (first, second)]
        states = sorted([(await sender.get(REFERRALS, path)).body["status"] for path in paths])
        assert states == ["discharged", "retracted"]

    async def _passed_on(self, **fact: str) -> dict[str, Any]:
        """What a hospital's system says."""
        admin = await self.stage.api.sign_in(self.stage.network.administrator.email, PASSWORD)
        body = fact | {"event_at": datetime.now(UTC).isoformat()}
        became: dict[str, Any] = (await asked_for(admin, "/transitions/source-events", body, expect=200)).body
        return became

    async def _consent_taken_back(self) -> None:
        """A handoff and a referral to another house rest on one consent: both stop, and whoever was told hears of a change."""
        organizations, programmes = self.stage.registry.organizations, self.stage.registry.programmes
        sender, joy = await self.stage.visitor("wren"), await self.stage.visitor("joy")
        begun = await self.discharged(sender, programme_id=programmes["partner"])
        paper = consent_between(organizations["hospital"], organizations["alliance"])
        consent = await created(sender, f"/people/{begun['person_id']}/consents", paper)
        self.known.keep(consent_id=consent, person_id=begun["person_id"])
        handoff = f"/handoffs/{begun['handoff_id']}"
        asked = await self.asked(sender, handoff)
        await self.told(asked, begun["handoff_id"])
        await self.stage.act(asked, handoff, "accept")
        wish = {
            "programme_id": programmes["emergency"],
            "person_id": begun["person_id"],
            "need": "peer_support",
            "kind": "peer_service",
            "recipient_worker_id": self.worker("joy"),
        }
        referral = await created(sender, "/referrals", wish)
        await self.told(joy, referral)
        path = f"/consents/{consent}/revoke"
        await sender.ask(REFERRALS, "POST", path, body={"method": "spoken"}, if_match='"1"', key=new_key())
        await self.told(asked, begun["handoff_id"])
        await self.told(joy, referral)
