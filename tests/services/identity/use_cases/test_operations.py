import json
from datetime import timedelta
from uuid import uuid4

import pytest

from services.identity.domain.accounts import Account, Membership
from services.identity.domain.errors import (
    AccountUnknown,
    AudienceRefused,
    ClientRefused,
    EmailTaken,
    PasswordMissing,
    PasswordUnsuitable,
    PublicKeyUnsuitable,
    WorkerTaken,
)
from services.identity.domain.keyring import PUBLISHED_AFTER_SIGNING, PUBLISHED_BEFORE_SIGNING
from services.identity.use_cases.bootstrap_tenant import BootstrapTenant
from services.identity.use_cases.caller import Caller
from services.identity.use_cases.create_account import CreateAccount
from services.identity.use_cases.ensure_signing_key import EnsureSigningKey
from services.identity.use_cases.issue_system_token import IssueSystemToken
from services.identity.use_cases.list_accounts import ListAccounts
from services.identity.use_cases.once import AlreadyAnswered, Once, Rendered
from services.identity.use_cases.publish_keys import PublishKeys
from services.identity.use_cases.purge_expired import PurgeExpired
from services.identity.use_cases.read_account import ReadAccount
from services.identity.use_cases.register_client import RegisterClient
from services.identity.use_cases.rotate_keys import RotateKeys
from shared.clock import FixedClock
from shared.contracts.codes import AccessRole, Service
from tests.services.identity.fake_secrets import FakeAssertions, FakePasswords, FakePublicKeys, FakeSigner
from tests.services.identity.fakes import NOON, FakeWorks, an_account

ISSUER = "http://identity.test"
ADMINISTRATOR = Caller(account_id=uuid4(), tenant_id=uuid4())
MEMBERSHIP = Membership(access_role=AccessRole.PEER, worker_id=uuid4())


async def create(
    works: FakeWorks, *, email: str, membership: Membership = MEMBERSHIP, once: Once | None = None
) -> Account:
    use_case = CreateAccount(works=works, passwords=FakePasswords(), clock=FixedClock(NOON))
    return await use_case(
        email,
        password="walk beside me",
        display_name="Ada Example",
        membership=membership,
        by=ADMINISTRATOR,
        once=once,
    )


async def test_an_account_opens_in_the_administrators_own_tenant() -> None:
    works = FakeWorks()
    account = await create(works, email="ada@x.test")
    assert (account.tenant_id, account.created_by) == (ADMINISTRATOR.tenant_id, ADMINISTRATOR.account_id)
    assert works.rows.accounts == {account.account_id: account}
    assert await ReadAccount(works=works)(account.account_id, tenant_id=ADMINISTRATOR.tenant_id) == account
    with pytest.raises(AccountUnknown):
        await ReadAccount(works=works)(account.account_id, tenant_id=uuid4())


async def test_email_and_worker_belong_to_one_account_each() -> None:
    works = FakeWorks()
    await create(works, email="ada@x.test")
    with pytest.raises(EmailTaken):
        await create(works, email="ada@x.test", membership=Membership(access_role=AccessRole.PEER))
    with pytest.raises(WorkerTaken):
        await create(works, email="bea@x.test")
    with pytest.raises(PasswordUnsuitable):
        await create(works, email="walk beside me")


async def test_the_same_request_twice_opens_one_account() -> None:
    works = FakeWorks()
    once = Once(
        caller="c",
        route="r",
        key="k",
        body_digest="d",
        render=lambda account: Rendered(status=201, body=json.dumps(account.email)),
    )
    await create(works, email="ada@x.test", once=once)
    with pytest.raises(AlreadyAnswered) as known:
        await create(works, email="ada@x.test", once=once)
    assert known.value.answer == Rendered(status=201, body='"ada@x.test"')
    assert len(works.rows.accounts) == 1


async def test_lists_walk_one_tenant_without_gap_or_repetition() -> None:
    works = FakeWorks()
    for number in range(5):
        await create(works, email=f"{number}@x.test", membership=Membership(access_role=AccessRole.PEER))
    stranger = an_account(tenant_id=uuid4())
    works.rows.accounts[stranger.account_id] = stranger
    seen: list[Account] = []
    more = True
    while more:
        after = seen[-1].account_id if seen else None
        page, more = await ListAccounts(works=works)(tenant_id=ADMINISTRATOR.tenant_id, after=after, limit=2)
        seen.extend(page)
    assert [account.email for account in seen] == [f"{number}@x.test" for number in range(5)]


async def test_bootstrap_finds_what_it_made() -> None:
    works = FakeWorks()
    bootstrap = BootstrapTenant(works=works, passwords=FakePasswords(), clock=FixedClock(NOON))
    first = await bootstrap("Northside", email="ada@x.test", password="walk beside me")
    assert first.membership.access_role is AccessRole.ADMINISTRATOR
    again = await bootstrap("Northside", email="ada@x.test", password="quite another one")
    assert again == first
    assert await bootstrap("Northside", email="ada@x.test", password=None) == first
    second = await bootstrap("Northside", email="bea@x.test", password="walk beside me")
    assert (second.tenant_id, len(works.rows.tenants)) == (first.tenant_id, 1)


