"""Identity's own commands for operators, mounted as `handrail identity`. They work on the database of the settings."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from services.identity.domain.accounts import MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS, normal_email
from services.identity.domain.errors import IdentityError
from services.identity.main import OperatorTools, operator_tools
from shared.contracts.codes import Service

PASSWORD_VARIABLE = "HANDRAIL_IDENTITY_BOOTSTRAP_PASSWORD"  # noqa: S105 - the name of a variable

commands = typer.Typer(help="Accounts, system clients and signing keys.", no_args_is_help=True)

ResultT = TypeVar("ResultT")


@commands.command()
def bootstrap(
    tenant: Annotated[str, typer.Option(help="name of the health network")],
    email: Annotated[str, typer.Option(help="e-mail of its first administrator")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=f"read the password from standard input, not {PASSWORD_VARIABLE}")
    ] = False,
) -> None:
    """Open a tenant with its first administrator. Again: find them, and change nothing (the password neither)."""
    name = tenant.strip()
    if not 1 <= len(name) <= 120 or not name.isprintable():
        raise typer.BadParameter("a tenant's name has 1 to 120 printable characters")
    try:
        normal = normal_email(email)
    except ValueError:
        raise typer.BadParameter("this is not an e-mail address") from None
    password = _password(from_stdin=password_stdin)
    account = _run(lambda tools: tools.bootstrap_tenant(name, email=normal, password=password))
    _print({"tenant_id": str(account.tenant_id), "account_id": str(account.account_id)})


@commands.command()
def register_client(
    service: Annotated[Service, typer.Argument(help="the service that will sign assertions")],
    public_key: Annotated[Path, typer.Option(help="its RSA public key, PEM", exists=True, dir_okay=False)],
) -> None:
    """Register a service as a client, or give it another key."""
    text = public_key.read_text(encoding="ascii", errors="replace")
    client = _run(lambda tools: tools.register_client(service, public_key=text))
    _print({"service": client.service.value, "version": client.version})


@commands.command()
def rotate_keys() -> None:
    """Publish a new signing key; it signs once every verifier can have seen it."""
    key = _run(lambda tools: tools.rotate_keys())
    _print({"key_id": key.key_id, "signs_from": key.signs_from.isoformat()})


@commands.command()
def purge() -> None:
    """Remove expired sessions, spent assertions, forgotten attempts, old answers and keys that are gone."""
    _print({"removed": _run(lambda tools: tools.purge_expired())})


def _password(*, from_stdin: bool) -> str | None:
    password = sys.stdin.readline().rstrip("\r\n") if from_stdin else os.environ.get(PASSWORD_VARIABLE)
    if password and not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
        raise typer.BadParameter(f"a password has {MIN_PASSWORD_CHARACTERS} to {MAX_PASSWORD_CHARACTERS} characters")
    return password or None


def _run(work: Callable[[OperatorTools], Coroutine[Any, Any, ResultT]]) -> ResultT:
    async def with_tools() -> ResultT:
        async with operator_tools() as tools:
            return await work(tools)

    try:
        return asyncio.run(with_tools())
    except IdentityError as error:
        typer.echo(f"handrail identity: {error}", err=True)
        raise typer.Exit(1) from error


def _print(result: dict[str, object]) -> None:
    typer.echo(json.dumps(result))
