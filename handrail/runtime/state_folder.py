"""Everything a running Handrail keeps on disk, in one folder (`.handrail/` by default), stamped with its layout's version."""

import json
import stat
from dataclasses import dataclass
from pathlib import Path

from handrail.runtime.secret_files import kept, write_private

LAYOUT = 1
POSTGRES_MAJOR = 18
DEFAULT_STATE = Path(".handrail")

_STAMP = "version.json"


class OtherVersionError(RuntimeError):
    """The folder was made by a version of Handrail, or of PostgreSQL, that this one cannot read."""


@dataclass(frozen=True)
class StateFolder:
    """The paths below one state folder."""

    root: Path

    @property
    def secrets(self) -> Path:
        """Generated passwords and keys; mode 0700, each file 0600."""
        return self.root / "secrets"

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.root / "logs"

    @property
    def postgres(self) -> Path:
        """The embedded PostgreSQL; its cluster is one level below."""
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        """The embedded Valkey's configuration and append-only file."""
        return self.root / "valkey"

    @property
    def mail(self) -> Path:
        """The demo's received mail."""
        return self.root / "mail"

    @property
    def lock_file(self) -> Path:
        """Held by the one running supervisor."""
        return self.root / "lock"

    @property
    def heartbeat_file(self) -> Path:
        """Written by the beat on every round, with its process id."""
        return self.root / "beat.heartbeat"

    @property
    def status_file(self) -> Path:
        """What the supervisor last said about each process."""
        return self.root / "status.json"

    @property
    def environment_file(self) -> Path:
        """The settings of each service at the last start; they contain passwords."""
        return self.secrets / "environment.json"

    def secret(self, name: str) -> str:
        """A generated secret, the same on every run."""
        return kept(self.secrets / name)

    def ensure(self) -> None:
        """Make the folders that are missing, and stamp a new folder. Raises OtherVersionError.

        The root lets others pass through but not look, because PostgreSQL may run as `nobody`; what is secret is closed.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o711)
        for folder, mode in (
            (self.secrets, 0o700),
            (self.logs, 0o700),
            (self.valkey, 0o700),
            (self.mail, 0o700),
            (self.postgres, 0o711),
        ):
            folder.mkdir(exist_ok=True)
            folder.chmod(mode)
        stamp = self.root / _STAMP
        if not stamp.exists():
            write_private(stamp, json.dumps({"layout": LAYOUT, "postgres": POSTGRES_MAJOR}) + "\n")
        self.check_version()

    def check_version(self) -> None:
        """Raises OtherVersionError with what to do, if this Handrail must not touch the folder."""
        stamp = self.root / _STAMP
        if not stamp.exists():
            return
        found = json.loads(stamp.read_text(encoding="utf-8"))
        if found.get("layout") != LAYOUT:
            raise OtherVersionError(
                f"`{self.root}` has layout {found.get('layout')}, this Handrail needs {LAYOUT}: use the Handrail that "
                "made it, or start with another folder (--state)"
            )
        if found.get("postgres") != POSTGRES_MAJOR:
            raise OtherVersionError(
                f"`{self.root}` holds data of PostgreSQL {found.get('postgres')}, this Handrail brings {POSTGRES_MAJOR}: "
                "dump it with the Handrail that made it and restore it into a new folder (--state)"
            )

    def open_secrets(self) -> tuple[Path, ...]:
        """Secret files that somebody besides their owner may read; should be none."""
        if not self.secrets.exists():
            return ()
        closed = stat.S_IRWXG | stat.S_IRWXO
        return tuple(path for path in (self.secrets, *sorted(self.secrets.iterdir())) if path.stat().st_mode & closed)
