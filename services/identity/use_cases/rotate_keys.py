"""Bring in the next signing key."""

from dataclasses import dataclass

from services.identity.domain.keyring import SigningKey
from services.identity.use_cases.ports import Signer, WorkSource
from shared.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class RotateKeys:
    """For the operator, and for the first start. While a successor waits, asking again changes nothing."""

    works: WorkSource
    signer: Signer
    clock: Clock

    async def __call__(self) -> SigningKey:
        """The newest key: published now, signing from its `signs_from` on."""
        material = await self.signer.make()
        async with self.works.begin(None) as work:
            now = self.clock.now()
            ring = await work.keys.locked_ring()
            waiting = ring.successor(at=now)
            if waiting is not None:
                return waiting
            rotated = ring.rotate(material, at=now)
            await work.keys.save(rotated)
        return rotated.keys[-1]
