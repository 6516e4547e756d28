"""Question and answer: which colleagues may do this?"""

from collections.abc import Iterable
from typing import Annotated, Self
from uuid import UUID

from pydantic import StringConstraints, model_validator

from services.referrals.api.fields import Code, RequestBody, View
from services.referrals.use_cases.find_colleagues import Colleague, Search
from shared.contracts.codes import PracticeRole, Responsibility
from shared.contracts.scope import MAX_TEXT_CHARACTERS, Verdict


class ColleaguesRequest(RequestBody):
    """What is to be done, by its activity, its words, or both."""

    programme_id: UUID
    activity: Code | None = None
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARACTERS)] = ""
    responsibility: Responsibility = Responsibility.ASSIST

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.activity is None and not self.text.strip():
            raise ValueError("name an activity, or say it in words")
        return self

    def search(self, team_id: UUID) -> Search:
        """The search among this team."""
        return Search(
            team_id=team_id,
            programme_id=self.programme_id,
            activity=self.activity,
            text=self.text,
            responsibility=self.responsibility,
        )


class MissingConditionView(View):
    """Something that has to hold and that nothing on record proves yet."""

    code: str
    description: str


class ColleagueView(View):
    """A member of the team. Why a verdict is stricter than the role's own is nobody's business but theirs."""

    worker_id: UUID
    practice_role: PracticeRole
    verdict: Verdict
    missing: tuple[MissingConditionView, ...]


class ColleaguesView(View):
    """Everybody active, the freest verdict first."""

    items: tuple[ColleagueView, ...]

    @classmethod
    def of(cls, found: Iterable[Colleague]) -> Self:
        """The answer for these colleagues."""
        return cls(items=tuple(ColleagueView.model_validate(one) for one in found))
