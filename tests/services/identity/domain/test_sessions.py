from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.sessions import (
    RACE_GRACE,
    EndReason,
    RefreshOutcome,
    RefreshToken,
    Session,
    judge_refresh,
    read_token,
    token_digest,
    token_text,
)
from tests.services.identity.fakes import NOON

SESSION = Session(
    session_id=uuid4(), tenant_id=uuid4(), account_id=uuid4(), created_at=NOON, expires_at=NOON + timedelta(hours=12)
)
TOKEN = RefreshToken(tenant_id=SESSION.tenant_id, session_id=SESSION.session_id, digest=b"d", issued_at=NOON)
USED = RefreshToken(
    tenant_id=SESSION.tenant_id, session_id=SESSION.session_id, digest=b"d", issued_at=NOON, used_at=NOON
)
JUST_IN_TIME = RACE_GRACE - timedelta(milliseconds=1)
ENDED = SESSION.end(reason=EndReason.SIGNED_OUT, at=NOON)


@pytest.mark.parametrize(
    ("session", "token", "successor", "after", "outcome"),
    [
        (SESSION, TOKEN, None, timedelta(hours=1), RefreshOutcome.ROTATE),
        (SESSION, TOKEN, None, timedelta(hours=12), RefreshOutcome.REFUSE),
        (SESSION, USED, TOKEN, timedelta(0), RefreshOutcome.SAME_SUCCESSOR),
        (SESSION, USED, TOKEN, JUST_IN_TIME, RefreshOutcome.SAME_SUCCESSOR),
        (SESSION, USED, TOKEN, RACE_GRACE, RefreshOutcome.END_SESSION),
        (SESSION, USED, TOKEN, timedelta(hours=1), RefreshOutcome.END_SESSION),
        (SESSION, USED, USED, JUST_IN_TIME, RefreshOutcome.END_SESSION),
        (SESSION, USED, None, JUST_IN_TIME, RefreshOutcome.END_SESSION),
        (SESSION, None, None, timedelta(hours=1), RefreshOutcome.REFUSE),
        (ENDED, TOKEN, None, timedelta(hours=1), RefreshOutcome.REFUSE),
        (ENDED, USED, TOKEN, timedelta(0), RefreshOutcome.REFUSE),
    ],
)
def test_what_a_presented_token_leads_to(
    session: Session,
    token: RefreshToken | None,
    successor: RefreshToken | None,
    after: timedelta,
    outcome: RefreshOutcome,
) -> None:
    assert judge_refresh(session, token, successor=successor, at=NOON + after) is outcome


def test_a_session_keeps_the_first_reason_it_ended_for() -> None:
    assert ENDED.end(reason=EndReason.TOKEN_REUSED, at=NOON + timedelta(hours=1)) == ENDED


def test_a_token_names_its_tenant_and_session_and_only_its_digest_is_kept() -> None:
    text = token_text(tenant_id=SESSION.tenant_id, session_id=SESSION.session_id, secret="s" * 43)
    presented = read_token(text)
    assert presented is not None
    assert (presented.tenant_id, presented.session_id) == (SESSION.tenant_id, SESSION.session_id)
    assert presented.digest == token_digest(text)
    assert len(presented.digest) == 32


@given(st.text(max_size=150))
def test_any_other_text_is_no_token(text: str) -> None:
    assert read_token(text) is None
