"""Lists by page: complete, stable while others write, and only with cursors of our own."""

from typing import Any

import pytest

from tests.services.referrals.conftest import Caller, Network

LISTS = ["/organizations", "/programmes", "/people", "/workers", "/teams", "/tasks"]


async def all_pages(caller: Caller, path: str, *, limit: int, **asked: Any) -> list[str]:
    """Ids of all items, page by page."""
    found: list[str] = []
    cursor = None
    while True:
        params = {"limit": limit, **asked} | ({"cursor": cursor} if cursor else {})
        answer = await caller.ask("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= limit
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_pages_are_complete_and_without_repetition(network: Network) -> None:
    made = [(await network.nurse.made("/tasks", network.task()))["id"] for _ in range(7)]
    for limit in (1, 3, 7, 8):
        assert await all_pages(network.nurse, "/tasks", limit=limit) == made[::-1]


async def test_pages_hold_while_others_write(network: Network) -> None:
    made = [(await network.nurse.made("/tasks", network.task()))["id"] for _ in range(6)]
    first = (await network.nurse.ask("GET", "/tasks", params={"limit": 3})).json()
    for _ in range(3):
        await network.nurse.made("/tasks", network.task())
    params = {"limit": 3, "cursor": first["next_cursor"]}
    second = (await network.nurse.ask("GET", "/tasks", params=params)).json()
    seen = [item["id"] for item in first["items"] + second["items"]]
    assert seen == made[::-1]


@pytest.mark.parametrize("path", LISTS)
async def test_a_tampered_cursor_is_refused(path: str, network: Network) -> None:
    await network.administrator.made("/organizations", {"name": "Second"})
    first = (await network.administrator.ask("GET", "/organizations", params={"limit": 1})).json()
    cursor = first["next_cursor"]
    swapped = ("A" if cursor[5] != "A" else "B").join((cursor[:5], cursor[6:]))
    for wrong in (swapped, "nonsense", "", "%00", "é" * 10):
        answer = await network.administrator.ask("GET", path, params={"cursor": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")
    foreign = await network.administrator.ask("GET", path, params={"cursor": cursor})
    assert foreign.status_code == (200 if path == "/organizations" else 400)


async def test_a_cursor_of_another_tenant_is_refused(network: Network, build_network: Any) -> None:
    await network.administrator.made("/organizations", {"name": "Second"})
    cursor = (await network.nurse.ask("GET", "/organizations", params={"limit": 1})).json()["next_cursor"]
    other = await build_network()
    answer = await other.nurse.ask("GET", "/organizations", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
async def test_a_page_has_bounds(limit: str, network: Network) -> None:
    for path in LISTS:
        assert (await network.nurse.ask("GET", path, params={"limit": limit})).status_code == 422


async def test_filters_narrow_a_list(network: Network) -> None:
    mine = await network.nurse.made("/tasks", network.task())
    theirs = await network.nurse.made("/tasks", network.task(assignee_worker_id=network.supervisor_id))
    asked = {"assignee_worker_id": network.supervisor_id}
    assert await all_pages(network.nurse, "/tasks", limit=5, **asked) == [theirs["id"]]
    assert await all_pages(network.nurse, "/tasks", limit=5, status="proposed") == []
    assert await all_pages(network.peer, "/tasks", limit=5) == [mine["id"]]
    peers = {"practice_role": "peer_support_specialist"}
    assert await all_pages(network.nurse, "/workers", limit=5, **peers) == [network.peer_id]
    assert await all_pages(network.nurse, "/organizations", limit=5, active="false") == []
