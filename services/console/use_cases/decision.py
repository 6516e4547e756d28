"""One decision with the words that called up its rules, as far as the words are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.console.domain import told
from shared.contracts.scope import RuleFinding, TaskPart, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of words that the same rules spoke to; without rules it is plain."""

    text: str
    rule_ids: tuple[str, ...]
    refused: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionPage:
    """A decision. The guard keeps the words of a mixed task's parts; of other tasks only where they were."""

    judgement: told.Judgement

    @property
    def shows_words(self) -> bool:
        """Whether the words of the parts are still there."""
        return any(part.text for part in self.judgement.split)

    @property
    def rules(self) -> list[RuleFinding]:
        """Each rule once, however many parts of the task it speaks of."""
        return list({rule.rule_id: rule for rule in reversed(self.judgement.rules)}.values())[::-1]

    def pieces(self, part: TaskPart) -> list[Piece]:
        """The words of a part, cut where a rule begins or ends to speak."""
        rules = self.judgement.rules
        begins, length = part.span.start, len(part.text)
        cuts = {0, length} | {
            min(max(edge - begins, 0), length)
            for rule in rules
            for span in rule.spans
            for edge in (span.start, span.end)
        }
        edges = sorted(cuts)
        return [_piece(part, start, end, rules=rules) for start, end in pairwise(edges)]


def _piece(part: TaskPart, start: int, end: int, *, rules: Sequence[RuleFinding]) -> Piece:
    first, last = part.span.start + start, part.span.start + end
    speaking = [rule for rule in rules if any(span.start <= first and last <= span.end for span in rule.spans)]
    return Piece(
        text=part.text[start:end],
        rule_ids=tuple(dict.fromkeys(rule.rule_id for rule in speaking)),
        refused=any(rule.verdict is Verdict.OUT_OF_SCOPE for rule in speaking),
    )
