"""A small real HTTP server in the place of referrals: answers entitlement questions, takes events, and misbehaves."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

from shared.contracts.entitlements import EntitlementReason


class Mood(StrEnum):
    """How it behaves."""

    WELL = "well"
    ERROR = "error"
    GARBAGE = "garbage"
    MISFIT = "misfit"
    SLOW = "slow"
    REFUSING = "refusing"


@dataclass
class ReferralsDouble:
    """`denied[(worker_id, subject_id)]` is the reason not to tell, `met` are clocks; everybody else may be told."""

    mood: Mood = Mood.WELL
    denied: dict[tuple[str, str], EntitlementReason] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    questions: list[list[dict[str, Any]]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self._runner: web.AppRunner | None = None
        self._release = asyncio.Event()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/internal/entitlements", self._entitlements)
        app.router.add_post("/internal/events", self._events)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        self._release.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def deny(self, worker_id: object, subject_id: object, *, reason: EntitlementReason) -> None:
        self.denied[str(worker_id), str(subject_id)] = reason

    async def _entitlements(self, request: web.Request) -> web.StreamResponse:
        questions = (await request.json())["questions"]
        self.questions.append(questions)
        match self.mood:
            case Mood.ERROR:
                return web.json_response({"detail": "no"}, status=500)
            case Mood.REFUSING:
                return web.json_response({"detail": "no"}, status=403)
            case Mood.GARBAGE:
                return web.Response(text='{"answers": "yes"}', content_type="application/json")
            case Mood.SLOW:
                await self._release.wait()
        answers = [self._answer(question) for question in questions]
        if self.mood is Mood.MISFIT:
            answers = answers[:-1]
        return web.json_response({"answers": answers})

    def _answer(self, question: dict[str, Any]) -> dict[str, Any]:
        reason = self.denied.get((question["worker_id"], question["subject_id"]))
        if question.get("clock_id") in self.met:
            reason = EntitlementReason.NO_LONGER_OVERDUE
        return {
            "worker_id": question["worker_id"],
            "subject_id": question["subject_id"],
            "entitled": reason is None,
            "reason": (reason or EntitlementReason.OFFERED).value,
        }

    async def _events(self, request: web.Request) -> web.Response:
        events = (await request.json())["events"]
        self.events += events
        return web.json_response({"stored": len(events), "already_known": 0})
