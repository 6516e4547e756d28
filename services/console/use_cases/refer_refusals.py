"""Why referrals did not take a referral, as the words that help, and the step of the form where they belong."""

from collections.abc import Mapping

from services.console.use_cases.ports import Refused

_STEP_OF: Mapping[str, str] = {
    "asks_required": "what",
    "clinical_backup_required": "whom",
    "cycle_of_intermediaries": "whom",
    "nobody_qualified_in_team": "whom",
    "not_available": "whom",
    "not_in_this_team": "whom",
    "not_qualified": "whom",
    "recipient_is_requester": "whom",
    "team_required": "whom",
    "transition_required": "who",
    "worker_left": "whom",
}
_OF_PROBLEM = ("out_of_scope", "not_permitted_yet")


def words_for(refused: Refused) -> tuple[str, dict[str, str]]:
    """The step, and what is wrong there. Raises the refusal itself where a form cannot help."""
    if refused.code in _OF_PROBLEM:
        return "what", {"text": f"refer.refused.{refused.code}"}
    if refused.status != 422:
        raise refused
    for one in refused.document.get("errors", ()):
        code = str(one.get("code", ""))
        if code in _STEP_OF:
            return _STEP_OF[code], {"refer": f"refer.refused.{code}"}
    return "what", {"refer": "refer.refused.other"}
