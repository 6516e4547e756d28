"""Composition root: the only reader of settings, and the only place where parts are put together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from celery import Celery
from fastapi import APIRouter, FastAPI, Request

from services.referrals.adapters.calendar_files import load_calendars
from services.referrals.adapters.conflict_unit_of_work import ConflictWorks
from services.referrals.adapters.consent_unit_of_work import ConsentWorks
from services.referrals.adapters.discharge_queries import DischargeQueries
from services.referrals.adapters.dropped_work import DroppedWork
from services.referrals.adapters.entitlement_queries import EntitlementQueries
from services.referrals.adapters.handoff_unit_of_work import HandoffWorks, HandoffWorksWithin
from services.referrals.adapters.live_figures import FIGURES
from services.referrals.adapters.matching_files import load_ceilings, load_lived_experience
from services.referrals.adapters.measure_files import load_measures
from services.referrals.adapters.milestone_sweep import MilestoneSweep
from services.referrals.adapters.model_files import load_models
from services.referrals.adapters.protocol_files import load_protocols
from services.referrals.adapters.referral_disclosure import CONSENTS
from services.referrals.adapters.referral_sweep import ReferralSweep
from services.referrals.adapters.referral_unit_of_work import ReferralWorks
from services.referrals.adapters.retention import forget_old
from services.referrals.adapters.scope_guard_client import ScopeGuardClient
from services.referrals.adapters.tables import inbox, outbox
from services.referrals.adapters.task_repository import DueQuestions
from services.referrals.adapters.unit_of_work import PostgresWorks
from services.referrals.adapters.waiting_offers import OpenOffers
from services.referrals.adapters.work_after_death import WorkAfterDeath
from services.referrals.api.dependencies import ReferralsParts
from services.referrals.api.errors import PROBLEMS, install_replays
from services.referrals.api.handoff_dependencies import HandoffParts
from services.referrals.api.handoff_errors import HANDOFF_PROBLEMS
from services.referrals.api.matching_dependencies import MatchingParts
from services.referrals.api.number_dependencies import NumberParts
from services.referrals.api.referral_dependencies import ReferralParts
from services.referrals.api.referral_errors import REFERRAL_PROBLEMS
from services.referrals.api.routes import (
    colleagues,
    consents,
    credentials,
    dual_relationships,
    entitlements,
    handoff_commands,
    handoffs,
    help_directory,
    matching,
    numbers,
    organizations,
    people,
    programmes,
    protocols,
    referral_commands,
    referrals,
    rosters,
    sheets,
    source_events,
    task_review,
    task_steps,
    tasks,
    teams,
    transitions,
    workers,
)
from services.referrals.domain.outcome import Patience
from services.referrals.domain.protocol_shelf import ProtocolShelf
from services.referrals.settings import ReferralsSettings
from services.referrals.use_cases.address_referral import Referring
from services.referrals.use_cases.referral_ports import ReferralRules
from services.referrals.use_cases.rehome_dropped import ReferralHomes
from services.referrals.worker.handoff_handlers import handoff_handlers
from services.referrals.worker.schedule import PROCESS_INBOX, RELAY
from services.referrals.worker.tasks import WorkerParts, register_tasks
from shared.contracts.codes import Service
from shared.contracts.events import EventType
from shared.event_intake import events_router
from shared.inbox import Handler, InboxProcessor
from shared.loaded_memory import set_loaded_memory_aside
from shared.outbox import Relay
from shared.service import Resources, create_service_app, open_resources, use_resources
from shared.task_queue import WorkerLoop, create_celery


def _ring_for_events(request: Request) -> None:
    request.app.state.bell.ring(PROCESS_INBOX)


ROUTERS: tuple[APIRouter, ...] = (
    # first what is posted most: routes are tried one after the other
    tasks.router,
    referrals.router,
    organizations.router,
    programmes.router,
    protocols.router,
    people.router,
    consents.router,
    workers.router,
    credentials.router,
    teams.router,
    colleagues.router,
    task_steps.router,
    task_review.router,
    rosters.router,
    matching.router,
    dual_relationships.router,
    help_directory.router,
    source_events.router,
    transitions.router,
    handoffs.router,
    handoff_commands.router,
    sheets.router,
    numbers.router,
    referral_commands.router,
    entitlements.router,
    events_router(producers=(Service.NOTIFICATIONS,), ring=_ring_for_events),
)
"""One per module in api/routes; a new module adds its `router` here."""


def create_app(settings: ReferralsSettings) -> FastAPI:
    """The HTTP application. Connections are made when it starts and closed when it stops."""
    protocols = load_protocols(allow_demo=settings.is_demo)

    rules = ReferralRules(models=load_models(), calendars=load_calendars())
    matching_parts = MatchingParts(ceilings=load_ceilings(), lived_experience=load_lived_experience())
    measures = load_measures()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(Service.REFERRALS, settings) as resources:
            use_resources(app, resources)
            app.state.parts = api_parts(settings, resources=resources)
            app.state.referral_parts = referral_parts(settings, rules=rules, protocols=protocols, resources=resources)
            app.state.matching_parts = matching_parts
            app.state.handoff_parts = handoff_parts(protocols, resources=resources)
            app.state.number_parts = NumberParts(
                discharges=DischargeQueries(resources.engine), measures=measures, protocols=protocols
            )
            yield

    app = create_service_app(
        figures=FIGURES,
        service=Service.REFERRALS,
        title="Handrail referrals",
        lifespan=lifespan,
        problem_table={**PROBLEMS, **HANDOFF_PROBLEMS, **REFERRAL_PROBLEMS},
    )
    install_replays(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


def api_parts(settings: ReferralsSettings, *, resources: Resources) -> ReferralsParts:
    """What the routes work with."""
    return ReferralsParts(
        works=works_of(resources),
        guard=guard_of(settings, resources=resources),
        patience=patience_of(settings),
        clock=resources.clock,
        cursors=resources.cursors,
    )


def handoff_parts(protocols: ProtocolShelf, *, resources: Resources) -> HandoffParts:
    """What the routes of transitions and handoffs work with beside."""
    works = HandoffWorks(works_of(resources), protocols=protocols)
    return HandoffParts(
        works=works,
        sheets=works,
        protocols=protocols,
        subjects=EntitlementQueries(resources.engine),
    )


def referral_parts(
    settings: ReferralsSettings, *, rules: ReferralRules, protocols: ProtocolShelf, resources: Resources
) -> ReferralParts:
    """What the routes of referrals work with beside."""
    works = ReferralWorks(works_of(resources), engine=resources.engine, disclosure=CONSENTS)
    guard = guard_of(settings, resources=resources)
    consent_works = ConsentWorks(works_of(resources), protocols=protocols)
    return ReferralParts(
        works=works,
        consents=consent_works,
        conflicts=ConflictWorks(works_of(resources), protocols=protocols),
        tools=Referring(desk=works, guard=guard, rules=rules, clock=resources.clock),
    )


def create_worker(settings: ReferralsSettings) -> Celery:
    """The Celery application of this service's queue; connections are made in each child after the fork."""

    @asynccontextmanager
    async def open_parts() -> AsyncIterator[WorkerParts]:
        async with open_resources(Service.REFERRALS, settings) as resources:
            yield worker_parts(settings, resources=resources)

    application = create_celery(Service.REFERRALS, redis_url=settings.redis_url.get_secret_value())
    register_tasks(application, loop=WorkerLoop(open_parts))
    return application


