"""The client: discharges people, answers for peers, assigns tasks, and repeats with the same key until it is told something."""

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import aiohttp

from handrail.demo.api import Answer, UnexpectedAnswer, Visitor
from handrail.demo.network import person_name
from shared.contracts.codes import Service
from tests.faults.storm.history import Deed, History, Kind, Outcome
from tests.faults.storm.network import House, Network

IN_ROLE = "Go with him to the housing office and help him fill in the application he wants to make"
OUT_OF_ROLE = "Assess her for suicide risk and adjust the dose of her medication"
PATIENCE_SECONDS = 240.0
PEOPLE_AT_ONCE = 8
SILENT = 0.06
"""The share of discharges into the house where nobody answers."""
_PAUSE_SECONDS = 0.5
NO_ANSWER = (UnexpectedAnswer, aiohttp.ClientError, TimeoutError, OSError, ValueError)
_ANY = set(range(200, 600))
_KEPT = ("id", "handoff_id", "decision_id", "code", "status", "state")


@dataclass(kw_only=True)
class Client:
    """`give_up`: how many of a hundred discharges are asked for once only, whatever comes back.

    Each errand has dice of its own, made from the seed and its number: what is asked for does not depend on who is faster.
    """

    network: Network
    history: History
    seed: str
    give_up: int = 5
    dice: random.Random = field(default_factory=random.Random)
    _met: dict[str, str] = field(default_factory=dict)

    async def meet(self, discharges: range, tasks: range) -> None:
        """Put people on record before they are needed, so that the storm meets what happens to them and nothing else."""
        errands = [f"discharge {number}" for number in discharges] + [f"task {number}" for number in tasks]
        gate = asyncio.Semaphore(PEOPLE_AT_ONCE)

        async def one(errand: str) -> None:
            async with gate:
                silent = errand.startswith("discharge") and self._with_dice(errand).dice.random() < SILENT
                house = self.network.silent if silent else self.network.patient
                self._met[errand] = await self._person(house.nurse)

        await asyncio.gather(*(one(errand) for errand in errands))

    async def discharge(self, number: int) -> None:
        """Somebody goes home; what happens then, the dice say."""
        await self._with_dice(f"discharge {number}")._discharge(self._met.get(f"discharge {number}"))

    async def task(self, number: int) -> None:
        """Something is asked of a peer, in the role or outside of it."""
        await self._with_dice(f"task {number}")._task(self._met.get(f"task {number}"))

    def _with_dice(self, errand: str) -> "Client":
        return replace(self, dice=random.Random(f"{self.seed} {errand}"))

    async def _discharge(self, person: str | None) -> None:
        fate = self.dice.random()
        house = self.network.silent if fate < SILENT else self.network.patient
        deed = await self._do(
            Kind.DISCHARGE,
            house.nurse,
            "/transitions",
            subject=self._reference(),
            body={
                "person_id": person or await self._person(house.nurse),
                "programme_id": house.programme,
                "status": "discharged",
                "occurred_at": datetime.now(UTC).isoformat(),
            },
            once_only=self.dice.randrange(100) < self.give_up,
        )
        if deed.outcome is Outcome.ACKNOWLEDGED and house is self.network.patient:
            await self._what_follows(deed, house, fate=fate)

    async def _task(self, person: str | None) -> None:
        house = self.network.patient
        kind = self.dice.choice((Kind.TASK_IN_ROLE, Kind.TASK_OUT_OF_ROLE))
        person = person or await self._person(house.nurse)
        body = {
            "programme_id": house.programme,
            "assignee_worker_id": self.dice.choice(house.peers),
            "person_id": person,
            "title": IN_ROLE if kind is Kind.TASK_IN_ROLE else OUT_OF_ROLE,
        }
        await self._do(kind, house.nurse, "/tasks", subject=person, body=body)

    async def _person(self, nurse: Visitor) -> str:
        """Somebody new, put on record by who will send them; asked for until it is certain."""
        key, name = str(uuid4()), person_name(uuid4().int % 600)
        while True:
            answer = await self._once(nurse, "/people", name, key=key, if_match=None)
            if answer is not None and answer.status == 201:
                return str(answer.body["id"])
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _what_follows(self, begun: Deed, house: House, *, fate: float) -> None:
        handoff = str(begun.answer["handoff_id"])
        if fate < 0.14:
            seen = begun.made
            await self._command(Kind.RETRACT, house.nurse, begun, about=begun.answer["id"], seen=seen)
        elif fate < 0.60:
            worker_id, seen = await self._asked(house.nurse, handoff)
            peer = self.network.people[worker_id]
            if fate < 0.24:
                await self._command(Kind.DECLINE, peer, begun, about=handoff, seen=seen, by=worker_id)
            elif fate < 0.30:
                # two devices, one peer: one of them is late
                both = (self._command(Kind.ACCEPT, peer, begun, about=handoff, seen=seen, by=worker_id) for _ in "ab")
                await asyncio.gather(*both)
            else:
                accepted = await self._command(Kind.ACCEPT, peer, begun, about=handoff, seen=seen, by=worker_id)
                await self._after_acceptance(accepted, begun, peer, fate=fate)

    async def _after_acceptance(self, accepted: Deed, begun: Deed, peer: Visitor, *, fate: float) -> None:
        if accepted.outcome is not Outcome.ACKNOWLEDGED:
            return
        told = {"about": accepted.about, "by": accepted.by}
        if fate < 0.36:
            await self._command(Kind.DECLINE, peer, begun, seen=accepted.seen, stale=True, **told)
        elif fate < 0.50:
            met = await self._command(Kind.CONTACT, peer, begun, seen=accepted.made, **told)
            if fate < 0.43 and met.outcome is Outcome.ACKNOWLEDGED:
                await self._command(Kind.CLOSE, peer, begun, seen=met.made, **told)

    async def _command(
        self, kind: Kind, who: Visitor, begun: Deed, *, about: str | None, seen: int | None, **more: Any
    ) -> Deed:
        bodies: dict[Kind, dict[str, str]] = {
            Kind.DECLINE: {"reason": "cant_right_now"},
            Kind.CONTACT: {"how": "phone", "outcome": "reached"},
            Kind.CLOSE: {"outcome": "got_help"},
            Kind.RETRACT: {"reason": "discharge_cancelled"},
        }
        what = "transitions" if kind is Kind.RETRACT else "handoffs"
        path = f"/{what}/{about}/{kind.value}"
        return await self._do(
            kind, who, path, subject=begun.subject, body=bodies.get(kind, {}), about=about, seen=seen, **more
        )

    async def _asked(self, nurse: Visitor, handoff: str) -> tuple[str, int]:
        """Who is asked now, and the handoff's version."""
        while True:
            try:
                answer = await nurse.get(Service.REFERRALS, f"/handoffs/{handoff}")
                return str(answer.body["offers"][-1]["worker_id"]), int(answer.body["version"])
            except NO_ANSWER:
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _do(
        self,
        kind: Kind,
        who: Visitor,
        path: str,
        *,
        subject: str,
        body: dict[str, Any],
        once_only: bool = False,
        **more: Any,
    ) -> Deed:
        if kind is Kind.DISCHARGE:
            body = body | {"visit_reference": subject}
        deed = self.history.note(Deed(key=self._reference(), kind=kind, subject=subject, **more))
        if_match = f'"{deed.seen}"' if deed.seen is not None else None
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            answer = await self._once(who, path, body, key=deed.key, if_match=if_match)
            if answer is not None and _is_an_answer(answer):
                return self._answered(deed, answer)
            heard = {"status": answer.status if answer is not None else None, "tries": deed.tries + 1}
            if once_only or asyncio.get_running_loop().time() > deadline:
                return self.history.note(deed, outcome=Outcome.UNKNOWN, **heard)
            deed = self.history.note(deed, **heard)
            await asyncio.sleep(_PAUSE_SECONDS)

    def _answered(self, deed: Deed, answer: Answer) -> Deed:
        body = answer.body if isinstance(answer.body, dict) else {}
        kept = {name: body[name] for name in _KEPT if name in body}
        etag = answer.headers.get("ETag")
        return self.history.note(
            deed,
            outcome=Outcome.ACKNOWLEDGED if answer.status < 300 else Outcome.REFUSED,
            status=answer.status,
            tries=deed.tries + 1,
            made=int(etag.strip('W/"')) if etag else None,
            answer=kept,
        )

    async def _once(
        self, who: Visitor, path: str, body: dict[str, Any], *, key: str, if_match: str | None
    ) -> Answer | None:
        """One exchange; None when no answer came."""
        try:
            return await who.ask(Service.REFERRALS, "POST", path, body=body, key=key, if_match=if_match, expect=_ANY)
        except NO_ANSWER:
            return None

    def _reference(self) -> str:
        """An id that the seed decides."""
        return str(UUID(int=self.dice.getrandbits(128), version=4))


def _is_an_answer(answer: Answer) -> bool:
    """Whether it says what became of it: not a failure, not "ask again", not somebody who does not know us yet."""
    body = answer.body if isinstance(answer.body, dict) else {}
    return answer.status < 500 and answer.status not in (401, 429) and body.get("code") != "request_in_flight"
