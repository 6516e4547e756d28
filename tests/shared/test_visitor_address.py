from datetime import UTC, datetime, timedelta

import pytest

from shared.visitor_address import GOOD_FOR, VisitorSeal

KEY = "v" * 40
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SEAL = VisitorSeal(KEY)


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::7"])
def test_what_was_sealed_is_read_again(address: str) -> None:
    assert SEAL.open(SEAL.seal(address, at=NOW), at=NOW) == address


def test_two_spellings_of_one_address_are_one() -> None:
    assert SEAL.open(SEAL.seal("2001:0DB8:0::0007", at=NOW), at=NOW) == "2001:db8::7"


def test_what_is_no_address_is_not_sealed() -> None:
    for text in ("testclient", "", "203.0.113.7 203.0.113.8", "unknown"):
        with pytest.raises(ValueError, match="IPv4 or IPv6"):
            SEAL.seal(text, at=NOW)


def test_a_change_of_any_part_breaks_the_seal() -> None:
    sealed = SEAL.seal("203.0.113.7", at=NOW)
    time, address, proof = sealed.split(" ")
    other = f"{int(time) + 1} {address} {proof}", f"{time} 203.0.113.8 {proof}", f"{time} {address} {'0' * 64}"
    assert [SEAL.open(text, at=NOW) for text in other] == [None] * 3
    assert VisitorSeal("another key of the same length ........").open(sealed, at=NOW) is None


@pytest.mark.parametrize("text", ["", " ", "203.0.113.7", "x y z", "é ü ñ", "1 2 3 4"])
def test_nonsense_is_no_address(text: str) -> None:
    assert SEAL.open(text, at=NOW) is None


def test_a_seal_is_good_for_a_minute_either_way() -> None:
    sealed = SEAL.seal("203.0.113.7", at=NOW)
    assert SEAL.open(sealed, at=NOW + GOOD_FOR) == SEAL.open(sealed, at=NOW - GOOD_FOR) == "203.0.113.7"
    assert SEAL.open(sealed, at=NOW + GOOD_FOR + timedelta(seconds=1)) is None
    assert SEAL.open(sealed, at=NOW - GOOD_FOR - timedelta(seconds=1)) is None
