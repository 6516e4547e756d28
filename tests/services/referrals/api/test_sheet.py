"""The sheet of a handoff over HTTP: written in parts, read by who may, kept as it was."""

import asyncio
from typing import Any

import asyncpg
import pytest

from shared.contracts.codes import AccessRole
from tests.fixtures.databases import ServiceDatabase
from tests.services.referrals.conftest import Caller
from tests.services.referrals.handoff_world import HandoffWorld, accepted
from tests.services.referrals.sheet_stories import SECRETS, WHOLE, WORDS


async def write(who: Caller, handoff_id: str, body: Any, *, version: int = 1, **more: Any) -> Any:
    return await who.ask("PATCH", f"/handoffs/{handoff_id}/sheet", body, version=version, **more)


async def seen(who: Caller, handoff_id: str, **params: Any) -> dict[str, Any]:
    answer = await who.ask("GET", f"/handoffs/{handoff_id}/sheet", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_sheet_begins_empty_and_says_kindly_what_is_missing(world: HandoffWorld) -> None:
    handoff_id = (await world.planned())["handoff_id"]
    answer = await world.nurse.ask("GET", f"/handoffs/{handoff_id}/sheet")
    assert answer.headers["ETag"] == '"1"'
    sheet = answer.json()
    assert all(part is None for part in sheet["parts"].values())
    assert sheet["missing"][:3] == ["wishes", "strengths", "safe_times"]
    assert (sheet["crisis_line"], sheet["help_line"], sheet["consents"], sheet["notice"]) == ("988", None, [], None)
    leaving = await world.move(world.nurse, (await world.handoff(handoff_id))["transition_id"], "discharge")
    assert leaving.status_code == 200, "an empty sheet keeps nobody from going home"


async def test_parts_are_written_one_by_one_and_every_version_stays_readable(world: HandoffWorld) -> None:
    handoff_id = (await world.planned())["handoff_id"]
    first = await write(world.nurse, handoff_id, WHOLE)
    assert (first.status_code, first.json(), first.headers["ETag"]) == (
        200,
        {"handoff_id": handoff_id, "version": 2, "missing": []},
        '"2"',
    )
    changed = {"wishes": {"reported_by": "staff", "content": {"words": "A key of my own"}}, "questions": {"reported_by": "person", "content": None}}  # fmt: skip
    assert (await write(world.supervisor, handoff_id, changed, version=2)).status_code == 200
    now, then = await seen(world.nurse, handoff_id), await seen(world.nurse, handoff_id, version=2)
    assert now["parts"]["wishes"]["content"] == {"words": "A key of my own"}
    assert (now["parts"]["wishes"]["by_worker_id"], now["parts"]["wishes"]["version"]) == (
        world.network.supervisor_id,
        3,
    )
    assert now["parts"]["questions"]["content"] is None
    assert now["parts"]["strengths"]["version"] == 2
    assert (then["version"], then["newest"], then["parts"]["wishes"]["content"]) == (2, 3, {"words": WORDS})
    assert then["parts"]["contact"]["content"]["good_times"] == [
        {"days": "weekdays", "since": "16:00:00", "until": "19:00:00"}
    ]
    history = (await world.nurse.ask("GET", f"/handoffs/{handoff_id}/sheet/revisions", params={"limit": 1})).json()
    assert [one["version"] for one in history["items"]] == [3]
    assert history["items"][0]["parts"] == [
        {"part": "wishes", "reported_by": "staff", "taken_back": False},
        {"part": "questions", "reported_by": "person", "taken_back": True},
    ]
    more = {"limit": 1, "cursor": history["next_cursor"]}
    older = (await world.nurse.ask("GET", f"/handoffs/{handoff_id}/sheet/revisions", params=more)).json()
    assert [one["version"] for one in older["items"]] == [2]
    assert WORDS not in str(history)
    for version in (0, 4, 99):
        answer = await world.nurse.ask("GET", f"/handoffs/{handoff_id}/sheet", params={"version": version})
        assert answer.status_code in (404, 422)


async def test_whoever_writes_says_which_version_they_saw_and_one_of_two_wins(world: HandoffWorld) -> None:
    handoff_id = (await world.planned())["handoff_id"]
    wish = {"wishes": WHOLE["wishes"]}
    unnamed = await world.nurse.ask("PATCH", f"/handoffs/{handoff_id}/sheet", wish)
    assert unnamed.status_code == 428
    both = await asyncio.gather(*(write(world.nurse, handoff_id, wish) for _ in range(2)))
    assert sorted(one.status_code for one in both) == [200, 412]
    assert next(one for one in both if one.status_code == 412).headers["ETag"] == '"2"'
    assert (await seen(world.nurse, handoff_id))["version"] == 2


async def test_the_same_key_writes_once_and_keeps_no_words(
    world: HandoffWorld, referrals_database: ServiceDatabase
) -> None:
    handoff_id = (await world.planned())["handoff_id"]
    first, second = [await write(world.nurse, handoff_id, WHOLE, key="one-key") for _ in range(2)]
    assert (first.json(), second.headers["Idempotent-Replayed"]) == (second.json(), "true")
    connection = await asyncpg.connect(referrals_database.owner_url)
    try:
        kept = str(await connection.fetch("SELECT body FROM idempotency_keys")) + str(
            await connection.fetch("SELECT payload FROM outbox")
        )
        with pytest.raises(asyncpg.PostgresError, match="history"):
            await connection.execute("UPDATE handoff_sheet_revisions SET said = '{}'")
    finally:
        await connection.close()
    assert not [word for word in SECRETS if word in kept]


UNMEANT: list[tuple[Any, str]] = [
    ({}, ""),
    ({"diagnosis": {"reported_by": "staff", "content": {"words": "x"}}}, ""),
    ({"wishes": {"content": {"words": "x"}}}, "/wishes/reported_by"),
    ({"wishes": {"reported_by": "person", "content": {"words": "x" * 601}}}, "/wishes/content/words"),
    ({"strengths": {"reported_by": "person", "content": {"lines": ["x"] * 9}}}, "/strengths/content/lines"),
    ({"appointments": {"reported_by": "staff", "content": {"items": [{"with_whom": "x", "phone": "call me"}]}}}, "/appointments/content/items/0/phone"),
    ({"appointments": {"reported_by": "staff", "content": {"items": [{"with_whom": "x", "starts_at": "1890-01-01T00:00:00Z"}]}}}, "/appointments/content/items/0/starts_at"),
    ({"contact": {"reported_by": "person", "content": {"good_times": [{"days": "monday", "since": "10:00", "until": "09:00"}], "time_zone": "UTC"}}}, "/contact/content/good_times/0/until"),
    ({"contact": {"reported_by": "person", "content": {"good_times": [{"days": "monday", "since": "08:00", "until": "09:00"}]}}}, "/contact/content/time_zone"),
    ({"contact": {"reported_by": "person", "content": {"time_zone": "Mars/Olympus"}}}, "/contact/content/time_zone"),
    ({"contact": {"reported_by": "person", "content": {"good_times": [{"days": "monday", "since": 3600, "until": "09:00"}]}}}, "/contact/content/good_times/0/since"),
    ({"wishes": WHOLE["wishes"], "occurred_at": "2999-01-01T00:00:00Z"}, "/occurred_at"),
]  # fmt: skip


async def test_what_cannot_be_meant_is_named_by_its_place_and_never_repeated(world: HandoffWorld) -> None:
    handoff_id = (await world.planned())["handoff_id"]
    for body, pointer in UNMEANT:
        answer = await write(world.nurse, handoff_id, body)
        assert answer.status_code == 422, body
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], body
        assert "call me" not in answer.text
    assert (await seen(world.nurse, handoff_id))["version"] == 1


