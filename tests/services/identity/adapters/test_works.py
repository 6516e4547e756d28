"""The same story told to the fakes and to PostgreSQL has to end the same."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.identity.adapters.rsa_signing import RsaSigner
from services.identity.adapters.tables import refresh_tokens, sessions
from services.identity.adapters.unit_of_work import PostgresWorks
from services.identity.domain.accounts import Tenant
from services.identity.domain.attempts import AttemptKind
from services.identity.domain.errors import AccountUnknown, EmailTaken, WorkerTaken
from services.identity.domain.sessions import EndReason, RefreshToken, Session
from services.identity.domain.system_clients import SpentAssertion, SystemClient
from services.identity.use_cases.once import AlreadyAnswered, Once, Rendered
from services.identity.use_cases.ports import WorkSource
from services.identity.use_cases.purge_expired import PurgeExpired
from services.identity.use_cases.rotate_keys import RotateKeys
from shared.clock import FixedClock
from shared.contracts.codes import Service
from shared.database import create_engine
from shared.problems import Problem
from tests.fixtures.databases import ServiceDatabase
from tests.services.identity.fake_secrets import FakeSigner
from tests.services.identity.fakes import NOON, FakeWorks, an_account


@pytest.fixture
async def postgres_works(identity_database: ServiceDatabase) -> AsyncIterator[PostgresWorks]:
    engine = create_engine(identity_database.runtime_url)
    yield PostgresWorks(engine)
    await engine.dispose()


@pytest.fixture(params=["fake", "postgres"])
def works(request: pytest.FixtureRequest) -> WorkSource:
    if request.param == "fake":
        return FakeWorks()
    real: PostgresWorks = request.getfixturevalue("postgres_works")
    return real


async def a_tenant(works: WorkSource, name: str = "Northside") -> UUID:
    async with works.begin(None) as work:
        return (await work.tenants.add(Tenant(tenant_id=uuid4(), name=name, created_at=NOON))).tenant_id


async def test_a_tenants_name_is_taken_once(works: WorkSource) -> None:
    first = await a_tenant(works)
    assert await a_tenant(works) == first
    async with works.begin(None) as work:
        known = await work.tenants.named("Northside")
        assert known is not None
        assert known.tenant_id == first
        assert await work.tenants.named("Southside") is None


async def test_an_account_comes_back_as_it_was_kept(works: WorkSource) -> None:
    account = an_account(tenant_id=await a_tenant(works), worker_id=uuid4())
    async with works.begin(account.tenant_id) as work:
        await work.accounts.add(account)
    changed = account.disable(by=uuid4(), expected_version=1, at=NOON)
    async with works.begin(account.tenant_id) as work:
        assert await work.accounts.locked(account.account_id, tenant_id=account.tenant_id) == account
        await work.accounts.save(changed)
    async with works.begin(account.tenant_id) as work:
        assert await work.accounts.read(account.account_id, tenant_id=account.tenant_id) == changed
        assert await work.accounts.with_email(account.email, tenant_id=account.tenant_id) == changed
        assert list(await work.accounts.page(tenant_id=account.tenant_id, after=None, limit=5)) == [changed]
        assert list(await work.accounts.page(tenant_id=account.tenant_id, after=account.account_id, limit=5)) == []


async def test_another_tenant_sees_nothing_of_it(works: WorkSource) -> None:
    account = an_account(tenant_id=await a_tenant(works))
    other = await a_tenant(works, "Southside")
    async with works.begin(account.tenant_id) as work:
        await work.accounts.add(account)
    async with works.begin(other) as work:
        with pytest.raises(AccountUnknown):
            await work.accounts.read(account.account_id, tenant_id=other)
        with pytest.raises(AccountUnknown):
            await work.accounts.locked(account.account_id, tenant_id=other)
        assert await work.accounts.with_email(account.email, tenant_id=other) is None
        assert list(await work.accounts.page(tenant_id=other, after=None, limit=5)) == []


async def test_email_and_worker_are_unique_in_a_tenant_and_only_there(works: WorkSource) -> None:
    tenant_id, other = await a_tenant(works), await a_tenant(works, "Southside")
    worker_id = uuid4()
    for where in (tenant_id, other):
        async with works.begin(where) as work:
            await work.accounts.add(an_account(tenant_id=where, worker_id=worker_id))
    with pytest.raises(EmailTaken):
        async with works.begin(tenant_id) as work:
            await work.accounts.add(an_account(tenant_id=tenant_id))
    with pytest.raises(WorkerTaken):
        async with works.begin(tenant_id) as work:
            await work.accounts.add(an_account(tenant_id=tenant_id, email="bea@x.test", worker_id=worker_id))
    async with works.begin(tenant_id) as work:
        assert await work.accounts.with_email("bea@x.test", tenant_id=tenant_id) is None
        assert len(await work.accounts.opened_by("ada.example@northside.test", tenant_id=None)) == 2
        assert len(await work.accounts.opened_by("ada.example@northside.test", tenant_id=other)) == 1


async def test_sessions_rotate_and_end(works: WorkSource) -> None:
    account = an_account(tenant_id=await a_tenant(works))
    session = Session(
        session_id=uuid4(),
        tenant_id=account.tenant_id,
        account_id=account.account_id,
        created_at=NOON,
        expires_at=NOON + timedelta(hours=1),
    )
    first = RefreshToken(tenant_id=account.tenant_id, session_id=session.session_id, digest=b"1", issued_at=NOON)
    second = RefreshToken(tenant_id=account.tenant_id, session_id=session.session_id, digest=b"2", issued_at=NOON)
    async with works.begin(account.tenant_id) as work:
        await work.accounts.add(account)
        await work.sessions.add(session, first)
    async with works.begin(account.tenant_id) as work:
        assert await work.sessions.locked(session.session_id, tenant_id=account.tenant_id) == session
        assert await work.sessions.locked(session.session_id, tenant_id=uuid4()) is None
        assert await work.sessions.token(b"1", session=session) == first
        assert await work.sessions.token(b"2", session=session) is None
        await work.sessions.rotate(first, successor=second)
    async with works.begin(account.tenant_id) as work:
        used = await work.sessions.token(b"1", session=session)
        assert used is not None
        assert used.used_at == NOON
        assert await work.sessions.token(b"2", session=session) == second
        await work.sessions.end_all(account, reason=EndReason.SIGNED_OUT, at=NOON)
    async with works.begin(account.tenant_id) as work:
        ended = await work.sessions.locked(session.session_id, tenant_id=account.tenant_id)
        assert ended == session.end(reason=EndReason.SIGNED_OUT, at=NOON)
        assert ended is not None
        await work.sessions.end(ended.end(reason=EndReason.TOKEN_REUSED, at=NOON))
    async with works.begin(account.tenant_id) as work:
        assert await work.sessions.locked(session.session_id, tenant_id=account.tenant_id) == ended


async def test_attempts_are_counted_in_the_order_asked(works: WorkSource) -> None:
    keys = [(AttemptKind.EMAIL, b"e"), (AttemptKind.ADDRESS, b"a")]
    async with works.begin(None) as work:
        fresh = await work.attempts.locked(keys, at=NOON)
        assert [(one.kind, one.count) for one in fresh] == [(AttemptKind.EMAIL, 0), (AttemptKind.ADDRESS, 0)]
        await work.attempts.save([one.counted(at=NOON) for one in fresh])
    async with works.begin(None) as work:
        counted = await work.attempts.locked(list(reversed(keys)), at=NOON)
        assert [(one.kind, one.count) for one in counted] == [(AttemptKind.ADDRESS, 1), (AttemptKind.EMAIL, 1)]


async def test_the_ring_keeps_its_keys(works: WorkSource) -> None:
    clock = FixedClock(NOON)
    rotate = RotateKeys(works=works, signer=FakeSigner(), clock=clock)
    await rotate()
    newest = await rotate()
    async with works.begin(None) as work:
        ring = await work.keys.ring()
    assert [key.key_id for key in ring.keys][-1] == newest.key_id
    assert ring.keys[0].signs_until == newest.signs_from
    assert ring.keys[-1] == newest


async def test_clients_and_spent_assertions(works: WorkSource) -> None:
    client = SystemClient(service=Service.REFERRALS, public_key="key", registered_at=NOON)
    spent = SpentAssertion(service=Service.REFERRALS, digest=b"d", expires_at=NOON)
    async with works.begin(None) as work:
        assert await work.clients.read(Service.REFERRALS) is None
        await work.clients.save(client)
        assert await work.clients.spend(spent)
    async with works.begin(None) as work:
        assert await work.clients.read(Service.REFERRALS) == client
        again = SpentAssertion(service=Service.REFERRALS, digest=b"d", expires_at=NOON)
        assert not await work.clients.spend(again)
        other = SpentAssertion(service=Service.INTEROP, digest=b"d", expires_at=NOON)
        assert await work.clients.spend(other)


async def test_an_exception_leaves_nothing_behind(works: WorkSource) -> None:
    async def stopped_half_way() -> None:
        async with works.begin(None) as work:
            await work.tenants.add(Tenant(tenant_id=uuid4(), name="Half", created_at=NOON))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        await stopped_half_way()
    async with works.begin(None) as work:
        assert await work.tenants.named("Half") is None


async def test_an_answer_is_remembered_with_the_change(works: WorkSource) -> None:
    tenant_id = await a_tenant(works)
    once = Once(
        caller="c", route="r", key="k", body_digest="d", render=lambda it: Rendered(status=201, body=it, etag='"1"')
    )
    async with works.begin(tenant_id, once=once) as work:
        work.answer('{"made": 1}')
    with pytest.raises(AlreadyAnswered) as known:
        async with works.begin(tenant_id, once=once):
            pytest.fail("a request that was answered must not run again")
    assert known.value.answer == Rendered(status=201, body='{"made": 1}', etag='"1"')


async def test_the_same_key_for_another_body_is_refused(postgres_works: PostgresWorks) -> None:
    tenant_id = await a_tenant(postgres_works)
    for digest in ("one", "two"):
        once = Once(caller="c", route="r", key="k", body_digest=digest, render=lambda it: Rendered(status=201, body=it))
        if digest == "two":
            with pytest.raises(Problem) as refused:
                async with postgres_works.begin(tenant_id, once=once):
                    pytest.fail("the key belongs to another body")
            assert refused.value.code == "idempotency_key_reused"
            continue
        async with postgres_works.begin(tenant_id, once=once) as work:
            work.answer("{}")


async def test_parallel_attempts_are_all_counted(postgres_works: PostgresWorks) -> None:
    keys = [(AttemptKind.EMAIL, b"e"), (AttemptKind.ADDRESS, b"a")]

    async def attempt() -> None:
        async with postgres_works.begin(None) as work:
            counts = await work.attempts.locked(keys, at=NOON)
            await work.attempts.save([one.counted(at=NOON) for one in counts])

    await asyncio.gather(*(attempt() for _ in range(12)))
    async with postgres_works.begin(None) as work:
        assert [one.count for one in await work.attempts.locked(keys, at=NOON)] == [12, 12]


async def test_two_rotations_at_once_bring_one_key(postgres_works: PostgresWorks) -> None:
    rotate = RotateKeys(works=postgres_works, signer=FakeSigner(), clock=FixedClock(NOON))
    await rotate()
    first, second = await asyncio.gather(rotate(), rotate())
    assert first.key_id == second.key_id
    async with postgres_works.begin(None) as work:
        assert len((await work.keys.ring()).keys) == 2


async def test_a_private_key_rests_sealed(postgres_works: PostgresWorks) -> None:
    key = await RotateKeys(works=postgres_works, signer=RsaSigner("s" * 32), clock=FixedClock(NOON))()
    assert "PRIVATE" not in key.sealed_private_key
    assert set(key.public_jwk) == {"kty", "n", "e", "use", "alg", "kid"}


async def test_purging_removes_what_has_expired_and_nothing_else(postgres_works: PostgresWorks) -> None:
    clock = FixedClock(NOON)
    account = an_account(tenant_id=await a_tenant(postgres_works))
    async with postgres_works.begin(account.tenant_id) as work:
        await work.accounts.add(account)
        for days in (1, 30):
            session = Session(
                session_id=uuid4(),
                tenant_id=account.tenant_id,
                account_id=account.account_id,
                created_at=NOON,
                expires_at=NOON + timedelta(days=days),
            )
            digest = str(days).encode()
            await work.sessions.add(
                session,
                RefreshToken(tenant_id=account.tenant_id, session_id=session.session_id, digest=digest, issued_at=NOON),
            )
        await work.clients.spend(SpentAssertion(service=Service.REFERRALS, digest=b"d", expires_at=NOON))
        await work.attempts.locked([(AttemptKind.EMAIL, b"e")], at=NOON)
    rotate = RotateKeys(works=postgres_works, signer=FakeSigner(), clock=clock)
    await rotate()
    kept = await rotate()
    purge = PurgeExpired(works=postgres_works, clock=clock)
    assert await purge() == 0
    clock.advance(timedelta(days=10))
    assert await purge() == 4
    async with postgres_works.begin(None) as work:
        assert [key.key_id for key in (await work.keys.ring()).keys] == [kept.key_id]
    engine = postgres_works._engine
    async with engine.connect() as connection:
        assert (await connection.execute(sa.select(sa.func.count()).select_from(sessions))).scalar_one() == 1
        assert (await connection.execute(sa.select(refresh_tokens.c.digest))).scalars().all() == [b"30"]
