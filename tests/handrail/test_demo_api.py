"""A visitor of the demo's client, whose token runs out while several requests are on their way."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from handrail.demo.api import Answer, Api, Visitor
from shared.contracts.codes import Service


class ForgetfulApi(Api):
    """Knows one token at a time; every sign-in makes the next."""

    def __init__(self) -> None:
        super().__init__(addresses={})
        self.asked: Counter[str] = Counter()

    async def call(
        self, service: Service, method: str, path: str, *, headers: Mapping[str, str], body: Any = None
    ) -> Answer:
        await asyncio.sleep(0)
        self.asked[path] += 1
        if path == "/sign-in":
            return Answer(status=200, body={"access_token": "new"}, headers={})
        return Answer(status=200 if headers["Authorization"] == "Bearer new" else 401, body={}, headers={})


async def test_however_many_requests_find_the_token_run_out_one_of_them_signs_in() -> None:
    api = ForgetfulApi()
    visitor = Visitor(api=api, email="somebody@demo.example", password="p", _token="old")
    answers = await asyncio.gather(*(visitor.get(Service.REFERRALS, "/people") for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert api.asked == {"/people": 40, "/sign-in": 1}
