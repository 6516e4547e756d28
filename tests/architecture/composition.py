"""Every service's application and worker, composed from settings that point nowhere (nothing is opened)."""

from importlib import import_module

from celery import Celery
from fastapi import FastAPI

from shared.contracts.codes import Service
from shared.settings import ServiceSettings

SERVICES = (Service.IDENTITY, Service.SCOPE_GUARD, Service.REFERRALS, Service.NOTIFICATIONS)
WITH_WORKERS = (Service.SCOPE_GUARD, Service.REFERRALS, Service.NOTIFICATIONS)

NOWHERE = {
    "port": 1,
    "database_url": "postgresql://nobody:nothing@127.0.0.1:1/none",
    "redis_url": "redis://127.0.0.1:1/0",
    "cursor_key": "k" * 32,
    "text_digest_key": "k" * 32,
    "key_secret": "k" * 32,
}


def settings_of(service: Service) -> ServiceSettings:
    """Settings that are complete and lead nowhere."""
    module = import_module(f"services.{service.value}.settings")
    (settings_class,) = (
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, ServiceSettings) and value is not ServiceSettings
    )
    fields = {name: value for name, value in NOWHERE.items() if name in settings_class.model_fields}
    return settings_class(**fields)


def app_of(service: Service) -> FastAPI:
    """The HTTP application, not started."""
    app: FastAPI = import_module(f"services.{service.value}.main").create_app(settings_of(service))
    return app


def worker_of(service: Service) -> Celery:
    """The Celery application, not started."""
    worker: Celery = import_module(f"services.{service.value}.main").create_worker(settings_of(service))
    return worker
