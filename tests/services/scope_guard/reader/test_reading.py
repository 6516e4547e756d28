"""Clauses, polarity, who acts, frames, offsets, mixed tasks."""

import pytest

from services.scope_guard.domain.reading import Stance
from shared.contracts.codes import PracticeRole
from shared.contracts.scope import Verdict
from tests.services.scope_guard.brain import ask, facts, judge


def _stances(text: str, activity: str) -> set[Stance]:
    return {mention.stance for mention in judge().reader.read(text).mentions if mention.activity == activity}


@pytest.mark.parametrize(
    ("text", "activity", "stance"),
    [
        ("Assess her", "clinical_assessment", Stance.DOES),
        ("Do not assess her", "clinical_assessment", Stance.ASKED_NOT),
        ("Do not forget to assess her", "clinical_assessment", Stance.DOES),
        ("Avoid assessing her", "clinical_assessment", Stance.ASKED_NOT),
        ("Refrain from diagnosing", "diagnose", Stance.ASKED_NOT),
        ("Never prescribe medication", "prescribe_medication", Stance.ASKED_NOT),
        ("Not only listen but also prescribe medication", "prescribe_medication", Stance.DOES),
        ("Do not assess, diagnose or treat clients", "diagnose", Stance.ASKED_NOT),
        ("Go with her to the psychiatrist, who will adjust her medication", "prescribe_medication", Stance.OTHERS),
        ("The nurse will administer medication", "administer_medication", Stance.OTHERS),
        ("If she asks, provide therapy", "psychotherapy", Stance.DOES),
        ("They shall not engage in the provision of psychotherapy", "psychotherapy", Stance.ASKED_NOT),
        ("Staff can not perform duties such as assessing", "clinical_assessment", Stance.ASKED_NOT),
        ("Do not leave without assessing her", "clinical_assessment", Stance.DOES),
        ("Hold her down", "restrain", Stance.DOES),
        ("Make him go to the meeting", "monitor_compliance", Stance.DOES),
        ("Make sure he is not hiding his pills", "manage_medication", Stance.DOES),
        ("Arrange a day for assessing their needs", "clinical_assessment", Stance.DOES),
        ("Vigílalos toda la noche", "observation_duty", Stance.DOES),
    ],
)
def test_polarity_and_who_acts(text: str, activity: str, stance: Stance) -> None:
    assert _stances(text, activity) == {stance}


@pytest.mark.parametrize(
    "text",
    [
        "Bamboozle the members with kindness and listen to them",
        "Find out if she sings in the choir, and check in with her",
        "Juggle for the group and share hope",
    ],
)
def test_what_is_asked_first_has_to_be_explained(text: str) -> None:
    assert ask(text).verdict is Verdict.NEEDS_REVIEW


@pytest.mark.parametrize(
    ("explained", "unexplained"),
    [
        ("Offer encouragement and company", "Offer encouragement and zoography"),
        ("Provide emotional and practical support", "Provide practical zoography and support"),
        ("Serve as a role model", "Serve as a zoographer and role model"),
        ("Show Nia where the drop-in center is", "Show Nia the zoography of the drop-in center"),
        ("Welcome people living alone", "Welcome people and their zoography"),
    ],
)
def test_each_piece_of_what_a_verb_takes_has_to_be_explained(explained: str, unexplained: str) -> None:
    assert ask(explained).verdict is Verdict.WITHIN_SCOPE
    assert ask(unexplained).verdict is Verdict.NEEDS_REVIEW


def test_some_verbs_say_enough_whatever_they_take_unless_a_pattern_knows_better() -> None:
    assert ask("Audit the zoography").verdict is Verdict.OUT_OF_SCOPE
    assert ask("Help her monitor her own progress").verdict is Verdict.WITHIN_SCOPE
    assert ask("Monitor the zoography").verdict is Verdict.OUT_OF_SCOPE


def test_a_prohibition_alone_is_no_permission() -> None:
    assert ask("Do not diagnose").verdict is Verdict.NEEDS_REVIEW


def test_bare_clinical_nouns_are_questions() -> None:
    for noun in ("medication", "assessment", "therapy", "diagnosis", "treatment plan", "blood pressure"):
        assert ask(noun).verdict is Verdict.NEEDS_REVIEW, noun


def test_quoted_words_are_not_an_order() -> None:
    assert ask('She heard "we will diagnose you" and was afraid').verdict is Verdict.NEEDS_REVIEW


def test_words_only_make_a_structured_verdict_stricter() -> None:
    assert ask("Listen and share hope", activity="listen_actively").verdict is Verdict.WITHIN_SCOPE
    assert ask("Give her the pills", activity="listen_actively").verdict is Verdict.OUT_OF_SCOPE
    assert ask("medication", activity="listen_actively").verdict is Verdict.NEEDS_REVIEW
    assert ask("Listen and share hope", activity="diagnose").verdict is Verdict.OUT_OF_SCOPE


def test_offsets_survive_folding_of_letters() -> None:
    text = "Please \u200bDIAGN\u041eSE \ufb01ve clients"
    findings = [finding for finding in ask(text).rules if finding.verdict is Verdict.OUT_OF_SCOPE]
    words = {text[span.start : span.end] for finding in findings for span in finding.spans}
    assert any(word.startswith("DIAGN\u041eSE") for word in words)


def test_a_mixed_task_is_split_and_each_part_judged() -> None:
    text = "Listen to her worries, assess her suicide risk, and drive her home"
    judged = ask(text)
    assert judged.verdict is Verdict.OUT_OF_SCOPE
    assert [part.verdict for part in judged.split] == [
        Verdict.WITHIN_SCOPE,
        Verdict.OUT_OF_SCOPE,
        Verdict.WITHIN_SCOPE_WITH_CONDITIONS,
    ]
    for part in judged.split:
        assert text[part.span.start : part.span.end] == part.text
        assert ask(part.text).verdict is part.verdict
        assert part.who_may
    assert PracticeRole.PEER_SUPPORT_SPECIALIST not in judged.split[1].who_may


def test_a_refusal_names_rule_reason_source_roles_and_way_forward() -> None:
    judged = ask("Prescribe an antidepressant")
    assert judged.rules[0].rule_id == "peer.no_prescribing"
    assert judged.rules[0].source.section
    assert judged.who_may == (PracticeRole.PHYSICIAN, PracticeRole.PSYCHIATRIST)
    assert judged.alternative is not None
    assert ask(activity=judged.alternative.activity).verdict is Verdict.WITHIN_SCOPE


def test_the_same_question_gets_the_same_answer() -> None:
    text = "Help her find housing and count her pills"
    assert ask(text) == ask(text)


def test_the_same_words_for_another_role() -> None:
    assert ask("Assess suicide risk", snapshot=facts(PracticeRole.NURSE)).verdict is Verdict.WITHIN_SCOPE
    assert ask("Assess suicide risk").verdict is Verdict.OUT_OF_SCOPE
