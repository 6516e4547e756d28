"""A task of another organisation has no words before there is a consent: every page that lists tasks says so instead."""

import re
from html import unescape

import pytest

from services.console.adapters.word_files import read_words
from services.console.domain.told import Handoff
from services.console.domain.told_custody import HeldTransition
from services.console.domain.words import Language
from shared.contracts.codes import AccessRole
from shared.identifiers import new_id
from tests.services.console.conftest import House
from tests.services.console.fakes import NOW, NURSE, PEER, PROGRAMME, handoff, session_of
from tests.services.console.test_more_pages import proposed


@pytest.mark.parametrize("language", list(Language))
async def test_no_page_shows_an_empty_line(house: House, language: Language) -> None:
    one = handoff(state="accepted")
    house.referrals.known[one.id] = one
    house.referrals.held[one.transition_id] = _held(one)
    waiting = proposed(title=None)
    begun = proposed(title=None, status="in_progress")
    silent = proposed(title=None, scope="undecided", decision=None)
    house.referrals.stored_tasks = [waiting, begun, silent]
    opened = {
        AccessRole.PEER: ("/inbox",),
        AccessRole.CLINICIAN: ("/tasks", f"/tasks/{begun.id}", f"/handoffs/{one.id}/person"),
        AccessRole.SUPERVISOR: ("/today", "/review", f"/tasks/{waiting.id}"),
    }
    sentence = read_words()[language]("task.unworded")
    for role, paths in opened.items():
        worker_id = PEER if role is AccessRole.PEER else NURSE
        async with house.browser(session_of(role, worker_id=worker_id), language=language.value) as browser:
            for path in paths:
                page = await browser.get(path)
                assert (page.status_code, page.text.count("None</")) == (200, 0), path
                assert sentence in unescape(page.text), path
                assert not re.search(r"<(h1|h3[^>]*|a href=\"/tasks/[^>]*)>\s*</", page.text), path


def _held(one: Handoff) -> HeldTransition:
    """The way home that belongs to it."""
    begun = {"sequence": 1, "to_worker_id": NURSE, "cause": "begun", "occurred_at": NOW}
    held = {"sender_worker_id": NURSE, "owner_worker_id": NURSE, "owner_since": NOW, "custody": [begun]}
    leaving = {"status": "discharged", "expected_at": None, "discharged_at": NOW}
    whom = {"id": one.transition_id, "version": 2, "person_id": new_id(), "programme_id": PROGRAMME}
    return HeldTransition.model_validate(whom | leaving | held)
