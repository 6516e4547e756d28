"""Phone numbers as the world writes them: E.164, `+` and up to 15 digits, the country's code first (ITU-T E.164, 6.2.1)."""

import re

_SHAPE = re.compile(r"\+[1-9][0-9]{6,14}")

# Of the countries that share code 1 we know the whole plan: area and exchange begin with 2 to 9, no second digit 9 in the
# area, and nobody has an exchange that ends in 11 (North American Numbering Plan Administrator).
_NORTH_AMERICA = re.compile(r"\+1[2-9][0-8][0-9](?![2-9]11)[2-9][0-9]{6}")

# First digits that no country has (ITU-T list of country codes: zones in which every number of three digits is spare or
# reserved, and 999 and 888, which are not for subscribers).
_NOBODYS = ("+210", "+214", "+215", "+217", "+219", "+28", "+384", "+388", "+422", "+424", "+693", "+694", "+695", "+696",
            "+697", "+698", "+699", "+83", "+851", "+854", "+857", "+858", "+859", "+871", "+872", "+873", "+874", "+884",
            "+885", "+887", "+888", "+889", "+89", "+969", "+978", "+990", "+991", "+997", "+999")  # fmt: skip


def usable_number(number: str) -> bool:
    """Whether a text can be sent there at all. Whether somebody answers is for the provider to find out."""
    if _SHAPE.fullmatch(number) is None or number.startswith(_NOBODYS):
        return False
    return not number.startswith("+1") or _NORTH_AMERICA.fullmatch(number) is not None
