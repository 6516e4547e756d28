"""The activities the guard knows, grouped as in the source documents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


class UnknownActivity(LookupError):  # noqa: N818 - a domain word, like the others
    """No activity of this code is in the catalogue."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Something a worker may be asked to do, in words that a supervisor and a peer can read."""

    code: str
    group: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class ActivityGroup:
    """A heading of the catalogue, with the section of the source document it follows."""

    code: str
    title: str
    source: str


class Catalogue:
    """All activities by code; the order is that of the policy files."""

    def __init__(self, activities: Mapping[str, Activity], *, groups: Mapping[str, ActivityGroup]) -> None:
        self._activities = dict(activities)
        self.groups = dict(groups)

    def __contains__(self, code: object) -> bool:
        return code in self._activities

    def __iter__(self) -> Iterator[Activity]:
        return iter(self._activities.values())

    def __len__(self) -> int:
        return len(self._activities)

    def get(self, code: str) -> Activity:
        """The activity of this code; raises `UnknownActivity`."""
        try:
            return self._activities[code]
        except KeyError:
            raise UnknownActivity(code) from None

    def in_group(self, group: str) -> tuple[Activity, ...]:
        """The activities under one heading."""
        return tuple(activity for activity in self if activity.group == group)
