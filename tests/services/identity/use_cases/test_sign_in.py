from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.identity.domain.accounts import Account
from services.identity.domain.attempts import LIMITS, AttemptKind
from services.identity.domain.errors import SignInRefused, TenantNeeded, TooManyAttempts
from services.identity.use_cases.rotate_keys import RotateKeys
from services.identity.use_cases.sign_in import SignIn
from shared.clock import FixedClock
from shared.contracts.codes import AccessRole
from tests.services.identity.fake_secrets import FakeDigests, FakePasswords, FakeSigner
from tests.services.identity.fakes import NOON, FakeWorks, an_account

EMAIL, PASSWORD = "ada.example@northside.test", "walk beside me"


class Door:
    """Sign-in on fakes, with one signing key."""

    def __init__(self) -> None:
        self.works, self.passwords, self.signer = FakeWorks(), FakePasswords(), FakeSigner()
        self.clock = FixedClock(NOON)
        self.sign_in = SignIn(
            works=self.works,
            passwords=self.passwords,
            signer=self.signer,
            digests=FakeDigests(),
            clock=self.clock,
            issuer="http://identity.test",
            session_lifetime=timedelta(hours=12),
        )

    async def with_account(self, account: Account) -> Account:
        if not self.works.rows.ring.keys:
            await RotateKeys(works=self.works, signer=self.signer, clock=self.clock)()
        self.works.rows.accounts[account.account_id] = account
        return account

    async def knock(self, password: str = PASSWORD, *, tenant_id: UUID | None = None, address: str | None = "a") -> str:
        issued = await self.sign_in(EMAIL, password=password, tenant_id=tenant_id, address=address)
        assert issued.refresh_token is not None
        return issued.refresh_token


async def test_the_right_password_gives_a_session_and_a_token_that_says_who_it_is() -> None:
    door = Door()
    account = await door.with_account(an_account(tenant_id=uuid4(), worker_id=uuid4()))
    refresh_token = await door.knock()
    (claims, key_id) = door.signer.signed[0]
    assert claims.sub == str(account.account_id)
    assert claims.access_role is AccessRole.PEER
    assert (claims.tenant_id, claims.worker_id) == (account.tenant_id, account.membership.worker_id)
    assert (claims.iss, claims.aud, claims.client_id) == ("http://identity.test", "handrail", None)
    assert claims.exp - claims.iat == 600
    assert key_id == door.works.rows.ring.keys[0].key_id
    (session,) = door.works.rows.sessions.values()
    assert session.expires_at == NOON + timedelta(hours=12)
    assert refresh_token.encode() not in door.works.rows.tokens
    assert len(door.works.rows.tokens) == 1


@pytest.mark.parametrize("account", [an_account(tenant_id=uuid4()), an_account(tenant_id=uuid4(), disabled=True), None])
async def test_wrong_unknown_and_disabled_cannot_be_told_apart(account: Account | None) -> None:
    door = Door()
    if account is not None:
        await door.with_account(account)
    with pytest.raises(SignInRefused):
        await door.knock("not the password" if account is None or account.is_enabled else PASSWORD)
    assert door.passwords.hashes == 1
    assert door.works.rows.sessions == {}


async def test_guesses_slow_down_and_patience_helps() -> None:
    door = Door()
    await door.with_account(an_account(tenant_id=uuid4()))
    for _ in range(LIMITS[AttemptKind.EMAIL].free):
        with pytest.raises(SignInRefused):
            await door.knock("a wrong guess")
    with pytest.raises(TooManyAttempts) as blocked:
        await door.knock()
    assert blocked.value.retry_after == timedelta(seconds=2)
    assert door.passwords.hashes == LIMITS[AttemptKind.EMAIL].free
    door.clock.advance(timedelta(seconds=2))
    await door.knock()
    assert door.works.rows.attempts[AttemptKind.EMAIL, FakeDigests().digest("sign-in-email", EMAIL)].count == 0


async def test_guessing_slows_down_for_unknown_emails_too() -> None:
    door = Door()
    for _ in range(LIMITS[AttemptKind.EMAIL].free):
        with pytest.raises(SignInRefused):
            await door.knock("a wrong guess", address=None)
    with pytest.raises(TooManyAttempts):
        await door.knock(address=None)


async def test_one_address_cannot_try_every_email() -> None:
    door = Door()
    for number in range(LIMITS[AttemptKind.ADDRESS].free):
        with pytest.raises(SignInRefused):
            await door.sign_in(f"{number}@x.test", password="a wrong guess", tenant_id=None, address="a")
    with pytest.raises(TooManyAttempts):
        await door.sign_in("new@x.test", password="a wrong guess", tenant_id=None, address="a")
    with pytest.raises(SignInRefused):
        await door.sign_in("new@x.test", password="a wrong guess", tenant_id=None, address="b")


async def test_the_same_credentials_in_two_tenants_need_the_tenants_name() -> None:
    door = Door()
    first = await door.with_account(an_account(tenant_id=uuid4()))
    await door.with_account(an_account(tenant_id=uuid4()))
    with pytest.raises(TenantNeeded):
        await door.knock()
    await door.knock(tenant_id=first.tenant_id)
    assert door.signer.signed[0][0].tenant_id == first.tenant_id


async def test_different_passwords_in_two_tenants_lead_each_to_its_own() -> None:
    door = Door()
    await door.with_account(an_account(tenant_id=uuid4()))
    other = await door.with_account(an_account(tenant_id=uuid4(), password="another sentence"))
    await door.knock("another sentence")
    assert door.signer.signed[0][0].tenant_id == other.tenant_id


async def test_an_account_disabled_while_its_password_is_hashed_gets_no_session() -> None:
    door = Door()
    account = await door.with_account(an_account(tenant_id=uuid4()))

    class DisablingMeanwhile(FakePasswords):
        async def matches(self, password: str, *, stored: str) -> bool:
            disabled = account.disable(by=uuid4(), expected_version=1, at=NOON)
            door.works.rows.accounts[account.account_id] = disabled
            return await super().matches(password, stored=stored)

    object.__setattr__(door.sign_in, "passwords", DisablingMeanwhile())
    with pytest.raises(SignInRefused):
        await door.knock()
    assert door.works.rows.sessions == {}
