from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.accounts import check_password, normal_email
from services.identity.domain.errors import AccountChanged, OwnAccount, PasswordUnsuitable
from tests.services.identity.fakes import NOON, an_account


@pytest.mark.parametrize(
    ("given_text", "normal"),
    [
        ("Ada.Example@Northside.TEST", "ada.example@northside.test"),
        ("  ada@x.test\n", "ada@x.test"),
        ("ada+peer@x.test", "ada+peer@x.test"),
        ("\uff41da@x.test", "ada@x.test"),
        ("zoë@x.test", "zoë@x.test"),
    ],
)
def test_an_email_has_one_form(given_text: str, normal: str) -> None:
    assert normal_email(given_text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "@x.test", "ada@", "a da@x.test", "ada@x..test", "ada@x.test\x00", "ada@-x.test", "ada@x.test>",
        "ada@@x.test", "a" * 65 + "@x.test", "ada@" + "x" * 260, "<ada@x.test>", "ada@x.test,b@x.test",
    ],
)  # fmt: skip
def test_what_cannot_be_an_address_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not an e-mail address$"):
        normal_email(text)


@given(st.text(max_size=60))
def test_the_normal_form_is_a_fixed_point(text: str) -> None:
    try:
        normal = normal_email(text)
    except ValueError:
        return
    assert normal_email(normal) == normal
    assert normal.isprintable()


@pytest.mark.parametrize("password", ["ada@x.test", "MY ada@X.test!!", "aaaaaaaaaaaaaa", "abababababab"])
def test_the_easiest_guesses_are_refused(password: str) -> None:
    with pytest.raises(PasswordUnsuitable):
        check_password(password, email="ada@x.test")


def test_a_long_plain_sentence_is_welcome() -> None:
    check_password("walk beside me, not ahead", email="ada@x.test")


def test_disabling_counts_the_version_and_repeats_quietly() -> None:
    account = an_account(tenant_id=uuid4())
    disabled = account.disable(by=uuid4(), expected_version=1, at=NOON)
    assert (disabled.is_enabled, disabled.version, disabled.disabled_at) == (False, 2, NOON)
    assert disabled.disable(by=uuid4(), expected_version=2, at=NOON + timedelta(days=1)) == disabled
    enabled = disabled.enable(expected_version=2)
    assert (enabled.is_enabled, enabled.version) == (True, 3)
    assert enabled.enable(expected_version=3) == enabled


def test_a_stale_version_changes_nothing() -> None:
    account = an_account(tenant_id=uuid4())
    with pytest.raises(AccountChanged) as refused:
        account.disable(by=uuid4(), expected_version=2, at=NOON)
    assert refused.value.current == 1
    with pytest.raises(AccountChanged):
        account.enable(expected_version=7)


def test_nobody_disables_themselves() -> None:
    account = an_account(tenant_id=uuid4())
    with pytest.raises(OwnAccount):
        account.disable(by=account.account_id, expected_version=1, at=NOON)
