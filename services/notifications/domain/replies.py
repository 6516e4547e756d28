"""What a worker can say by answering a text. These words are what carriers expect; nothing else is read, and nothing is kept."""

from enum import StrEnum


class Reply(StrEnum):
    """`STOP`: no more texts. `START`: texts again."""

    STOP = "stop"
    START = "start"


_WORDS = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"), Reply.STOP),
    **dict.fromkeys(("START", "UNSTOP", "YES"), Reply.START),
}


def reply_in(text: str) -> Reply | None:
    """The reply, where the text is nothing but one of these words."""
    return _WORDS.get(text.strip(" \t\r\n.!\"'").upper())
