"""The other side of the HTTP benchmarks: FastAPI and one asyncpg INSERT, without any of what a record of care needs."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
from fastapi import FastAPI
from pydantic import BaseModel

TABLE = "CREATE TABLE IF NOT EXISTS bench_tasks (id uuid PRIMARY KEY, title text NOT NULL, details text NOT NULL)"


class Task(BaseModel):
    """What is stored."""

    title: str
    details: str


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=8, max_size=8) as pool:
        await pool.execute(TABLE)
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_lifespan)


@app.get("/ready")
async def ready() -> dict[str, bool]:
    """Answers once the pool is there."""
    return {"ready": True}


@app.post("/tasks", status_code=201)
async def post_task(task: Task) -> dict[str, str]:
    """One INSERT."""
    task_id = uuid4()
    await app.state.pool.execute(
        "INSERT INTO bench_tasks (id, title, details) VALUES ($1, $2, $3)", task_id, task.title, task.details
    )
    return {"id": str(task_id)}
