"""Every service's application and worker, composed from settings that point nowhere (nothing is opened)."""

from importlib import import_module

from celery import Celery
from fastapi import FastAPI

from shared.contracts.codes import Service
from shared.settings import ServiceSettings, StorelessSettings

SERVICES = (Service.IDENTITY, Service.SCOPE_GUARD, Service.REFERRALS, Service.NOTIFICATIONS)
WITH_ROUTES = (*SERVICES, Service.CONSOLE)
"""Those above, and the one without a database."""
WITH_WORKERS = (Service.SCOPE_GUARD, Service.REFERRALS, Service.NOTIFICATIONS)

NOWHERE = {
    "port": 1,
    "database_url": "postgresql://nobody:nothing@127.0.0.1:1/none",
    "redis_url": "redis://127.0.0.1:1/0",
    "cursor_key": "k" * 32,
    "text_digest_key": "k" * 32,
    "key_secret": "k" * 32,
    "cookie_key": "k" * 32,
}


def settings_class(service: Service) -> type[StorelessSettings]:
    """The one settings class of a service."""
    module = import_module(f"services.{service.value}.settings")
    (found,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, StorelessSettings)
        and value not in (ServiceSettings, StorelessSettings)
    )
    return found


def settings_of(service: Service) -> StorelessSettings:
    """Settings that are complete and lead nowhere."""
    found = settings_class(service)
    fields = {name: value for name, value in NOWHERE.items() if name in found.model_fields}
    return found(**fields)


def app_of(service: Service) -> FastAPI:
    """The HTTP application, not started."""
    app: FastAPI = import_module(f"services.{service.value}.main").create_app(settings_of(service))
    return app


def worker_of(service: Service) -> Celery:
    """The Celery application, not started."""
    worker: Celery = import_module(f"services.{service.value}.main").create_worker(settings_of(service))
    return worker
