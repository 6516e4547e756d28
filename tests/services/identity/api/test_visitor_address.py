"""Attempts count by the address that the console vouches for, and by nothing that a caller could write."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.identity.domain.attempts import LIMITS, AttemptKind
from shared.visitor_address import VISITOR_ADDRESS, VisitorSeal
from tests.services.identity.api.conftest import VISITOR_KEY, Identity


@pytest.fixture(autouse=True)
def _two_slips_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    few = replace(LIMITS[AttemptKind.ADDRESS], free=2)
    monkeypatch.setitem(LIMITS, AttemptKind.ADDRESS, few)


async def guess(identity: Identity, number: int, **headers: str) -> int:
    """A guess under an e-mail of its own, so that only the address can be recognised."""
    body = {"email": f"guess{number}@northside.test", "password": "a wrong guess"}
    answer = await identity.http.post("/sign-in", json=body, headers=headers)
    return answer.status_code


def sealed(identity: Identity, address: str, *, key: str = VISITOR_KEY) -> dict[str, str]:
    return {VISITOR_ADDRESS: VisitorSeal(key).seal(address, at=identity.clock.now())}


async def test_one_visitor_who_guesses_does_not_make_another_wait(identity: Identity) -> None:
    guesser = sealed(identity, "203.0.113.7")
    assert [await guess(identity, number, **guesser) for number in range(3)] == [401, 401, 429]
    assert await guess(identity, 3, **sealed(identity, "203.0.113.8")) == 401
    assert await guess(identity, 4) == 401


async def test_an_address_that_nobody_vouches_for_counts_as_the_connection(identity: Identity) -> None:
    answers = []
    for number in range(3):
        address = f"203.0.113.{number}"
        forged = {"X-Forwarded-For": address, **sealed(identity, address, key="somebody else's key " * 2)}
        answers.append(await guess(identity, number, **forged))
    assert answers == [401, 401, 429]


async def test_an_old_seal_counts_as_the_connection(identity: Identity) -> None:
    kept = [sealed(identity, f"203.0.113.{number}") for number in range(3)]
    identity.clock.advance(timedelta(minutes=2))
    assert [await guess(identity, number, **headers) for number, headers in enumerate(kept)] == [401, 401, 429]
