"""The tasks: thin, without arguments, and safe to run at any time in any number."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from celery import Celery

from services.referrals.domain.outcome import Patience
from services.referrals.use_cases.ask_again import ask_again
from services.referrals.use_cases.end_after_death import AfterDeath, end_after_death
from services.referrals.use_cases.handoff_ports import HandoffWork, OverdueMilestones, WaitingOffers
from services.referrals.use_cases.lapse_forgotten_offers import lapse_forgotten_offers
from services.referrals.use_cases.ports import ScopeGuard, TaskWork, UndecidedTasks, WorkSource
from services.referrals.use_cases.referral_ports import OverdueReferrals
from services.referrals.use_cases.rehome_dropped import Dropped, ReferralHomes, rehome_dropped
from services.referrals.use_cases.sweep_milestones import sweep_milestones
from services.referrals.use_cases.sweep_overdue_referrals import sweep_overdue_referrals
from services.referrals.worker.schedule import PROCESS_INBOX, PURGE, RELAY, SWEEP
from shared.clock import Clock
from shared.inbox import InboxProcessor
from shared.outbox import Relay
from shared.task_queue import WorkerLoop


@dataclass(frozen=True, kw_only=True)
class WorkerParts:
    """What the tasks work with; made once in each worker child."""

    relay: Relay
    processor: InboxProcessor
    works: WorkSource[TaskWork]
    undecided: UndecidedTasks
    overdue: OverdueMilestones
    overdue_referrals: OverdueReferrals
    handoff_works: WorkSource[HandoffWork]
    waiting: WaitingOffers
    after_death: AfterDeath
    dropped: Dropped
    referral_homes: ReferralHomes
    guard: ScopeGuard
    patience: Patience
    clock: Clock
    ring: Callable[[str], None]
    forget_old: Callable[[], Awaitable[int]]


async def relay_waiting(parts: WorkerParts) -> int:
    """Hand waiting facts to their consumers; the number handed over."""
    return await parts.relay.drain()


async def process_waiting(parts: WorkerParts) -> int:
    """Apply what other services told us; facts of our own that come of it are rung for."""
    applied = await parts.processor.drain()
    if applied:
        parts.ring(RELAY)
    return applied


async def sweep_due(parts: WorkerParts) -> int:
    """Do whatever has fallen due: what a death leaves open ended first, then milestones and silent referrals marked, tasks decided after all, offers lapsed and dropped work rehomed, counted together."""
    ended = await end_after_death(
        after_death=parts.after_death,
        works=parts.works,
        handoff_works=parts.handoff_works,
        referral_works=parts.referral_homes.works,
        clock=parts.clock,
    )
    silent = await sweep_overdue_referrals(parts.overdue_referrals, clock=parts.clock)
    marked = await sweep_milestones(parts.overdue, clock=parts.clock)
    decided = await ask_again(
        works=parts.works,
        undecided=parts.undecided,
        guard=parts.guard,
        clock=parts.clock,
        patience=parts.patience,
    )
    lapsed = await lapse_forgotten_offers(waiting=parts.waiting, works=parts.handoff_works, clock=parts.clock)
    rehomed = await rehome_dropped(
        dropped=parts.dropped,
        works=parts.works,
        handoff_works=parts.handoff_works,
        referrals=parts.referral_homes,
        clock=parts.clock,
        patience=parts.patience,
    )
    return ended + silent + marked + decided + lapsed + rehomed


async def forget_old(parts: WorkerParts) -> int:
    """Forget delivered facts and old answers after their retention; the number forgotten."""
    return await parts.forget_old()


def register_tasks(application: Celery, *, loop: WorkerLoop[WorkerParts]) -> None:
    """Give the application its tasks, by the names that bells and beat ring."""

    @application.task(name=RELAY)  # type: ignore[untyped-decorator]
    def relay() -> None:
        loop.run(relay_waiting)

    @application.task(name=PROCESS_INBOX)  # type: ignore[untyped-decorator]
    def process_inbox() -> None:
        loop.run(process_waiting)

    @application.task(name=SWEEP)  # type: ignore[untyped-decorator]
    def sweep() -> None:
        loop.run(sweep_due)

    @application.task(name=PURGE)  # type: ignore[untyped-decorator]
    def purge() -> None:
        loop.run(forget_old)
