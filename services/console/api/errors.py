"""Pages for when something is not as hoped: each says what happened, what was kept, and what to do next."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from services.console.api.gate import COOKIE, CSRF_FIELD, ForeignForm, NotForThisRole, SignInNeeded
from services.console.use_cases.ports import Refused, Unreachable
from shared.logs import get_logger, where
from shared.problems import Problem

_log = get_logger()

_NOT_KEPT = frozenset({CSRF_FIELD, "key", "version", "password"})


def install_error_pages(app: FastAPI) -> None:
    """HTML for people where other services answer with problem documents."""
    handlers: dict[Any, Callable[[Request, Any], Any]] = {
        SignInNeeded: _sign_in,
        NotForThisRole: _page("not_for_this_role", 403),
        ForeignForm: _page("foreign_form", 403),
        Unreachable: _unreachable,
        Refused: _refused,
        Problem: _problem,
        RequestValidationError: _page("not_found", 404),
        HTTPException: _http,
        Exception: _unforeseen,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def _page(what: str, status: int) -> Callable[[Request, Any], Any]:
    async def show(request: Request, _: Any) -> Response:
        return await error_page(request, what, status=status)

    return show


async def error_page(request: Request, what: str, *, status: int) -> Response:
    """One page for all of them; a form's own texts are shown, so that nothing typed is lost."""
    parts = request.app.state.parts
    kept = await kept_texts(request)
    block = "message" if "hx-request" in request.headers else None
    page: Response = parts.pages.html(request, "pages/error.html", status=status, block=block, what=what, kept=kept)
    return page


async def kept_texts(request: Request) -> list[tuple[str, str]]:
    """What was typed, as far as it came in a form."""
    if request.method != "POST":
        return []
    form = await request.form()
    return [
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and value and name not in _NOT_KEPT
    ]


async def _sign_in(request: Request, _: SignInNeeded) -> Response:
    """To the sign-in page; a form that comes too late is carried along and offered again afterwards."""
    pages = request.app.state.parts.pages
    if "hx-request" in request.headers:
        # the whole page goes to the sign-in, not a part of it
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
    was_signed_in = COOKIE in request.cookies
    kept = await kept_texts(request)
    after = request.url.path if request.method == "GET" or kept else "/"
    page: Response = pages.html(
        request,
        "pages/sign_in.html",
        status=401,
        after=after,
        kept=kept,
        ended=was_signed_in,
        problem=None,
        email="",
    )
    return page


async def _unreachable(request: Request, error: Unreachable) -> Response:
    return await error_page(request, "unreachable", status=503)


async def _refused(request: Request, error: Refused) -> Response:
    if error.status == 401:
        return await _sign_in(request, SignInNeeded())
    known = {403: "not_yours", 404: "not_found", 409: "moved_on", 412: "moved_on", 428: "moved_on", 429: "too_often"}
    status = error.status if error.status in known else 500
    if error.status not in known:
        _log.error("refused_by_neighbour", target=error.service, status=error.status, error_code=error.code)
    return await error_page(request, known.get(error.status, "unforeseen"), status=status)


async def _problem(request: Request, problem: Problem) -> Response:
    return await error_page(request, "not_found" if problem.status == 404 else "unforeseen", status=problem.status)


async def _http(request: Request, error: HTTPException) -> Response:
    what = "not_found" if error.status_code in (404, 405) else "unforeseen"
    return await error_page(request, what, status=error.status_code)


async def _unforeseen(request: Request, error: Exception) -> Response:
    _log.error("unforeseen_error", error_type=type(error).__name__, where=where(error))
    return await error_page(request, "unforeseen", status=500)
