"""What is wrong with a policy file, by its keys: for whoever wrote it, not for whoever wrote the reader."""

from pydantic import ValidationError


def explained(error: Exception) -> str:
    """Each mistake as `key: what is wrong`; a file that is not YAML at all says so in its reader's words."""
    if not isinstance(error, ValidationError):
        return " ".join(str(error).split())
    return "; ".join(f"`{_key(one['loc'])}`: {_said(one['msg'])}" for one in error.errors())


def _key(place: tuple[int | str, ...]) -> str:
    key = ""
    for step in place:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else str(step)
    return key or "file"


def _said(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")
