"""Addresses, zones and windows that can be used."""

from dataclasses import replace
from datetime import time
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.codes import Channel
from services.notifications.domain.contact_points import ContactPoints, usable_address, zone_named
from services.notifications.domain.errors import ContactPointsInvalid
from services.notifications.domain.phone_numbers import written_internationally

PLAIN = ContactPoints(tenant_id=uuid4(), worker_id=uuid4())


def test_what_everybody_starts_with_is_usable() -> None:
    PLAIN.check()
    assert PLAIN.quiet_hours is None


def test_a_full_set_is_usable() -> None:
    points = replace(
        PLAIN,
        email="rowan.example+work@mail.people.example",
        quiet_start=time(22),
        quiet_end=time(7),
        time_zone="America/Indiana/Indianapolis",
    )
    points.check()
    assert points.quiet_hours is not None


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"email": "nobody"}, "email", "email_invalid"),
        ({"email": "two@at@people.example"}, "email", "email_invalid"),
        ({"email": "a@people.example\r\nBcc: b@people.example"}, "email", "email_invalid"),
        ({"email": "a@" + "b" * 300}, "email", "email_invalid"),
        ({"email": "ä@people.example"}, "email", "email_invalid"),
        ({"email": "a b@people.example"}, "email", "email_invalid"),
        ({"phone": "+1 212 555 0143"}, "phone", "phone_invalid"),
        ({"phone": "0049301234567"}, "phone", "phone_invalid"),
        ({"channel_order": (Channel.SMS, Channel.SMS)}, "channel_order", "channel_order_incomplete"),
        ({"channel_order": ()}, "channel_order", "channel_order_incomplete"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "time_zone_unknown"),
        ({"time_zone": "../../etc/passwd"}, "time_zone", "time_zone_unknown"),
        ({"time_zone": "America"}, "time_zone", "time_zone_unknown"),
        ({"time_zone": ""}, "time_zone", "time_zone_unknown"),
        ({"quiet_start": time(22)}, "quiet_end", "quiet_hours_incomplete"),
        ({"quiet_end": time(22)}, "quiet_end", "quiet_hours_incomplete"),
        ({"quiet_start": time(22), "quiet_end": time(22)}, "quiet_end", "quiet_hours_empty"),
    ],
)
def test_what_cannot_be_used(change: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(ContactPointsInvalid) as caught:
        replace(PLAIN, **change).check()
    assert (caught.value.field, caught.value.code) == (field, code)


@given(st.text(max_size=300))
def test_no_address_breaks_a_header(text: str) -> None:
    if usable_address(text):
        assert text.isascii()
        assert text.isprintable()
        assert " " not in text


@given(st.text(max_size=60))
def test_no_zone_name_is_an_accident(text: str) -> None:
    zone = zone_named(text)
    assert zone is None or zone.key == text


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_not(text: str) -> None:
    if written_internationally(text):
        assert text[0] == "+"
        assert text[1:].isascii()
        assert text[1:].isdigit()
