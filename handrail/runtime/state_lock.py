"""One supervisor per state folder. The kernel drops the lock with its holder, so a lock can never be left held."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(RuntimeError):
    """Another supervisor holds this state folder."""

    def __init__(self, *, root: Path, holder: int | None) -> None:
        self.holder = holder
        super().__init__(
            f"Handrail already runs on `{root}` (process {holder or 'unknown'}); `handrail down --state {root}` stops it"
        )


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock, with our process id in the file for readers. Raises AlreadyRunningError at once."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(root=path.parent, holder=_written(path)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)  # only one that was killed leaves its process id behind
    finally:
        os.close(descriptor)


def holder(path: Path) -> int | None:
    """The process id of the supervisor that holds the lock now, or None."""
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written(path)
    else:
        return None
    finally:
        os.close(descriptor)


def left_behind(path: Path) -> int | None:
    """The process id of a supervisor that ended without clearing up (killed, power lost), or None."""
    return _written(path) if path.exists() and holder(path) is None else None


def _written(path: Path) -> int | None:
    content = path.read_text(encoding="utf-8").strip()
    return int(content) if content.isdigit() else None
