"""A fault in a policy file stops the start, and says where it is."""

import shutil
from pathlib import Path

import pytest

from services.scope_guard.adapters.policy_files import (
    LEXICON_FOLDER,
    POLICY_FOLDER,
    PolicyFault,
    load_rulebook,
    policy_version,
)
from services.scope_guard.adapters.text_reader.lexicon_files import LexiconFault, load_lexicon

ALLOW = '{id: x.y, verdict: within_scope, activities: [diagnose], reason: "because", source: ["001", "table"]}'


def _with_pack(tmp_path: Path, rule: str) -> Path:
    folder = tmp_path / "policy"
    shutil.copytree(POLICY_FOLDER, folder)
    (folder / "packs" / "extra.yaml").write_text(
        f"code: extra\ntitle: extra pack\njurisdictions: []\nroles: [nurse]\nrules:\n  - {rule}\n", encoding="utf-8"
    )
    return folder


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (ALLOW.replace("diagnose", "diagnoze"), "not in the catalogue"),
        (ALLOW.replace("within_scope", "within_scope_with_conditions"), "has to name a condition"),
        (ALLOW.replace("within_scope", "out_of_scope"), "has to name a way forward"),
        (ALLOW.replace('"001"', '"999"'), "not in sources.yaml"),
        (ALLOW.replace("x.y", "peer.goals"), "already in"),
        (ALLOW.replace("reason", "raeson"), "raeson"),
        (ALLOW.replace("within_scope", "allowed"), "verdict"),
        (ALLOW[:-1] + ", conditions: [nobody_knows]}", "not in conditions.yaml"),
        (ALLOW[:-1] + ", when: {setting: [moon]}}", "setting"),
    ],
)
def test_faults_are_named(tmp_path: Path, rule: str, words: str) -> None:
    with pytest.raises(PolicyFault, match=words) as caught:
        load_rulebook(_with_pack(tmp_path, rule), version="x")
    assert "extra.yaml" in str(caught.value) or "peer.yaml" in str(caught.value)


def test_version_changes_with_any_file(tmp_path: Path) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(POLICY_FOLDER, folder)
    before = policy_version(folder, LEXICON_FOLDER)
    assert before == policy_version(folder, LEXICON_FOLDER)
    (folder / "packs" / "texas.yaml").write_text("code: us_tx\n", encoding="utf-8")
    assert policy_version(folder, LEXICON_FOLDER) != before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("activities: {fly: {says: [fly]}}", "not in the catalogue"),
        ("activities: {listen: {patterns: [[[NOPE], [person]]]}}", "not defined"),
        ("activities: {listen: {supported: dance}}", "not in the catalogue"),
        ("nouns: {lower: [a]}", "capitals"),
        ("colours: [red]", "colours"),
        ("activities: {listen: {patterns: [{verbs: [hear], objects: [person], also: [NOPE]}]}}", "not defined"),
    ],
)
def test_lexicon_faults_are_named(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "words.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(LexiconFault, match=words) as caught:
        load_lexicon(tmp_path, known_activities={"listen"})
    assert "words.yaml" in str(caught.value)
