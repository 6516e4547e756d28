"""The script that makes secrets, really run in a folder of its own."""

import os
import shutil
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from handrail.runtime.processes import SERVICES_WITH_DATABASE
from handrail.runtime.service_databases import owner_role, runtime_role
from tests.compose.reading import ROOT, compose

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="compose/make-secrets needs openssl")


def make(folder: Path) -> None:
    """Run the script; the variable keeps it from writing a `.env` into the project."""
    subprocess.run(
        [ROOT / "compose" / "make-secrets", folder],
        env=os.environ | {"HANDRAIL_CONTAINER_USER": "10001:10001"},
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("containers") / "secrets"
    make(folder)
    return folder


def test_there_is_a_file_for_every_secret_of_the_compose_file(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == compose()["secrets"].keys()


def test_nobody_else_can_read_them(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.iterdir()} == {0o600}
    expected = 10001 if os.getuid() == 0 else os.getuid()
    assert {path.stat().st_uid for path in (made, *made.iterdir())} == {expected}


def test_again_changes_nothing_and_brings_back_what_is_missing(tmp_path: Path) -> None:
    make(tmp_path / "secrets")
    before = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    (tmp_path / "secrets" / "console.cookie_key").unlink()
    make(tmp_path / "secrets")
    after = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"console.cookie_key"}


def test_addresses_sign_in_as_the_services_own_roles(made: Path) -> None:
    passwords = {(made / "postgres_password").read_text().strip()}
    for service in SERVICES_WITH_DATABASE:
        runtime = urlsplit((made / f"{service.value}.database_url").read_text().strip())
        owner = urlsplit((made / f"{service.value}.migration_database_url").read_text().strip())
        assert (runtime.username, owner.username) == (runtime_role(service.value), owner_role(service.value))
        assert runtime.path == owner.path == f"/{runtime_role(service.value)}"
        passwords |= {str(runtime.password), str(owner.password)}
    assert len(passwords) == 1 + 2 * len(SERVICES_WITH_DATABASE), "no password is used twice"
    assert min(len(password) for password in passwords) == 64


def test_keys_are_long_enough_and_belong_together(made: Path) -> None:
    for path in made.glob("*_key"):
        assert len(path.read_text().strip()) >= 32
    for private in made.glob("*.client_key.pem"):
        public = private.with_name(private.name.replace(".pem", ".public.pem")).read_text()
        derived = subprocess.run(
            ["openssl", "pkey", "-in", private, "-pubout"], check=True, capture_output=True, text=True
        )
        assert derived.stdout.strip() == public.strip()


def test_git_never_sees_them() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", "--quiet", "compose/secrets/postgres_password"], cwd=ROOT, check=False
    )
    assert ignored.returncode == 0
