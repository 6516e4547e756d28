"""The whole product, started as an operator would, on a state folder that is thrown away."""

import asyncio
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from handrail.runtime.process_states import read_status
from handrail.runtime.state_folder import StateFolder
from shared.contracts.codes import Service

ROOT = Path(__file__).parents[1]
ADMINISTRATOR = "administrator@bench.example"


class StartFailed(Exception):  # noqa: N818
    """The product, or a program beside it, did not start; the message is the end of its output."""


@dataclass(frozen=True)
class System:
    """Addresses of the running product, and its first administrator."""

    environment: Mapping[str, Mapping[str, str]]
    processes: Mapping[str, Mapping[str, Any]]
    session: aiohttp.ClientSession
    password: str

    def setting(self, service: Service, name: str) -> str:
        """A setting of a service as it was started, such as `DATABASE_URL`."""
        return self.environment[service.value][f"HANDRAIL_{service.value.upper()}_{name}"]

    @property
    def console(self) -> str:
        """The address of the pages."""
        return f"http://{self.processes['console-api']['address']}"

    def url(self, service: Service) -> str:
        """The address of a service's API."""
        return f"http://127.0.0.1:{self.setting(service, 'PORT')}"

    @contextmanager
    def workers_paused(self) -> Iterator[None]:
        """Stand still, every worker, so that a round measures the requests and not what follows from them."""
        with self.paused(*(name for name in self.processes if name.endswith("-worker"))):
            yield

    @contextmanager
    def paused(self, *names: str) -> Iterator[None]:
        """Processes that take connections and never answer: harder on their neighbours than ones that are gone."""
        groups = [int(self.processes[name]["pid"]) for name in names]
        for group in groups:
            os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            for group in groups:
                os.killpg(group, signal.SIGCONT)

    async def know_sizes(self) -> None:
        """What autovacuum does within a minute: plans made while tables were empty read them from end to end."""
        for service in (Service.REFERRALS, Service.NOTIFICATIONS):
            connection = await asyncpg.connect(self.setting(service, "MIGRATION_DATABASE_URL"))
            try:
                await connection.execute("ANALYZE")
            finally:
                await connection.close()

    async def sign_in(self, email: str = ADMINISTRATOR) -> dict[str, str]:
        """The headers of a person; every account of the benchmarks has the same password."""
        answer = await self.post(Service.IDENTITY, "/sign-in", {"email": email, "password": self.password})
        return {"Authorization": f"Bearer {answer['access_token']}"}

    async def post(
        self, service: Service, path: str, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """POST and insist on success."""
        return await self.send("POST", self.url(service) + path, body, headers=headers)

    async def send(
        self, method: str, url: str, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Send JSON and insist on success."""
        async with self.session.request(method, url, json=body, headers=headers) as answer:
            content: dict[str, Any] = await answer.json(content_type=None)
            if answer.status >= 300:
                raise RuntimeError(f"{url} answered {answer.status}: {content}")
            return content


@asynccontextmanager
async def running_system(*, say: Callable[[str], None]) -> AsyncIterator[System]:
    """Start, wait until everything is ready, hand over, stop, and remove the state."""
    folder = Path(tempfile.mkdtemp(prefix="handrail-bench-"))
    os.chmod(folder, 0o755)  # PostgreSQL runs as another user when we are root
    state = folder / "state"
    environment = dict(os.environ) | {"HANDRAIL_STATE": str(state)}
    say("starting PostgreSQL, Valkey and every service")
    try:
        await run_handrail("up", "--detach", "--production", environment=environment)
        password = secrets.token_urlsafe(24)
        environment["HANDRAIL_IDENTITY_BOOTSTRAP_PASSWORD"] = password
        arguments = ("identity", "bootstrap", "--tenant", "Bench", "--email", ADMINISTRATOR)
        await run_handrail(*arguments, environment=environment)
        stored = json.loads(next(state.rglob("environment.json")).read_text(encoding="utf-8"))
        connector = aiohttp.TCPConnector(limit=200)
        async with aiohttp.ClientSession(connector=connector) as session:
            running = read_status(StateFolder(state).status_file)
            assert running is not None
            processes = {one["name"]: one for one in running["processes"]}
            yield System(environment=stored, processes=processes, session=session, password=password)
    finally:
        await run_handrail("down", environment=environment)
        shutil.rmtree(folder, ignore_errors=True)


async def run_handrail(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run the operator's command to its end. Raises StartFailed when it fails."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "handrail", *arguments),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise StartFailed(output.decode(errors="replace")[-2000:])
    return output.decode()


@asynccontextmanager
async def beside(*command: str, environment: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another Python program for the length of a benchmark: the side we are compared with."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, env=dict(os.environ) | dict(environment), start_new_session=True
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGTERM)
        await process.wait()
