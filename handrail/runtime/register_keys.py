"""Tells identity the public keys of several services, in one program: `handrail identity register-client` once for each.

Reads identity's settings from the environment.

    python -m handrail.runtime.register_keys referrals=FILE.pem scope_guard=FILE.pem
"""

import sys
from collections.abc import Sequence
from importlib import import_module

import typer


def main(pairs: Sequence[str]) -> None:
    """Register each; the first failure ends it."""
    identity = typer.main.get_command(import_module("services.identity.cli").commands)
    for pair in pairs:
        service, _, public_key = pair.partition("=")
        code = identity(["register-client", service, "--public-key", public_key], standalone_mode=False)
        if code:
            raise SystemExit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
