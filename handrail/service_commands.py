"""Each service's own commands below `handrail`, loaded only when one is called: `handrail --help` stays quick.

They get the settings of the last start (from the state folder), unless the environment already names a database for them.
"""

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from handrail.runtime.processes import exists
from handrail.runtime.state_folder import DEFAULT_STATE, StateFolder

STATE_VARIABLE = "HANDRAIL_STATE"

MOUNTED: dict[str, tuple[str, str, str]] = {
    "identity": ("services.identity.cli", "identity", "Accounts, system clients and signing keys."),
    "scope": (
        "services.scope_guard.cli.judging",
        "scope_guard",
        "Ask the scope guard about a text, or a file of them.",
    ),
    "policy": ("services.scope_guard.cli.policy", "scope_guard", "Prove, check, compare and try policy packs."),
    "referrals": (
        "services.referrals.cli.operating",
        "referrals",
        "What must always hold of people, tasks and handoffs.",
    ),
    "protocol": ("services.referrals.cli.protocol", "referrals", "Show and check what must happen by when."),
    "notifications": ("services.notifications.cli", "notifications", "Deliveries and ladders."),
    "demo": ("handrail.demo.cli", "", "The demonstration that confirms itself."),
    "bench": ("bench.cli", "", "Benchmarks."),
}
"""Command: module with a typer application `commands`, the service whose settings it gets, one line of help."""


def load_settings(service: str, *, state: StateFolder) -> None:
    """Put the last start's settings of a service into our environment; what is already set there wins."""
    if not service or f"HANDRAIL_{service.upper()}_DATABASE_URL" in os.environ:
        return
    if not state.environment_file.exists():
        return
    stored: dict[str, dict[str, str]] = json.loads(state.environment_file.read_text(encoding="utf-8"))
    for name, value in stored.get(service, {}).items():
        os.environ.setdefault(name, value)


class _Later(TyperCommand):
    """Stands for a service's commands in the list; becomes them when called."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the real command."""
        assert self.name is not None
        module, service, _ = MOUNTED[self.name]
        load_settings(service, state=StateFolder(Path(os.environ.get(STATE_VARIABLE, str(DEFAULT_STATE)))))
        real = typer.main.get_command(import_module(module).commands)
        return real.make_context(info_name, args, parent=parent, **extra)


class WithServices(TyperGroup):
    """Our own commands, then those of the services that have any."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the help text."""
        return [*super().list_commands(ctx), *(name for name, mounted in MOUNTED.items() if exists(mounted[0]))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Our own, or a stand-in for a service's."""
        if cmd_name in MOUNTED and exists(MOUNTED[cmd_name][0]):
            return _Later(name=cmd_name, help=MOUNTED[cmd_name][2])
        return super().get_command(ctx, cmd_name)
