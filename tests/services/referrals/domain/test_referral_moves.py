"""Every cell of both tables: each legal move arrives where its row says and belongs to those named, every other is refused."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from services.referrals.domain.errors import IllegalMove, InvalidField, NotYours
from services.referrals.domain.referral import PartyRef, Referral
from services.referrals.domain.referral_commands import follow, mark_overdue, move_referral, progress, rerouted
from services.referrals.domain.referral_errors import AlreadyClaimed, NoLongerWaiting
from services.referrals.domain.referral_parties import Viewer, parties_of
from services.referrals.domain.referral_progress import PROGRESS_MOVES, BusinessStatus, ProgressStep
from services.referrals.domain.referral_standing import Said
from services.referrals.domain.referral_states import ENDED, REFERRAL_MOVES, reasons_for
from services.referrals.domain.referral_states import ReferralCommand as C
from services.referrals.domain.referral_states import ReferralParty as P
from services.referrals.domain.referral_states import ReferralStatus as S
from services.referrals.domain.referral_words import ClosingWord, ReferralReason, WhatNext
from shared.contracts.codes import PracticeRole
from tests.services.referrals.domain import referral_stories as stories
from tests.services.referrals.domain.referral_stories import at, in_status, said_for, standing

FROM_RULES = {C.ASSIGN, C.OVERDUE, C.FOLLOW, C.CONSENT_REVOKED, C.END}
ELSEWHERE = {C.REQUEST, C.REROUTE}
"""Posted, but with a recipient: their use cases look at the same table."""
POSTED = [command for command in C if command not in FROM_RULES | ELSEWHERE]
LEGAL = {(move.state, move.command) for move in REFERRAL_MOVES}
EVERYBODY: dict[P, Viewer] = {
    P.REQUESTER: stories.REQUESTER,
    P.RECIPIENT: stories.RECIPIENT,
    P.LEAD: stories.SUPERVISOR,
}


def acted(referral: Referral, command: C, who: Viewer) -> Referral:
    moved, step = move_referral(
        standing(referral, who), command, said=said_for(command), model=stories.model(), at=at(9)
    )
    assert (step.version, step.status, step.command) == (moved.version, moved.status, command.value)
    return moved


@pytest.mark.parametrize(("state", "command"), [cell for cell in product(S, POSTED) if cell not in LEGAL])
def test_an_illegal_move_is_refused_to_everybody(state: S, command: C) -> None:
    for who in (*EVERYBODY.values(), stories.MEMBER, stories.STRANGER):
        with pytest.raises((IllegalMove, AlreadyClaimed, NoLongerWaiting)):
            acted(in_status(state), command, who)


@pytest.mark.parametrize(("state", "command"), [cell for cell in product(S, POSTED) if cell in LEGAL])
def test_a_legal_move_belongs_to_exactly_those_named(state: S, command: C) -> None:
    rows = [move for move in REFERRAL_MOVES if (move.state, move.command) == (state, command)]
    for party, who in EVERYBODY.items():
        referral = in_status(state)
        if party is not P.REQUESTER and referral.recipient is None:
            continue
        if party in rows[0].who:
            moved = acted(referral, command, who)
            assert moved.status in {move.next for move in rows}
            assert moved.version == referral.version + 1
            assert (moved.ended_at is not None) == (moved.status in ENDED)
        else:
            with pytest.raises(NotYours):
                acted(referral, command, who)
    with pytest.raises(NotYours):
        acted(in_status(state), command, stories.STRANGER)


@pytest.mark.parametrize(("state", "command"), [cell for cell in product(S, POSTED) if cell in LEGAL])
def test_words_are_asked_for_exactly_where_the_table_says_so(state: S, command: C) -> None:
    row = next(move for move in REFERRAL_MOVES if (move.state, move.command) == (state, command))
    who = next(viewer for party, viewer in EVERYBODY.items() if party in row.who)
    good = said_for(command)
    wrong = [replace(good, reason=None if row.reason_required else ReferralReason.DUPLICATE)]
    wrong.append(replace(good, closing_word=None if row.closing_word else ClosingWord.GOT_HELP))
    if row.reason_required:
        outside = next(reason for reason in ReferralReason if reason not in row.reasons)
        wrong.append(replace(good, reason=outside))
    if command is not C.REJECT:
        wrong.append(replace(good, what_next=WhatNext.NOTHING))
    for said in wrong:
        with pytest.raises(InvalidField):
            move_referral(standing(in_status(state), who), command, said=said, model=stories.model(), at=at(9))


def test_an_error_can_be_marked_from_every_state_that_is_none_yet() -> None:
    assert {state for state, command in LEGAL if command is C.MARK_ERROR} == set(S) - {S.ENTERED_IN_ERROR}


def test_the_table_is_gravitys() -> None:
    """2-domain-facts 3.1, arrow by arrow; what comes on top keeps the state or is the requester's closing of the loop."""
    arrows = {(move.state, move.next) for move in REFERRAL_MOVES if move.next is not move.state}
    working = (S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD)
    gravity = {(S.DRAFT, S.REQUESTED)}
    gravity |= {(S.REQUESTED, after) for after in (S.ACCEPTED, S.REJECTED, S.CANCELLED)}
    gravity |= {(state, after) for state in working for after in (S.COMPLETED, S.FAILED, S.CANCELLED)}
    gravity |= {(S.ACCEPTED, S.IN_PROGRESS), (S.ACCEPTED, S.ON_HOLD)}
    gravity |= {(S.IN_PROGRESS, S.ON_HOLD), (S.ON_HOLD, S.IN_PROGRESS)}
    gravity |= {(state, S.ENTERED_IN_ERROR) for state in S if state is not S.ENTERED_IN_ERROR}
    assert arrows == gravity


