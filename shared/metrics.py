"""What a monitoring system may read of a process: counts, durations and ages; labels are route templates and codes, never ids."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.breaker_board import BreakerBoard
from shared.database import transaction
from shared.http_client import ServiceClient
from shared.tokens import allow_inside

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LONGEST_LOOK_SECONDS = 3.0
_NOT_COUNTED = ("/health", "/metrics")


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveFigures:
    """Gauges that one statement answers at the moment of asking.

    `values` are the gauges' names, each also a column, with what they say; `labels` are columns of codes.
    """

    sql: str
    values: Mapping[str, str]
    labels: tuple[str, ...] = ()


OUTBOX_FIGURES = LiveFigures(
    sql="""SELECT count(*) AS handrail_outbox_waiting,
        coalesce(extract(epoch FROM now() - min(recorded_at)), 0) AS handrail_outbox_oldest_seconds
        FROM outbox WHERE done_at IS NULL""",
    values={
        "handrail_outbox_waiting": "Facts that a neighbour has not taken yet",
        "handrail_outbox_oldest_seconds": "Age of the oldest of them (invariant I9)",
    },
)
INBOX_FIGURES = LiveFigures(
    sql="""SELECT count(*) FILTER (WHERE state = 'pending') AS handrail_inbox_pending,
        count(*) FILTER (WHERE state = 'quarantined') AS handrail_inbox_quarantined,
        coalesce(extract(epoch FROM now() - min(received_at) FILTER (WHERE state = 'pending')), 0)
            AS handrail_inbox_oldest_seconds
        FROM event_inbox WHERE state IN ('pending', 'quarantined')""",
    values={
        "handrail_inbox_pending": "Facts that were taken and not applied yet",
        "handrail_inbox_quarantined": "Facts that could not be applied and wait for a person",
        "handrail_inbox_oldest_seconds": "Age of the oldest that is not applied yet",
    },
)


@dataclass(kw_only=True)
class Metrics:
    """The metrics of one application."""

    figures: Sequence[LiveFigures] = ()
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        where = ("method", "route")
        self._requests = Counter(
            "handrail_requests", "Requests that were answered", (*where, "status"), registry=self.registry
        )
        self._durations = Histogram(
            "handrail_request_seconds", "How long answers took", where, buckets=_SECONDS, registry=self.registry
        )

    def answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer. `route` is a template, or `none` where no route took the request."""
        if route.startswith(_NOT_COUNTED):
            return
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, f"{status // 100}xx").inc()
        self._durations.labels(known, route).observe(seconds)

    async def text(
        self,
        *,
        engine: AsyncEngine | None,
        clients: Sequence[ServiceClient],
        cut_off_workers: Mapping[str, int] | None = None,
    ) -> bytes:
        """The exposition. Where the database does not answer, what it would have said is missing, and the text says so.

        `cut_off_workers`: by neighbour, how many worker processes do not ask it now.
        """
        moment = CollectorRegistry()
        breakers = Gauge("handrail_breaker_open", "1 while a neighbour is not asked", ("target",), registry=moment)
        for client in clients:
            breakers.labels(client.target.value).set(client.is_cut_off)
        workers = Gauge(
            "handrail_worker_breakers_open", "How many workers do not ask a neighbour", ("target",), registry=moment
        )
        for target, count in (cut_off_workers or {}).items():
            workers.labels(target).set(count)
        if engine is not None:
            answered = Gauge("handrail_live_figures_up", "Whether the database answered in time", registry=moment)
            answered.set(await self._look(engine, into=moment))
        return generate_latest(self.registry) + generate_latest(moment)

    async def _look(self, engine: AsyncEngine, *, into: CollectorRegistry) -> bool:
        try:
            async with asyncio.timeout(_LONGEST_LOOK_SECONDS), transaction(engine, tenant_id=None) as connection:
                for figures in self.figures:
                    _show(figures, rows=(await connection.execute(sa.text(figures.sql))).mappings().all(), into=into)
        except (SQLAlchemyError, OSError, TimeoutError):
            return False
        return True


def _show(figures: LiveFigures, *, rows: Sequence[sa.RowMapping], into: CollectorRegistry) -> None:
    """Only what was answered: a gauge that nobody sets reads 0, and "nothing waits" is the one thing an outage must not say."""
    for name, says in figures.values.items():
        gauge = Gauge(name, says, figures.labels, registry=into)
        for row in rows:
            labels = [row[label] for label in figures.labels]
            (gauge.labels(*labels) if labels else gauge).set(float(row[name]))


def metrics_router(metrics: Metrics, *, only_loopback: bool) -> APIRouter:
    """`GET /metrics`, for whoever watches from inside."""
    router = APIRouter()

    @router.get("/metrics", dependencies=[allow_inside(only_loopback=only_loopback)])
    async def get_metrics(request: Request) -> Response:
        resources = getattr(request.app.state, "resources", None)
        board: BreakerBoard | None = getattr(request.app.state, "breaker_board", None)
        text = await metrics.text(
            engine=getattr(request.app.state, "engine", None),
            clients=() if resources is None else resources.clients,
            cut_off_workers=None if board is None else await board.open_by_target(),
        )
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return router
