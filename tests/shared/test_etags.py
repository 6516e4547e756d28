"""A change says which version it saw, in a strong tag of ours."""

import pytest

from shared.etags import StaleVersion, etag, required_version, stale_problem
from shared.problems import Problem


@pytest.mark.parametrize("version", [1, 7, 10, 2**31 - 1])
async def test_a_tag_comes_back(version: int) -> None:
    assert await required_version(etag(version)) == version
    assert await required_version(f"  {etag(version)} ") == version


async def test_a_change_without_a_version_is_a_428() -> None:
    with pytest.raises(Problem) as refused:
        await required_version(None)
    assert (refused.value.status, refused.value.code) == (428, "if_match_required")


@pytest.mark.parametrize(
    "header",
    ["", "7", "*", 'W/"7"', '"0"', '"-1"', '"01"', '"7", "8"', '"7"x', '"2147483648"', '"99999999999"', '"٧"', '"7'],
)
async def test_what_is_not_our_tag_is_a_400(header: str) -> None:
    with pytest.raises(Problem) as refused:
        await required_version(header)
    assert (refused.value.status, refused.value.code) == (400, "if_match_malformed")


def test_a_stale_version_tells_the_current_one_only_where_it_is_given() -> None:
    assert stale_problem(StaleVersion()).headers is None
    problem = stale_problem(StaleVersion(8))
    assert (problem.status, problem.headers) == (412, {"ETag": '"8"'})
