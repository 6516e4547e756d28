"""`.env.example` names every variable that is read, and none that is not."""

import re
from importlib import import_module
from itertools import pairwise

from handrail.runtime.processes import exists
from handrail.runtime.spawning import PROJECT_ROOT
from shared.contracts.codes import Service
from shared.settings import ServiceSettings, StorelessSettings

_LINE = re.compile(r"^#?(HANDRAIL_[A-Z_]+)=")


def documented() -> set[str]:
    """Variables with a line of their own; `HANDRAIL_SERVICE_…` stands for each service's."""
    text = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8")
    return {found[1] for line in text.splitlines() if (found := _LINE.match(line))}


def settings_classes() -> dict[Service, type[StorelessSettings]]:
    """The settings of every service that is there."""
    found = {}
    for service in Service:
        module = f"services.{service.value}.settings"
        if exists(module):
            classes = [one for one in vars(import_module(module)).values() if isinstance(one, type)]
            (found[service],) = (
                one
                for one in classes
                if issubclass(one, StorelessSettings) and one not in (ServiceSettings, StorelessSettings)
            )
    return found


def read_by_services() -> set[str]:
    """One name per setting: common ones as `HANDRAIL_SERVICE_…`, own ones with the service's name."""
    common = set(ServiceSettings.model_fields)
    names = {"HANDRAIL_PROFILE", *(f"HANDRAIL_SERVICE_{field.upper()}" for field in common - {"profile"})}
    for service, settings in settings_classes().items():
        prefix = settings.model_config["env_prefix"]
        assert prefix == f"HANDRAIL_{service.value.upper()}_"
        names |= {f"{prefix}{field}".upper() for field in set(settings.model_fields) - common}
    return names


def read_in_source() -> set[str]:
    """Every full name that stands in the source as a string."""
    sources = [path for folder in ("handrail", "shared", "services") for path in (PROJECT_ROOT / folder).rglob("*.py")]
    names = {name for path in sources for name in re.findall(r'"(HANDRAIL_[A-Z_]*[A-Z])"', path.read_text())}
    each_has = {f"HANDRAIL_{one.value}_{field}".upper() for one in Service for field in ServiceSettings.model_fields}
    return names - each_has


def test_every_variable_is_explained() -> None:
    assert read_by_services() | read_in_source() <= documented()


def test_every_explanation_is_of_a_variable_that_is_read() -> None:
    assert documented() <= read_by_services() | read_in_source()


def test_every_variable_has_words_before_it() -> None:
    lines = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if _LINE.match(line):
            assert before.startswith("#"), f"nothing explains `{line}`"
