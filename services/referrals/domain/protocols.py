"""Effective-dated protocols: what must have happened by when, and how long an offer waits. Data, never constants.

The other half of a protocol (who is told, how, how often) is a ladder in notifications, named here by its code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from services.referrals.domain.errors import InvalidField
from shared.contracts.codes import MilestoneCode, Setting

STANDARD = "standard"
"""What a programme names to get the standard protocol of its setting."""


class Anchor(StrEnum):
    """The instant that a due time counts from."""

    LEAVING = "leaving"
    """The expected discharge while planned, the discharge itself once it happened."""
    DISCHARGE = "discharge"


@dataclass(frozen=True, kw_only=True, slots=True)
class MilestoneRule:
    """`offset` may be negative: before the anchor."""

    code: MilestoneCode
    anchor: Anchor
    offset: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferRule:
    """`ladder` is notifications' code; silence for `respond_within` exhausts it."""

    ladder: str
    respond_within: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Protocol:
    """One version of one protocol. `endorsements` are the credential endorsements that cover this setting.

    A credential without an endorsement is general and fits everywhere; an empty `endorsements` asks for none.
    """

    code: str
    version: str
    effective_from: date
    effective_to: date | None
    demo_only: bool
    settings: frozenset[Setting]
    endorsements: Mapping[Setting, frozenset[str]]
    peer_offer: OfferRule
    escalation: OfferRule
    unanswered_before_escalation: int
    milestones: tuple[MilestoneRule, ...]

    def covers(self, day: date) -> bool:
        """Whether this version is in force on that day (the last day included)."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


class ProtocolInvalid(Exception):  # noqa: N818 - the data is invalid, not the program
    """A protocol file cannot be used; the message says which and why. Raised at start, never later."""


class ProtocolUnavailable(Exception):  # noqa: N818 - a fact about the shelf
    """No protocol of this code is in force on that day in this profile."""


class ProtocolShelf:
    """Every protocol of this installation. Raises ProtocolInvalid where two versions overlap or a rule is missing."""

    def __init__(self, protocols: Iterable[Protocol], *, allow_demo: bool) -> None:
        self._versions: dict[str, list[Protocol]] = {}
        for protocol in protocols:
            _check(protocol)
            if protocol.demo_only and not allow_demo:
                continue
            self._versions.setdefault(protocol.code, []).append(protocol)
        for code, versions in self._versions.items():
            _check_no_overlap(code, versions)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes a programme may name, in order."""
        return tuple(sorted(self._versions))

    def choose(self, code: str, *, setting: Setting, on: datetime) -> Protocol:
        """The version of `code` in force on that day (UTC); `standard` means the one for the setting.

        Raises ProtocolUnavailable.
        """
        if code == STANDARD:
            return self._for_setting(setting, on=on)
        for protocol in self._versions.get(code, ()):
            if protocol.covers(on.date()):
                return protocol
        raise ProtocolUnavailable(code)

    def _for_setting(self, setting: Setting, *, on: datetime) -> Protocol:
        for code in self.codes:
            for protocol in self._versions[code]:
                if setting in protocol.settings and protocol.covers(on.date()) and not protocol.demo_only:
                    return protocol
        raise ProtocolUnavailable(setting.value)

    def version(self, code: str, *, version: str) -> Protocol:
        """The exact version that a running transition was begun under, in force or not. Raises ProtocolUnavailable."""
        for protocol in self._versions.get(code, ()):
            if protocol.version == version:
                return protocol
        raise ProtocolUnavailable(code)


def usable_protocol(code: str, *, setting: Setting, on: datetime, protocols: ProtocolShelf) -> str:
    """`code`, if a transition of a programme with that setting could begin under it on that day. Raises InvalidField."""
    try:
        protocols.choose(code, setting=setting, on=on)
    except ProtocolUnavailable:
        raise InvalidField("protocol_unknown", pointer="/protocol_code") from None
    return code


_NEEDED = (MilestoneCode.INTRODUCTION, MilestoneCode.OWNER_ACCEPTS, MilestoneCode.FIRST_CONTACT)


def _check(protocol: Protocol) -> None:
    name = f"protocol `{protocol.code}` version `{protocol.version}`"
    codes = [rule.code for rule in protocol.milestones]
    if len(set(codes)) != len(codes):
        raise ProtocolInvalid(f"{name} names a milestone twice")
    missing = [code.value for code in _NEEDED if code not in codes]
    if missing:
        raise ProtocolInvalid(f"{name} lacks {', '.join(missing)}")
    if protocol.effective_to is not None and protocol.effective_to < protocol.effective_from:
        raise ProtocolInvalid(f"{name} ends before it begins")
    if min(protocol.peer_offer.respond_within, protocol.escalation.respond_within) <= timedelta(0):
        raise ProtocolInvalid(f"{name} gives no time to answer")
    if protocol.unanswered_before_escalation < 1:
        raise ProtocolInvalid(f"{name} never asks a peer")
    if not protocol.settings:
        raise ProtocolInvalid(f"{name} is meant for no setting")
    strangers = set(protocol.endorsements) - protocol.settings
    if strangers:
        raise ProtocolInvalid(f"{name} names endorsements for settings that are not its own")
    due = {rule.code: rule.offset for rule in protocol.milestones if rule.anchor is Anchor.DISCHARGE}
    follow_ups = [due[code] for code in FOLLOW_UPS if code in due]
    if follow_ups != sorted(follow_ups):
        raise ProtocolInvalid(f"{name} has follow-ups out of order")


FOLLOW_UPS = (MilestoneCode.FOLLOW_UP_CALL, MilestoneCode.DAY_7, MilestoneCode.DAY_30, MilestoneCode.DAY_90)
"""Contacts after the first one, in the order in which they fall due."""


def _check_no_overlap(code: str, versions: list[Protocol]) -> None:
    versions.sort(key=lambda protocol: protocol.effective_from)
    for earlier, later in pairwise(versions):
        if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
            raise ProtocolInvalid(f"protocol `{code}` has two versions in force on {later.effective_from.isoformat()}")
    if len({protocol.version for protocol in versions}) != len(versions):
        raise ProtocolInvalid(f"protocol `{code}` has two versions of the same name")
