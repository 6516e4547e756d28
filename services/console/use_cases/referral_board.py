"""The claim board: what lies with the visitor, with their teams, with nobody yet, and what they asked of others."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.console.domain.referral_next import ENDED, Next, is_late, next_of
from services.console.domain.referral_steps import qualified
from services.console.domain.session import Session
from services.console.domain.told_referral import ReferralLine
from services.console.domain.told_team import Team
from services.console.use_cases.directory import Directory
from services.console.use_cases.referring_ports import Referring

SHELVES = ("mine", "team", "free", "asked")
_MOST_TEAMS = 5
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardRow:
    """One referral; `claimable` by the visitor, now, with one button."""

    line: ReferralLine
    next: Next | None
    late: bool
    claimable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """Late ones first, then those whose clock runs out soonest, then the newest."""

    shelf: str
    rows: Sequence[BoardRow]
    more: bool


async def read_board(
    shelf: str, *, now: datetime, teams: Sequence[Team], directory: Directory, by: Session, referring: Referring
) -> Board:
    """One shelf of the board. Raises Unreachable."""
    mine = [team for team in teams if by.worker_id in team.member_worker_ids]
    if shelf == "mine":
        pages = [await referring.referrals(by, mine=True)]
    elif shelf == "team":
        wanted = (referring.referrals(by, team=team.id, limit=50) for team in mine[:_MOST_TEAMS])
        pages = list(await asyncio.gather(*wanted))
    elif shelf == "free":
        pages = [await referring.referrals(by, order="due")]
    else:
        pages = [await referring.referrals(by)]
    lines = (line for page in pages for line in page.items if _stands_on(shelf, line, by=by))
    rows = [
        BoardRow(
            line=line,
            next=next_of(line, now=now),
            late=is_late(line, now=now),
            claimable=_claimable(line, mine=mine, directory=directory, by=by),
        )
        for line in lines
    ]
    more = any(page.next_cursor is not None for page in pages)
    return Board(shelf=shelf, rows=_ordered(rows, shelf=shelf), more=more)


def _stands_on(shelf: str, line: ReferralLine, *, by: Session) -> bool:
    if shelf == "free":
        return line.status == "requested" and line.owner_worker_id is None
    if shelf == "asked":
        return line.requester_worker_id == by.worker_id
    return line.status not in ENDED


def _claimable(line: ReferralLine, *, mine: Iterable[Team], directory: Directory, by: Session) -> bool:
    me = directory.workers.get(by.worker_id) if by.worker_id is not None else None
    free = line.status == "requested" and line.owner_worker_id is None
    return (
        free
        and me is not None
        and any(one.id == line.team_id for one in mine)
        and qualified(me.practice_role, line.kind)
    )


def _ordered(rows: Sequence[BoardRow], *, shelf: str) -> list[BoardRow]:
    def place(row: BoardRow) -> tuple[bool, bool, bool, datetime, float]:
        due = row.next.due_at if row.next and row.next.due_at else _LAST
        over = row.next is None
        return (over, not row.late, shelf == "free" and not row.claimable, due, -row.line.recorded_at.timestamp())

    return sorted(rows, key=place)
