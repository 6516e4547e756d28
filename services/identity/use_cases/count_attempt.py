"""Count an attempt before its password is looked at, and take it back when it turns out right."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.identity.domain.attempts import AttemptKind
from services.identity.domain.errors import TooManyAttempts
from services.identity.use_cases.ports import Digests, Work

AttemptKeys = Sequence[tuple[AttemptKind, bytes]]


def attempt_keys(*, email: str, address: str | None, digests: Digests) -> AttemptKeys:
    """What one attempt is counted under. The e-mail comes first, always, so that locks are taken in one order."""
    keys = [(AttemptKind.EMAIL, digests.digest("sign-in-email", email))]
    if address is not None:
        keys.append((AttemptKind.ADDRESS, digests.digest("sign-in-address", address)))
    return keys


async def count_attempt(work: Work, *, keys: AttemptKeys, at: datetime) -> None:
    """Raises TooManyAttempts while a wait lasts; such an attempt is not counted, so that waiting always ends."""
    counts = await work.attempts.locked(keys, at=at)
    wait = max((count.wait_at(at) for count in counts), default=timedelta(0))
    if wait:
        raise TooManyAttempts(wait)
    await work.attempts.save([count.counted(at=at) for count in counts])


async def take_back_attempt(work: Work, *, keys: AttemptKeys, at: datetime) -> None:
    """The attempt was a success."""
    counts = await work.attempts.locked(keys, at=at)
    await work.attempts.save([count.taken_back() for count in counts])
