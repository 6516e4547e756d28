"""The frame that every command on a transition or handoff shares: which version, when, and the key to do it once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.referrals.api.dependencies import Parts, ReferralsParts, actor, once, respond
from services.referrals.api.handoff_dependencies import HandoffParts, Walk
from services.referrals.domain.handoff_journey import Journey
from services.referrals.use_cases.handoff_ports import Asked
from services.referrals.use_cases.once import Rendered
from shared.contracts.tokens import TokenClaims
from shared.etags import IfMatch
from shared.idempotency import IdempotencyKey


class TimedBody(Protocol):
    """A request that says when what it tells of occurred; nothing means now."""

    @property
    def occurred_at(self) -> datetime | None: ...


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Everything a command is called with, beside who asks and what is asked."""

    request: Request
    parts: ReferralsParts
    walk: HandoffParts
    version: int
    key: str | None

    async def run(
        self,
        use_case: Callable[..., Awaitable[Journey]],
        subject_id: UUID,
        *,
        claims: TokenClaims,
        body: TimedBody,
        render: Callable[[Any], Rendered],
        **more: Any,
    ) -> Response:
        """Call `use_case` with `more`, and answer with what became of it."""
        assert isinstance(body, BaseModel)
        by = actor(claims)
        journey = await use_case(
            subject_id,
            asked=Asked(by=by, expected_version=self.version, occurred_at=body.occurred_at),
            works=self.walk.works,
            clock=self.parts.clock,
            once=once(self.request, by, key=self.key, body=body, render=render, version=self.version),
            **more,
        )
        return respond(render(journey))


async def _frame(request: Request, parts: Parts, walk: Walk, version: IfMatch, key: IdempotencyKey) -> Frame:
    return Frame(request=request, parts=parts, walk=walk, version=version, key=key)


Command = Annotated[Frame, Depends(_frame)]
