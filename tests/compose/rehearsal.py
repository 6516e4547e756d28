"""The compose file, really tried: build, start, perform, scale, restart the stores under load, perform again, take down.

By hand, because it needs a Docker daemon and some minutes; the daemon is whatever the environment names.

    make compose-test

It is a project of its own (`handrail-rehearsal`) with secrets of its own, and touches no other deployment's volumes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handrail.runtime.ports import any_free

PROJECT = Path(__file__).parents[2]
WITNESS = Path(__file__).with_name("witness.py")
SCALED = (
    *("identity-api", "scope-guard-api", "referrals-api", "notifications-api"),
    *("scope-guard-worker", "referrals-worker", "notifications-worker"),
)
SCALED_TO_TWO = "notifications-outgoing"
"""The smallest networks that a daemon may be told to make hold 29 containers, and the witness needs a place too."""
STORES = ("postgres", "redis")
DATABASES = ("identity", "scope_guard", "referrals", "notifications")
_BEGAN = time.monotonic()


def say(words: str) -> None:
    """A line with the seconds since the beginning."""
    sys.stdout.write(f"[{time.monotonic() - _BEGAN:5.0f} s] {words}\n")
    sys.stdout.flush()


class Rehearsal:
    """`docker compose` with this rehearsal's own project and settings."""

    def __init__(self, secrets: Path) -> None:
        own = {
            "COMPOSE_PROJECT_NAME": "handrail-rehearsal",
            "COMPOSE_PROFILES": "demo",
            "HANDRAIL_VERSION": "rehearsal",
            "HANDRAIL_SECRETS": str(secrets),
            "HANDRAIL_CONTAINER_USER": "10001:10001" if os.getuid() == 0 else f"{os.getuid()}:{os.getgid()}",
            "HANDRAIL_CONSOLE_PORT": str(any_free()),
        }
        # a `.env` of the machine's own deployment must not reach in
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")} | own
        self.command = ("docker", "compose", "--env-file", os.devnull, "--progress", "quiet")

    def run(self, *arguments: str) -> None:
        """Do it; its own output stays visible. Raises CalledProcessError."""
        subprocess.run([*self.command, *arguments], cwd=PROJECT, env=self.environment, check=True)

    def read(self, *arguments: str) -> str:
        """Do it and return what it printed."""
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=PROJECT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout.strip()

    def demo(self) -> str:
        """The demonstration inside a container; its last line. A step that was not confirmed raises."""
        lines = self.read("run", "--rm", "--no-TTY", "demo").splitlines()
        return lines[-1]

    def waiting(self) -> int:
        """Facts that are stored and not yet told, or told and not yet processed, or put aside, in all databases."""
        count = "(SELECT count(*) FROM outbox WHERE done_at IS NULL)"
        inbox = "(SELECT count(*) FROM event_inbox WHERE state IN ('pending', 'quarantined'))"
        total = 0
        for service in DATABASES:
            tables = self._ask(service, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'").split()
            parts = [part for table, part in (("outbox", count), ("event_inbox", inbox)) if table in tables]
            total += int(self._ask(service, f"SELECT {' + '.join(parts)}")) if parts else 0
        return total

    def tell_what_is_wrong(self) -> None:
        """For a rehearsal that failed: how each container stands, what its health checks said, and its last lines."""
        sys.stdout.write(self.read("ps", "--all") + "\n")
        said = "{{.Name}} {{if .State.Health}}{{range .State.Health.Log}}{{.ExitCode}} {{.Output}} {{end}}{{end}}"
        containers = self.read("ps", "--all", "--quiet").split()
        subprocess.run(["docker", "inspect", "--format", said, *containers], env=self.environment, check=False)
        self.run("logs", "--no-color", "--tail", "15")

    def _ask(self, service: str, sql: str) -> str:
        ask = ("psql", "--no-psqlrc", "-qtAc", sql, f"handrail_{service}")
        return self.read("exec", "-T", "--user", "postgres", "postgres", *ask)

    @contextmanager
    def witness(self) -> Iterator["subprocess.Popen[str]"]:
        """Discharges go on beside what is done in the block; afterwards each acknowledged one must have been told."""
        command = [*self.command, "run", "--rm", "--no-TTY", "--no-deps", "demo", "python", "-", "/state/enough"]
        with WITNESS.open() as source:
            process = subprocess.Popen(
                command, cwd=PROJECT, env=self.environment, stdin=source, stdout=subprocess.PIPE, text=True
            )
        try:
            yield process
            self.run("exec", "-T", "mail", "touch", "/state/enough")
            lines = process.communicate()[0].splitlines()
            say(f"witness: {lines[-1] if lines else 'said nothing'}")
            if process.returncode != 0:
                raise SystemExit("\n".join(["something that was acknowledged is missing:", *lines[-12:]]))
            if not json.loads(lines[-1])["acknowledged"]:
                raise SystemExit("the witness saw no discharge, so it proves nothing")
        finally:
            process.kill()
            process.wait()


def wait_for_lines(process: "subprocess.Popen[str]", *, acknowledged: int) -> None:
    """Until so many more discharges have been acknowledged. Raises when the witness ends before."""
    assert process.stdout is not None
    for line in process.stdout:
        acknowledged -= "acknowledged" in line
        if acknowledged <= 0:
            return
    raise SystemExit("the witness ended early")


def rehearse(one: Rehearsal) -> None:
    """Every step; the first that fails raises."""
    one.run("up", "--build", "--detach", "--wait", "--wait-timeout", "600")
    size = subprocess.run(
        ["docker", "image", "inspect", "--format", "{{.Size}}", "handrail:rehearsal"],
        env=one.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    say(f"built and healthy; the image has {int(size) / 1e6:.0f} MB, its base included")
    say(f"demo: {one.demo()}")
    scale = [word for name in SCALED for word in ("--scale", f"{name}=3")] + ["--scale", f"{SCALED_TO_TWO}=2"]
    one.run("up", "--detach", "--wait", "--wait-timeout", "600", "--no-recreate", *scale)
    say(f"scaled to three (what sends, to two): {len(one.read('ps', '--quiet').split())} containers, all healthy")
    with one.witness() as witness:
        wait_for_lines(witness, acknowledged=5)
        for store in STORES:
            one.run("restart", store)
            say(f"{store} was restarted under load")
            wait_for_lines(witness, acknowledged=5)
    say(f"demo once more, on three of each: {one.demo()}")
    deadline = time.monotonic() + 60
    while (waiting := one.waiting()) and time.monotonic() < deadline:
        time.sleep(1)
    if waiting:
        raise SystemExit(f"{waiting} facts are still waiting or were put aside")
    say("no fact is waiting, none was put aside, in any database")


def main() -> None:
    """Make secrets, rehearse, and take everything down whatever happens."""
    with tempfile.TemporaryDirectory(prefix="handrail-rehearsal-") as folder:
        secrets = Path(folder) / "secrets"
        one = Rehearsal(secrets)
        subprocess.run([PROJECT / "compose" / "make-secrets", secrets], env=one.environment, check=True)
        try:
            rehearse(one)
        except BaseException:
            one.tell_what_is_wrong()
            raise
        finally:
            one.run("down", "--volumes", "--remove-orphans", "--timeout", "20")
            say("taken down, volumes too")


if __name__ == "__main__":
    main()
