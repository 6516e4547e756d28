"""What stands on a sheet, what is missing, and who reads it, rule by rule."""

from datetime import time
from uuid import uuid4

import pytest

from services.referrals.domain.actor import Actor
from services.referrals.domain.consent_words import Information, Purpose
from services.referrals.domain.errors import IllegalMove, NotFound, NotYours
from services.referrals.domain.handoff_states import HandoffState
from services.referrals.domain.redisclosure import Basis
from services.referrals.domain.sheet import Missing, PartWords, Revision, Sheet, missing_in
from services.referrals.domain.sheet_access import NEEDS, Standing, check_reader, check_writer
from services.referrals.domain.sheet_parts import (
    CONTENT_OF,
    ContactWishes,
    Content,
    Days,
    FirstMeeting,
    LeaveMessage,
    Questions,
    SheetPart,
    Strengths,
    TimeOfWeek,
    Wishes,
)
from shared.contracts.codes import AccessRole, ReportedBy
from tests.services.referrals.domain.handoff_stories import SENDER, SUPERVISOR, TENANT, actor, at, in_state, peer

EVERYTHING = frozenset(SheetPart)


def revision(version: int, **said: Content | None) -> Revision:
    words = {
        SheetPart(name): PartWords(content=content, reported_by=ReportedBy.PERSON) for name, content in said.items()
    }
    return Revision(
        id=uuid4(), tenant_id=TENANT, handoff_id=uuid4(), version=version, said=words, by_worker_id=None, at=at(version)
    )


def basis(*information: Information) -> Basis:
    return Basis(
        consent_id=uuid4(),
        person_id=uuid4(),
        from_organization_id=uuid4(),
        to_organization_id=uuid4(),
        information=(Information.IDENTITY, *information),
        purposes=(Purpose.CARE_COORDINATION,),
        expires_at=None,
        ended_by_referral=False,
    )


def test_a_revision_changes_its_parts_and_leaves_the_others() -> None:
    first = Sheet().with_revision(revision(2, wishes=Wishes(words="a"), strengths=Strengths(lines=("b",))))
    second = first.with_revision(revision(3, wishes=None))
    assert (second.version, second.content(SheetPart.WISHES), second.content(SheetPart.STRENGTHS)) == (
        3,
        None,
        Strengths(lines=("b",)),
    )
    assert (second.said[SheetPart.WISHES].version, second.said[SheetPart.STRENGTHS].version) == (3, 2)
    assert first.content(SheetPart.WISHES) == Wishes(words="a"), "an earlier sheet stays what it was"


def test_everything_is_missing_but_questions_and_each_word_said_takes_one_from_the_list() -> None:
    assert missing_in(Sheet()) == tuple(Missing)
    safe = TimeOfWeek(days=Days.WEEKDAYS, since=time(9), until=time(10))
    said = Sheet().with_revision(
        revision(
            2,
            wishes=Wishes(words="a"),
            contact=ContactWishes(good_times=(safe,), time_zone="UTC"),
            first_meeting=FirstMeeting(place="b"),
            questions=Questions(items=("c",)),
        )
    )
    assert missing_in(said) == (
        Missing.STRENGTHS,
        Missing.LEAVE_MESSAGE,
        Missing.MEETING_TIME,
        Missing.INTRODUCED_BY,
        Missing.APPOINTMENTS,
        Missing.WHAT_TO_DO_IF,
        Missing.SHARING,
    )
    asked = ContactWishes(not_times=(safe,), time_zone="UTC", leave_message=LeaveMessage.NEVER)
    contact_only = Sheet().with_revision(revision(2, contact=asked))
    assert missing_in(contact_only, among=frozenset({SheetPart.CONTACT})) == ()


def test_every_part_has_a_shape_and_a_kind_of_consent_and_none_is_clinical() -> None:
    assert set(CONTENT_OF) == set(NEEDS) == EVERYTHING
    assert not EVERYTHING & {"diagnosis", "medicines", "medication", "tests", "illness_severity", "risk"}


@pytest.mark.parametrize(
    ("standing", "parts"),
    [
        (Standing(sends=True), EVERYTHING),
        (Standing(), frozenset()),
        (Standing(receives=True), frozenset()),
        (Standing(receives=True, basis=basis()), frozenset()),
        (Standing(receives=True, basis=basis(Information.CONTACT)), frozenset({SheetPart.CONTACT})),
        (Standing(receives=True, basis=basis(Information.REQUEST)), EVERYTHING - {SheetPart.CONTACT}),
        (Standing(receives=True, basis=basis(Information.CONTACT, Information.REQUEST)), EVERYTHING),
        (Standing(basis=basis(Information.CONTACT, Information.REQUEST)), frozenset()),
    ],
)
def test_another_house_reads_what_the_consent_speaks_of(standing: Standing, parts: frozenset[SheetPart]) -> None:
    assert standing.parts == parts


AT_HOME, NEXT_DOOR, NOWHERE = Standing(sends=True), Standing(receives=True), Standing()
COLLEAGUE = actor(AccessRole.CASE_MANAGER, uuid4())
LEAD = actor(AccessRole.SUPERVISOR, uuid4())


def reads(state: HandoffState, by: Actor | None, standing: Standing) -> bool:
    """Without `by`: the one who is asked, or has accepted."""
    journey = in_state(state)
    who = by or peer(journey.handoff.worker_id or uuid4())
    try:
        check_reader(journey, by=who, standing=standing)
    except NotFound:
        return False
    return True


WALKING = (HandoffState.ACCEPTED, HandoffState.INTRODUCED, HandoffState.CONTACTED)


@pytest.mark.parametrize("state", HandoffState)
def test_who_reads_in_every_state(state: HandoffState) -> None:
    for sending in (SENDER, SUPERVISOR, COLLEAGUE, LEAD):
        assert reads(state, sending, AT_HOME)
        assert not reads(state, sending, NOWHERE)
    walking = state in WALKING or state is HandoffState.CLOSED
    assert reads(state, None, AT_HOME) is walking, "who is only asked reads nothing; who is accountable reads on"
    assert reads(state, None, NEXT_DOOR) is walking
    assert not reads(state, peer(uuid4()), AT_HOME)
    assert reads(state, LEAD, NEXT_DOOR)


@pytest.mark.parametrize("state", HandoffState)
def test_a_sheet_is_written_until_the_handoff_is_over(state: HandoffState) -> None:
    over = state in (HandoffState.CLOSED, HandoffState.WITHDRAWN)
    if over:
        with pytest.raises(IllegalMove):
            check_writer(in_state(state), standing=AT_HOME, parts=EVERYTHING)
        return
    check_writer(in_state(state), standing=AT_HOME, parts=EVERYTHING)
    with pytest.raises(NotYours):
        check_writer(in_state(state), standing=NEXT_DOOR, parts=frozenset({SheetPart.WISHES}))