async def test_a_bootstrap_that_cannot_finish_writes_nothing() -> None:
    works = FakeWorks()
    bootstrap = BootstrapTenant(works=works, passwords=FakePasswords(), clock=FixedClock(NOON))
    with pytest.raises(PasswordMissing):
        await bootstrap("Northside", email="ada@x.test", password=None)
    with pytest.raises(PasswordUnsuitable):
        await bootstrap("Northside", email="ada@x.test", password="aaaaaaaaaaaaaaaa")
    assert works.rows.tenants == {}


async def test_registering_again_updates_and_the_same_key_changes_nothing() -> None:
    works = FakeWorks()
    register = RegisterClient(works=works, public_keys=FakePublicKeys(), clock=FixedClock(NOON))
    assert (await register(Service.REFERRALS, public_key="key one")).version == 1
    assert (await register(Service.REFERRALS, public_key="key one\n")).version == 1
    updated = await register(Service.REFERRALS, public_key="key two")
    assert (updated.version, updated.public_key) == (2, "key two")
    with pytest.raises(PublicKeyUnsuitable):
        await register(Service.REFERRALS, public_key="nonsense")


async def test_rotation_publishes_signs_and_retires_in_this_order() -> None:
    works, signer, clock = FakeWorks(), FakeSigner(), FixedClock(NOON)
    ensure = EnsureSigningKey(works=works, signer=signer, clock=clock)
    rotate = RotateKeys(works=works, signer=signer, clock=clock)
    publish = PublishKeys(works=works, clock=clock)
    assert await ensure()
    assert not await ensure()
    (old,) = [jwk["kid"] for jwk in await publish()]
    new = (await rotate()).key_id
    assert (await rotate()).key_id == new
    assert [jwk["kid"] for jwk in await publish()] == [old, new]
    assert works.rows.ring.signing_key(at=clock.now()).key_id == old
    clock.advance(PUBLISHED_BEFORE_SIGNING)
    assert works.rows.ring.signing_key(at=clock.now()).key_id == new
    clock.advance(PUBLISHED_AFTER_SIGNING)
    assert [jwk["kid"] for jwk in await publish()] == [new]


class Office:
    """The token endpoint on fakes, with referrals registered."""

    def __init__(self) -> None:
        self.works, self.assertions, self.signer = FakeWorks(), FakeAssertions(), FakeSigner()
        self.clock = FixedClock(NOON)
        self.issue = IssueSystemToken(
            works=self.works, assertions=self.assertions, signer=self.signer, clock=self.clock, issuer=ISSUER
        )

    async def open(self) -> "Office":
        await RotateKeys(works=self.works, signer=self.signer, clock=self.clock)()
        register = RegisterClient(works=self.works, public_keys=FakePublicKeys(), clock=self.clock)
        await register(Service.REFERRALS, public_key="key")
        return self

    def assertion(self, *, public_key: str = "key", **claims: object) -> str:
        now = int(self.clock.now().timestamp())
        good = {"iss": "referrals", "sub": "referrals", "aud": f"{ISSUER}/token", "exp": now + 60, "jti": "one"}
        return self.assertions.tell(good | claims, public_key=public_key)


async def test_a_service_gets_a_token_for_one_neighbour() -> None:
    office = await Office().open()
    issued = await office.issue(office.assertion(), audience=Service.SCOPE_GUARD)
    claims = office.signer.signed[0][0]
    assert (claims.aud, claims.client_id, claims.sub) == ("scope_guard", "referrals", "referrals")
    assert (claims.access_role, claims.tenant_id) == (AccessRole.SYSTEM, None)
    assert issued.refresh_token is None


async def test_an_assertion_works_once() -> None:
    office = await Office().open()
    assertion = office.assertion()
    await office.issue(assertion, audience=Service.SCOPE_GUARD)
    with pytest.raises(ClientRefused) as refused:
        await office.issue(assertion, audience=Service.SCOPE_GUARD)
    assert refused.value.reason == "assertion_replayed"


async def test_who_is_not_registered_or_signs_with_another_key_gets_nothing() -> None:
    office = await Office().open()
    for assertion, reason in (
        (office.assertion(iss="interop", sub="interop"), "unknown_client"),
        (office.assertion(public_key="another"), "assertion_signature"),
        (office.assertion(aud="http://elsewhere.test/token"), "assertion_audience"),
        ("nonsense", "assertion_malformed"),
    ):
        with pytest.raises(ClientRefused) as refused:
            await office.issue(assertion, audience=Service.SCOPE_GUARD)
        assert refused.value.reason == reason
    assert office.signer.signed == []


async def test_a_refused_audience_does_not_spend_the_assertion() -> None:
    office = await Office().open()
    assertion = office.assertion()
    with pytest.raises(AudienceRefused):
        await office.issue(assertion, audience=Service.IDENTITY)
    await office.issue(assertion, audience=Service.NOTIFICATIONS)


async def test_purging_forgets_spent_assertions_only_after_they_expired() -> None:
    office = await Office().open()
    await office.issue(office.assertion(), audience=Service.SCOPE_GUARD)
    purge = PurgeExpired(works=office.works, clock=office.clock)
    assert await purge() == 0
    office.clock.advance(timedelta(minutes=10))
    assert await purge() == 1
