"""The shelves of the claim board: nothing open is lost behind what has ended, and "more" is said where there is more."""

from datetime import timedelta
from typing import Any

from services.console.domain.told_referral import Referral
from services.console.domain.told_team import Team
from services.console.use_cases.directory import Directory
from services.console.use_cases.referral_board import Board, read_board
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import HOSPITAL, NOW, NURSE, PEER, session_of
from tests.services.console.fakes_referring import TEAM, FakeReferring, referral

OF_TEAM = {"worker_id": None, "team_id": TEAM}
OTHERS = {"worker_id": new_id(), "team_id": None}


def _many(count: int, **changes: Any) -> list[Referral]:
    return [referral(**changes) for _ in range(count)]


async def _board(shelf: str, known: list[Referral], *, teams: int = 1, cursor: str | None = None) -> Board:
    role, worker = (AccessRole.CLINICIAN, NURSE) if shelf == "asked" else (AccessRole.PEER, PEER)
    ids = [TEAM, *(new_id() for _ in range(teams - 1))]
    return await read_board(
        shelf,
        now=NOW,
        teams=[Team(id=one, organization_id=HOSPITAL, name="Bridge team", member_worker_ids=(PEER,)) for one in ids],
        directory=Directory(workers={}, programmes={}),
        by=session_of(role, worker_id=worker),
        referring=FakeReferring(known=known),
        cursor=cursor,
    )


async def test_an_old_open_one_is_not_lost_behind_ended_ones() -> None:
    for status in ("requested", "accepted", "in_progress", "on_hold"):
        old = referral(status=status)
        board = await _board("mine", [*_many(101, status="completed"), old])
        assert [row.line.id for row in board.rows] == [old.id]
        assert not board.more, "what has ended is not on this shelf, so nothing more is"
        of_team = referral(status=status, recipient=OF_TEAM)
        board = await _board("team", [*_many(51, status="failed", recipient=OF_TEAM), of_team])
        assert ([row.line.id for row in board.rows], board.more) == ([of_team.id], False)


async def test_more_is_said_where_more_is_open_than_was_read() -> None:
    assert [(await _board("mine", _many(count, status="accepted"))).more for count in (100, 101)] == [False, True]
    of_team = {"status": "accepted", "recipient": OF_TEAM}
    assert [(await _board("team", _many(count, **of_team))).more for count in (50, 51)] == [False, True]
    assert [(await _board("team", [], teams=count)).more for count in (5, 6)] == [False, True]


async def test_what_nobody_has_is_found_behind_those_that_others_were_asked_for_by_name() -> None:
    free = referral(recipient=OF_TEAM)
    board = await _board("free", [*_many(250, recipient=OTHERS), free])
    assert ([row.line.id for row in board.rows], board.more) == ([free.id], False)
    board = await _board("free", [*_many(500, recipient=OTHERS), free])
    assert (list(board.rows), board.more) == ([], True)


async def test_what_was_asked_shows_all_that_is_open_and_goes_on_to_what_is_older() -> None:
    draft, waits = referral(status="draft", recipient=None), referral()
    again = referral(status="rejected", offer_again_at=NOW + timedelta(days=1))
    ended, foreign = _many(120, status="completed"), _many(120, requester=OTHERS)
    known = [*foreign, *ended, draft, waits, again]
    board = await _board("asked", known)
    shown = [row.line.id for row in board.rows]
    assert set(shown[:3]) == {draft.id, waits.id, again.id}
    assert (len(shown), board.more) == (103, False)
    older = await _board("asked", known, cursor=board.older)
    assert {row.line.id for row in older.rows} | set(shown) == {one.id for one in known[120:]}
    assert older.older is None


async def test_the_page_leads_to_the_older_ones_and_says_when_more_is_open(house: House) -> None:
    house.referring.known = _many(101, status="completed")
    async with house.browser(session_of(AccessRole.CLINICIAN, worker_id=NURSE)) as browser:
        page = (await browser.get("/referrals?show=asked")).text
        older = (await browser.get("/referrals?show=asked&before=100")).text
    assert 'href="/referrals?show=asked&amp;before=100"' in page
    assert "There is more open" not in page
    assert older.count('class="card__title"') == 1
    assert "Older ones" not in older
    house.referring.known = _many(101, status="accepted")
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        assert "There is more open than fits here" in (await browser.get("/referrals")).text


async def test_an_account_without_a_worker_has_asked_nothing(house: House) -> None:
    house.referring.known = [referral()]
    async with house.browser(session_of(AccessRole.SUPERVISOR, worker_id=None)) as browser:
        for shelf in ("mine", "asked"):
            assert (await browser.get(f"/referrals?show={shelf}")).text.count('class="card__title"') == 0