def worker_parts(settings: ReferralsSettings, *, resources: Resources) -> WorkerParts:
    """What the tasks of one worker child work with."""
    engine, clock = resources.engine, resources.clock
    protocols = load_protocols(allow_demo=settings.is_demo)
    rules = ReferralRules(models=load_models(), calendars=load_calendars())
    handlers = event_handlers(protocols, resources=resources)
    consumers = {Service.NOTIFICATIONS: resources.client(Service.NOTIFICATIONS, url=settings.notifications_url)}
    return WorkerParts(
        relay=Relay(engine=engine, table=outbox, consumers=consumers, clock=clock),
        processor=InboxProcessor(engine=engine, table=inbox, handlers=handlers, clock=clock),
        works=works_of(resources),
        undecided=DueQuestions(engine),
        overdue_referrals=ReferralSweep(engine),
        overdue=MilestoneSweep(engine),
        handoff_works=HandoffWorks(works_of(resources), protocols=protocols),
        waiting=OpenOffers(engine),
        after_death=WorkAfterDeath(engine),
        dropped=DroppedWork(engine),
        referral_homes=ReferralHomes(works=ConflictWorks(works_of(resources), protocols=protocols), rules=rules),
        guard=guard_of(settings, resources=resources),
        patience=patience_of(settings),
        clock=clock,
        ring=resources.bell.ring,
        forget_old=lambda: forget_old(engine, clock=clock),
    )


def event_handlers(protocols: ProtocolShelf, *, resources: Resources) -> Mapping[EventType, Handler]:
    """What the facts of other services do here; a part of the service that needs one adds its handler."""
    return handoff_handlers(within=HandoffWorksWithin(protocols=protocols), clock=resources.clock)


def works_of(resources: Resources) -> PostgresWorks:
    """Units of work that ring for the relay after a commit."""
    return PostgresWorks(resources.engine, after_commit=lambda: resources.bell.ring(RELAY))


def guard_of(settings: ReferralsSettings, *, resources: Resources) -> ScopeGuardClient:
    """The scope guard, with the patience we have for it."""
    return ScopeGuardClient(
        resources.client(
            Service.SCOPE_GUARD, url=settings.scope_guard_url, timeout_seconds=settings.scope_guard_timeout_seconds
        )
    )


def patience_of(settings: ReferralsSettings) -> Patience:
    """How long things may take, as the settings say."""
    return Patience(
        ask_again_after=timedelta(seconds=settings.ask_again_seconds),
        review_within=timedelta(hours=settings.review_hours),
    )


def app_from_environment() -> FastAPI:
    """For `uvicorn --factory services.referrals.main:app_from_environment`."""
    app = create_app(ReferralsSettings())
    set_loaded_memory_aside()
    return app
