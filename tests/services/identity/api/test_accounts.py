import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.codes import AccessRole
from tests.services.identity.api.conftest import Identity

NEW: dict[str, Any] = {
    "email": "bea@northside.test",
    "password": "side by side again",
    "display_name": "Bea Example",
    "access_role": "peer",
}


async def test_an_administrator_opens_an_account_that_can_sign_in(identity: Identity) -> None:
    administrator = await identity.administrator()
    body = NEW | {"worker_id": str(uuid4()), "organization_id": str(uuid4())}
    answer = await identity.http.post("/accounts", json=body, headers=administrator)
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    account = answer.json()
    assert "password" not in answer.text
    me = await identity.http.get("/me", headers=await identity.bearer(NEW["email"], password=NEW["password"]))
    assert me.json() == account
    assert (account["worker_id"], account["organization_id"]) == (body["worker_id"], body["organization_id"])


@pytest.mark.parametrize(
    "role", [role for role in AccessRole if role not in (AccessRole.ADMINISTRATOR, AccessRole.SYSTEM)]
)
async def test_nobody_else_keeps_accounts(identity: Identity, role: AccessRole) -> None:
    await identity.account("ada@northside.test", role=role)
    bearer = await identity.bearer("ada@northside.test")
    assert (await identity.http.post("/accounts", json=NEW, headers=bearer)).status_code == 403
    assert (await identity.http.get("/accounts", headers=bearer)).status_code == 403
    assert (await identity.http.get(f"/accounts/{uuid4()}", headers=bearer)).status_code == 403


async def test_without_a_token_nothing_opens(identity: Identity) -> None:
    for method, path in (("GET", "/me"), ("GET", "/accounts"), ("POST", "/accounts"), ("POST", "/sign-out")):
        answer = await identity.http.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")


async def test_another_tenants_accounts_are_unknown(identity: Identity) -> None:
    stranger = await identity.account("sam@southside.test", tenant="Southside")
    administrator = await identity.administrator()
    path = f"/accounts/{stranger.account_id}"
    headers = administrator | {"If-Match": '"1"'}
    answers = [
        await identity.http.get(path, headers=administrator),
        await identity.http.post(f"{path}/disable", headers=headers),
        await identity.http.post(f"{path}/enable", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "sam@southside.test" not in (await identity.http.get("/accounts", headers=administrator)).text
    assert (await identity.sign_in("sam@southside.test")).status_code == 200


async def test_an_email_known_in_another_tenant_is_not_given_away(identity: Identity) -> None:
    await identity.account(NEW["email"], tenant="Southside")
    answer = await identity.http.post("/accounts", json=NEW, headers=await identity.administrator())
    assert answer.status_code == 201


async def test_taken_emails_and_workers_are_conflicts(identity: Identity) -> None:
    administrator = await identity.administrator()
    worker_id = str(uuid4())
    first = await identity.http.post("/accounts", json=NEW | {"worker_id": worker_id}, headers=administrator)
    assert first.status_code == 201
    same_email = await identity.http.post(
        "/accounts", json=NEW | {"email": "BEA@northside.test"}, headers=administrator
    )
    assert (same_email.status_code, same_email.json()["code"]) == (409, "email_taken")
    assert same_email.json()["errors"] == [{"pointer": "/email", "code": "email_taken"}]
    other = NEW | {"email": "cem@northside.test", "worker_id": worker_id}
    same_worker = await identity.http.post("/accounts", json=other, headers=administrator)
    assert (same_worker.status_code, same_worker.json()["code"]) == (409, "worker_taken")
    assert (await identity.sign_in("cem@northside.test", password=NEW["password"])).status_code == 401


async def test_the_same_key_opens_one_account_and_answers_the_same(identity: Identity) -> None:
    headers = await identity.administrator() | {"Idempotency-Key": "one"}
    first = await identity.http.post("/accounts", json=NEW, headers=headers)
    again = await identity.http.post("/accounts", json=NEW, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.text, again.headers["etag"]) == (first.text, first.headers["etag"])
    assert again.headers["idempotent-replayed"] == "true"
    other = await identity.http.post("/accounts", json=NEW | {"display_name": "Other"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_the_same_request_many_times_at_once_opens_one_account(identity: Identity) -> None:
    headers = await identity.administrator() | {"Idempotency-Key": "one"}
    posts = [identity.http.post("/accounts", json=NEW, headers=headers) for _ in range(6)]
    answers = await asyncio.gather(*posts)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["account_id"] for answer in answers if answer.status_code == 201}) == 1
    assert all(answer.json()["code"] == "request_in_flight" for answer in answers if answer.status_code == 409)


async def test_disabling_needs_the_version_that_was_seen(identity: Identity) -> None:
    account = await identity.account("ada@northside.test")
    administrator = await identity.administrator()
    path = f"/accounts/{account.account_id}/disable"
    assert (await identity.http.post(path, headers=administrator)).status_code == 428
    stale = await identity.http.post(path, headers=administrator | {"If-Match": '"9"'})
    assert (stale.status_code, stale.headers["etag"]) == (412, '"1"')
    done = await identity.http.post(path, headers=administrator | {"If-Match": '"1"'})
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert done.json()["disabled_at"] is not None
    enable = f"/accounts/{account.account_id}/enable"
    enabled = await identity.http.post(enable, headers=administrator | {"If-Match": '"2"'})
    assert "disabled_at" not in enabled.json()
    assert (await identity.sign_in("ada@northside.test")).status_code == 200


async def test_an_administrator_stays(identity: Identity) -> None:
    administrator = await identity.administrator()
    own = (await identity.http.get("/me", headers=administrator)).json()["account_id"]
    answer = await identity.http.post(f"/accounts/{own}/disable", headers=administrator | {"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (409, "own_account")


async def test_pages_walk_the_whole_tenant(identity: Identity) -> None:
    administrator = await identity.administrator()
    for number in range(4):
        await identity.account(f"{number}@northside.test")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await identity.http.get("/accounts", params=query, headers=administrator)).json()
        assert len(page["items"]) <= 2
        seen.extend(item["email"] for item in page["items"])
        cursor = page.get("next_cursor")
        if cursor is None:
            break
    assert sorted(seen) == [
        "0@northside.test",
        "1@northside.test",
        "2@northside.test",
        "3@northside.test",
        "lead@northside.test",
    ]


async def test_cursors_of_others_are_refused(identity: Identity) -> None:
    administrator = await identity.administrator()
    foreign = identity.app.state.cursors.encode({"list": "somewhere", "after": str(uuid4())})
    for cursor in ("nonsense", "é", foreign):
        answer = await identity.http.get("/accounts", params={"cursor": cursor}, headers=administrator)
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")
    for limit in ("0", "201", "many"):
        answer = await identity.http.get("/accounts", params={"limit": limit}, headers=administrator)
        assert answer.status_code == 422
