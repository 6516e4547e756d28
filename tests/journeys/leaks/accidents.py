"""The usual accidents, with canaries for words: what cannot be read, found, accepted, stored or applied."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp

from handrail.demo.api import Answer, Visitor
from handrail.demo.network import PASSWORD
from handrail.demo.stage import NOTIFICATIONS, REFERRALS, SCOPE_GUARD, Stage
from shared.contracts.codes import Service
from tests.journeys.leaks import canaries as word
from tests.journeys.leaks.surroundings import Surroundings
from tests.journeys.leaks.walking import PERSON, new_key


@dataclass(kw_only=True)
class Accidents:
    """Everything that goes wrong, while a page of the console listens."""

    stage: Stage
    around: Surroundings

    async def everything(self) -> None:
        """All of them; every answer is kept as a surface."""
        async with self._listening():
            await self._mistakes()
            await self._unforeseen()
            await self._poison()

    async def _mistakes(self) -> None:
        """What cannot be read, found or accepted: every answer is kept as a surface."""
        who = await self.stage.visitor("mika")
        admin = await self.stage.api.sign_in(self.stage.network.administrator.email, PASSWORD)
        bad = word.UNREADABLE_WORD
        fay = self.stage.registry.workers["fay"]
        for service, method, path, body, expected in (
            (REFERRALS, "POST", "/people", {"given_name": [bad], "birth_date": bad, bad: bad}, 422),
            (REFERRALS, "POST", "/tasks", {"title": bad, "programme_id": bad, "assignee_worker_id": {bad: bad}}, 422),
            (REFERRALS, "POST", "/transitions", {"person_id": bad, "programme_id": str(uuid4()), "status": bad}, 422),
            (REFERRALS, "POST", "/referrals", {"need": bad.upper(), "kind": bad}, 422),
            (
                REFERRALS,
                "POST",
                f"/people/{uuid4()}/consents",
                {"information": [bad], "information_text": bad, bad: bad},
                422,
            ),
            (REFERRALS, "GET", f"/people/{bad}?name={bad}", None, 422),
            (REFERRALS, "GET", f"/{bad}/{bad}?name={bad}", None, 404),
            (REFERRALS, "GET", f"/handoffs/{uuid4()}?person={bad}", None, 404),
            (REFERRALS, "GET", f"/tasks?cursor={bad}", None, 400),
            (NOTIFICATIONS, "GET", f"/inbox?state={bad}&cursor={bad}", None, 422),
            (NOTIFICATIONS, "GET", f"/{bad}", None, 404),
            (NOTIFICATIONS, "POST", "/claims", {"token": bad, bad: bad}, 422),
            (NOTIFICATIONS, "POST", "/webhooks", {"url": f"http://{bad}.invalid/{bad}", "description": bad}, 403),
            (SCOPE_GUARD, "GET", f"/boundary-events?team_id={bad}", None, 403),
            (SCOPE_GUARD, "POST", "/decisions", {"text": bad, bad: bad}, 403),
        ):
            await self._mistake(who, service, method, path, body=body, expected=expected)
        points = f"/workers/{fay}/contact-points"
        taken = {
            "email": self.stage.network.worker("fay").email,
            "password": PASSWORD,
            "display_name": bad,
            "access_role": "peer",
            "worker_id": fay,
            "organization_id": self.stage.registry.organizations["center"],
        }
        unreachable = {"email": f"{bad} at home", "phone": bad, "time_zone": bad}
        for service, method, path, body, expected in (
            (REFERRALS, "POST", "/transitions/source-events", {"kind": bad, "source_key": bad, "event_at": bad}, 422),
            (NOTIFICATIONS, "PUT", points, unreachable, 428),
            (NOTIFICATIONS, "POST", "/webhooks", {"url": f"http://{bad}.invalid/{bad}", "description": bad}, 422),
            (Service.IDENTITY, "POST", "/accounts", {"email": bad, "password": bad}, 422),
            (Service.IDENTITY, "POST", "/accounts", taken, 409),
            (Service.IDENTITY, "POST", "/sign-in", {"email": f"{bad}@{bad}.example", "password": bad}, 401),
        ):
            await self._mistake(admin, service, method, path, body=body, expected=expected)
        seen = (await admin.get(NOTIFICATIONS, points)).etag
        for if_match, expected in ((seen, 422), ('"77"', 412)):
            body = unreachable if expected == 422 else {"email": None, "time_zone": "UTC"}
            await self._mistake(admin, NOTIFICATIONS, "PUT", points, body=body, expected=expected, if_match=if_match)
        unwritable = {
            "wishes": {"reported_by": bad, "content": {"words": bad}},
            "strengths": {"content": bad},
            bad: bad,
        }
        handoff = f"/handoffs/{uuid4()}"
        await self._mistake(who, REFERRALS, "PATCH", f"{handoff}/sheet", body=unwritable, expected=422, if_match='"1"')
        unclosable = {"outcome": bad, "reported_by": bad, bad: bad}
        await self._mistake(who, REFERRALS, "POST", f"{handoff}/close", body=unclosable, expected=422, if_match='"1"')
        await self._mistake(who, REFERRALS, "POST", f"{handoff}/accept", body={}, expected=404, if_match='"1"')
        key = new_key()
        await who.ask(REFERRALS, "POST", "/people", body=PERSON, key=key)
        reused = await who.ask(REFERRALS, "POST", "/people", body={**PERSON, "given_name": bad}, key=key, expect={422})
        self._keep("POST /people with a used key", reused)
        for service in (REFERRALS, NOTIFICATIONS, SCOPE_GUARD, Service.IDENTITY):
            await self._malformed(service, body=f'{{"given_name": "{bad}", "x": ')

    async def _mistake(
        self,
        who: Visitor,
        service: Service,
        method: str,
        path: str,
        *,
        body: Any,
        expected: int,
        if_match: str | None = None,
    ) -> None:
        answer = await who.ask(service, method, path, body=body, expect={expected}, key=new_key(), if_match=if_match)
        self._keep(f"{method} {service} {path.partition('?')[0][:30]}", answer)

    async def _malformed(self, service: Service, *, body: str) -> None:
        api = self.stage.api
        headers = {"Authorization": f"Bearer {word.UNREADABLE_WORD}", "Content-Type": "application/json"}
        async with api.session.post(api.addresses[service] + "/sign-in", data=body, headers=headers) as answer:
            assert 400 <= answer.status < 500, answer.status
            self.around.answers.append((f"malformed to {service}", f"{dict(answer.headers)} {await answer.text()}"))

    async def _unforeseen(self) -> None:
        """A table refuses what should have been accepted: PostgreSQL's error holds the whole row, and nobody may repeat it."""
        who = await self.stage.visitor("mika")
        row = {**PERSON, "pronouns": word.UNREADABLE_WORD}
        async with self.around.database("referrals") as referrals:
            await referrals.execute(
                f"ALTER TABLE people ADD CONSTRAINT refuses CHECK (pronouns <> '{word.UNREADABLE_WORD}') NOT VALID"
            )
            try:
                answer = await who.ask(REFERRALS, "POST", "/people", body=row, key=new_key(), expect={500})
            finally:
                await referrals.execute("ALTER TABLE people DROP CONSTRAINT refuses")
        self._keep("POST /people, refused by the table", answer)

    async def _poison(self) -> None:
        """An event whose data cannot be read is set aside, and what it holds is repeated nowhere."""
        tenant, event = self.stage.registry.tenant_id, str(uuid4())
        payload = {
            "specversion": "1.0",
            "id": event,
            "source": "/handrail/referrals",
            "type": "task.assigned",
            "subject": str(uuid4()),
            "time": "2026-01-01T00:00:00Z",
            "data": {"tenant_id": tenant, "version": word.UNREADABLE_WORD, "status": word.UNREADABLE_WORD},
        }
        async with (
            self.around.database("referrals") as referrals,
            self.around.database("notifications") as notifications,
        ):
            await referrals.execute(
                """INSERT INTO outbox (tenant_id, event_id, consumer, type, subject, payload, recorded_at, available_at)
                VALUES ($1, $2, 'notifications', 'task.assigned', $4, $3, now(), now())""",
                tenant,
                event,
                json.dumps(payload),
                payload["subject"],
            )
            look = "SELECT last_error FROM event_inbox WHERE event_id = $1 AND state = 'quarantined'"
            while (error := await notifications.fetchval(look, event)) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            self.around.answers.append(("quarantine", error))
            # the seeded event itself is no leak of ours: what remains is what its readers made of it
            await referrals.execute("DELETE FROM outbox WHERE event_id = $1", event)
            await notifications.execute("DELETE FROM event_inbox WHERE event_id = $1", event)

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[None]:
        """A page of the console stays open and listens."""
        home = f"http://{self.around.address('console-api')}"
        form = {"email": self.stage.network.worker("fay").email, "password": PASSWORD}
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            signed_in = await browser.post(
                f"{home}/sign-in", data=form, headers={"Origin": home}, allow_redirects=False
            )
            cookie = signed_in.headers["Set-Cookie"].partition(";")[0]
            async with browser.get(f"{home}/inbox/stream", headers={"Cookie": cookie}) as stream:
                assert stream.content_type == "text/event-stream"
                listening = asyncio.create_task(self._listen(stream))
                yield
                while not self.around.streamed:  # noqa: ASYNC110 - the first word comes from another process
                    await asyncio.sleep(0.05)
                listening.cancel()
            # Its page repeats the address to whoever asked for it, so only what others can read of it is searched.
            missing = f"{home}/people/{word.UNREADABLE_WORD}?name={word.UNREADABLE_WORD}"
            await browser.get(missing, headers={"Cookie": cookie})

    async def _listen(self, stream: aiohttp.ClientResponse) -> None:
        async for line in stream.content:
            self.around.streamed.append(line.decode())

    def _keep(self, call: str, answer: Answer) -> None:
        self.around.answers.append((call, f"{_headers(answer.headers)} {json.dumps(answer.body)}"))


def _headers(headers: Mapping[str, str]) -> str:
    return " ".join(f"{name}: {value}" for name, value in headers.items())
