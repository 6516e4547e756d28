"""The whole surface, walked: every route states who may call it, every beat entry rings a task that exists."""

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute

from shared.contracts.codes import Service
from shared.task_queue import ScheduleEntry
from shared.tokens import policies_of
from tests.architecture.composition import WITH_ROUTES, WITH_WORKERS, app_of, settings_class, worker_of

OPEN_PATHS = {"/health/live", "/health/ready", "/.well-known/jwks.json", "/static/{name}", "/language"}
CREDENTIAL_PATHS = {
    "/sign-in",
    "/token",
    "/sign-out",
    "/callbacks/sms",  # signed by the provider over address, time and body
    "/callbacks/sms/{tenant_id}/{message_id}",
}
MUST_NAME_ITS_CALLERS = (
    "state exactly one of allow, allow_system, allow_any, allow_session, allow_inside, open_to_all, credentials_in_body"
)


def every_route(app: FastAPI) -> list[BaseRoute]:
    """Every route, those of included routers too (FastAPI keeps a router as one entry of `app.routes`)."""
    return [context.original_route for context in iter_route_contexts(app.routes)]


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every API route of an application, however it was added."""
    return [route for route in every_route(app) if isinstance(route, APIRoute)]


@pytest.mark.parametrize("service", WITH_ROUTES)
def test_every_route_states_who_may_call_it(service: Service) -> None:
    routes = routes_of(app_of(service))
    assert len(routes) > 3
    for route in routes:
        policies = policies_of(route)
        assert len(policies) == 1, f"{service} {route.path}: {MUST_NAME_ITS_CALLERS}"
        policy = policies[0]
        assert policy.is_open == (route.path in OPEN_PATHS), route.path
        assert not policy.credentials or route.path in CREDENTIAL_PATHS, route.path
        assert policy.inside == (route.path == "/metrics"), route.path
        assert policy.is_open or policy.inside or policy.credentials or policy.roles or policy.systems, route.path


@pytest.mark.parametrize("service", WITH_ROUTES)
def test_internal_routes_are_for_systems_only(service: Service) -> None:
    for route in routes_of(app_of(service)):
        if route.path.startswith("/internal/"):
            assert not policies_of(route)[0].roles, route.path


def test_an_app_has_no_route_that_is_not_an_api_route() -> None:
    for service in WITH_ROUTES:
        others = [route for route in every_route(app_of(service)) if not isinstance(route, APIRoute)]
        assert not others, f"{service} has routes that no guard can see: {others}"


def dependencies_of(dependant: Dependant) -> list[Dependant]:
    """A route's own function and everything that it depends on."""
    return [dependant, *(deeper for each in dependant.dependencies for deeper in dependencies_of(each))]


def is_async(call: Callable[..., Any] | None) -> bool:
    """Whether FastAPI awaits this, or iterates it, on the event loop itself."""
    own = vars(type(call)).get("__call__")
    return any(inspect.iscoroutinefunction(each) or inspect.isasyncgenfunction(each) for each in (call, own))


@pytest.mark.parametrize("service", WITH_ROUTES)
def test_nothing_of_a_route_runs_in_a_thread(service: Service) -> None:
    """FastAPI sends every plain `def` to its thread pool: a look-up of nanoseconds then costs a tenth of a millisecond."""
    for route in routes_of(app_of(service)):
        for each in dependencies_of(route.dependant):
            assert is_async(each.call), f"{route.path}: {each.call} is not async"


@pytest.mark.parametrize("service", WITH_WORKERS)
def test_every_beat_entry_rings_a_task_that_exists(service: Service) -> None:
    schedule: dict[str, ScheduleEntry] = import_module(f"services.{service.value}.worker.schedule").BEAT_SCHEDULE
    worker = worker_of(service)
    assert schedule
    for entry in schedule.values():
        assert entry.task in worker.tasks, entry.task
        assert entry.task.partition(".")[0] == service.value
        assert entry.every_seconds > 0


@pytest.mark.parametrize("service", WITH_ROUTES)
def test_settings_are_named_after_the_service(service: Service) -> None:
    settings = settings_class(service)
    assert settings.model_config.get("env_prefix") == f"HANDRAIL_{service.value.upper()}_"
