"""Sealing and verifying the decision log, on a chain in memory."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.scope_guard.domain.decision_log import LoggedDecision, enter
from services.scope_guard.domain.hash_chain import BreakKind, ChainHead, append, empty_chain
from services.scope_guard.use_cases.preview import judged
from services.scope_guard.use_cases.seal import seal
from services.scope_guard.use_cases.verify_chain import ChainReport, verify_chain
from shared.clock import FixedClock
from shared.contracts.scope import Verdict
from tests.services.scope_guard.questions import KEY, OTHER_TENANT, TENANT, WordJudge, question
from tests.services.scope_guard.use_cases.fakes import MemoryChain

CLOCK = FixedClock(datetime(2026, 3, 2, tzinfo=UTC))


def row(number: int, *, tenant_id: UUID = TENANT) -> LoggedDecision:
    request = question(f"listen {number}", tenant_id=tenant_id)
    return enter(request, judged(request, judge=WordJudge(), clock=CLOCK), key=KEY).row


async def sealed_chain(count: int = 7) -> MemoryChain:
    chain = MemoryChain(waiting={TENANT: [row(number) for number in range(count)]})
    assert await seal(chain=chain, batch=3) == count
    return chain


async def verified(chain: MemoryChain, *, expected: ChainHead | None = None) -> ChainReport:
    return await verify_chain(tenant_id=TENANT, chain=chain, expected=expected, batch=3)


async def test_every_row_gets_the_next_place_tenant_by_tenant() -> None:
    chain = MemoryChain(
        waiting={TENANT: [row(number) for number in range(4)], OTHER_TENANT: [row(9, tenant_id=OTHER_TENANT)]}
    )
    assert await seal(chain=chain, batch=3) == 5
    assert [entry.position for entry in chain.sealed[TENANT]] == [1, 2, 3, 4]
    assert [entry.position for entry in chain.sealed[OTHER_TENANT]] == [1]
    report = await verified(chain)
    assert (report.verified, report.broken) == (4, None)
    assert await seal(chain=chain) == 0


async def test_a_tenant_whose_head_is_held_is_left_alone() -> None:
    chain = MemoryChain(waiting={TENANT: [row(1)]}, held={TENANT})
    assert await seal(chain=chain) == 0
    assert chain.waiting[TENANT] != []


async def test_later_rows_continue_the_chain() -> None:
    chain = await sealed_chain(2)
    noted = await chain.head(tenant_id=TENANT)
    chain.waiting[TENANT] = [row(3)]
    await seal(chain=chain)
    report = await verified(chain, expected=noted)
    assert (report.verified, report.broken) == (3, None)


async def test_an_empty_chain_holds() -> None:
    report = await verified(MemoryChain())
    assert (report.verified, report.head, report.broken) == (0, empty_chain(TENANT), None)


async def test_an_altered_row_is_found_where_it_stands() -> None:
    chain = await sealed_chain()
    entry = chain.sealed[TENANT][3]
    chain.sealed[TENANT][3] = replace(entry, row=replace(entry.row, verdict=Verdict.OUT_OF_SCOPE))
    report = await verified(chain)
    assert report.broken is not None
    assert (report.broken.position, report.broken.kind) == (4, BreakKind.ALTERED)
    assert report.broken.decision_id == entry.row.decision_id
    assert report.verified == 3


@pytest.mark.parametrize(("gone", "position"), [(0, 1), (3, 4), (6, 7)])
async def test_a_missing_row_is_found(gone: int, position: int) -> None:
    chain = await sealed_chain()
    del chain.sealed[TENANT][gone]
    report = await verified(chain)
    assert report.broken is not None
    assert (report.broken.position, report.broken.kind) == (position, BreakKind.MISSING)


async def test_a_chain_rebuilt_behind_the_kept_head_is_found() -> None:
    chain = await sealed_chain()
    last = chain.sealed[TENANT][6]
    forged = append(chain.sealed[TENANT][5].head, replace(last.row, verdict=Verdict.OUT_OF_SCOPE))
    chain.sealed[TENANT][6] = forged
    report = await verified(chain)
    assert report.broken is not None
    assert (report.broken.position, report.broken.kind) == (7, BreakKind.HEAD_DIFFERS)


async def test_a_chain_rebuilt_together_with_its_head_is_found_by_a_head_noted_outside() -> None:
    honest = await sealed_chain(5)
    noted = await honest.head(tenant_id=TENANT)
    rebuilt = await sealed_chain(6)
    assert (await verified(rebuilt)).broken is None
    report = await verified(rebuilt, expected=noted)
    assert report.broken is not None
    assert (report.broken.position, report.broken.kind) == (5, BreakKind.HEAD_DIFFERS)


async def test_a_chain_shorter_than_a_head_noted_outside_is_found() -> None:
    chain = await sealed_chain(3)
    report = await verified(chain, expected=ChainHead(position=9, link=b"\0" * 32))
    assert report.broken is not None
    assert (report.broken.position, report.broken.kind) == (4, BreakKind.MISSING)


async def test_rows_sealed_while_the_check_runs_belong_to_the_next_check() -> None:
    chain = await sealed_chain(3)
    chain.sealed[TENANT].append(append(chain.sealed[TENANT][2].head, row(9)))
    report = await verified(chain)
    assert (report.verified, report.broken) == (3, None)


async def test_no_tenants_chain_passes_for_anothers() -> None:
    chain = await sealed_chain(3)
    chain.sealed[OTHER_TENANT] = chain.sealed[TENANT]
    chain.heads[OTHER_TENANT] = chain.heads[TENANT]
    report = await verify_chain(tenant_id=OTHER_TENANT, chain=chain)
    assert report.broken is not None
    assert (report.broken.position, report.broken.kind) == (1, BreakKind.ALTERED)
