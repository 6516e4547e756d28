"""What the provider of texts tells us. Public, so the signature is all the proof there is, and it is asked for first.

Headers: `X-Handrail-Timestamp` (seconds since 1970) and `X-Handrail-Signature` (see `domain.signatures.callback_signature`).
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.notifications.api.dependencies import TheParts
from services.notifications.domain.signatures import is_genuine
from services.notifications.use_cases.hear_reply import hear_reply
from services.notifications.use_cases.take_receipt import take_receipt
from shared.logs import get_logger
from shared.problems import Problem
from shared.task_queue import Bell
from shared.tokens import credentials_in_body

BASE = "/callbacks/sms"
_MOST_BYTES = 16 * 1024

SEND = "notifications.outgoing.send"

router = APIRouter(dependencies=[Depends(credentials_in_body())])
_log = get_logger()


@dataclass(frozen=True, slots=True)
class SignedForm:
    """A form whose sender is proven. A field that is missing is empty."""

    fields: dict[str, list[str]]

    def first(self, *names: str) -> str:
        """The first value of the first of these fields that there is."""
        return next((self.fields[name][0] for name in names if name in self.fields), "")


async def signed_form(request: Request, parts: TheParts) -> SignedForm:
    """The form, once its signature is found genuine. Nothing of it is read before."""
    callbacks = parts.sms_callbacks
    if callbacks is None:
        raise Problem(404, "not_found", "There is nothing at this address")
    body = await request.body()
    genuine = len(body) <= _MOST_BYTES and is_genuine(
        callbacks.secret,
        url=callbacks.url + request.url.path.removeprefix(BASE),
        timestamp=request.headers.get("X-Handrail-Timestamp", ""),
        body=body,
        signature=request.headers.get("X-Handrail-Signature", ""),
        now=parts.clock.now(),
    )
    if not genuine:
        _log.warning("callback_not_genuine", channel="sms")
        raise Problem(401, "signature_invalid", "This callback is not signed as it should be")
    try:
        return SignedForm(parse_qs(body.decode("utf-8", "replace"), max_num_fields=50))
    except ValueError as error:
        raise Problem(400, "form_malformed", "The body is not a form") from error


Form = Annotated[SignedForm, Depends(signed_form)]


@router.post(BASE + "/{tenant_id}/{message_id}", status_code=204)
async def hear_status(tenant_id: UUID, message_id: UUID, form: Form, parts: TheParts, request: Request) -> Response:
    """A status of one text. Whether it was news or not, the provider need not say it again."""
    word = form.first("MessageStatus", "status")
    if await take_receipt(tenant_id, message_id, word=word, book=parts.messages, clock=parts.clock):
        bell: Bell = request.app.state.bell
        bell.ring(SEND)
    return Response(status_code=204)


@router.post(BASE, status_code=204)
async def hear_text(form: Form, parts: TheParts) -> Response:
    """A worker's answer to a text. Only STOP and START are read; the words are neither kept nor logged."""
    await hear_reply(
        form.first("From", "from"), text=form.first("Body", "body"), opt_outs=parts.opt_outs, clock=parts.clock
    )
    return Response(status_code=204)
