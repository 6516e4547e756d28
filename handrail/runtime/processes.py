"""Every process that makes up Handrail, in one table. A compose file says the same and is compared against this."""

from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.util import find_spec

from shared.contracts.codes import Service


class Kind(StrEnum):
    """What sort of process it is."""

    POSTGRES = "postgres"
    VALKEY = "valkey"
    API = "api"
    WORKER = "worker"
    BEAT = "beat"
    MAIL = "mail"


@dataclass(frozen=True, kw_only=True)
class ProcessDefinition:
    """One row. `arguments` follow the Python interpreter; {port} and {children} are filled in at start.

    `module` must be importable for the row to take part; `pool` is the number of database connections of each of its
    processes (a worker has `children` of them); `port` is the one wanted; `queue` is what a worker takes its tasks from.
    """

    name: str
    kind: Kind
    service: Service | None = None
    port: int | None = None
    module: str | None = None
    arguments: tuple[str, ...] = ()
    pool: int = 0
    queue: str | None = None
    demo_only: bool = False


API_POOL = 8
WORKER_POOL = 3
DEFAULT_WORKER_CHILDREN = 2

POSTGRES = ProcessDefinition(name="postgres", kind=Kind.POSTGRES, port=8432)
VALKEY = ProcessDefinition(name="valkey", kind=Kind.VALKEY, port=8479)


def _api(service: Service, *, port: int) -> ProcessDefinition:
    return ProcessDefinition(
        name=f"{service.value}-api",
        kind=Kind.API,
        service=service,
        port=port,
        module=f"services.{service.value}.main",
        arguments=(
            *("-m", "uvicorn", "--factory", f"services.{service.value}.main:app_from_environment"),
            *("--host", "127.0.0.1", "--port", "{port}", "--no-access-log", "--no-server-header"),
            # uvicorn would believe X-Forwarded-For of everybody on this machine; the console has a setting of its own
            "--no-proxy-headers",
            *("--log-level", "warning", "--timeout-graceful-shutdown", "2"),
        ),
        pool=API_POOL,
    )


def _pages(service: Service, *, port: int) -> ProcessDefinition:
    """A service without a database of its own."""
    return replace(_api(service, port=port), pool=0)


def _worker(service: Service, *, more: str | None = None) -> ProcessDefinition:
    """Those of a service's own queue, or of one `more` that it has beside it."""
    queue = service.value if more is None else f"{service.value}.{more}"
    return ProcessDefinition(
        name=f"{service.value}-{more or 'worker'}",
        kind=Kind.WORKER,
        service=service,
        module=f"services.{service.value}.worker.entry",
        arguments=(
            *("-m", "celery", "-A", f"services.{service.value}.worker.entry", "worker", "-Q", queue),
            *("-c", "{children}", "-n", f"{queue}@%h"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ),
        pool=WORKER_POOL,
        queue=queue,
    )


TABLE: tuple[ProcessDefinition, ...] = (
    POSTGRES,
    VALKEY,
    _api(Service.IDENTITY, port=8404),
    _api(Service.SCOPE_GUARD, port=8402),
    _api(Service.REFERRALS, port=8401),
    _api(Service.NOTIFICATIONS, port=8403),
    _pages(Service.CONSOLE, port=8400),
    _worker(Service.IDENTITY),
    _worker(Service.SCOPE_GUARD),
    _worker(Service.REFERRALS),
    _worker(Service.NOTIFICATIONS),
    _worker(Service.NOTIFICATIONS, more="outgoing"),
    ProcessDefinition(name="beat", kind=Kind.BEAT, module="handrail.beat", arguments=("-m", "handrail.beat")),
    ProcessDefinition(
        name="mail",
        kind=Kind.MAIL,
        port=8425,
        module="handrail.smtp_sink",
        arguments=("-m", "handrail.smtp_sink", "--port", "{port}"),
        demo_only=True,
    ),
)

PROMISED_PORTS = frozenset({row.port for row in TABLE if row.port is not None} | {8405, 2575})
"""Every port that some part of Handrail is expected on; the last two are those of interop and MLLP."""

SERVICES_WITH_DATABASE = (Service.IDENTITY, Service.SCOPE_GUARD, Service.REFERRALS, Service.NOTIFICATIONS)
"""In the order in which they are migrated."""


def exists(module: str) -> bool:
    """Whether a module is there, without running it (its parent packages are imported)."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def with_database() -> tuple[Service, ...]:
    """The services that have a database and whose code is there."""
    return tuple(one for one in SERVICES_WITH_DATABASE if exists(f"services.{one.value}.migrations.env"))


def taking_part(*, demo: bool) -> tuple[ProcessDefinition, ...]:
    """The rows whose code is there and that this profile allows."""
    return tuple(row for row in TABLE if (demo or not row.demo_only) and (row.module is None or exists(row.module)))
