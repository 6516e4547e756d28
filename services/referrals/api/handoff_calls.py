"""What every command on a transition or handoff is called with: who, which version, when, and the key to do it once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypedDict

from fastapi import Request
from pydantic import BaseModel

from services.referrals.api.dependencies import ReferralsParts, actor, once
from services.referrals.api.handoff_dependencies import HandoffParts
from services.referrals.use_cases.handoff_ports import Asked, HandoffWork
from services.referrals.use_cases.once import Once, Rendered
from services.referrals.use_cases.ports import WorkSource
from shared.clock import Clock
from shared.contracts.tokens import TokenClaims


class Call(TypedDict):
    """The keyword arguments that all these use cases share."""

    asked: Asked
    works: WorkSource[HandoffWork]
    clock: Clock
    once: Once


def call(
    request: Request,
    *,
    claims: TokenClaims,
    parts: ReferralsParts,
    walk: HandoffParts,
    version: int,
    key: str | None,
    body: BaseModel,
    occurred_at: datetime | None,
    render: Callable[[Any], Rendered],
) -> Call:
    """Gather them from the request."""
    by = actor(claims)
    return Call(
        asked=Asked(by=by, expected_version=version, occurred_at=occurred_at),
        works=walk.works,
        clock=parts.clock,
        once=once(request, by, key=key, body=body, render=render, version=version),
    )
