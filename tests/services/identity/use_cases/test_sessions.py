from datetime import timedelta
from uuid import uuid4

import pytest

from services.identity.domain.accounts import Account
from services.identity.domain.errors import PasswordUnsuitable, RefreshRefused, SignInRefused, TooManyAttempts
from services.identity.domain.sessions import RACE_GRACE, EndReason
from services.identity.use_cases.caller import Caller
from services.identity.use_cases.change_password import ChangePassword
from services.identity.use_cases.disable_account import DisableAccount
from services.identity.use_cases.enable_account import EnableAccount
from services.identity.use_cases.issued import IssuedTokens
from services.identity.use_cases.refresh_session import RefreshSession
from services.identity.use_cases.sign_out import SignOut
from shared.contracts.codes import AccessRole
from tests.services.identity.fake_secrets import FakeDigests
from tests.services.identity.fakes import an_account
from tests.services.identity.use_cases.test_sign_in import PASSWORD, Door


class House(Door):
    """What follows a sign-in."""

    def __init__(self) -> None:
        super().__init__()
        self.sign_out = SignOut(works=self.works, clock=self.clock)
        self.disable = DisableAccount(works=self.works, clock=self.clock)
        self.enable = EnableAccount(works=self.works)
        self.change_password = ChangePassword(
            works=self.works, passwords=self.passwords, digests=FakeDigests(), clock=self.clock
        )

    async def refresh(self, token: str) -> IssuedTokens:
        use_case = RefreshSession(
            works=self.works,
            digests=FakeDigests(),
            signer=self.signer,
            clock=self.clock,
            issuer="http://identity.test",
        )
        return await use_case(token)

    async def next_token(self, token: str) -> str:
        refresh_token = (await self.refresh(token)).refresh_token
        assert refresh_token is not None
        return refresh_token

    def reasons(self) -> list[EndReason | None]:
        return [session.end_reason for session in self.works.rows.sessions.values()]


def caller(account: Account) -> Caller:
    return Caller(account_id=account.account_id, tenant_id=account.tenant_id)


async def signed_in() -> tuple[House, Account, str]:
    house = House()
    account = await house.with_account(an_account(tenant_id=uuid4()))
    return house, account, await house.knock()


async def test_a_refresh_token_works_once_and_brings_the_next() -> None:
    house, account, first = await signed_in()
    second = await house.next_token(first)
    third = await house.next_token(second)
    assert len({first, second, third}) == 3
    assert house.signer.signed[-1][0].sub == str(account.account_id)


async def test_a_token_used_twice_ends_the_session_for_both_holders() -> None:
    house, _, first = await signed_in()
    second = await house.next_token(first)
    house.clock.advance(RACE_GRACE)
    with pytest.raises(RefreshRefused):
        await house.refresh(first)
    assert house.reasons() == [EndReason.TOKEN_REUSED]
    with pytest.raises(RefreshRefused):
        await house.refresh(second)


async def test_who_loses_a_race_gets_the_same_successor_and_the_chain_goes_on() -> None:
    house, _, first = await signed_in()
    second = await house.next_token(first)
    house.clock.advance(RACE_GRACE - timedelta(seconds=1))
    assert await house.next_token(first) == second
    assert house.reasons() == [None]
    assert await house.next_token(second) not in (first, second)


async def test_no_grace_for_a_token_whose_successor_is_in_use() -> None:
    house, _, first = await signed_in()
    await house.refresh(await house.next_token(first))
    with pytest.raises(RefreshRefused):
        await house.refresh(first)
    assert house.reasons() == [EndReason.TOKEN_REUSED]


async def test_no_grace_after_signing_out() -> None:
    house, account, first = await signed_in()
    await house.refresh(first)
    await house.sign_out(by=caller(account), refresh_token=first)
    with pytest.raises(RefreshRefused):
        await house.refresh(first)
    assert house.reasons() == [EndReason.SIGNED_OUT]


async def test_a_refresh_shows_the_role_of_now() -> None:
    house, account, first = await signed_in()
    promoted = an_account(tenant_id=account.tenant_id, role=AccessRole.SUPERVISOR)
    object.__setattr__(account, "membership", promoted.membership)
    await house.refresh(first)
    assert house.signer.signed[-1][0].access_role is AccessRole.SUPERVISOR


