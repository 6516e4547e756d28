"""Generated secrets on disk: one file each, readable by their owner only."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def new_password() -> str:
    """43 characters that need no quoting in a URL, a configuration file or SQL."""
    return secrets.token_urlsafe(32)


def write_private(path: Path, content: str) -> None:
    """Write with mode 0600 from the first moment, and whole or not at all."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def kept(path: Path, *, make: Callable[[], str] = new_password) -> str:
    """The secret in this file; made and stored (folder 0700, file 0600) the first time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, make())
    return path.read_text(encoding="utf-8")
