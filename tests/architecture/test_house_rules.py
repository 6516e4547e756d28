"""Rules of the house that a reader relies on: sizes, names, and what must never stand in the project."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_LINES = 300

LONGER_FOR_A_REASON: dict[str, str] = {}
"""Path -> why this one file may be longer."""

FORBIDDEN_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "data",
    "info",
    "process",
    "common",
    "misc",
}

GENERATED_OR_TEXT = {"requirements.lock", "LICENSE"}


def tracked(*patterns: str) -> list[Path]:
    """Files git tracks, or would track: what a reader of the project sees."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def test_there_is_something_to_look_at() -> None:
    assert len(tracked("*.py")) > 50


@pytest.mark.parametrize("path", tracked("*.py"), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_python_file_is_longer_than_one_can_keep_in_mind(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    allowed = str(path.relative_to(ROOT)) in LONGER_FOR_A_REASON
    assert allowed or lines <= MAX_LINES, f"{lines} lines: split it by what it is about"


def test_the_allow_list_names_only_files_that_need_it() -> None:
    for name in LONGER_FOR_A_REASON:
        assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > MAX_LINES


def test_no_module_has_a_name_that_says_nothing() -> None:
    bad = [
        path
        for path in tracked("*.py")
        if FORBIDDEN_NAMES & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]
    assert not bad


def test_every_package_of_a_service_says_what_it_is() -> None:
    for main in ROOT.glob("services/*/main.py"):
        readme = main.parent / "README.md"
        assert readme.is_file(), f"{main.parent.name} has no README"
        assert len(readme.read_text(encoding="utf-8").splitlines()) <= 120, f"{readme} is more than a page"


def test_no_address_of_a_package_registry_and_no_path_of_one_machine() -> None:
    suspicious = re.compile(
        r"index-url|--extra-index|/ho" + r"me/[a-z]+/|/ro" + r"ot/|/wo" + r"rk/main|/wo" + r"rk/shared"
    )
    for path in tracked():
        if path.name in GENERATED_OR_TEXT or path.suffix in {".png", ".svg", ".woff2"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if path.suffix == ".toml" or path == Path(__file__):
                continue
            assert not suspicious.search(line.replace("--no-emit-index-url", "")), f"{path.relative_to(ROOT)}:{number}"


def test_the_lock_has_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert "://" not in lock
