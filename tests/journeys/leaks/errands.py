"""Tasks and referrals, each way they can go, with canaries for words."""

from dataclasses import dataclass
from typing import Any

from handrail.demo.api import Visitor
from handrail.demo.stage import REFERRALS, SCOPE_GUARD
from tests.journeys.leaks import canaries as word
from tests.journeys.leaks.walking import ABOUT, ALLOWED, REFUSED, Walking, asked_for, created, new_key

NEEDED = f"Listen to {word.FAMILY_NAME} over a cup of tea when he feels alone"


@dataclass(kw_only=True)
class Errands(Walking):
    """What people ask of each other."""

    async def everything(self) -> None:
        """All of it."""
        await self._tasks()
        await self._reviews()
        await self._referral_that_is_declined()
        await self._referral_that_waits()

    def _task(self, key: str) -> dict[str, Any]:
        return {"programme_id": self.programme_id, "assignee_worker_id": self.worker(key)}

    async def _tasks(self) -> None:
        who, fay = await self.stage.visitor("mika"), await self.stage.visitor("fay")
        wish = self._task("fay") | {"title": ALLOWED}
        done = await created(who, "/tasks", wish)
        await self.told(fay, done)
        await self.stage.act(fay, f"/tasks/{done}", "start", {"note": ABOUT})
        await self.stage.act(fay, f"/tasks/{done}", "complete", {"note": ABOUT})
        declined = await created(who, "/tasks", wish)
        self.known.keep(task_id=declined)
        words = {"reason": "cant_right_now", "note": ABOUT}
        await self.stage.act(fay, f"/tasks/{declined}", "decline", words)
        refused = await asked_for(who, "/tasks", wish | {"title": REFUSED, "details": ABOUT}, expect=409)
        assert refused.body["code"] == "out_of_scope"
        team = self.stage.registry.teams["community_team"]
        self.known.keep(team_id=team)
        asked = {"programme_id": self.programme_id, "text": REFUSED}
        await who.ask(REFERRALS, "POST", f"/teams/{team}/colleagues", body=asked, expect={200})
        lead = await self.stage.visitor("silas")
        recorded = (await lead.get(SCOPE_GUARD, "/boundary-events")).body["items"]
        self.known.keep(decision_id=recorded[0]["decision_id"])

    async def _reviews(self) -> None:
        """Unclear words wait for a second person, who says yes to one and no to another; who asked hears of both."""
        who, lead = await self.stage.visitor("mika"), await self.stage.visitor("silas")
        unclear = self._task("fay") | {"title": f"Frobnicate the quarterly {word.HEALTH_WORD} of {word.FAMILY_NAME}"}
        for decision, reason in (("approve", "fits_the_role"), ("decline", "out_of_scope")):
            waiting = str((await asked_for(who, "/tasks", unclear, expect=202)).body["id"])
            words = {"decision": decision, "reason": reason, "words": ABOUT}
            await self.stage.act(lead, f"/tasks/{waiting}", "review", words)
            await self.told(who, waiting)
        self.known.keep(task_id=str((await asked_for(who, "/tasks", unclear, expect=202)).body["id"]))

    async def _referred(self, who: Visitor, *, to: str) -> str:
        wish = {
            "programme_id": self.stage.registry.programmes["emergency"],
            "person_id": await self.somebody(who),
            "need": "peer_support",
            "kind": "peer_service",
            "recipient_worker_id": self.worker(to),
            "text": NEEDED,
        }
        referral = await created(who, "/referrals", wish)
        self.known.keep(referral_id=referral)
        return referral

    async def _referral_that_is_declined(self) -> None:
        who, fay = await self.stage.visitor("mika"), await self.stage.visitor("fay")
        referral = await self._referred(who, to="fay")
        path = f"/referrals/{referral}"
        await asked_for(who, f"{path}/feedback", {"text": ABOUT}, expect=201)
        await self.told(fay, referral)
        words = {"reason": "cant_right_now", "text": ABOUT, "what_next": "nothing"}
        await self.stage.act(fay, path, "reject", words)
        await self.told(who, referral)

    async def _referral_that_waits(self) -> None:
        """Nobody answers in time, somebody does at last, and whoever asked wants it back."""
        who, gus = await self.stage.visitor("mika"), await self.stage.visitor("gus")
        referral = await self._referred(who, to="gus")
        path = f"/referrals/{referral}"
        await self.told(gus, referral)
        async with self.around.database("referrals") as referrals:
            await referrals.execute(
                "UPDATE referrals SET overdue_after = now() - interval '1 s' WHERE id = $1", referral
            )
        await self.told(who, referral)
        await self.stage.act(gus, path, "accept")
        await self.stage.act(who, path, "ask-to-cancel")
        await self.told(gus, referral)

    async def stepping_back(self) -> None:
        """What a peer holds waits for somebody again while they are away. Apart: nobody else may be asking them meanwhile."""
        who, hana = await self.stage.visitor("mika"), await self.stage.visitor("hana")
        task = await created(who, "/tasks", self._task("hana") | {"title": ALLOWED})
        await self.told(hana, task)
        away = f"/workers/{self.worker('hana')}/absences"
        absence = await created(hana, away, {})
        await self.told(who, task)
        seen = (await hana.get(REFERRALS, away)).body["items"][0]
        back, version = f"{away}/{absence}/end", f'"{seen["version"]}"'
        await hana.ask(REFERRALS, "POST", back, if_match=version, key=new_key())