async def test_who_is_only_asked_reads_no_word_of_it_and_who_accepts_reads_and_writes(world: HandoffWorld) -> None:
    begun = await world.discharged()
    handoff_id = begun["handoff_id"]
    assert (await write(world.nurse, handoff_id, WHOLE)).status_code == 200
    asked = await world.offered_to(handoff_id)
    stranger = next(peer for peer in world.peers if peer != asked)
    path = f"/handoffs/{handoff_id}/sheet"
    for who in (asked, stranger):
        for answer in (
            await world.peer(who).ask("GET", path),
            await world.peer(who).ask("GET", path, params={"version": 2}),
            await world.peer(who).ask("GET", f"{path}/revisions"),
            await write(world.peer(who), handoff_id, {"wishes": WHOLE["wishes"]}, version=2),
        ):
            assert answer.status_code == 404
            assert not [word for word in SECRETS if word in answer.text]
    offer = await world.handoff(handoff_id, by=world.peer(asked))
    assert not [word for word in SECRETS if word in str(offer)]
    await world.done(world.peer(asked), handoff_id, "accept")
    told = await seen(world.peer(asked), handoff_id)
    assert told["parts"]["wishes"]["content"]["words"] == WORDS
    assert (told["withheld"], told["notice"]) == ([], None)
    assert (await write(world.peer(asked), handoff_id, {"questions": WHOLE["questions"]}, version=2)).status_code == 200
    assert (await world.peer(stranger).ask("GET", path)).status_code == 404


