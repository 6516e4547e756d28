"""The console's application over neighbours in memory, and browsers that are signed in."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2
import pytest
from fastapi import FastAPI

from services.console.adapters.live_hints import LiveHints
from services.console.adapters.session_cookie import SessionCookie
from services.console.adapters.word_files import read_words
from services.console.api.assets import Assets
from services.console.api.dependencies import ConsoleParts
from services.console.api.gate import COOKIE, Gate
from services.console.api.pages import Pages
from services.console.domain.session import Session
from services.console.main import create_app, install
from services.console.settings import ConsoleSettings
from services.console.use_cases.ports import Neighbours
from shared.clock import SystemClock
from shared.settings import Profile
from tests.services.console.fakes import FakeReferrals
from tests.services.console.fakes_administration import FakeAdministration
from tests.services.console.fakes_around import FakeIdentity, FakeNotifications, FakeScopeGuard
from tests.services.console.fakes_consents import FakeConsents
from tests.services.console.fakes_help import FakeHelp
from tests.services.console.fakes_matching import FakeMatching
from tests.services.console.fakes_numbers import FakeNumbers
from tests.services.console.fakes_referring import FakeReferring, FakeTeams
from tests.services.console.fakes_sheets import FakeSheets

KEY = "k" * 40


@dataclass
class House:
    """The application and everybody around it."""

    identity: FakeIdentity = field(default_factory=FakeIdentity)
    referrals: FakeReferrals = field(default_factory=FakeReferrals)
    referring: FakeReferring = field(default_factory=FakeReferring)
    teams: FakeTeams = field(default_factory=FakeTeams)
    administration: FakeAdministration = field(default_factory=FakeAdministration)
    consents: FakeConsents = field(default_factory=FakeConsents)
    matching: FakeMatching = field(default_factory=FakeMatching)
    sheets: FakeSheets = field(default_factory=FakeSheets)
    help: FakeHelp = field(default_factory=FakeHelp)
    numbers: FakeNumbers = field(default_factory=FakeNumbers)
    scope_guard: FakeScopeGuard = field(default_factory=FakeScopeGuard)
    notifications: FakeNotifications = field(default_factory=FakeNotifications)
    cookies: SessionCookie = field(default_factory=lambda: SessionCookie(KEY))
    hints: LiveHints = field(default_factory=lambda: LiveHints(None))
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(ConsoleSettings(cookie_key=KEY, profile=Profile.DEMO))
        assets = Assets()
        pages = Pages(
            words=read_words(),
            assets=assets,
            clock=SystemClock(),
            neutral_page="https://neutral.example/",
            is_demo=True,
        )
        gate = Gate(cookies=self.cookies, identity=self.identity)
        install(
            self.app, ConsoleParts(pages=pages, assets=assets, gate=gate, neighbours=self.neighbours, hints=self.hints)
        )

    @property
    def neighbours(self) -> Neighbours:
        """Everybody around it."""
        return Neighbours(
            identity=self.identity,
            referrals=self.referrals,
            referring=self.referring,
            teams=self.teams,
            administration=self.administration,
            consents=self.consents,
            matching=self.matching,
            sheets=self.sheets,
            help=self.help,
            numbers=self.numbers,
            scope_guard=self.scope_guard,
            notifications=self.notifications,
        )

    def browser(self, session: Session | None = None, *, language: str = "en") -> httpx2.AsyncClient:
        """A browser, signed in or not."""
        headers = {"Accept-Language": language}
        if session is not None:
            headers["Cookie"] = f"{COOKIE}={self.cookies.seal(session)}"
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url="http://console.test", headers=headers)


@pytest.fixture
def house() -> House:
    """A fresh one."""
    return House()


BrowserFor = Callable[[Session], httpx2.AsyncClient]
