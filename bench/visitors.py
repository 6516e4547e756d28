"""Somebody who uses the console as a browser does: signs in, keeps the cookie, looks at pages."""

from dataclasses import dataclass

import aiohttp

from bench.running_system import System


@dataclass(frozen=True)
class Visitor:
    """A signed-in person. The cookie is sent by hand: over plain HTTP a cookie jar rightly keeps `Secure` ones back."""

    console: str
    cookie: str
    session: aiohttp.ClientSession

    async def look(self, path: str) -> str:
        """A page, which must answer with success."""
        async with self.session.get(self.console + path, headers={"Cookie": self.cookie}) as answer:
            content = await answer.text()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
            return content


async def enter(system: System, email: str) -> Visitor:
    """Sign in through the form. Raises RuntimeError where the console does not open."""
    form = {"email": email, "password": system.password, "after": "/"}
    async with system.session.post(f"{system.console}/sign-in", data=form, allow_redirects=False) as answer:
        cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
        if answer.status != 303 or not cookie:
            raise RuntimeError(f"the console answered {answer.status} to a sign-in")
    return Visitor(console=system.console, cookie=cookie, session=system.session)