async def test_nothing_is_written_on_the_sheet_of_what_is_over(world: HandoffWorld) -> None:
    begun = await world.discharged()
    await world.done(world.nurse, begun["handoff_id"], "withdraw", {"reason": "person_declined"})
    late = await write(world.nurse, begun["handoff_id"], WHOLE)
    assert (late.status_code, late.json()["code"]) == (409, "illegal_move")
    assert (await seen(world.nurse, begun["handoff_id"]))["version"] == 1


async def test_who_reached_the_person_reads_on_and_who_stepped_out_does_not(world: HandoffWorld) -> None:
    _, handoff_id, peer = await accepted(world)
    walking = world.peer(peer)
    await world.done(walking, handoff_id, "first-contact", {"how": "phone", "outcome": "reached"})
    await world.done(walking, handoff_id, "close", {"outcome": "got_help"})
    assert (await seen(walking, handoff_id))["version"] == 1, "accountable still"


async def test_accounts_without_a_place_in_it_read_nothing(world: HandoffWorld, build_network: Any) -> None:
    handoff_id = (await world.planned())["handoff_id"]
    path = f"/handoffs/{handoff_id}/sheet"
    officer = world.caller(AccessRole.PRIVACY_OFFICER)
    assert (await officer.ask("GET", path)).status_code == 403
    nowhere = world.caller(AccessRole.ADMINISTRATOR)
    assert (await nowhere.ask("GET", path)).status_code == 404, "an account without a worker works nowhere"
    elsewhere = await build_network()
    assert (await elsewhere.supervisor.ask("GET", path)).status_code == 404


async def test_a_programme_has_a_line_that_its_people_may_call(world: HandoffWorld) -> None:
    network = world.network
    path = f"/programmes/{network.programme_id}"
    version = (await network.administrator.ask("GET", path)).json()["version"]
    wrong = await network.administrator.ask("PATCH", path, {"help_line": "ask for Sol"}, version=version)
    assert wrong.status_code == 422
    set_now = await network.administrator.ask("PATCH", path, {"help_line": "(202) 555-0188"}, version=version)
    assert set_now.json()["help_line"] == "(202) 555-0188"
    handoff_id = (await world.planned())["handoff_id"]
    assert (await seen(world.nurse, handoff_id))["help_line"] == "(202) 555-0188"
    other = await network.administrator.ask("PATCH", path, {"name": "Bridges again"}, version=version + 1)
    assert other.json()["help_line"] == "(202) 555-0188"
    emptied = await network.administrator.ask("PATCH", path, {"help_line": ""}, version=version + 2)
    assert (emptied.status_code, emptied.json()["help_line"]) == (200, None)
    assert (await seen(world.nurse, handoff_id))["help_line"] is None
