"""Errors as RFC 9457 problem+json: a type, a code and where it went wrong; never the value that was sent."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException

from shared.logs import get_logger, where

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:handrail:problem:"

_log = get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldError:
    """One thing wrong with a request: a JSON pointer to it and a code, never its value."""

    pointer: str
    code: str


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 - the standard's own word
    """An answer other than success, as the caller will read it."""

    status: int
    code: str
    title: str
    detail: str | None = field(default=None, kw_only=True)
    errors: Sequence[FieldError] = field(default=(), kw_only=True)
    extra: Mapping[str, Any] | None = field(default=None, kw_only=True)
    headers: Mapping[str, str] | None = field(default=None, kw_only=True)

    def body(self) -> dict[str, Any]:
        """The problem document; extension members (`extra`) never replace the standard ones."""
        document: dict[str, Any] = dict(self.extra or {})
        document |= {"type": TYPE_PREFIX + self.code, "title": self.title, "status": self.status, "code": self.code}
        if self.detail is not None:
            document["detail"] = self.detail
        if self.errors:
            document["errors"] = [{"pointer": error.pointer, "code": error.code} for error in self.errors]
        return document

    def response(self) -> JSONResponse:
        """The HTTP answer."""
        headers = dict(self.headers or {})
        return JSONResponse(self.body(), status_code=self.status, media_type=MEDIA_TYPE, headers=headers)


ProblemTable = Mapping[type[Exception], Callable[[Any], Problem]]
"""One table per service: domain error -> problem."""

_HTTP_TITLES = {
    404: ("not_found", "There is nothing at this address"),
    405: ("method_not_allowed", "This address does not take that method"),
    413: ("body_too_large", "The request is too large"),
}


def validation_problem(errors: Sequence[Mapping[str, Any]], *, known: Collection[str] | None = None) -> Problem:
    """FastAPI's findings without the input they echo: where, and which rule.

    `known` are the field names that the route's own types use; a key outside them was made up by the caller and is
    shown as `*`. Without `known`, whatever looks like a field name is taken for one.
    """
    found = []
    malformed = False
    for error in errors:
        location = list(error.get("loc", ()))
        malformed = malformed or error.get("type") == "json_invalid"
        place, path = (str(location[0]), location[1:]) if location else ("body", [])
        pointer = "/" + "/".join(_schema_names(path, known=known)) if path else ""
        found.append(FieldError(pointer=pointer if place == "body" else f"{place}:{pointer}", code=str(error["type"])))
    if malformed:
        return Problem(
            400, "malformed_json", "The body is not valid JSON", errors=[FieldError(pointer="", code="json_invalid")]
        )
    return Problem(422, "invalid_request", "Some fields are not as they should be", errors=found)


def _schema_names(path: Sequence[Any], *, known: Collection[str] | None) -> list[str]:
    """Keep names of fields and indexes; a submitted key that no schema knows must not be echoed."""

    def is_ours(part: str) -> bool:
        if known is not None:
            return part in known
        return len(part) <= 40 and part.replace("_", "").isalnum() and part.isascii()

    return [str(part) if isinstance(part, int) or is_ours(str(part)) else "*" for part in path]


def names_in(annotation: Any, *, seen: set[Any] | None = None) -> set[str]:
    """Every field name (and alias) of the models that a type is made of."""
    seen = set() if seen is None else seen
    names: set[str] = set()
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return names
        seen.add(annotation)
        for name, field in annotation.model_fields.items():
            names |= {name, field.alias or name, str(field.validation_alias or name)}
            names |= names_in(field.annotation, seen=seen)
    for part in get_args(annotation):
        names |= names_in(part, seen=seen)
    return names


def _names_of_route(request: Request) -> set[str]:
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return set()
    names: set[str] = set()
    waiting = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        waiting.extend(dependant.dependencies)
        for parameters in (
            dependant.path_params,
            dependant.query_params,
            dependant.header_params,
            dependant.cookie_params,
            dependant.body_params,
        ):
            for parameter in parameters:
                names |= {parameter.name, parameter.alias} | names_in(parameter.field_info.annotation)
    return names


def install_problem_handlers(app: FastAPI, table: ProblemTable | None = None) -> None:
    """Answer every error of `app` as a problem; what nobody foresaw becomes a plain 500 and a logged error code."""

    async def on_problem(_: Request, problem: Exception) -> JSONResponse:
        assert isinstance(problem, Problem)
        return problem.response()

    async def on_validation(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        found = _without_unknown_keys(error.errors())
        return validation_problem(found, known=_names_of_route(request)).response()

    async def on_http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code, title = _HTTP_TITLES.get(error.status_code, ("request_refused", "The request was refused"))
        return Problem(error.status_code, code, title, headers=error.headers).response()

    async def on_unforeseen(request: Request, error: Exception) -> JSONResponse:
        _log.error("unforeseen_error", error_type=type(error).__name__, where=where(error), route=_route_of(request))
        # Nobody knows here whether the change was already committed, so nothing is promised about it.
        return Problem(500, "internal_error", "Something went wrong on our side; look before you try again").response()

    async def on_too_busy(request: Request, _: Exception) -> JSONResponse:
        # Every connection of the pool was in use for as long as we wait for one, so this step was not begun.
        _log.warning("too_busy", route=_route_of(request))
        return Problem(
            503, "too_busy", "Too much is asked of us at this moment", headers={"Retry-After": "2"}
        ).response()

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(NoConnectionFree, on_too_busy)
    app.add_exception_handler(Exception, on_unforeseen)
    for error_type, to_problem in (table or {}).items():
        app.add_exception_handler(error_type, _translating(to_problem))


def _translating(to_problem: Callable[[Any], Problem]) -> Callable[[Request, Exception], Any]:
    async def handler(_: Request, error: Exception) -> JSONResponse:
        return to_problem(error).response()

    return handler


def _without_unknown_keys(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """`extra_forbidden` names the submitted key itself as location: keep its parent only."""
    kept = []
    for error in errors:
        location = tuple(error.get("loc", ()))
        if error.get("type") == "extra_forbidden":
            location = location[:-1]
        kept.append({"loc": location, "type": error.get("type", "invalid")})
    return kept


def _route_of(request: Request) -> str:
    route = request.scope.get("route")
    return str(getattr(route, "path", "unknown"))
