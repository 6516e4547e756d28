"""A protocol as a timeline in words: what must have happened by when, in order, and who looks when it has not."""

from collections.abc import Iterator
from datetime import timedelta

from services.referrals.domain.offsets import Offset, OffsetUnit
from services.referrals.domain.protocols import Anchor, MilestoneRule, Protocol

_DAY, _HOUR, _MINUTE = 86400, 3600, 60


def draw(protocol: Protocol) -> Iterator[str]:
    """Lines of text: a head, then one line per milestone by the time it is due."""
    until = "" if protocol.effective_to is None else f" to {protocol.effective_to.isoformat()}"
    yield f"{protocol.code} {protocol.version}, in force from {protocol.effective_from.isoformat()}{until}"
    yield f"for {', '.join(sorted(protocol.models))}"
    yield f"in {', '.join(sorted(protocol.settings))}"
    yield (
        f"a peer has {_span(protocol.peer_offer.respond_within)} to answer (ladder {protocol.peer_offer.ladder}); after "
        f"{protocol.unanswered_before_escalation} without an answer the duty owner is asked, with "
        f"{_span(protocol.escalation.respond_within)} (ladder {protocol.escalation.ladder})"
    )
    yield ""
    rules = sorted(protocol.milestones, key=lambda rule: (_place(rule), rule.code))
    width = max(len(when(rule)) for rule in rules)
    for rule in rules:
        mark = "o" if rule.anchor is Anchor.LEAVING else "*"
        looks = "" if rule.escalate_to is None else f"  missed: {rule.escalate_to}"
        yield f"  {when(rule):>{width}} {mark} {rule.code}{looks}"
    yield ""
    yield "  o counts from leaving (expected, then real), * from the discharge or from what is named"


def when(rule: MilestoneRule) -> str:
    """When it is due, such as `by 2 hours before`, `48 hours to 72 hours`, `end of day 7, 13 times every 7 days`."""
    text = offset_in_words(rule.offset)
    if rule.opens is not None:
        text = f"{offset_in_words(rule.opens)} to {text}"
    if rule.repeat is not None:
        text += f", {rule.repeat.count} times, {_every(rule.repeat.every)}"
    return text if isinstance(rule.anchor, Anchor) else f"{text} after {rule.anchor}"


def offset_in_words(offset: Offset) -> str:
    """`2 hours before`, `at once`, `72 hours`, `end of day 7`, `2 business days`."""
    if offset.unit is OffsetUnit.CALENDAR_DAYS:
        return f"end of day {offset.count}"
    if offset.unit is OffsetUnit.BUSINESS_DAYS:
        return _of(offset.count, "business days")
    if offset.count == 0:
        return "at once"
    return f"{_span(abs(offset.about))}{' before' if offset.is_before else ''}"


def _every(offset: Offset) -> str:
    if offset.unit is OffsetUnit.CALENDAR_DAYS:
        return f"every {_of(offset.count, 'days')}"
    return f"every {offset_in_words(offset)}"


def _place(rule: MilestoneRule) -> tuple[bool, timedelta]:
    return not isinstance(rule.anchor, Anchor), rule.offset.about


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    # three days are 72 hours to those who count them: a day is only said of what is longer
    for unit, name in ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes")):
        if seconds % unit == 0 and (unit != _DAY or seconds > 3 * _DAY):
            return _of(seconds // unit, name)
    return _of(seconds, "seconds")


def _of(count: int, name: str) -> str:
    return f"{count} {name.removesuffix('s') if count == 1 else name}"
