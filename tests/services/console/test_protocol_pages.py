"""What happens by when: every protocol in use, drawn as a line, its times in the visitor's language."""

import pytest

from services.console.adapters.word_files import read_words
from services.console.domain.due_words import Side, due_in_words, side_of
from services.console.domain.words import Language
from services.referrals.adapters.protocol_files import load_protocols
from services.referrals.domain.protocol_drawing import when
from shared.contracts.codes import AccessRole
from tests.services.console.conftest import House
from tests.services.console.fakes import session_of
from tests.services.console.test_team_pages import PROTOCOL


async def test_everybody_of_the_care_team_sees_what_happens_by_when(house: House) -> None:
    house.teams.agreed = PROTOCOL
    async with house.browser(session_of(AccessRole.PEER)) as browser:
        listed = (await browser.get("/protocols")).text
        page = (await browser.get("/protocols/standard")).text
        assert (await browser.get("/protocols/nowhere")).status_code == 404
        house.teams.agreed = None
        none = (await browser.get("/protocols/standard")).text
    async with house.browser(session_of(AccessRole.SUPERVISOR), language="es") as browser:
        house.teams.agreed = PROTOCOL
        spanish = (await browser.get("/protocols/standard")).text
    assert 'href="/protocols/standard"' in listed
    assert "Lakeside Unit Four" in listed
    assert "Contact around day 7" in page
    assert page.count("<circle") == len(PROTOCOL.steps)
    assert "/programmes/" not in page.split("<main")[1]
    assert "No protocol is in force" in none
    assert "2 horas" in spanish


@pytest.mark.parametrize(
    ("due", "english", "spanish"),
    [
        ("24 hours before", "24 hours before", "24 horas antes"),
        ("at once", "at once", "enseguida"),
        ("1 hour", "1 hour", "1 hora"),
        ("1 minute", "1 minute", "1 minuto"),
        ("48 hours to 72 hours", "48 hours to 72 hours", "de 48 horas a 72 horas"),
        ("end of day 7", "end of day 7", "al final del día 7"),
        ("2 business days", "2 working days", "2 días laborables"),
        ("end of day 7, 13 times, every 7 days", "end of day 7, 13 times, every 7 days", "al final del día 7, 13 veces, cada 7 días"),
        ("when the moon is full", None, None),
    ],
)  # fmt: skip
def test_times_are_said_in_both_languages(due: str, english: str | None, spanish: str | None) -> None:
    catalogues = read_words()
    assert due_in_words(due, words=catalogues[Language.ENGLISH]) == english
    assert due_in_words(due, words=catalogues[Language.SPANISH]) == spanish


def test_every_time_of_every_protocol_is_known_in_spanish() -> None:
    spanish = read_words()[Language.SPANISH]
    said = {when(rule) for protocol in load_protocols(allow_demo=True).all for rule in protocol.milestones}
    assert len(said) > 8
    assert [due for due in said if due_in_words(due, words=spanish) is None] == []


@pytest.mark.parametrize(
    ("anchor", "due", "side"),
    [
        ("leaving", "24 hours before", Side.BEFORE),
        ("leaving", "at once", Side.LEAVING),
        ("discharge", "end of day 7", Side.AFTER),
        ("first_contact", "2 hours after first_contact", Side.STEP),
    ],
)
def test_each_step_stands_on_its_side_of_leaving(anchor: str, due: str, side: Side) -> None:
    assert side_of(anchor, due) is side
