"""The claim board: what lies with the visitor, with their teams, with nobody yet, and what they asked of others."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from services.console.domain.referral_next import OPEN, Next, is_late, next_of
from services.console.domain.referral_steps import qualified
from services.console.domain.session import Session
from services.console.domain.told_referral import ReferralLine
from services.console.domain.told_team import Team
from services.console.use_cases.directory import Directory
from services.console.use_cases.referring_ports import Referring
from shared.contracts.paging import Page

SHELVES = ("mine", "team", "free", "asked")
_MOST_TEAMS = 5
_MOST_PAGES, _ENOUGH = 5, 100
_Page = Page[ReferralLine]
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
    """Late ones first, then those whose clock runs out soonest, then the newest.

    `more`: more is open than was read. `older`: the cursor with which the rest of what the visitor asked goes on.
    """

    shelf: str
    rows: Sequence[BoardRow]
    more: bool
    older: str | None = None


async def read_board(
    shelf: str,
    *,
    now: datetime,
    teams: Sequence[Team],
    directory: Directory,
    by: Session,
    referring: Referring,
    cursor: str | None = None,
) -> Board:
    """One shelf of the board; with a `cursor` of an earlier answer, the older ones of what the visitor asked.

    Raises Unreachable, Refused.
    """
    mine = [team for team in teams if by.worker_id in team.member_worker_ids]
    if shelf == "team":
        taken = await _of_teams(mine, by=by, referring=referring)
    elif shelf == "free":
        taken = await _free(by, referring=referring)
    elif by.worker_id is None:
        taken = _Taken(lines=(), more=False)  # an account without a worker has asked nothing and was asked nothing
    elif shelf == "mine":
        taken = _together(await _each(OPEN, partial(referring.referrals, by, mine=True)))
    else:
        taken = await _asked(by, cursor=cursor, referring=referring)
    rows = [
        BoardRow(
            line=line,
            next=next_of(line, now=now),
            late=is_late(line, now=now),
            claimable=_claimable(line, mine=mine, directory=directory, by=by),
        )
        for line in taken.lines
    ]
    return Board(shelf=shelf, rows=_ordered(rows, shelf=shelf), more=taken.more, older=taken.older)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Taken:
    """What was read for a shelf; the rest of it as in Board."""

    lines: Sequence[ReferralLine]
    more: bool
    older: str | None = None


async def _each(statuses: Iterable[str], ask: Callable[..., Awaitable[_Page]]) -> Sequence[_Page]:
    """A page of each status by itself, so that what has ended takes no place from what is open."""
    return await asyncio.gather(*(ask(status=status) for status in statuses))


def _together(pages: Iterable[_Page], *, older: str | None = None) -> _Taken:
    pages = list(pages)
    lines = {line.id: line for page in pages for line in page.items}
    return _Taken(lines=list(lines.values()), more=any(page.next_cursor is not None for page in pages), older=older)


async def _of_teams(mine: Sequence[Team], *, by: Session, referring: Referring) -> _Taken:
    asked = mine[:_MOST_TEAMS]
    wanted = (_each(OPEN, partial(referring.referrals, by, team=team.id, limit=50)) for team in asked)
    found = _together(page for pages in await asyncio.gather(*wanted) for page in pages)
    return replace(found, more=found.more or len(mine) > len(asked))


async def _free(by: Session, *, referring: Referring) -> _Taken:
    """By the clock, past those that somebody was asked for by name: the API has no list of what nobody has."""
    lines: list[ReferralLine] = []
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await referring.referrals(by, order="due", cursor=cursor)
        lines += (line for line in page.items if line.status == "requested" and line.owner_worker_id is None)
        cursor = page.next_cursor
        if cursor is None or len(lines) >= _ENOUGH:
            break
    return _Taken(lines=lines, more=cursor is not None)


async def _asked(by: Session, *, cursor: str | None, referring: Referring) -> _Taken:
    """Everything open, every "no" that is to be asked again, and of all the rest the newest; then older and older."""
    ask = partial(referring.referrals, by, asked=True)
    if cursor is not None:
        page = await ask(cursor=cursor)
        return _Taken(lines=page.items, more=False, older=page.next_cursor)
    *first, newest = await asyncio.gather(
        *(ask(status=status) for status in ("draft", *OPEN)), ask(order="offer_again"), ask()
    )
    whole = _together(first)
    return replace(_together([*first, newest]), more=whole.more, older=newest.next_cursor)


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
