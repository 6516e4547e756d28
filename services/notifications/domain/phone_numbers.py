"""Phone numbers as the world writes them: E.164, `+` and up to 15 digits, the country's code first (ITU-T E.164, 6.2.1).

Whether a number can be anybody's is a matter of each country's plan, which changes: `adapters/number_plans.py` knows.
"""

import re

_SHAPE = re.compile(r"\+[1-9][0-9]{6,14}")


def written_internationally(number: str) -> bool:
    """Whether this is written as E.164 says."""
    return _SHAPE.fullmatch(number) is not None
