"""What is wrong with a protocol that cannot be meant; every message names the protocol and the key."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from services.referrals.domain.protocols import FOLLOW_UPS, PREPARATIONS, Anchor, MilestoneRule, Protocol
from shared.contracts.codes import MilestoneCode

_NEEDED = (MilestoneCode.INTRODUCTION, MilestoneCode.OWNER_ACCEPTS, MilestoneCode.FIRST_CONTACT)
_MOST_TIMES = 60

_POSSIBLE: dict[MilestoneCode, tuple[int, int]] = {
    **dict.fromkeys(PREPARATIONS, (0, 0)),
    MilestoneCode.INTRODUCTION: (0, 2),
    MilestoneCode.OWNER_ACCEPTS: (2, 2),
    MilestoneCode.ARRIVAL: (1, 4),
    MilestoneCode.FIRST_CONTACT: (3, 3),
    **dict.fromkeys(FOLLOW_UPS, (4, 4)),
}
"""The first and the last part of a handoff in which each can be done: preparing, offered, accepted, contacted, after that."""


class ProtocolInvalid(Exception):  # noqa: N818 - the data is invalid, not the program
    """A protocol file cannot be used; the message says which and why. Raised at start, never later."""


def check_protocol(protocol: Protocol) -> None:
    """Raise ProtocolInvalid with everything that is wrong."""
    found = list(_faults(protocol))
    if found:
        raise ProtocolInvalid(f"protocol `{protocol.code}` version `{protocol.version}`: {'; '.join(found)}")


def _faults(protocol: Protocol) -> Iterator[str]:
    codes = [rule.code for rule in protocol.milestones]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"`milestones.{code}` is there twice"
    for code in _NEEDED:
        if code not in codes:
            yield f"`milestones` lacks {code}"
    if protocol.effective_to is not None and protocol.effective_to < protocol.effective_from:
        yield "`effective_to` comes before `effective_from`"
    for name, rule in (("peer_offer", protocol.peer_offer), ("escalation", protocol.escalation)):
        if rule.respond_within <= timedelta(0):
            yield f"`{name}.respond_within` gives no time to answer"
    if protocol.unanswered_before_escalation < 1:
        yield "`unanswered_before_escalation` never asks a peer"
    if not protocol.settings:
        yield "`settings` is empty"
    if not protocol.models:
        yield "`models` is empty"
    for setting in sorted(set(protocol.endorsements) - protocol.settings):
        yield f"`endorsements.{setting}` is for a setting that is not its own"
    for milestone in protocol.milestones:
        yield from _faults_of(milestone)
        yield from _faults_of_stage(milestone)
    yield from _faults_of_order(protocol.milestones)
    yield from _faults_of_anchors({rule.code: rule for rule in protocol.milestones})


def _faults_of(rule: MilestoneRule) -> Iterator[str]:
    key = f"milestones.{rule.code}"
    if rule.offset.is_before and rule.anchor is not Anchor.LEAVING:
        yield f"`{key}.offset` is negative, which only counts before leaving"
    if rule.opens is not None and rule.opens.about >= rule.offset.about:
        yield f"`{key}.opens` is not before its `offset`"
    if rule.repeat is not None:
        if not 2 <= rule.repeat.count <= _MOST_TIMES:
            yield f"`{key}.repeat.count` is not between 2 and {_MOST_TIMES}"
        if rule.repeat.every.about <= timedelta(0):
            yield f"`{key}.repeat.every` does not lead on"
        if rule.repeat.every.unit is not rule.offset.unit:
            yield f"`{key}.repeat.every` is counted otherwise than its `offset`"
        if rule.opens is not None:
            yield f"`{key}.opens` and `repeat` do not go together"


def _faults_of_stage(rule: MilestoneRule) -> Iterator[str]:
    """A clock that starts only when its step cannot be taken any more is a step that nobody can reach."""
    key, prepares = f"milestones.{rule.code}", rule.code in PREPARATIONS
    if isinstance(rule.anchor, MilestoneCode) and _POSSIBLE[rule.anchor][0] > _POSSIBLE[rule.code][1]:
        yield f"`{key}.anchor` can never be reached: {rule.anchor} comes only when it is too late for it"
    elif prepares and rule.anchor is Anchor.DISCHARGE:
        yield f"`{key}.anchor` can never be reached: it is done before leaving, and not owed once the person has left"
    elif prepares and rule.anchor is Anchor.LEAVING and rule.offset.about > timedelta(0):
        yield f"`{key}.offset` can never be reached: it is done before leaving, and not owed once the person has left"


def _faults_of_order(rules: tuple[MilestoneRule, ...]) -> Iterator[str]:
    due = {rule.code: rule.offset.about for rule in rules if rule.anchor is Anchor.DISCHARGE}
    follow_ups = [(due[code], code) for code in FOLLOW_UPS if code in due]
    for (earlier, _), (later, code) in pairwise(follow_ups):
        if later < earlier:
            yield f"`milestones.{code}.offset`: follow-ups are out of order"


def _faults_of_anchors(rules: dict[MilestoneCode, MilestoneRule]) -> Iterator[str]:
    for code, rule in rules.items():
        path = [code]
        while isinstance(rule.anchor, MilestoneCode):
            if rule.anchor not in rules:
                yield f"`milestones.{code}.anchor` can never be reached: there is no {rule.anchor} in this protocol"
                break
            if rule.anchor in path:
                if code == min(path):  # a cycle is told of once
                    yield f"`milestones.{code}.anchor` leads in a circle: {' -> '.join([*path, rule.anchor])}"
                break
            path.append(rule.anchor)
            rule = rules[rule.anchor]
