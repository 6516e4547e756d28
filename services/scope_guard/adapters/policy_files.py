"""Read the policy files, check them whole, and make the judge. A fault in any file stops the start."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from services.scope_guard.adapters.policy_models import (
    ActivityFile,
    ConditionFile,
    PackFile,
    RuleEntry,
    SourceFile,
    WhenEntry,
)
from services.scope_guard.adapters.text_reader.reader import load_reader
from services.scope_guard.domain.catalogue import Activity, ActivityGroup, Catalogue
from services.scope_guard.domain.conditions import Condition
from services.scope_guard.domain.policy import EVERY_ACTIVITY, Circumstances, Pack, Rule
from services.scope_guard.domain.rulebook import Rulebook
from services.scope_guard.use_cases.judge import ScopeJudge
from shared.contracts.codes import PracticeRole, Responsibility
from shared.contracts.scope import Alternative, FactsSnapshot, SourceReference, Verdict
from shared.plain_yaml import read_yaml

READABLE_VERSION = "2026.1"
SERVICE_FOLDER = Path(__file__).resolve().parent.parent
POLICY_FOLDER = SERVICE_FOLDER / "policy"
LEXICON_FOLDER = SERVICE_FOLDER / "lexicon"

_Model = TypeVar("_Model", bound=BaseModel)


class PolicyFault(ValueError):  # noqa: N818 - a fault in a file, read by supervisors
    """A policy file says something that cannot be; the message names file, place and fault."""


def load_judge(*, policy_folder: Path = POLICY_FOLDER, lexicon_folder: Path = LEXICON_FOLDER) -> ScopeJudge:
    """The judge over all packs and word lists; raises `PolicyFault` or `LexiconFault` on any flaw in them."""
    version = policy_version(policy_folder, lexicon_folder)
    rulebook = load_rulebook(policy_folder, version=version)
    reader = load_reader(lexicon_folder, known_activities={activity.code for activity in rulebook.catalogue})
    return ScopeJudge(rulebook=rulebook, reader=reader)


def policy_version(*folders: Path) -> str:
    """Readable version, and SHA-256 over name and content of every file, so that a decision can be replayed."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{READABLE_VERSION}+{digest.hexdigest()}"


def load_rulebook(folder: Path, *, version: str) -> Rulebook:
    """Catalogue, conditions and packs of one folder, checked against each other."""
    catalogue = _catalogue(_read(folder / "activities.yaml", ActivityFile))
    sources = _read(folder / "sources.yaml", SourceFile).sources
    conditions = _conditions(_read(folder / "conditions.yaml", ConditionFile))
    packs: list[Pack] = []
    seen: dict[str, str] = {}
    for path in sorted((folder / "packs").glob("*.yaml")):
        pack_file = _read(path, PackFile)
        rules = []
        for entry in pack_file.rules:
            if entry.id in seen:
                raise PolicyFault(f"{path.name}: rule `{entry.id}` is already in {seen[entry.id]}")
            seen[entry.id] = path.name
            try:
                rules.append(
                    _rule(entry, roles=pack_file.roles, catalogue=catalogue, sources=sources, conditions=conditions)
                )
            except PolicyFault as fault:
                raise PolicyFault(f"{path.name}: rule `{entry.id}`: {fault}") from None
        packs.append(
            Pack(
                code=pack_file.code,
                title=pack_file.title,
                jurisdictions=tuple(pack_file.jurisdictions),
                rules=tuple(rules),
            )
        )
    return Rulebook(catalogue=catalogue, conditions=conditions, packs=packs, version=version)


def _read(path: Path, model: type[_Model]) -> _Model:
    try:
        return model.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as fault:
        raise PolicyFault(f"{path.name}: {fault}") from fault


def _catalogue(file: ActivityFile) -> Catalogue:
    activities: dict[str, Activity] = {}
    groups: dict[str, ActivityGroup] = {}
    for group_code, group in file.groups.items():
        groups[group_code] = ActivityGroup(code=group_code, title=group.title, source=group.source)
        for code, sentence in group.activities.items():
            title, separator, description = sentence.partition(": ")
            if not separator:
                raise PolicyFault(f'activities.yaml: `{code}` is not written as "Title: description"')
            if code in activities:
                raise PolicyFault(f"activities.yaml: `{code}` is listed twice")
            activities[code] = Activity(code=code, group=group_code, title=title, description=description)
    return Catalogue(activities, groups=groups)


def _conditions(file: ConditionFile) -> dict[str, Condition]:
    for code, entry in file.conditions.items():
        unknown = set(entry.facts) - set(FactsSnapshot.model_fields)
        if unknown:
            raise PolicyFault(f"conditions.yaml: `{code}` names a fact that does not exist: {sorted(unknown)}")
    return {
        code: Condition(
            code=code,
            description=entry.description,
            attestable=entry.attestable,
            facts={name: frozenset(values) for name, values in entry.facts.items()},
        )
        for code, entry in file.conditions.items()
    }


def _rule(
    entry: RuleEntry,
    *,
    roles: Iterable[PracticeRole],
    catalogue: Catalogue,
    sources: Mapping[str, str],
    conditions: Mapping[str, Condition],
) -> Rule:
    applies_to = frozenset(entry.roles if entry.roles is not None else roles)
    if not applies_to:
        raise PolicyFault("it names no role, and its pack names none either")
    for activity in entry.activities:
        if activity != EVERY_ACTIVITY and activity not in catalogue:
            raise PolicyFault(f"activity `{activity}` is not in the catalogue")
    for code in entry.conditions:
        if code not in conditions:
            raise PolicyFault(f"condition `{code}` is not in conditions.yaml")
    if entry.verdict is Verdict.WITHIN_SCOPE_WITH_CONDITIONS and not entry.conditions:
        raise PolicyFault("a conditional verdict has to name a condition")
    if entry.verdict is Verdict.OUT_OF_SCOPE and entry.alternative is None:
        raise PolicyFault("a refusal has to name a way forward")
    if entry.alternative is not None and entry.alternative.activity not in catalogue:
        raise PolicyFault(f"alternative `{entry.alternative.activity}` is not in the catalogue")
    document, section = entry.source
    if document not in sources:
        raise PolicyFault(f"source `{document}` is not in sources.yaml")
    return Rule(
        rule_id=entry.id,
        roles=applies_to,
        activities=tuple(entry.activities),
        verdict=entry.verdict,
        reason=entry.reason,
        source=SourceReference(document=sources[document], section=section),
        when=_circumstances(entry.when),
        conditions=tuple(entry.conditions),
        alternative=Alternative(activity=entry.alternative.activity, text=entry.alternative.text)
        if entry.alternative
        else None,
    )


def _circumstances(when: WhenEntry) -> Circumstances:
    given = when.model_dump(mode="json", exclude_none=True, exclude={"responsibility"})
    return Circumstances(
        facts={name: frozenset(values) for name, values in given.items()},
        responsibility=frozenset(when.responsibility or Responsibility),
    )
