"""Routes that take everything and fail in every way, inside the frame of a service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import parse_qs
from uuid import UUID

from fastapi import APIRouter, FastAPI, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.codes import PracticeRole, Service
from shared.etags import StaleVersion, stale_problem
from shared.problems import Problem
from shared.service import create_service_app
from shared.tokens import OPEN_TO_ALL

SECRET = "Maria"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: PracticeRole
    counts: dict[str, int] = {}


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(max_length=20)]
    inner: list[Inner] = []
    anything: Any = None
    number: int = 1


class NotHereError(Exception):
    pass


@asynccontextmanager
async def no_resources(_: FastAPI) -> AsyncIterator[None]:
    yield


def make_app() -> FastAPI:
    app = create_service_app(
        service=Service.REFERRALS,
        title="test",
        lifespan=no_resources,
        problem_table={
            NotHereError: lambda _: Problem(409, "not_here", "Not here", extra={"rule": "r1", "status": 1}),
            StaleVersion: stale_problem,
        },
    )
    router = APIRouter(prefix="/things", dependencies=[OPEN_TO_ALL])

    @router.post("")
    async def make(body: Outer) -> Outer:
        return body

    @router.post("/form")
    async def form(request: Request) -> dict[str, str]:
        fields = parse_qs((await request.body()).decode(errors="replace"))
        return {"name": fields.get("name", [""])[0]}

    @router.get("/search")
    async def search(
        text: str = "",
        limit: Annotated[int, Query(le=200)] = 50,
        if_match: Annotated[int | None, Header(alias="If-Match")] = None,
    ) -> dict[str, str]:
        return {"text": text, "limit": str(limit), "if_match": str(if_match)}

    @router.get("/boom")
    async def boom() -> None:
        raise LookupError(f"{SECRET} is not here")

    @router.get("/refused")
    async def refused() -> None:
        raise NotHereError

    @router.get("/stale")
    async def stale() -> None:
        raise StaleVersion(7)

    @router.get("/{thing_id}")
    async def one(thing_id: UUID) -> str:
        return str(thing_id)

    @router.get("/named/{name}")
    async def named(name: str) -> str:
        return name

    app.include_router(router)
    return app
