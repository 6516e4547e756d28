"""Send, wait, stop or suppress: one table of cases, each permission beside its near miss."""

from dataclasses import replace
from datetime import time, timedelta
from uuid import uuid4

import pytest

from services.notifications.domain.codes import Channel, DeliveryCode, EndReason, ItemKind, ItemState
from services.notifications.domain.contact_points import ContactPoints, Way
from services.notifications.domain.sending import (
    RECHECK_AFTER,
    LeasedDelivery,
    SendingVerdict,
    SendNow,
    Standing,
    Stop,
    Suppress,
    Wait,
    decide,
    decide_item,
)
from shared.contracts.codes import SubjectKind
from shared.contracts.entitlements import EntitlementAnswer, EntitlementReason
from tests.services.notifications.journeys import NOON

WORKER, SUBJECT, TENANT = uuid4(), uuid4(), uuid4()
AWAKE = ContactPoints(tenant_id=TENANT, worker_id=WORKER, email="someone@people.example")
BY_EMAIL, BY_SMS = Way(Channel.EMAIL, "someone@people.example"), Way(Channel.SMS, "+12125550143")
REACHABLE = replace(AWAKE, phone="+12125550143", sms_on=True)
TEXTS_FIRST = replace(REACHABLE, channel_order=(Channel.SMS, Channel.EMAIL))
ASLEEP = replace(AWAKE, quiet_start=time(11), quiet_end=time(13))
EMAIL = LeasedDelivery(
    delivery_id=uuid4(),
    tenant_id=TENANT,
    item_id=uuid4(),
    kind=ItemKind.HANDOFF_OFFERED,
    worker_id=WORKER,
    subject_kind=SubjectKind.HANDOFF,
    subject_id=SUBJECT,
    channel=Channel.EMAIL,
    attempts=0,
    urgent=False,
    lease_token=uuid4(),
    leased_until=NOON + timedelta(minutes=1),
)
SHOW = replace(EMAIL, channel=Channel.INBOX)
URGENT = replace(EMAIL, urgent=True)
OPEN = Standing(item_state=ItemState.OPEN, end_reason=None, worker_active=True, contact_points=AWAKE)
PENDING = replace(OPEN, item_state=ItemState.PENDING)
YES = EntitlementReason.OFFERED


def answer(reason: EntitlementReason) -> EntitlementAnswer:
    return EntitlementAnswer(worker_id=WORKER, subject_id=SUBJECT, entitled=reason is YES, reason=reason)


def with_points(points: ContactPoints | None) -> Standing:
    return replace(OPEN, contact_points=points)


NO_MORE = EntitlementReason.NO_LONGER_OFFERED
QUIET = Wait(NOON + timedelta(hours=1), DeliveryCode.QUIET_HOURS)

