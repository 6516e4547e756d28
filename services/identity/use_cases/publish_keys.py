"""Show verifiers the public keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.identity.use_cases.ports import WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishKeys:
    """The JSON Web Key Set (RFC 7517): keys that sign, will sign, or have signed tokens still alive."""

    works: WorkSource
    clock: Clock

    async def __call__(self) -> Sequence[dict[str, Any]]:
        """Public JWKs, never anything private."""
        async with self.works.begin(None) as work:
            ring = await work.keys.ring()
        return [key.public_jwk for key in ring.published(at=self.clock.now())]