@pytest.mark.parametrize(
    ("business", "step", "status"), list(product(BusinessStatus, ProgressStep, S)), ids=lambda cell: cell.value
)
def test_every_cell_of_the_business_table(business: BusinessStatus, step: ProgressStep, status: S) -> None:
    rows = [move for move in PROGRESS_MOVES if (move.state, move.command) == (business, step)]
    referral = stories.with_business(status, business)
    when = stories.NOW + timedelta(days=1) if step is ProgressStep.SCHEDULE else None
    legal = bool(rows) and status in rows[0].during
    for party, who in EVERYBODY.items():
        if not legal:
            with pytest.raises(IllegalMove):
                progress(standing(referral, who), step, scheduled_at=when, said=Said(), at=at(9))
        elif party in rows[0].who:
            reported, row = progress(standing(referral, who), step, scheduled_at=when, said=Said(), at=at(9))
            assert (reported.business_status, reported.status) == (rows[0].next, status)
            assert (reported.scheduled_at, row.business_status) == (when, rows[0].next)
        else:
            with pytest.raises(NotYours):
                progress(standing(referral, who), step, scheduled_at=when, said=Said(), at=at(9))


def test_only_an_appointment_has_a_time() -> None:
    referral = in_status(S.ACCEPTED)
    for step, when in ((ProgressStep.SCHEDULE, None), (ProgressStep.WAITLIST, stories.NOW)):
        with pytest.raises(InvalidField):
            progress(standing(referral, stories.RECIPIENT), step, scheduled_at=when, said=Said(), at=at(9))


def test_a_cancellation_is_a_handshake() -> None:
    working = in_status(S.IN_PROGRESS)
    with pytest.raises(NotYours):
        stories.moved(working, C.CANCEL, stories.REQUESTER)
    asked, _ = progress(
        standing(working, stories.REQUESTER), ProgressStep.ASK_TO_CANCEL, scheduled_at=None, said=Said(), at=at(2)
    )
    assert (asked.status, asked.business_status) == (S.IN_PROGRESS, BusinessStatus.CANCELLATION_REQUESTED)
    confirmed = stories.moved(asked, C.CANCEL, stories.RECIPIENT)
    assert (confirmed.status, confirmed.business_status) == (S.CANCELLED, BusinessStatus.NONE)
    done_already = stories.moved(asked, C.COMPLETE, stories.RECIPIENT)
    assert (done_already.status, done_already.closing_word) == (S.COMPLETED, ClosingWord.GOT_HELP)


def test_a_colleague_is_told_who_has_it_and_a_late_yes_that_it_is_over() -> None:
    accepted = in_status(S.ACCEPTED)
    with pytest.raises(AlreadyClaimed) as taken:
        stories.moved(accepted, C.ACCEPT, stories.MEMBER)
    assert (taken.value.yours, taken.value.first_name) == (False, "Pat")
    with pytest.raises(AlreadyClaimed) as again:
        stories.moved(accepted, C.ACCEPT, stories.RECIPIENT)
    assert again.value.yours
    with pytest.raises(NoLongerWaiting):
        stories.moved(in_status(S.CANCELLED), C.ACCEPT, stories.RECIPIENT)


