"""Passwords by argon2id, hashed in threads so that the event loop never waits for one."""

import asyncio
import secrets

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher


class Argon2Passwords:
    """See use_cases.ports.Passwords. `memory_kib` and `time_cost` as in RFC 9106; at most `at_once` hashes run together,
    which bounds memory to `memory_kib * at_once`."""

    def __init__(self, *, memory_kib: int, time_cost: int, at_once: int) -> None:
        self._hasher = PasswordHash((Argon2Hasher(memory_cost=memory_kib, time_cost=time_cost, parallelism=1),))
        # What an unknown e-mail's password is held against: the same work, with no way to be right.
        self._stand_in = self._hasher.hash(secrets.token_urlsafe(32))
        self._room = asyncio.Semaphore(at_once)

    async def hash(self, password: str) -> str:
        """A PHC string with its own salt and parameters."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, *, stored: str) -> bool:
        """Whether the password is the one that was hashed."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.verify, password, stored)

    async def pretend(self, password: str) -> None:
        """The work of `matches`, for an e-mail that nobody has."""
        await self.matches(password, stored=self._stand_in)
