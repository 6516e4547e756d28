"""Numbers that somebody can have and be texted at, and those that nobody can or that cost whoever is called."""

import pytest

from services.notifications.adapters.number_plans import why_not_texted


@pytest.mark.parametrize(
    "number", ["+12125550143", "+49301234567", "+4916012345678", "+442079460123", "+861012345678", "+870773111632"]
)
def test_numbers_of_the_world(number: str) -> None:
    assert why_not_texted(number) is None


@pytest.mark.parametrize(
    "number",
    ["+1212555014", "+121255501433", "+11125550143", "+12921234567", "+447700900123", "+6831234567", "+2101234567",
     "+999123456789", "+888123456789", "+911", "+112", "911", "+", "", "2125550143", "zebra-canary"],
)  # fmt: skip
def test_numbers_that_nobody_can_have(number: str) -> None:
    assert why_not_texted(number) == "phone_invalid"


@pytest.mark.parametrize("number", ["+19005550143", "+448712345678"])
def test_numbers_that_cost_whoever_is_called(number: str) -> None:
    assert why_not_texted(number) == "phone_premium_rate"
