"""What notifications tells of how a worker wants to be reached."""

from pydantic import ConfigDict

from services.console.domain.told import Told


class ContactPoints(Told):
    """Quiet hours are `HH:MM` on the worker's own clock. Ways that this page does not know are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow")

    email: str | None = None
    email_on: bool = True
    quiet_start: str | None = None
    quiet_end: str | None = None
    time_zone: str = "UTC"
    urgent_passes_quiet_hours: bool = False
