"""HSDS documents are read strictly, and what is left out is told; the samples of the standard are read where they lie."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.referrals.domain.directory_kinds import IN_ORDER, KINDS, NOT_KEPT
from services.referrals.domain.directory_reading import DocumentRefused, read_document

SAMPLES = Path(__file__).parents[4].parent / "shared" / "hsds_samples"
WHOLE = ("organization_full", "organization_list", "service_full", "service_list", "location", "taxonomy_term_list")
ID = "6f1c3a52-7d1e-4a52-9f5e-0a1b2c3d4e5f"
HELP = {"id": ID, "name": "Harbor Help", "description": "A fictional house"}


def problems(document: Any) -> tuple[str, ...]:
    with pytest.raises(DocumentRefused) as refused:
        read_document(document)
    return refused.value.problems


def test_the_order_has_every_kind_and_what_it_hangs_on_before_it() -> None:
    assert set(IN_ORDER) == set(KINDS)
    for place, kind in enumerate(IN_ORDER):
        assert set(KINDS[kind].links) <= set(IN_ORDER[:place])
        assert not set(KINDS[kind].fields) & set(NOT_KEPT)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples of the standard are not on this machine")
@pytest.mark.parametrize("name", WHOLE)
def test_samples_of_the_standard(name: str) -> None:
    found = read_document(json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8")))
    assert any(found.rows.values())
    assert all(why != "not a field of HSDS that is known here" for _, why in found.left_out), found.left_out


def test_one_id_at_two_places_is_one_thing_with_both_links() -> None:
    phone = {"id": "00000000-0000-4000-8000-000000000001", "number": "555 0100"}
    place: dict[str, Any] = {
        "id": "00000000-0000-4000-8000-000000000002",
        "location_type": "physical",
        "phones": [phone],
    }
    found = read_document(HELP | {"phones": [phone], "locations": [place]})
    (row,) = found.rows["phone"].values()
    assert row["organization_id"] == UUID(ID)
    assert row["location_id"] == UUID(place["id"])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": None}, "/id: is missing"),
        ({"id": "7"}, "/id: is not a uuid"),
        ({"name": 7}, "/name: is not a text"),
        ({"name": "a\x00b"}, "/name: is not a text"),
        ({"phones": {}}, "/phones: has to be a list"),
        ({"phones": [7]}, "/phones/0: not something of HSDS that the directory keeps"),
        ({"phones": [{"id": ID}]}, "/phones/0/number: is missing"),
        ({"phones": [{"id": ID, "number": "5", "extension": "5"}]}, "/phones/0/extension: is not a number"),
        (
            {"services": [{"id": ID, "name": "x", "status": "open"}]},
            "/services/0/status: is none of active, inactive, defunct, temporarily closed",
        ),
    ],
)
def test_a_wrong_shape_is_refused_by_its_place(change: dict[str, Any], problem: str) -> None:
    assert problem in problems(HELP | change)


@pytest.mark.parametrize("document", [7, "x", None, {}, [[]], {"contents": [{"name": "x"}]}, HELP | {"version": "3"}])
def test_what_is_not_of_the_standard_is_refused(document: Any) -> None:
    assert problems(document)


def test_what_is_left_out_is_told() -> None:
    place = {"id": ID, "location_type": "physical", "latitude": 100, "longitude": 101}
    found = read_document(HELP | {"locations": [place], "contacts": [], "mood": "good"})
    assert found.left_out == {
        ("latitude", "outside of -90 to 90"): 1,
        ("organization.contacts", "names of contact persons are not kept"): 1,
        ("organization.mood", "not a field of HSDS that is known here"): 1,
    }