CASES: list[tuple[str, LeasedDelivery, EntitlementReason, Standing, SendingVerdict]] = [
    ("mail, not entitled", EMAIL, NO_MORE, OPEN, Suppress(NO_MORE)),
    ("mail, over", EMAIL, YES, replace(OPEN, end_reason=EndReason.ACCEPTED), Stop(EndReason.ACCEPTED)),
    ("mail, left", EMAIL, YES, replace(OPEN, worker_active=False), Suppress(DeliveryCode.WORKER_LEFT)),
    (
        "over comes before not entitled",
        EMAIL,
        NO_MORE,
        replace(OPEN, end_reason=EndReason.CLOSED),
        Stop(EndReason.CLOSED),
    ),
    ("mail", EMAIL, YES, OPEN, SendNow((BY_EMAIL,))),
    ("mail before showing", EMAIL, YES, PENDING, Wait(NOON + RECHECK_AFTER, DeliveryCode.ITEM_NOT_SHOWN_YET)),
    (
        "mail after withholding",
        EMAIL,
        YES,
        replace(OPEN, item_state=ItemState.HIDDEN),
        Suppress(DeliveryCode.ITEM_WITHHELD),
    ),
    ("no contact points", EMAIL, YES, with_points(None), Suppress(DeliveryCode.NO_ADDRESS)),
    ("no address", EMAIL, YES, with_points(replace(AWAKE, email=None)), Suppress(DeliveryCode.NO_ADDRESS)),
    ("switched off", EMAIL, YES, with_points(replace(AWAKE, email_on=False)), Suppress(DeliveryCode.EMAIL_OFF)),
    (
        "no address, a telephone that is off",
        EMAIL,
        YES,
        with_points(replace(REACHABLE, email=None, sms_on=False)),
        Suppress(DeliveryCode.MESSAGES_OFF),
    ),
    ("both ways, in order", EMAIL, YES, with_points(REACHABLE), SendNow((BY_EMAIL, BY_SMS))),
    ("texts first", EMAIL, YES, with_points(TEXTS_FIRST), SendNow((BY_SMS, BY_EMAIL))),
    ("texts first, switched off", EMAIL, YES, with_points(replace(TEXTS_FIRST, sms_on=False)), SendNow((BY_EMAIL,))),
    ("STOP was said", EMAIL, YES, with_points(replace(TEXTS_FIRST, opted_out=True)), SendNow((BY_EMAIL,))),
    (
        "STOP was said, and no e-mail",
        EMAIL,
        YES,
        with_points(replace(TEXTS_FIRST, opted_out=True, email_on=False)),
        Suppress(DeliveryCode.OPTED_OUT),
    ),
    ("instead of a text", replace(EMAIL, keeps_channel=True), YES, with_points(TEXTS_FIRST), SendNow((BY_EMAIL,))),
    (
        "may have been texted",
        replace(EMAIL, channel=Channel.SMS, message_id=uuid4()),
        YES,
        with_points(REACHABLE),
        SendNow((BY_SMS,)),
    ),
    ("quiet", EMAIL, YES, with_points(ASLEEP), QUIET),
    ("urgent and quiet", URGENT, YES, with_points(ASLEEP), QUIET),
    (
        "urgent may pass",
        URGENT,
        YES,
        with_points(replace(ASLEEP, urgent_passes_quiet_hours=True)),
        SendNow((BY_EMAIL,)),
    ),
    ("not urgent may not pass", EMAIL, YES, with_points(replace(ASLEEP, urgent_passes_quiet_hours=True)), QUIET),
]


@pytest.mark.parametrize(("name", "delivery", "reason", "standing", "verdict"), CASES, ids=[case[0] for case in CASES])
def test_verdicts(
    name: str, delivery: LeasedDelivery, reason: EntitlementReason, standing: Standing, verdict: SendingVerdict
) -> None:
    assert decide(delivery, answer=answer(reason), standing=standing, now=NOON) == verdict


def test_an_item_is_shown_to_whoever_is_entitled_at_any_hour() -> None:
    assert decide_item(SHOW, answer=answer(YES)) == SendNow()
    assert decide_item(SHOW, answer=answer(NO_MORE)) == Suppress(NO_MORE)


@pytest.mark.parametrize("reason", [reason for reason in EntitlementReason if reason is not YES])
@pytest.mark.parametrize("kind", list(ItemKind))
def test_only_notices_of_an_ending_reach_former_parties(kind: ItemKind, reason: EntitlementReason) -> None:
    verdict = decide_item(replace(SHOW, kind=kind), answer=answer(reason))
    ended = {EntitlementReason.SUBJECT_CLOSED, EntitlementReason.NO_LONGER_OFFERED, EntitlementReason.NOT_A_PARTY}
    notices = (ItemKind.HANDOFF_CALLED_BACK, ItemKind.HANDOFF_ENDED, ItemKind.HANDOFF_CHANGED)
    changes = (ItemKind.HANDOFF_CHANGED, ItemKind.REFERRAL_CHANGED)
    passes = (
        (kind in notices and reason in ended)
        or (kind in changes and reason is EntitlementReason.CONSENT_MISSING)
        or (kind in (ItemKind.TASK_NOT_ASSIGNED, ItemKind.TASK_ENDED) and reason is EntitlementReason.SUBJECT_CLOSED)
    )
    assert verdict == (SendNow() if passes else Suppress(reason))
