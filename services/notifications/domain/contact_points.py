"""How and when a worker wants to be reached."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.notifications.domain.codes import MESSAGES, Channel, DeliveryCode
from services.notifications.domain.errors import ContactPointsInvalid
from services.notifications.domain.phone_numbers import written_internationally
from services.notifications.domain.quiet_hours import QuietHours

MAX_ADDRESS_CHARACTERS = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""

# Deliberately narrower than RFC 5322: no quoting, no comments, no line breaks that could start a header of their own.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,255}\Z)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*"
)
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,2}")


@dataclass(frozen=True, slots=True)
class Way:
    """A channel, and where on it the worker is found."""

    channel: Channel
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPoints:
    """Version 1 is what everybody starts with: told in the inbox only, no quiet hours.

    `channel_order` is which way is tried first. `opted_out` is whether STOP came from `phone`: it is not the worker's to set
    here, and START from the same phone takes it back.
    """

    tenant_id: UUID
    worker_id: UUID
    version: int = 1
    email: str | None = None
    email_on: bool = True
    quiet_start: time | None = None
    quiet_end: time | None = None
    time_zone: str = "UTC"
    urgent_passes_quiet_hours: bool = False
    phone: str | None = None
    sms_on: bool = False
    channel_order: tuple[Channel, ...] = MESSAGES
    weekly_summary_on: bool = True
    opted_out: bool = False
    changed_at: datetime | None = None

    def check(self) -> None:
        """Raise ContactPointsInvalid for the first field that cannot be used."""
        if self.email is not None and not usable_address(self.email):
            raise ContactPointsInvalid("email", "email_invalid")
        if self.phone is not None and not written_internationally(self.phone):
            raise ContactPointsInvalid("phone", "phone_invalid")
        if sorted(self.channel_order) != sorted(MESSAGES):
            raise ContactPointsInvalid("channel_order", "channel_order_incomplete")
        if zone_named(self.time_zone) is None:
            raise ContactPointsInvalid("time_zone", "time_zone_unknown")
        if (self.quiet_start is None) != (self.quiet_end is None):
            raise ContactPointsInvalid("quiet_end", "quiet_hours_incomplete")
        if self.quiet_start is not None and self.quiet_start == self.quiet_end:
            raise ContactPointsInvalid("quiet_end", "quiet_hours_empty")

    @property
    def ways(self) -> tuple["Way", ...]:
        """How a message may go out, the preferred way first."""
        open_ways = {
            Channel.EMAIL: self.email if self.email_on else None,
            Channel.SMS: self.phone if self.sms_on and not self.opted_out else None,
        }
        return tuple(Way(channel, address) for channel in self.channel_order if (address := open_ways[channel]))

    @property
    def why_no_way(self) -> DeliveryCode:
        """The reason an operator is shown when `ways` is empty."""
        if self.email is None and self.phone is None:
            return DeliveryCode.NO_ADDRESS
        if self.phone is None:
            return DeliveryCode.EMAIL_OFF
        if self.sms_on and self.opted_out:
            return DeliveryCode.OPTED_OUT
        return DeliveryCode.MESSAGES_OFF

    @property
    def quiet_hours(self) -> QuietHours | None:
        """The window, where one is set."""
        zone = zone_named(self.time_zone)
        if self.quiet_start is None or self.quiet_end is None or zone is None:
            return None
        return QuietHours(self.quiet_start, self.quiet_end, zone)


def usable_address(address: str) -> bool:
    """Whether this can stand in an SMTP envelope and a header without surprise."""
    return len(address) <= MAX_ADDRESS_CHARACTERS and _ADDRESS.fullmatch(address) is not None


def zone_named(name: str) -> ZoneInfo | None:
    """The IANA zone of this name, or None."""
    if _ZONE.fullmatch(name) is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
