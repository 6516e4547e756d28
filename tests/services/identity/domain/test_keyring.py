from datetime import timedelta

import pytest

from services.identity.domain.access_tokens import ACCESS_TOKEN_LIFETIME
from services.identity.domain.errors import NoSigningKey
from services.identity.domain.keyring import PUBLISHED_AFTER_SIGNING, PUBLISHED_BEFORE_SIGNING, KeyMaterial, Keyring
from tests.services.identity.fakes import NOON

MINUTE = timedelta(minutes=1)


def material(name: str) -> KeyMaterial:
    return KeyMaterial(key_id=name, public_jwk={"kid": name}, sealed_private_key="sealed")


def published(ring: Keyring, at: timedelta) -> list[str]:
    return [key.key_id for key in ring.published(at=NOON + at)]


def signs(ring: Keyring, at: timedelta) -> str:
    return ring.signing_key(at=NOON + at).key_id


def test_an_empty_ring_signs_nothing() -> None:
    with pytest.raises(NoSigningKey):
        Keyring([]).signing_key(at=NOON)


def test_the_first_key_signs_at_once() -> None:
    ring = Keyring([]).rotate(material("first"), at=NOON)
    assert signs(ring, timedelta(0)) == "first"
    assert ring.successor(at=NOON) is None


def test_a_successor_is_seen_before_it_signs_and_the_old_key_until_its_last_token_is_gone() -> None:
    ring = Keyring([]).rotate(material("old"), at=NOON).rotate(material("new"), at=NOON)
    handover = PUBLISHED_BEFORE_SIGNING
    assert published(ring, timedelta(0)) == ["old", "new"]
    assert signs(ring, handover - timedelta(microseconds=1)) == "old"
    assert signs(ring, handover) == "new"
    last_old_token_expires = handover + ACCESS_TOKEN_LIFETIME
    assert published(ring, last_old_token_expires) == ["old", "new"]
    assert published(ring, handover + PUBLISHED_AFTER_SIGNING) == ["new"]
    assert [key.key_id for key in ring.gone(at=NOON + handover + PUBLISHED_AFTER_SIGNING)] == ["old"]


def test_exactly_one_key_signs_at_every_instant_over_many_rotations() -> None:
    ring = Keyring([]).rotate(material("0"), at=NOON)
    for number in range(1, 5):
        ring = ring.rotate(material(str(number)), at=NOON + number * 7 * MINUTE)
    for minute in range(60):
        at = NOON + minute * MINUTE
        key = ring.signing_key(at=at)
        assert key.signs_from <= at
        assert key in ring.published(at=at)
        assert key.published_at <= at - PUBLISHED_BEFORE_SIGNING or key.key_id == "0"


def test_a_clock_set_back_still_signs_with_a_published_key() -> None:
    ring = Keyring([]).rotate(material("first"), at=NOON)
    assert signs(ring, -60 * MINUTE) == "first"
    assert published(ring, -60 * MINUTE) == ["first"]
    rotated = ring.rotate(material("second"), at=NOON - 60 * MINUTE)
    assert signs(rotated, -60 * MINUTE) == "first"
    assert signs(rotated, -55 * MINUTE) == "second"


def test_a_waiting_successor_is_known() -> None:
    ring = Keyring([]).rotate(material("old"), at=NOON).rotate(material("new"), at=NOON)
    waiting = ring.successor(at=NOON)
    assert waiting is not None
    assert waiting.key_id == "new"
    assert ring.successor(at=NOON + PUBLISHED_BEFORE_SIGNING) is None
