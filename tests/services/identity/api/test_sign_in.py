import asyncio
from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa

from services.identity.adapters.tables import refresh_tokens
from services.identity.domain.sessions import RACE_GRACE
from shared.contracts.codes import AccessRole
from tests.services.identity.api.conftest import PASSWORD, Identity

EMAIL = "ada@northside.test"


async def test_signing_in_refreshing_and_signing_out(identity: Identity) -> None:
    worker_id = uuid4()
    account = await identity.account(EMAIL, worker_id=worker_id)
    answer = await identity.sign_in("  ADA@northside.test ")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 600)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = await identity.http.get("/me", headers=bearer)
    assert me.status_code == 200
    assert me.json()["account_id"] == str(account.account_id)
    assert me.json()["worker_id"] == str(worker_id)
    assert "password" not in me.text
    refreshed = await identity.grant(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code == 200
    latest = refreshed.json()["refresh_token"]
    out = await identity.http.post("/sign-out", json={"refresh_token": latest}, headers=bearer)
    assert out.status_code == 204
    after = await identity.grant(grant_type="refresh_token", refresh_token=latest)
    assert (after.status_code, after.json()["code"], after.json()["error"]) == (401, "refresh_refused", "invalid_grant")


async def test_signing_out_without_a_body_ends_all_sessions(identity: Identity) -> None:
    await identity.account(EMAIL)
    token = (await identity.sign_in(EMAIL)).json()["refresh_token"]
    assert (await identity.http.post("/sign-out", headers=await identity.bearer(EMAIL))).status_code == 204
    assert (await identity.grant(grant_type="refresh_token", refresh_token=token)).status_code == 401


async def test_a_reused_refresh_token_ends_the_session(identity: Identity) -> None:
    await identity.account(EMAIL)
    first = (await identity.sign_in(EMAIL)).json()["refresh_token"]
    second = (await identity.grant(grant_type="refresh_token", refresh_token=first)).json()["refresh_token"]
    identity.clock.advance(RACE_GRACE)
    assert (await identity.grant(grant_type="refresh_token", refresh_token=first)).status_code == 401
    assert (await identity.grant(grant_type="refresh_token", refresh_token=second)).status_code == 401


async def test_renewals_at_the_same_moment_agree_on_one_successor(identity: Identity) -> None:
    await identity.account(EMAIL)
    first = (await identity.sign_in(EMAIL)).json()["refresh_token"]
    answers = await asyncio.gather(*(identity.grant(grant_type="refresh_token", refresh_token=first) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    (second,) = {answer.json()["refresh_token"] for answer in answers}
    assert second != first
    for answer in answers:
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await identity.http.get("/me", headers=bearer)).status_code == 200
    async with identity.app.state.engine.connect() as connection:
        stored = (await connection.execute(sa.select(refresh_tokens.c.used_at))).scalars().all()
    assert sorted(used is None for used in stored) == [False, True]
    assert (await identity.grant(grant_type="refresh_token", refresh_token=second)).status_code == 200
    # now somebody has gone on from there, so the first token is nobody's race any more, however little time has passed
    assert (await identity.grant(grant_type="refresh_token", refresh_token=first)).status_code == 401


async def test_only_digests_of_refresh_tokens_are_stored(identity: Identity) -> None:
    await identity.account(EMAIL)
    token = (await identity.sign_in(EMAIL)).json()["refresh_token"]
    async with identity.app.state.engine.connect() as connection:
        (digest,) = (await connection.execute(sa.select(refresh_tokens.c.digest))).scalars()
    assert len(digest) == 32
    assert digest not in token.encode()


async def test_wrong_unknown_and_disabled_answer_alike(identity: Identity) -> None:
    account = await identity.account("bea@northside.test")
    await identity.account(EMAIL)
    administrator = await identity.administrator()
    disable = f"/accounts/{account.account_id}/disable"
    assert (await identity.http.post(disable, headers=administrator | {"If-Match": '"1"'})).status_code == 200
    answers = [
        await identity.sign_in(EMAIL, password="not the password"),
        await identity.sign_in("nobody@northside.test"),
        await identity.sign_in("bea@northside.test"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].headers["content-type"] == "application/problem+json"


async def test_guesses_are_told_to_wait(identity: Identity) -> None:
    await identity.account(EMAIL)
    for _ in range(5):
        assert (await identity.sign_in(EMAIL, password="a wrong guess")).status_code == 401
    blocked = await identity.sign_in(EMAIL)
    assert (blocked.status_code, blocked.json()["code"]) == (429, "too_many_attempts")
    assert blocked.headers["retry-after"] == "2"
    identity.clock.advance(timedelta(seconds=2))
    assert (await identity.sign_in(EMAIL)).status_code == 200


async def test_an_access_token_expires_after_ten_minutes(identity: Identity) -> None:
    await identity.account(EMAIL)
    identity.clock.advance(timedelta(minutes=-11))
    answer = await identity.http.get("/me", headers=await identity.bearer(EMAIL))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


async def test_the_same_credentials_in_two_networks_name_one(identity: Identity) -> None:
    await identity.account(EMAIL)
    other = await identity.account(EMAIL, tenant="Southside", role=AccessRole.CLINICIAN)
    unclear = await identity.sign_in(EMAIL)
    assert (unclear.status_code, unclear.json()["code"]) == (409, "tenant_needed")
    bearer = await identity.bearer(EMAIL, tenant_id=str(other.tenant_id))
    assert (await identity.http.get("/me", headers=bearer)).json()["access_role"] == "clinician"


async def test_a_person_changes_their_password(identity: Identity) -> None:
    await identity.account(EMAIL)
    bearer = await identity.bearer(EMAIL)
    wrong = {"current_password": "a wrong guess", "new_password": "a different sentence"}
    assert (await identity.http.post("/me/password", json=wrong, headers=bearer)).status_code == 401
    right = {"current_password": PASSWORD, "new_password": "a different sentence"}
    assert (await identity.http.post("/me/password", json=right, headers=bearer)).status_code == 204
    assert (await identity.sign_in(EMAIL)).status_code == 401
    assert (await identity.sign_in(EMAIL, password="a different sentence")).status_code == 200


async def test_a_sign_in_needs_few_statements(identity: Identity) -> None:
    await identity.account(EMAIL)
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    engine = identity.app.state.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert (await identity.sign_in(EMAIL)).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    assert 0 < len(statements) < 10, statements
