"""Remove what has expired: sessions, spent assertions, forgotten attempts, old answers, keys that are gone."""

from dataclasses import dataclass

from services.identity.use_cases.ports import WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class PurgeExpired:
    """Safe to run anywhere, any number of times: no rule depends on a row being gone."""

    works: WorkSource
    clock: Clock

    async def __call__(self) -> int:
        """How many rows were removed."""
        async with self.works.begin(None) as work:
            return await work.leftovers.purge(at=self.clock.now())