async def test_a_session_does_not_outlive_its_day() -> None:
    house, _, token = await signed_in()
    house.clock.advance(timedelta(hours=12))
    with pytest.raises(RefreshRefused):
        await house.refresh(token)


@pytest.mark.parametrize("change", ["nonsense", "tenant", "session", "secret"])
async def test_a_token_of_nobodys_is_refused_and_ends_nothing(change: str) -> None:
    house, _, token = await signed_in()
    tenant, session, secret = token.split(".")
    forged = {
        "nonsense": "nonsense",
        "tenant": f"{uuid4().hex}.{session}.{secret}",
        "session": f"{tenant}.{uuid4().hex}.{secret}",
        "secret": f"{tenant}.{session}.{'x' * 43}",
    }[change]
    with pytest.raises(RefreshRefused):
        await house.refresh(forged)
    assert house.reasons() == [None]
    await house.refresh(token)


async def test_signing_out_ends_the_named_session_only() -> None:
    house, account, first = await signed_in()
    other = await house.knock()
    await house.sign_out(by=caller(account), refresh_token=first)
    with pytest.raises(RefreshRefused):
        await house.refresh(first)
    await house.refresh(other)


async def test_signing_out_without_a_token_ends_all_sessions() -> None:
    house, account, _ = await signed_in()
    await house.knock()
    await house.sign_out(by=caller(account), refresh_token=None)
    assert house.reasons() == [EndReason.SIGNED_OUT] * 2


@pytest.mark.parametrize("token", ["nonsense", f"{uuid4().hex}.{uuid4().hex}.{'x' * 43}"])
async def test_signing_out_with_a_token_of_nobodys_succeeds_and_ends_nothing(token: str) -> None:
    house, account, _ = await signed_in()
    await house.sign_out(by=caller(account), refresh_token=token)
    await house.sign_out(by=caller(account), refresh_token=f"{account.tenant_id.hex}.{uuid4().hex}.{'x' * 43}")
    assert house.reasons() == [None]


async def test_nobody_signs_somebody_else_out() -> None:
    house, account, token = await signed_in()
    colleague = Caller(account_id=uuid4(), tenant_id=account.tenant_id)
    await house.sign_out(by=colleague, refresh_token=token)
    await house.sign_out(by=caller(account), refresh_token=token[:-1] + ("x" if token[-1] != "x" else "y"))
    assert house.reasons() == [None]


async def test_disabling_an_account_ends_its_sessions_and_enabling_does_not_bring_them_back() -> None:
    house, account, token = await signed_in()
    administrator = Caller(account_id=uuid4(), tenant_id=account.tenant_id)
    await house.disable(account.account_id, expected_version=1, by=administrator)
    assert house.reasons() == [EndReason.ACCOUNT_DISABLED]
    with pytest.raises(SignInRefused):
        await house.knock()
    await house.enable(account.account_id, expected_version=2, by=administrator)
    with pytest.raises(RefreshRefused):
        await house.refresh(token)
    await house.knock()


async def test_a_session_left_open_beside_a_disabled_account_gives_nothing() -> None:
    house, account, token = await signed_in()
    house.works.rows.accounts[account.account_id] = account.disable(
        by=uuid4(), expected_version=1, at=house.clock.now()
    )
    with pytest.raises(RefreshRefused):
        await house.refresh(token)


async def test_a_new_password_ends_every_session() -> None:
    house, account, token = await signed_in()
    await house.change_password(PASSWORD, new="a different sentence", by=caller(account))
    assert house.reasons() == [EndReason.PASSWORD_CHANGED]
    with pytest.raises(RefreshRefused):
        await house.refresh(token)
    with pytest.raises(SignInRefused):
        await house.knock()
    await house.knock("a different sentence")


async def test_a_stolen_screen_does_not_open_the_way_to_guess_the_password() -> None:
    house, account, _ = await signed_in()
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await house.change_password("a wrong guess", new="a different sentence", by=caller(account))
    with pytest.raises(TooManyAttempts):
        await house.change_password(PASSWORD, new="a different sentence", by=caller(account))
    assert house.reasons() == [None]


async def test_an_easy_new_password_is_refused() -> None:
    house, account, _ = await signed_in()
    with pytest.raises(PasswordUnsuitable):
        await house.change_password(PASSWORD, new="aaaaaaaaaaaaaaa", by=caller(account))
