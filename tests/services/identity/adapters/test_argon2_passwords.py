import asyncio
import threading

import pytest

from services.identity.adapters.argon2_passwords import Argon2Passwords


@pytest.fixture(scope="module")
def passwords() -> Argon2Passwords:
    return Argon2Passwords(memory_kib=1024, time_cost=1, at_once=2)


async def test_a_password_is_kept_as_argon2id_and_recognised(passwords: Argon2Passwords) -> None:
    stored = await passwords.hash("walk beside me")
    assert stored.startswith("$argon2id$v=19$m=1024,t=1,p=1$")
    assert "walk" not in stored
    assert await passwords.matches("walk beside me", stored=stored)
    assert not await passwords.matches("walk ahead of me", stored=stored)
    assert await passwords.hash("walk beside me") != stored


async def test_an_unknown_email_costs_the_same_work(
    passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await passwords.hash("walk beside me")
    held_against: list[str] = []
    verify = passwords._hasher.verify

    def watched(password: str | bytes, hash: str | bytes) -> bool:
        held_against.append(str(hash))
        return verify(password, hash)

    monkeypatch.setattr(passwords._hasher, "verify", watched)
    await passwords.matches("a wrong guess", stored=stored)
    await passwords.pretend("a wrong guess")
    known, unknown = (text.rsplit("$", 2)[0] for text in held_against)
    assert known == unknown


async def test_hashing_leaves_the_event_loop_and_is_bounded(
    passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, loop_thread = 0, 0, threading.get_ident()
    lock = threading.Lock()
    release = threading.Event()

    def slow(password: str) -> str:
        nonlocal running, most
        assert threading.get_ident() != loop_thread
        with lock:
            running += 1
            most = max(most, running)
            if running == 2:
                release.set()
        assert release.wait(10)
        with lock:
            running -= 1
        return "$argon2id$"

    monkeypatch.setattr(passwords._hasher, "hash", slow)
    await asyncio.gather(*(passwords.hash("walk beside me") for _ in range(6)))
    assert most == 2
