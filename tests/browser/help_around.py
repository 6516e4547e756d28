"""A small directory of help for the living system, taken in with the operator's own command."""

import asyncio
import json
import os
import subprocess
import sys
from typing import Any
from uuid import UUID, uuid5

from tests.browser.living import Living

_HERE = UUID("6d0e0c8e-2a53-4d0b-9a43-0b4a3f6c1d11")


def some_id(name: str) -> str:
    """Always the same for a name, so that taking it in twice changes nothing."""
    return str(uuid5(_HERE, name))


def document(organization_id: str) -> list[dict[str, Any]]:
    """A fictional service of an organisation that is a partner, with a place and hours."""
    address = {
        "id": some_id("address"),
        "address_1": "1 Example Street",
        "city": "Exampleville",
        "state_province": "VA",
        "postal_code": "23219",
        "country": "US",
        "address_type": "physical",
    }
    place = {"id": some_id("place"), "name": "The blue house", "location_type": "physical", "addresses": [address]}
    hours = {"id": some_id("hours"), "freq": "WEEKLY", "byday": "MO,TH", "opens_at": "10:00", "closes_at": "18:30"}
    term = {"id": some_id("term"), "name": "Food", "description": "Something to eat", "code": "food"}
    offers = {"id": organization_id, "name": "Morningside Community Center (demo)", "description": "A fictional house"}
    return [
        {
            "id": some_id("meals"),
            "name": "Warm meals",
            "status": "active",
            "description": "A warm meal at a long table. Nobody asks why you come.",
            "eligibility_description": "Everybody",
            "minimum_age": 18,
            "organization": offers,
            "service_at_locations": [{"id": some_id("there"), "location": place | {"schedules": [hours]}}],
            "schedules": [hours | {"id": some_id("more hours")}],
            "languages": [{"id": some_id("language"), "code": "es", "name": "Spanish"}],
            "phones": [{"id": some_id("phone"), "number": "+1 555 0100"}],
            "attributes": [{"id": some_id("attribute"), "taxonomy_term": term}],
        }
    ]


async def take_in(handrail: Living) -> str:
    """The id of its one service."""
    file = handrail.state.root / "help_around.json"
    if not file.exists():
        file.write_text(json.dumps(document(handrail.registry.organizations["center"])), encoding="utf-8")
        command = [sys.executable, "-m", "handrail", "referrals", "directory", "import", str(file)]
        done = await asyncio.to_thread(
            subprocess.run,
            [*command, "--tenant", handrail.registry.tenant_id],
            env=dict(os.environ) | {"HANDRAIL_STATE": str(handrail.state.root), "HANDRAIL_PROFILE": "demo"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return some_id("meals")
