"""A service of nothing but plumbing, started by tests as a process of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from pydantic import BaseModel
from pydantic_settings import SettingsConfigDict

from shared.contracts.codes import Service
from shared.logs import get_logger
from shared.service import create_service_app, open_resources, use_resources
from shared.settings import ServiceSettings
from shared.tokens import OPEN_TO_ALL

_log = get_logger()


class ExampleSettings(ServiceSettings):
    """Read from `HANDRAIL_EXAMPLE_*`."""

    model_config = SettingsConfigDict(env_prefix="HANDRAIL_EXAMPLE_")


class Thing(BaseModel):
    """Anything with a name."""

    name: str


def app_from_environment() -> FastAPI:
    """For `uvicorn --factory`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_resources(Service.REFERRALS, ExampleSettings()) as resources:  # type: ignore[call-arg]
            use_resources(app, resources)
            yield

    app = create_service_app(service=Service.REFERRALS, title="example", lifespan=lifespan)

    @app.post("/things", dependencies=[OPEN_TO_ALL])
    async def make(thing: Thing) -> Thing:
        _log.info("thing_made", count=1, name=thing.name)
        return thing

    @app.get("/boom/{name}", dependencies=[OPEN_TO_ALL])
    async def boom(name: str, request: Request) -> None:
        raise LookupError(f"{name} is not here, nor is {request.query_params}")

    return app
