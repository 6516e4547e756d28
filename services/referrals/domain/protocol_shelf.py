"""The protocols of an installation, and which of them is in force for a programme on a day."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations

from services.referrals.domain.calendar_shelf import CalendarShelf, CalendarUnavailable
from services.referrals.domain.errors import InvalidField
from services.referrals.domain.offsets import ProgrammeTime
from services.referrals.domain.protocol_checks import ProtocolInvalid, check_protocol
from services.referrals.domain.protocols import Protocol
from shared.contracts.codes import IntegrationModel, Setting

STANDARD = "standard"
"""What a programme names to get the standard protocol of its setting and integration model."""


class ProtocolUnavailable(Exception):  # noqa: N818 - a fact about the shelf
    """No protocol of this code is in force on that day in this profile."""


class ProtocolShelf:
    """Every protocol of this installation, and the calendars that due times are counted by.

    Raises ProtocolInvalid where one cannot be meant, and where two would be in force at once.
    """

    def __init__(self, protocols: Iterable[Protocol], *, calendars: CalendarShelf, allow_demo: bool) -> None:
        self.calendars = calendars
        self._versions: dict[str, list[Protocol]] = {}
        for protocol in protocols:
            check_protocol(protocol)
            if protocol.demo_only and not allow_demo:
                continue
            self._versions.setdefault(protocol.code, []).append(protocol)
        for versions in self._versions.values():
            versions.sort(key=lambda protocol: protocol.effective_from)
        for one, other in combinations(self.all, 2):
            _check_apart(one, other)

    @property
    def readmitted_within(self) -> timedelta:
        """How soon after a discharge an admission takes its place. One for the installation: the longest on the shelf."""
        return max((protocol.readmitted_within for protocol in self.all), default=timedelta(0))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes a programme may name, in order."""
        return tuple(sorted(self._versions))

    @property
    def all(self) -> tuple[Protocol, ...]:
        """Every version of every protocol, by code and then by the day it comes into force."""
        return tuple(protocol for code in self.codes for protocol in self._versions[code])

    def choose(self, code: str, *, setting: Setting, model: IntegrationModel, on: date) -> Protocol:
        """The version of `code` in force on that day of the programme; `standard` means the one for setting and model.

        Raises ProtocolUnavailable.
        """
        found = self._versions.get(code, ())
        if code == STANDARD:
            found = [one for one in self.all if _is_standard(one) and setting in one.settings and model in one.models]
        for protocol in found:
            if protocol.covers(on):
                return protocol
        raise ProtocolUnavailable(code)

    def version(self, code: str, *, version: str) -> Protocol:
        """The exact version that a running transition was begun under, in force or not. Raises ProtocolUnavailable."""
        for protocol in self._versions.get(code, ()):
            if protocol.version == version:
                return protocol
        raise ProtocolUnavailable(code)

    def programme_time(self, *, time_zone: str, calendar_code: str) -> ProgrammeTime:
        """The clock of a programme. Raises CalendarUnavailable."""
        return ProgrammeTime(time_zone=time_zone, calendar=self.calendars.choose(calendar_code, time_zone=time_zone))


def usable_protocol(code: str, *, setting: Setting, model: IntegrationModel, on: date, protocols: ProtocolShelf) -> str:
    """`code`, if a transition of such a programme could begin under it on that day. Raises InvalidField."""
    try:
        protocols.choose(code, setting=setting, model=model, on=on)
    except ProtocolUnavailable:
        raise InvalidField("protocol_unknown", pointer="/protocol_code") from None
    return code


def usable_calendar(code: str, *, protocols: ProtocolShelf) -> str:
    """`code`, if there is such a calendar. Raises InvalidField."""
    try:
        protocols.calendars.choose(code, time_zone="UTC")
    except CalendarUnavailable:
        raise InvalidField("calendar_unknown", pointer="/calendar_code") from None
    return code


def _is_standard(protocol: Protocol) -> bool:
    return not protocol.demo_only


def _check_apart(one: Protocol, other: Protocol) -> None:
    if one.code == other.code and one.version == other.version:
        raise ProtocolInvalid(f"protocol `{one.code}` has two versions of the name `{one.version}`")
    if not one.overlaps(other):
        return
    first = max(one.effective_from, other.effective_from).isoformat()
    if one.code == other.code:
        raise ProtocolInvalid(f"protocol `{one.code}` has two versions in force on {first} (`effective_from`)")
    both = one.settings & other.settings
    if _is_standard(one) and _is_standard(other) and both and one.models & other.models:
        setting, model = min(both), min(one.models & other.models)
        raise ProtocolInvalid(
            f"`{one.code}` and `{other.code}` are both meant for {setting}, {model} on {first} (`settings`, `models`)"
        )
