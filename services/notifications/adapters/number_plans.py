"""What every country's numbering plan says of a number, as the `phonenumbers` library keeps them.

Of the library only its core is installed (`phonenumberslite`): places, carriers and time zones of numbers are nobody's
business here.
"""

from phonenumbers import NumberParseException, PhoneNumberType, is_valid_number, number_type, parse

_PAID_BY_THE_CALLED = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})


def why_not_texted(number: str) -> str | None:
    """`phone_invalid` for a number that nobody can have (short codes included), `phone_premium_rate` for one that costs extra."""
    try:
        read = parse(number, None)
    except NumberParseException:
        return "phone_invalid"
    if not is_valid_number(read):
        return "phone_invalid"
    return "phone_premium_rate" if number_type(read) in _PAID_BY_THE_CALLED else None
