"""Chain the decisions that were stored since the last time. Safe under any number of sealers."""

from uuid import UUID

from services.scope_guard.domain.hash_chain import SealedDecision, append
from services.scope_guard.use_cases.ports import DecisionChain

BATCH = 500


async def seal(*, chain: DecisionChain, batch: int = BATCH) -> int:
    """Seal what waits, tenant by tenant, a batch per transaction. Returns how many rows were sealed.

    A tenant whose head another sealer holds is left to that sealer.
    """
    sealed = 0
    for tenant_id in await chain.tenants_with_unsealed():
        while (count := await _seal_batch(tenant_id, chain=chain, batch=batch)) > 0:
            sealed += count
    return sealed


async def _seal_batch(tenant_id: UUID, *, chain: DecisionChain, batch: int) -> int:
    async with chain.claim(tenant_id) as claim:
        if claim is None:
            return 0
        links: list[SealedDecision] = []
        head = claim.head
        for row in await claim.unsealed(limit=batch):
            link = append(head, row)
            links.append(link)
            head = link.head
        if links:
            await claim.extend(links)
        return len(links)
