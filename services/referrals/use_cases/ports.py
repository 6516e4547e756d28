"""What use cases need of the world. A part of the service with needs of its own extends `Work` with its own Protocol."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar
from uuid import UUID

from services.referrals.use_cases.once import Once
from shared.contracts.events import EventData, EventType


class Work(Protocol):
    """One transaction of one tenant. Leaving it cleanly commits everything, an exception nothing."""

    def announce(self, event: EventType, *, subject: UUID, data: EventData) -> None:
        """A fact for the outbox, written in this same commit."""
        ...

    def answer(self, result: object) -> None:
        """The result to be remembered with the caller's idempotency key, in this same commit."""
        ...


WorkT_co = TypeVar("WorkT_co", covariant=True)


class WorkSource(Protocol[WorkT_co]):
    """Begins units of work; `use_cases` name the narrowest Work they need: `works: WorkSource[TaskWork]`."""

    def begin(self, tenant_id: UUID, *, once: Once | None = None) -> AbstractAsyncContextManager[WorkT_co]:
        """Open a transaction. Raises AlreadyAnswered when `once` names a request that was answered before."""
        ...
