"""From a template and what it shows to an answer: words, times, the session's token for forms."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup, escape

from services.console.api.assets import Assets
from services.console.domain.due_words import due_in_words
from services.console.domain.moments import Moment, moment, span, wall_clock
from services.console.domain.referral_next import is_late, next_of
from services.console.domain.session import CLINICAL, SUPERVISING, Session
from services.console.domain.small_numbers import shown
from services.console.domain.words import Language, Words, chosen_language
from services.console.use_cases.directory import Directory
from shared.clock import Clock
from shared.contracts.codes import AccessRole

LANGUAGE_COOKIE = "handrail-language"

NAVIGATION: Mapping[str, tuple[tuple[str, str], ...]] = {
    "peer": (
        ("/inbox", "nav.inbox"),
        ("/referrals", "nav.referrals"),
        ("/people", "nav.people"),
        ("/tasks", "nav.tasks"),
        ("/teams", "nav.teams"),
        ("/directory", "nav.help"),
    ),
    "clinical": (
        ("/discharges", "nav.discharges"),
        ("/handoffs/new", "nav.send"),
        ("/referrals", "nav.referrals"),
        ("/tasks/new", "nav.new_task"),
        ("/tasks", "nav.tasks"),
        ("/teams", "nav.teams"),
        ("/directory", "nav.help"),
        ("/inbox", "nav.inbox"),
    ),
    "supervising": (
        ("/today", "nav.today"),
        ("/numbers", "nav.numbers"),
        ("/review", "nav.review"),
        ("/boundary-events", "nav.boundary"),
        ("/deliveries", "nav.deliveries"),
        ("/discharges", "nav.discharges"),
        ("/referrals", "nav.referrals"),
        ("/teams", "nav.teams"),
        ("/programmes", "nav.programmes"),
        ("/inbox", "nav.inbox"),
    ),
}


class Pages:
    """Renders. One per process."""

    def __init__(
        self, *, words: Mapping[Language, Words], assets: Assets, clock: Clock, neutral_page: str, is_demo: bool
    ) -> None:
        self.words = words
        self._clock = clock
        self._environment = Environment(
            loader=PackageLoader("services.console", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["capitalize_first"] = _capitalize_first
        self._environment.globals |= {
            "asset": assets.address,
            "neutral_page": neutral_page,
            "is_demo": is_demo,
            "languages": tuple(Language),
            "new_key": _new_key,
            "few": shown,
            "seconds": _seconds,
            "next_of": next_of,
            "is_late": is_late,
        }

    def now(self) -> datetime:
        """The time that the page speaks of."""
        return self._clock.now()

    def words_for(self, request: Request) -> Words:
        """The visitor's language."""
        accepted = request.headers.get("accept-language", "")
        return self.words[chosen_language(cookie=request.cookies.get(LANGUAGE_COOKIE), accepted=accepted)]

    def moments(self, words: Words, *, zone: ZoneInfo) -> Callable[[datetime], Moment]:
        """How to show instants in a language that is not the visitor's."""
        return partial(moment, now=self.now(), zone=zone, words=words)

    def wall_clocks(self, words: Words) -> Callable[[time], str]:
        """The same for times of day."""
        return partial(wall_clock, words=words)

    def html(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        block: str | None = None,
        directory: Directory | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """A page, or one block of it. The session is the one that the gate found, if it did."""
        words = self.words_for(request)
        session: Session | None = getattr(request.state, "session", None)
        who = directory or Directory(workers={}, programmes={})
        now = self.now()

        def when(instant: datetime, programme_id: UUID | None = None) -> Moment:
            return moment(instant, now=now, zone=who.zone(programme_id), words=words)

        context: dict[str, Any] = {
            "t": words,
            "theirs": partial(neighbours_words, words),
            "rule_name": partial(rule_name, words),
            "due_words": partial(due_in_words, words=words),
            "me": session,
            "who": who,
            "when": when,
            "wall": self.wall_clocks(words),
            "now": now,
            "span": lambda size: span(size, words=words),
            "path": request.url.path,
            "navigation": NAVIGATION[_kind(session)] if session and _kind(session) in NAVIGATION else (),
            "done": _known(words, "done", request.query_params.get("done")),
            "trouble": _known(words, "trouble", request.query_params.get("trouble")),
        } | values
        if block is not None:
            content = render_block(self._environment, template, block, **context)
        else:
            content = self._environment.get_template(template).render(**context)
        return HTMLResponse(content, status_code=status)


def neighbours_words(words: Words, english: str) -> Markup:
    """A neighbour's sentence in the visitor's language, with a capital; what we only have in English is marked as such."""
    said = words.sentence(english)
    if said is not None:
        return escape(_capitalize_first(said))
    return Markup('<span lang="en">{}</span>').format(_capitalize_first(english))


def rule_name(words: Words, rule_id: str) -> Markup:
    """A rule as people call it: `peer.no_therapy` is "Peer: no therapy"."""
    family, _, name = rule_id.partition(".")
    english = name.replace("_", " ")
    said = words.sentence(english)
    shown = escape(said) if said is not None else Markup('<span lang="en">{}</span>').format(english)
    return Markup("{}: {}").format(words.of("rule_family", family), shown)


def see(path: str, *, done: str | None = None, trouble: str | None = None) -> RedirectResponse:
    """After a deed: look at a page, which says what was done. Only codes travel in the address."""
    joint = "&" if "?" in path else "?"
    told = f"{joint}done={done}" if done else f"{joint}trouble={trouble}" if trouble else ""
    return RedirectResponse(path + told, status_code=303)


def _kind(session: Session) -> str:
    if session.role is AccessRole.PEER:
        return "peer"
    if session.role in CLINICAL:
        return "clinical"
    return "supervising" if session.role in SUPERVISING else "nobody"


def _known(words: Words, group: str, code: str | None) -> str | None:
    """The words for a code of the address, if we have any: what others put there is never shown."""
    if code is None or not words.has(f"{group}.{code}"):
        return None
    return words(f"{group}.{code}")


def _new_key() -> str:
    """For a form: sent twice, it happens once."""
    return secrets.token_urlsafe(18)


def _seconds(number: int) -> timedelta:
    """A length of time that a neighbour tells in seconds."""
    return timedelta(seconds=number)


def _capitalize_first(text: str) -> str:
    """A sentence from policy data begins with a capital on the page."""
    return text[:1].upper() + text[1:]
