"""The directory of help: imported whole or not at all, twice without effect, searched, and told in the shape of HSDS."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from services.referrals.domain.directory_reading import DocumentRefused
from services.referrals.domain.errors import NotFound
from services.referrals.use_cases.import_directory import Imported, import_directory
from shared.clock import SystemClock
from tests.services.referrals.conftest import Network


def some_id(number: int) -> str:
    return str(UUID(int=0x40008000000000000000 + number))


def a_service(number: int, **changes: Any) -> dict[str, Any]:
    """A fictional service with a place, a language and a code."""
    place = {
        "id": some_id(number + 100),
        "location_type": "physical",
        "addresses": [
            {
                "id": some_id(number + 200),
                "address_1": "1 Example Street",
                "city": "Exampleville",
                "state_province": "VA",
                "postal_code": "232 19" if number % 2 else "90001",
                "country": "US",
                "address_type": "physical",
            }
        ],
        "accessibility": [{"id": some_id(number + 300), "description": "step-free"}],
    }
    term = {"id": some_id(900), "name": "Housing", "description": "A roof", "code": "housing"}
    return {
        "id": some_id(number),
        "name": f"Example service {number}",
        "status": "active",
        "assured_date": "2026-01-31",
        "organization": {"id": some_id(800), "name": "Harbor Help", "description": "A fictional house"},
        "service_at_locations": [{"id": some_id(number + 400), "location": place}],
        "languages": [{"id": some_id(number + 500), "code": "es", "name": "Spanish"}] if number == 1 else [],
        "attributes": [{"id": some_id(number + 600), "taxonomy_term": term}] if number == 2 else [],
        "schedules": [{"id": some_id(number + 700), "freq": "WEEKLY", "byday": "MO", "opens_at": "10:00"}],
    } | changes


async def take(app: FastAPI, network: Network, document: Any) -> Imported:
    works = app.state.parts.works
    return await import_directory(document, tenant_id=network.tenant_id, works=works, clock=SystemClock())


async def ids(network: Network, **asked: Any) -> list[str]:
    found = await network.nurse.ask("GET", "/directory/services", params=asked)
    assert found.status_code == 200, found.text
    return [one["id"] for one in found.json()["items"]]


async def test_twice_is_once_and_a_change_is_one_change(app: FastAPI, network: Network) -> None:
    document = [a_service(1), a_service(2)]
    first = await take(app, network, document)
    assert first.changed == first.read
    assert first.read["service"] == 2
    assert first.read["organization"] == 1
    assert not any((await take(app, network, document)).changed.values())
    renamed = await take(app, network, [a_service(1, name="Another name"), a_service(2)])
    assert {kind: number for kind, number in renamed.changed.items() if number} == {"service": 1}


async def test_all_or_nothing(app: FastAPI, network: Network) -> None:
    with pytest.raises(DocumentRefused):
        await take(app, network, [a_service(1), a_service(2, status="open")])
    nowhere = {"id": some_id(3), "name": "x", "status": "active", "organization_id": str(uuid4())}
    with pytest.raises(NotFound):
        await take(app, network, [a_service(1), nowhere])
    assert await ids(network) == []


async def test_search_and_pages(app: FastAPI, network: Network) -> None:
    await take(app, network, [a_service(number) for number in range(1, 6)])
    everything = [some_id(number) for number in range(1, 6)]
    assert await ids(network) == everything
    assert await ids(network, search="service 3") == [some_id(3)]
    assert await ids(network, search="%") == []
    assert await ids(network, language="es") == [some_id(1)]
    assert await ids(network, taxonomy_term="housing") == [some_id(2)]
    assert await ids(network, near="232") == [some_id(1), some_id(3), some_id(5)]
    assert await ids(network, near="900 01") == [some_id(2), some_id(4)]
    first = (await network.nurse.ask("GET", "/directory/services", params={"limit": 2})).json()
    cursor = first["next_cursor"]
    assert await ids(network, limit=2, cursor=cursor) == everything[2:4]


async def test_one_service_with_everything_in_the_shape_of_hsds(app: FastAPI, network: Network) -> None:
    await take(app, network, a_service(1))
    told = (await network.nurse.ask("GET", f"/directory/services/{some_id(1)}")).json()
    assert told["assured_date"] == "2026-01-31"
    assert told["organization"]["name"] == "Harbor Help"
    (there,) = told["service_at_locations"]
    assert there["location"]["addresses"][0]["postal_code"] == "232 19"
    assert there["location"]["accessibility"][0]["description"] == "step-free"
    assert told["languages"][0]["code"] == "es"
    assert told["schedules"][0]["opens_at"] == "10:00:00"
    # what we tell can be taken in again, and changes nothing
    assert not any((await take(app, network, told)).changed.values())
    house = (await network.nurse.ask("GET", f"/directory/organizations/{some_id(800)}")).json()
    assert [one["id"] for one in house["services"]] == [some_id(1)]
    assert (await network.nurse.ask("GET", f"/directory/services/{uuid4()}")).status_code == 404


async def test_a_partner_comes_from_the_directory(app: FastAPI, network: Network, build_network: Any) -> None:
    await take(app, network, a_service(1))
    path = f"/directory/organizations/{some_id(800)}/partner"
    assert (await network.nurse.ask("POST", path)).status_code == 403
    made = await network.administrator.made(path, None)
    assert (made["id"], made["name"]) == (some_id(800), "Harbor Help")
    assert (await network.administrator.ask("POST", path)).status_code == 409
    other = await build_network()
    assert (await other.administrator.ask("POST", path)).status_code == 404, "another network has its own directory"
    assert await ids(other) == []
