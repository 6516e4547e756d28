"""The shape of the policy files. Unknown keys are refused, so that a typing slip cannot silence a rule."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.codes import (
    CredentialState,
    IntegrationModel,
    PracticeRole,
    Responsibility,
    Setting,
    SupervisionState,
)
from shared.contracts.scope import Code, Verdict

Sentence = Annotated[str, StringConstraints(min_length=3, max_length=400)]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
ActivityOrAll = Code | Literal["*"]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GroupEntry(_File):
    """One heading of the catalogue; activities are `code: "Title: description"`."""

    title: Sentence
    source: Sentence
    activities: dict[Code, Sentence]


class ActivityFile(_File):
    """`activities.yaml`."""

    groups: dict[Code, GroupEntry]


class SourceFile(_File):
    """`sources.yaml`: key to title of the document."""

    sources: dict[str, Sentence]


class ConditionEntry(_File):
    """One condition. `facts` names fields of the snapshot and the values that prove it."""

    description: Sentence
    attestable: bool = True
    facts: dict[str, list[str]] = {}


class ConditionFile(_File):
    """`conditions.yaml`."""

    conditions: dict[Code, ConditionEntry]


class WhenEntry(_File):
    """The circumstances of a rule; what is left out does not matter."""

    responsibility: list[Responsibility] | None = None
    setting: list[Setting] | None = None
    integration_model: list[IntegrationModel] | None = None
    credential_state: list[CredentialState] | None = None
    credential_endorsement: list[Code] | None = None
    supervision_state: list[SupervisionState] | None = None


class AlternativeEntry(_File):
    """The way forward of a refusal."""

    activity: Code
    text: Sentence


class RuleEntry(_File):
    """One rule; `source` is the key of a document and the section in it."""

    id: RuleId
    verdict: Verdict
    activities: Annotated[list[ActivityOrAll], Field(min_length=1)]
    reason: Sentence
    source: tuple[str, Sentence]
    roles: list[PracticeRole] | None = None
    when: WhenEntry = WhenEntry()
    conditions: list[Code] = []
    alternative: AlternativeEntry | None = None


class PackFile(_File):
    """One file under `packs/`."""

    code: Code
    title: Sentence
    jurisdictions: list[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]]
    roles: list[PracticeRole] = []
    rules: Annotated[list[RuleEntry], Field(min_length=1)]
