"""Coming in, going out, and the language on the way."""

import contextlib

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from services.console.api.dependencies import CareTeam, Parts, texts
from services.console.api.errors import kept_texts
from services.console.api.gate import cookie_header, require_own_origin
from services.console.api.pages import LANGUAGE_COOKIE, see
from services.console.domain.session import CARE_TEAM
from services.console.domain.words import Language
from services.console.use_cases.ports import NeighbourFailed, Refused
from shared.tokens import OPEN_TO_ALL, credentials_in_body

router = APIRouter()

_KEPT = "kept."


@router.get("/")
async def get_home(session: CareTeam) -> RedirectResponse:
    """The first page of the visitor's role."""
    return see(session.home)


@router.get("/sign-in", dependencies=[Depends(credentials_in_body())])
async def get_sign_in(request: Request, parts: Parts) -> Response:
    """The form; whoever is signed in already goes on."""
    session = await parts.gate.present(request)
    if session is not None and session.role in CARE_TEAM:
        return see(session.home)
    out = request.query_params.get("out") == "1"
    return parts.pages.html(
        request, "pages/sign_in.html", after="/", kept=[], ended=False, problem=None, email="", out=out
    )


@router.post("/sign-in", dependencies=[Depends(credentials_in_body())])
async def post_sign_in(request: Request, parts: Parts) -> Response:
    """A session, then where the visitor was going; a kept form is shown once more before it is sent."""
    require_own_origin(request)
    form = await texts(request)
    kept = [(name.removeprefix(_KEPT), text) for name, text in await kept_texts(request) if name.startswith(_KEPT)]
    after = _own_path(form.get("after", "/"))
    email, password = form.get("email", "").strip(), form.get("password", "")
    problem, session = "missing", None
    if email and password:
        try:
            address = request.client.host if request.client is not None else None
            session = await parts.neighbours.identity.sign_in(email, password=password, address=address)
        except Refused as refused:
            problem = "wait" if refused.status == 429 else "unknown"
    if session is not None and session.role not in CARE_TEAM:
        with contextlib.suppress(NeighbourFailed):  # it ends by itself; nothing was kept here
            await parts.neighbours.identity.sign_out(session)
        problem, session = "role", None
    if session is None:
        return parts.pages.html(
            request,
            "pages/sign_in.html",
            status=422,
            after=after,
            kept=kept,
            ended=False,
            problem=problem,
            email=email,
        )
    request.state.set_cookie = cookie_header(parts.gate.cookies.seal(session))
    if not kept:
        return see(session.home if after == "/" else after)
    request.state.session = session
    return parts.pages.html(request, "pages/kept.html", after=after, kept=kept)


@router.post("/sign-out")
async def post_sign_out(request: Request, session: CareTeam, parts: Parts) -> Response:
    """End the session here and at identity."""
    parts.gate.forget(session)
    request.state.set_cookie = cookie_header("", keep=False)
    with contextlib.suppress(NeighbourFailed):  # without its cookie the session is out of reach, and it ends by itself
        await parts.neighbours.identity.sign_out(session)
    return see("/sign-in?out=1")


@router.post("/language", dependencies=[OPEN_TO_ALL])
async def post_language(request: Request) -> Response:
    """Keep the choice for a year; it says nothing about anybody."""
    require_own_origin(request)
    form = await texts(request)
    response = see(_own_path(form.get("after", "/")))
    language = form.get("language", "")
    if language in list(Language):
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="lax", httponly=True)
    return response


def _own_path(text: str) -> str:
    """A path of ours; anything that could lead elsewhere becomes the first page."""
    is_ours = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if is_ours and len(text) <= 200 else "/"