def test_a_member_of_the_team_takes_what_was_asked_of_the_team() -> None:
    open_to_team = replace(
        in_status(S.REQUESTED), recipient=PartyRef(organization_id=stories.THERE, team_id=stories.TEAM)
    )
    assert parties_of(open_to_team, stories.MEMBER) == {P.MEMBER}
    unqualified = replace(stories.MEMBER, practice_role=PracticeRole.SUPPORT_STAFF)
    with pytest.raises(NotYours):
        stories.moved(open_to_team, C.ACCEPT, unqualified)
    taken = stories.moved(open_to_team, C.ACCEPT, stories.MEMBER)
    assert taken.owner_worker_id == stories.OTHER_PEER
    assert taken.recipient is not None
    assert taken.recipient.team_id == stories.TEAM


def test_a_no_says_what_comes_next() -> None:
    waiting = in_status(S.REQUESTED)
    later = stories.NOW + timedelta(days=30)
    reason = ReferralReason.CANT_RIGHT_NOW
    said = Said(reason=reason, what_next=WhatNext.OFFER_LATER, offer_again_at=later)
    declined = stories.moved(waiting, C.REJECT, stories.RECIPIENT, said=said)
    assert (declined.status, declined.what_next, declined.offer_again_at) == (S.REJECTED, WhatNext.OFFER_LATER, later)
    for wrong in (
        Said(reason=reason),
        Said(reason=reason, what_next=WhatNext.OFFER_LATER),
        Said(reason=reason, what_next=WhatNext.NOTHING, offer_again_at=later),
    ):
        with pytest.raises(InvalidField):
            stories.moved(waiting, C.REJECT, stories.RECIPIENT, said=wrong)


@pytest.mark.parametrize("reason", sorted(reasons_for(C.REJECT)))
def test_one_of_a_team_ends_nothing_for_the_others_by_what_is_only_about_them(reason: ReferralReason) -> None:
    to_team = stories.wish(recipient_worker_id=None, recipient_team_id=stories.TEAM)
    waiting, said = stories.requested(to_team), Said(reason=reason, what_next=WhatNext.ANOTHER_PEER)
    if reason in {ReferralReason.CANT_RIGHT_NOW, ReferralReason.OUTSIDE_MY_ROLE}:
        with pytest.raises(InvalidField) as refused:
            stories.moved(waiting, C.REJECT, stories.MEMBER, said=said)
        assert (refused.value.code, refused.value.pointer) == ("reason_not_for_this_step", "/reason")
    else:
        assert stories.moved(waiting, C.REJECT, stories.MEMBER, said=said).status is S.REJECTED
    assert stories.moved(in_status(S.REQUESTED), C.REJECT, stories.RECIPIENT, said=said).status is S.REJECTED


@pytest.mark.parametrize("word", ClosingWord)
def test_the_requester_closes_the_loop_with_any_word(word: ClosingWord) -> None:
    closed = stories.moved(in_status(S.IN_PROGRESS), C.CLOSE, stories.REQUESTER, said=Said(closing_word=word))
    assert closed.status is (S.COMPLETED if word is ClosingWord.GOT_HELP else S.FAILED)
    assert closed.closing_word is word


def test_a_reason_that_says_how_it_ended_is_the_closing_word() -> None:
    failed = stories.moved(
        in_status(S.ACCEPTED), C.FAIL, stories.RECIPIENT, said=Said(reason=ReferralReason.COULD_NOT_CONTACT)
    )
    assert failed.closing_word is ClosingWord.COULD_NOT_CONTACT


def test_silence_is_marked_once_and_can_still_be_answered() -> None:
    marked = mark_overdue(in_status(S.REQUESTED), at=at(9))
    assert marked is not None
    late, step = marked
    assert (late.status, late.overdue_at, step.command) == (S.REQUESTED, at(9).recorded_at, "overdue")
    assert mark_overdue(late, at=at(10)) is None
    assert mark_overdue(in_status(S.ACCEPTED), at=at(10)) is None
    assert stories.moved(late, C.ACCEPT, stories.RECIPIENT).status is S.ACCEPTED


@pytest.mark.parametrize("state", S)
def test_a_parent_follows_only_while_somebody_works_on_it(state: S) -> None:
    followed = follow(in_status(state), at=at(9))
    assert (followed is not None) == ((state, C.FOLLOW) in LEGAL)
    assert followed is None or followed[0].status is S.COMPLETED


@pytest.mark.parametrize("state", S)
def test_the_same_need_goes_elsewhere_only_from_where_the_table_says(state: S) -> None:
    referral = in_status(state)
    if (state, C.REROUTE) not in LEGAL:
        with pytest.raises(IllegalMove):
            rerouted(standing(referral, stories.REQUESTER), at=at(9))
        return
    after, _ = rerouted(standing(referral, stories.REQUESTER), at=at(9))
    assert after.status is (S.CANCELLED if state is S.REQUESTED else state)
    with pytest.raises(NotYours):
        rerouted(standing(referral, stories.RECIPIENT), at=at(9))
