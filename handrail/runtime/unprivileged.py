"""Running PostgreSQL when the operator is root: PostgreSQL refuses root, so it runs as somebody smaller.

Either as `nobody`, when that account can reach the programs and the folder; or, below a closed folder such as `/root`,
in a user namespace in which root is seen as an ordinary account (files stay root's on the outside).
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from handrail.runtime.spawning import Command

_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")


class RootNotDroppedError(RuntimeError):
    """Neither way of running PostgreSQL as somebody other than root works on this machine."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a program runs as: numeric ids of the owner of its files, and the words put before its command line."""

    user: int
    group: int
    prefix: tuple[str, ...] = ()
    changes_user: bool = False

    def command(
        self, *, name: str, argv: tuple[str, ...], environment: dict[str, str], stop_signal: signal.Signals
    ) -> Command:
        """The command line as this identity."""
        prefix = self.prefix
        if prefix:  # entering a namespace clears the death signal, so it is asked for again inside
            prefix = (*prefix, "setpriv", "--pdeathsig", stop_signal.name.removeprefix("SIG"), "--")
        return Command(
            name=name,
            argv=(*prefix, *argv),
            environment=environment,
            user=self.user if self.changes_user else None,
            group=self.group if self.changes_user else None,
            stop_signal=stop_signal,
            working_folder=Path("/"),
        )

    def own(self, folder: Path) -> None:
        """Give the folder and all in it to this identity, if it is somebody else's."""
        if folder.stat().st_uid == self.user:
            return
        for path in (folder, *folder.rglob("*")):
            os.chown(path, self.user, self.group, follow_symlinks=False)


def choose_identity(*, programs: Path, folder: Path) -> Identity:
    """Who runs the programs in `programs` on data directly below `folder`. Raises RootNotDroppedError."""
    if os.geteuid() != 0:
        return Identity(user=os.geteuid(), group=os.getegid())
    nobody = pwd.getpwnam("nobody")
    if _anyone_reaches(programs) and _anyone_reaches(folder):
        return Identity(user=nobody.pw_uid, group=nobody.pw_gid, changes_user=True)
    if _namespaces_work():
        return Identity(user=0, group=0, prefix=_NAMESPACE)
    raise RootNotDroppedError(
        f"PostgreSQL does not run as root, `nobody` cannot reach `{folder}` or `{programs}`, and user namespaces are "
        "switched off; run as an ordinary user, or use a state folder that everyone may enter"
    )


def _anyone_reaches(folder: Path) -> bool:
    resolved = folder.resolve()
    return all(step.stat().st_mode & stat.S_IXOTH for step in (resolved, *resolved.parents))


@cache
def _namespaces_work() -> bool:
    if shutil.which("unshare") is None or shutil.which("setpriv") is None:
        return False
    attempt = subprocess.run(
        [*_NAMESPACE, "setpriv", "--pdeathsig", "TERM", "--", "true"],
        capture_output=True,
        check=False,
    )
    return attempt.returncode == 0
