"""Split a mixed task into parts that can each go to somebody, each judged on its own."""

from collections.abc import Callable, Sequence

from services.scope_guard.domain.judgement import stricter
from services.scope_guard.domain.reading import ClauseReading, Stance
from shared.contracts.codes import PracticeRole
from shared.contracts.scope import Span, TaskPart, Verdict

PartJudgement = tuple[Verdict, str | None, tuple[PracticeRole, ...]]

_JOINING = ("and", "or", "then", "also", "y", "but")
_EDGES = " \t\r\n,;:.-–—•*/&"


def parts_of(
    text: str,
    judged: Sequence[tuple[ClauseReading, Verdict | None]],
    *,
    judge_again: Callable[[str], PartJudgement],
) -> tuple[TaskPart, ...]:
    """The parts of a mixed task; empty when the task is of one piece.

    Each part's words are read again on their own, as they would be if the part were sent alone, and the stricter
    answer stands.
    """
    asking = [(clause, verdict) for clause, verdict in judged if verdict is not None]
    if len({verdict for _, verdict in asking}) < 2:
        return ()
    parts: list[TaskPart] = []
    for clause, verdict in asking:
        start, end = _trim(text, clause.start, clause.end)
        if start >= end:
            continue
        alone, activity, who_may = judge_again(text[start:end])
        leading = activity or next((m.activity for m in clause.mentions if m.stance is Stance.DOES), None)
        parts.append(
            TaskPart(
                text=text[start:end],
                span=Span(start=start, end=end),
                activity=leading,
                verdict=stricter(verdict, alone),
                who_may=who_may,
            )
        )
    return tuple(parts) if len(parts) > 1 else ()


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the commas, bullets and joining words at its edges."""
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    lowered = text[start:end].lower()
    for word in _JOINING:
        if lowered.startswith(word + " "):
            return _trim(text, start + len(word), end)
        if lowered.endswith(" " + word):
            return _trim(text, start, end - len(word))
    return start, end
