"""Logs of processes: one file each, kept short, the one before beside it."""

import shutil
from pathlib import Path

MOST_BYTES = 20 * 1024 * 1024


def shorten_logs(folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
    """Move what is too long to `NAME.log.1` and empty the file in place: its writer appends and goes on undisturbed."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > most_bytes:
            shutil.copyfile(log, log.with_name(log.name + ".1"))
            with log.open("r+b") as file:
                file.truncate()


def tail(path: Path, *, lines: int) -> list[str]:
    """The last lines of a log."""
    return path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
