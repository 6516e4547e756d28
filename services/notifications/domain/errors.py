"""What can be wrong here, without a word about HTTP."""

from uuid import UUID


class NotificationsError(Exception):
    """Base of this service's own errors."""


class LadderInvalid(NotificationsError):  # noqa: N818 - names a fact
    """A ladder file does not describe a ladder."""


class LadderUnknown(NotificationsError):  # noqa: N818 - names a fact
    """An event names a ladder that is not in the policy folder; the event is set aside until it is."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no ladder is called `{code}`")
        self.code = code


class ItemNotFound(NotificationsError):  # noqa: N818 - names a fact
    """No such item in this worker's inbox; also said of other people's items."""


class LinkUnknown(NotificationsError):  # noqa: N818 - names a fact
    """We sent no such link to this worker; also said of links of others."""


class LinkUsed(NotificationsError):  # noqa: N818 - names a fact
    """A link leads somewhere once."""


class LinkExpired(NotificationsError):  # noqa: N818 - names a fact
    """Its day is over, or what it led to is."""


class NotYourContactPoints(NotificationsError):  # noqa: N818 - names a fact
    """Somebody other than the worker, a supervisor or an administrator asked."""


class ContactPointsInvalid(NotificationsError):  # noqa: N818 - names a fact
    """A field of the contact points cannot be used. `field` names it; the value is never repeated."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"`{field}`: {code}")
        self.field = field
        self.code = code


class ContactPointsChanged(NotificationsError):  # noqa: N818 - names a fact
    """The contact points were changed by somebody else in the meantime."""

    def __init__(self, worker_id: UUID, *, current_version: int) -> None:
        super().__init__("the contact points have changed")
        self.worker_id = worker_id
        self.current_version = current_version


class EntitlementUnknown(NotificationsError):  # noqa: N818 - names a fact
    """Referrals gave no usable answer: nothing is sent, and it is asked again."""


class EndpointNotFound(NotificationsError):  # noqa: N818 - names a fact
    """This tenant has no such webhook endpoint, or no such call of it."""


class EndpointInvalid(NotificationsError):  # noqa: N818 - names a fact
    """A field of a webhook endpoint cannot be used. `field` names it; the value is never repeated."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"`{field}`: {code}")
        self.field = field
        self.code = code


class EndpointChanged(NotificationsError):  # noqa: N818 - names a fact
    """The endpoint was changed by somebody else in the meantime."""

    def __init__(self, current_version: int) -> None:
        super().__init__("the endpoint has changed")
        self.current_version = current_version


class AlreadyRegistered(NotificationsError):  # noqa: N818 - names a fact
    """Another endpoint of this tenant has this address."""


class WebhooksOff(NotificationsError):  # noqa: N818 - names a fact
    """No webhook key is set, so nothing could be signed."""
