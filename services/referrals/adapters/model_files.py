"""Integration models from `policy/models/*.yaml`, checked strictly at start."""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.referrals.domain import referral_policies as policies
from services.referrals.domain.referral_deadlines import Phase, ResponseRule
from services.referrals.domain.referral_models import Model, ModelInvalid, ModelShelf, Urgency
from services.referrals.domain.referral_policies import ChartSharing
from services.referrals.domain.referral_words import ReferralKind
from shared.plain_yaml import read_yaml

FOLDER = Path(__file__).parent.parent / "policy" / "models"

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
PolicyT = TypeVar("PolicyT")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Response(_Strict):
    """Business days with their grace, or a span that does not wait for opening hours."""

    business_days: int = Field(default=0, ge=0, le=60)
    grace_business_days: int = Field(default=0, ge=0, le=60)
    hours: int | None = Field(default=None, ge=1, le=240)
    minutes: int | None = Field(default=None, ge=1, le=600)
    source: str = Field(min_length=3, description="where the figure was read, or that it is our proposal")

    def rule(self) -> ResponseRule:
        within = None
        if self.hours is not None or self.minutes is not None:
            within = timedelta(hours=self.hours or 0, minutes=self.minutes or 0)
        return ResponseRule(
            business_days=self.business_days, within=within, grace_business_days=self.grace_business_days
        )


class _Phase(_Strict):
    code: Code
    months: int
    contact_every_days: int


class _File(_Strict):
    code: Code
    source: str = Field(min_length=3)
    requirements: list[str]
    assignment: str
    offer: str
    introduction: str
    ending: str
    chart_sharing: Literal["none", "shared_plan"]
    huddle: bool
    phases: list[_Phase] = []
    response: dict[Urgency, _Response]

    def model(self) -> Model:
        return Model(
            code=self.code,
            source=self.source,
            requirements=tuple(_named(policies.REQUIREMENTS, name) for name in self.requirements),
            assignment=_named(policies.ASSIGNMENTS, self.assignment),
            offer=_named(policies.OFFERS, self.offer),
            introduction=_named(policies.INTRODUCTIONS, self.introduction),
            ending=_named(policies.ENDINGS, self.ending),
            chart_sharing=ChartSharing(self.chart_sharing),
            huddle=self.huddle,
            phases=tuple(Phase(**dict(phase)) for phase in self.phases),
            response={urgency: one.rule() for urgency, one in self.response.items()},
        )


def load_models(*, folder: Path = FOLDER) -> ModelShelf:
    """Every model of the folder. Raises ModelInvalid with the file's name."""
    models = [read_model(path) for path in sorted(folder.glob("*.yaml"))]
    if not models:
        raise ModelInvalid("there is no model file to load")
    return ModelShelf(models)


@lru_cache(maxsize=1)
def codes_of_naming_models() -> tuple[str, ...]:
    """Models whose offers may say who it is, where a consent lets them: the others wait for acceptance as well."""
    shelf = load_models()
    return tuple(
        code for code in shelf.codes if not shelf.choose(code).offer.hides_the_person(ReferralKind.PEER_SERVICE)
    )


def read_model(path: Path) -> Model:
    """One file. Raises ModelInvalid."""
    try:
        return _File.model_validate(read_yaml(path.read_text(encoding="utf-8"))).model()
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError, _PolicyUnknown) as error:
        raise ModelInvalid(f"`{path.name}` cannot be used: {error}") from error


class _PolicyUnknown(Exception):  # noqa: N818 - a fact about the file
    """A name that no table of policies has."""


def _named(table: Mapping[str, PolicyT], name: str) -> PolicyT:
    if name not in table:
        raise _PolicyUnknown(f"there is no `{name}`; there are: {', '.join(sorted(table))}")
    return table[name]
