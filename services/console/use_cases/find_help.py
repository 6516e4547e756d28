"""Look for help around us, and see whether whoever offers it can be referred to from here."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.console.domain.session import Session
from services.console.domain.told_team import Team
from services.console.use_cases.ports import Neighbours

SPOKEN = ("en", "es", "ar", "zh", "fr", "ht", "ko", "pt", "ru", "so", "tl", "vi", "ase")
"""Languages to choose from (BCP 47; `ase` is American Sign Language)."""
FIELDS = ("search", "taxonomy_term", "language", "near")
_LONGEST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is looked for; nothing filled in finds everything."""

    given: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.given.get(name, "")


def read_wanted(form: Mapping[str, str]) -> Wanted:
    """The known fields, trimmed and bounded."""
    given = {name: form.get(name, "").strip()[:_LONGEST] for name in FIELDS}
    return Wanted(given={name: text for name, text in given.items() if text})


@dataclass(frozen=True, kw_only=True, slots=True)
class Referable:
    """Whether an organisation of the directory is a partner, and which of its teams can be asked."""

    is_partner: bool
    teams: Sequence[Team] = ()


async def read_referable(organization_id: UUID | None, *, by: Session, neighbours: Neighbours) -> Referable:
    """A partner has the same id here as in the directory."""
    if organization_id is None:
        return Referable(is_partner=False)
    partners, teams = await asyncio.gather(neighbours.consents.organizations(by), neighbours.teams.teams(by))
    if organization_id not in {one.id for one in partners if one.active}:
        return Referable(is_partner=False)
    theirs = sorted((one for one in teams if one.organization_id == organization_id), key=lambda one: one.name)
    return Referable(is_partner=True, teams=theirs)


def web_address(text: str) -> str:
    """An address that may be linked to; empty for anything that is not plainly one of the web."""
    found = text.strip()
    return found if found.lower().startswith(("https://", "http://")) and not set(found) & set(" <>\"'`") else ""
