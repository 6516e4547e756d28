"""See to it that some key signs, so that a fresh installation can issue tokens."""

from dataclasses import dataclass

from services.identity.domain.errors import NoSigningKey
from services.identity.use_cases.ports import Signer, WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class EnsureSigningKey:
    """Safe when several processes start at once: the ring is locked while one of them looks and adds."""

    works: WorkSource
    signer: Signer
    clock: Clock

    async def __call__(self) -> bool:
        """Whether a key had to be made."""
        async with self.works.begin(None) as work:
            ring = await work.keys.locked_ring()
            now = self.clock.now()
            try:
                ring.signing_key(at=now)
            except NoSigningKey:
                await work.keys.save(ring.rotate(await self.signer.make(), at=now))
                return True
        return False
