"""Check that nobody changed the decision log after it was sealed."""

from dataclasses import dataclass
from uuid import UUID

from services.scope_guard.domain.hash_chain import BrokenLink, ChainHead, advance, compare_heads, empty_chain
from services.scope_guard.use_cases.ports import DecisionChain

BATCH = 1000


@dataclass(frozen=True)
class ChainReport:
    """How far the chain holds. `broken` is None when it holds up to the kept head."""

    verified: int
    head: ChainHead
    broken: BrokenLink | None


async def verify_chain(
    *, tenant_id: UUID, chain: DecisionChain, expected: ChainHead | None = None, batch: int = BATCH
) -> ChainReport:
    """Walk a tenant's chain from its beginning and report the first broken link.

    `expected` is a head that somebody outside wrote down earlier: the chain must still pass through it, so that
    a chain that was rebuilt together with its stored head is found out too.
    """
    kept = await chain.head(tenant_id=tenant_id)
    reached = empty_chain(tenant_id)
    while True:
        sealed = await chain.sealed_after(reached.position, tenant_id=tenant_id, limit=batch)
        # Rows sealed after the head was read are newer than this check.
        sealed = [entry for entry in sealed if entry.position <= kept.position]
        if not sealed:
            break
        for entry in sealed:
            outcome = advance(reached, entry)
            if isinstance(outcome, BrokenLink):
                return ChainReport(verified=reached.position, head=kept, broken=outcome)
            reached = outcome
            if expected is not None and expected.position == reached.position and expected != reached:
                return ChainReport(verified=reached.position - 1, head=kept, broken=compare_heads(reached, expected))
    broken = compare_heads(reached, kept)
    if broken is None and expected is not None and expected.position > reached.position:
        broken = compare_heads(reached, expected)
    return ChainReport(verified=reached.position, head=kept, broken=broken)
