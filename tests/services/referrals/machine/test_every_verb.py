"""The machine knows every verb of the service: one without a rule is named here with the reason, or this fails.

That a rule reaches the verb it counts is looked at while it runs (`Player.tell` asks the route).
"""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

from services.referrals import use_cases
from services.referrals.api import routes

READINGS = {
    "answer_entitlements",
    "ask_capacity",
    "count_follow_up",
    "count_handoffs",
    "find_at_risk",
    "find_colleagues",
    "list_absences",
    "list_consents",
    "list_dual_relationships",
    "list_handoffs",
    "list_help_organizations",
    "list_people",
    "list_records",
    "list_referral_huddle",
    "list_referrals",
    "list_sheet_revisions",
    "list_tasks",
    "list_transitions",
    "match_for_handoff",
    "match_for_wish",
    "people_known_to",
    "read_ceilings",
    "read_handoff",
    "read_own_lived_experience",
    "read_protocol",
    "read_referral",
    "read_referral_backup",
    "read_shared_plan",
    "read_sheet",
    "read_transition",
    "read_wish",
    "search_services",
    "show_consent",
    "show_help",
    "show_person",
    "show_record",
    "show_task",
    "show_task_history",
    "show_team",
}
"""Nothing changes through them; `told.py` reads what they show and looks for names."""

PARTS = {
    "address_referral": "how create_referral, request_referral and reroute_referral ask somebody",
    "ask_the_next": "how a referral that somebody lets go of is asked again",
    "begin_journey": "how plan_transition and sources begin",
    "candidates_for": "reads whom a handoff could be offered to",
    "check_acts_for": "refuses whoever does not act for the house, inside its commands",
    "check_acts_for_worker": "the same for a command about one of its workers",
    "check_all_belong": "refuses members of other houses, inside commands on teams",
    "own_house": "reads whose house the caller acts for",
    "check_duty_owner": "refuses inside programme commands",
    "check_no_duty": "refuses inside change_worker",
    "check_known": "refuses inside commands about a person",
    "check_supervisor_of": "refuses inside the register's commands",
    "check_version": "refuses inside commands on referrals",
    "give_back": "how a task goes back, inside rehome_dropped and declare_dual_relationship",
    "home_of": "reads where somebody new is at home",
    "judge_referral": "asks the scope guard inside referral commands",
    "keep_turn": "how every command on a handoff is kept",
    "left_in": "reads discharges for the numbers",
    "question_of_today": "what is asked of the scope guard again",
    "reconcile_person": "how follow_source_event makes everything agree",
    "take_referral_turn": "how every command on a referral is kept",
    "take_turn": "how every command on a handoff is kept",
    "note_people_told": "writes down what reading a record tells, inside the reading",
}
"""Steps of verbs that have a rule; nobody calls them from outside."""


def every_verb() -> dict[str, str]:
    """Public coroutines of the use cases, with the module each is written in."""
    found = {}
    for one in pkgutil.iter_modules(use_cases.__path__):
        module = importlib.import_module(f"{use_cases.__name__}.{one.name}")
        for name, what in inspect.getmembers(module, inspect.iscoroutinefunction):
            if what.__module__ == module.__name__ and not name.startswith("_"):
                found[name] = module.__name__
    return found


def verbs_with_a_rule() -> set[str]:
    """The first word of everything that a rule counts."""
    folder = Path(__file__).parent
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*_rules.py"))
    said = re.findall(r'["\'(f]"?([a-z]+(?:_[a-z]+)+)(?: [^"]*)?"', text)
    return {*said, *(f"{move}_transition" for move in ("replan", "discharge", "cancel", "retract"))}


def test_every_verb_has_a_rule_or_a_reason() -> None:
    verbs = every_verb()
    without = set(verbs) - verbs_with_a_rule() - READINGS - set(PARTS)
    assert not without, f"no rule of the machine tries {sorted(without)}"


def test_no_list_names_what_is_not_there() -> None:
    verbs = set(every_verb())
    assert set(PARTS) | READINGS <= verbs, (set(PARTS) | READINGS) - verbs
    assert not (set(PARTS) | READINGS) & verbs_with_a_rule()


def test_readings_are_behind_no_command() -> None:
    """Whatever a route can be sent a change for is no reading."""
    for one in pkgutil.iter_modules(routes.__path__):
        module = importlib.import_module(f"{routes.__name__}.{one.name}")
        for route in module.router.routes:
            if route.methods == {"GET"}:
                continue
            called = {name for name in route.endpoint.__code__.co_names if name in READINGS}
            assert called <= {"find_colleagues", "match_for_wish", "answer_entitlements"}, (route.path, called)
