"""A real HTTP server that answers as the scope guard would, or fails in each of the ways it can fail."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web

from shared.contracts.codes import PracticeRole
from shared.contracts.scope import (
    Alternative,
    ConditionFinding,
    DecideMode,
    DecideRequest,
    Decision,
    PreviewEach,
    PreviewedEach,
    RuleFinding,
    SourceReference,
    Span,
    TaskPart,
    Verdict,
    input_digest,
)

Judge = Callable[[DecideRequest], Decision]


def decision(question: DecideRequest, verdict: Verdict, **more: Any) -> Decision:
    """A well-formed decision on `question`."""
    said = {
        "decision_id": uuid4(),
        "request_id": question.request_id,
        "mode": question.mode,
        "verdict": verdict,
        "policy_version": "2026-11-01",
        "input_digest": input_digest(question),
        "reason": "peers walk alongside",
        "decided_at": datetime.now(UTC),
    }
    return Decision(**(said | more))


def within_scope(question: DecideRequest) -> Decision:
    """Inside the role."""
    return decision(question, Verdict.WITHIN_SCOPE)


def conditional(*, met: bool) -> Judge:
    """Inside the role, if one condition holds."""

    def judge(question: DecideRequest) -> Decision:
        condition = ConditionFinding(code="documentation_required", description="the programme asks for it", met=met)
        return decision(question, Verdict.WITHIN_SCOPE_WITH_CONDITIONS, conditions=(condition,))

    return judge


def needs_review(question: DecideRequest) -> Decision:
    """Nobody has thought of this yet."""
    return decision(question, Verdict.NEEDS_REVIEW, reason="no rule speaks of this")


def out_of_scope(question: DecideRequest) -> Decision:
    """Outside the role, and mixed with something inside it."""
    rule = RuleFinding(
        rule_id="peer.medication.manage",
        activity="medication_management",
        verdict=Verdict.OUT_OF_SCOPE,
        reason="managing medication belongs to nursing",
        source=SourceReference(document="004", section="3.2"),
        spans=(Span(start=0, end=4),),
    )
    part = TaskPart(
        text="Walk",
        span=Span(start=0, end=4),
        activity="community_accompaniment",
        verdict=Verdict.WITHIN_SCOPE,
        who_may=(PracticeRole.PEER_SUPPORT_SPECIALIST,),
    )
    return decision(
        question,
        Verdict.OUT_OF_SCOPE,
        reason="managing medication belongs to nursing",
        rules=(rule,),
        who_may=(PracticeRole.NURSE,),
        alternative=Alternative(activity="medication_conversation", text="help prepare questions"),
        split=(part,),
    )


def another_request(question: DecideRequest) -> Decision:
    """A permission that answers somebody else's request."""
    return decision(question, Verdict.WITHIN_SCOPE, request_id=uuid4())


def another_question(question: DecideRequest) -> Decision:
    """A permission for something else."""
    return decision(question, Verdict.WITHIN_SCOPE, input_digest="0" * 64)


def without_condition(question: DecideRequest) -> Decision:
    """A conditional permission that names no condition: nothing proves it."""
    return decision(question, Verdict.WITHIN_SCOPE_WITH_CONDITIONS)


def previews(asked: PreviewEach, *, judge: Judge) -> tuple[Decision, ...]:
    """What `judge` says for each of the facts, as previews."""
    assert asked.tenant_id is not None
    return tuple(
        judge(
            DecideRequest(
                request_id=uuid4(),
                tenant_id=asked.tenant_id,
                mode=DecideMode.PREVIEW,
                activity=asked.activity,
                responsibility=asked.responsibility,
                text=asked.text,
                facts=facts,
            )
        )
        for facts in asked.facts
    )


@dataclass
class GuardDouble:
    """Judges with `judge`, unless `fault` says otherwise. The same request id gets the same decision, as in the real one."""

    url: str = ""
    judge: Judge = within_scope
    fault: str | None = None
    asked: list[DecideRequest] = field(default_factory=list)
    previewed: list[PreviewEach] = field(default_factory=list)
    decided: dict[UUID, Decision] = field(default_factory=dict)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    runner: web.AppRunner | None = None

    @property
    def boundary_events(self) -> int:
        """How many boundary events the real guard would hold by now."""
        return sum(decided.verdict is Verdict.OUT_OF_SCOPE for decided in self.decided.values())

    async def stop(self) -> None:
        """Nobody listens at the address any more."""
        assert self.runner is not None
        await self.runner.cleanup()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """`POST /decisions`."""
        question = DecideRequest.model_validate_json(await request.read())
        self.asked.append(question)
        if self.fault in ("slow", "hung"):
            self.held.set()
            await self.released.wait()
        if self.fault == "500":
            return web.json_response({"detail": "broken"}, status=500)
        if self.fault == "refused":
            return web.json_response({"code": "request_id_reused"}, status=422)
        if self.fault == "garbage":
            return web.json_response({"verdict": "within_scope", "allowed": True})
        decided = self.decided.setdefault(question.request_id, self.judge(question))
        if self.fault == "lost":
            return web.json_response({"detail": "decided, but the answer is lost"}, status=502)
        content = decided.model_dump_json().encode()
        if self.fault == "trickle":
            return await self._trickle(request, content)
        return web.Response(body=content, content_type="application/json")

    async def answer_each(self, request: web.Request) -> web.StreamResponse:
        """`POST /decisions/preview-each`."""
        asked = PreviewEach.model_validate_json(await request.read())
        self.previewed.append(asked)
        if self.fault == "500":
            return web.json_response({"detail": "broken"}, status=500)
        answered = PreviewedEach(items=previews(asked, judge=self.judge))
        return web.Response(body=answered.model_dump_json().encode(), content_type="application/json")

    async def _trickle(self, request: web.Request, content: bytes) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for byte in content[:20]:
            await response.write(bytes([byte]))
        self.held.set()
        await self.released.wait()
        return response


@asynccontextmanager
async def running_guard() -> AsyncIterator[GuardDouble]:
    """The double on a free port of 127.0.0.1."""
    double = GuardDouble()
    application = web.Application()
    application.router.add_post("/decisions", double.answer)
    application.router.add_post("/decisions/preview-each", double.answer_each)
    double.runner = web.AppRunner(application, shutdown_timeout=1)
    await double.runner.setup()
    site = web.TCPSite(double.runner, "127.0.0.1", 0)
    await site.start()
    port = double.runner.addresses[0][1]
    double.url = f"http://127.0.0.1:{port}"
    try:
        yield double
    finally:
        double.released.set()
        await double.runner.cleanup()
