"""What can be wrong with a request in the language of care coordination; `api/errors.py` gives each its HTTP answer."""

# ruff: noqa: N818 - these name facts, as a sentence would


class ReferralsError(Exception):
    """Base of all of them. `pointer` says which field of the request it is about, where it is about one."""

    def __init__(self, message: str, *, pointer: str | None = None) -> None:
        super().__init__(message)
        self.pointer = pointer


class NotFound(ReferralsError):
    """No such record in this tenant, or none that this caller may know of: the two are never told apart."""

    def __init__(self, kind: str, *, pointer: str | None = None) -> None:
        super().__init__(f"there is no such {kind}", pointer=pointer)
        self.kind = kind


class InvalidField(ReferralsError):
    """A field is well formed but cannot be meant; `code` names the rule it breaks."""

    def __init__(self, code: str, *, pointer: str) -> None:
        super().__init__(code, pointer=pointer)
        self.code = code


class IllegalMove(ReferralsError):
    """The state machine has no such move from here."""

    def __init__(self, *, kind: str, state: str, command: str) -> None:
        super().__init__(f"a {kind} that is `{state}` cannot `{command}`")
        self.kind, self.state, self.command = kind, state, command


class NotYours(ReferralsError):
    """The caller may know of the record, but this move belongs to somebody else."""

    def __init__(self, *, command: str, belongs_to: tuple[str, ...]) -> None:
        super().__init__(f"`{command}` belongs to {' or '.join(belongs_to)}")
        self.command, self.belongs_to = command, belongs_to


class WorkerRequired(ReferralsError):
    """The caller's account has no active worker behind it, and this act needs one."""

    def __init__(self) -> None:
        super().__init__("this account has no active worker")


class Stale(ReferralsError):
    """The record has changed since the caller read it; `current` is its version now."""

    def __init__(self, *, current: int) -> None:
        super().__init__("the record has changed since it was read")
        self.current = current


class AlreadyExists(ReferralsError):
    """Another record already has this identity."""

    def __init__(self, kind: str, *, pointer: str) -> None:
        super().__init__(f"there is already such a {kind}", pointer=pointer)
        self.kind = kind
