"""Ask for a task: the form, the hint that answers while typing, and the answer of the scope guard in place.

Declared before `/tasks/{task_id}`.
"""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.dependencies import (
    ConsoleParts,
    Intake,
    Parts,
    chosen,
    directory_for,
    key_in,
    texts,
    version_in,
)
from services.console.api.pages import see
from services.console.domain import told
from services.console.domain.session import Session
from services.console.use_cases.ask_for_task import (
    TaskForm,
    check_task_form,
    form_of,
    look_ahead,
    read_task_form,
    send_task,
    with_words_for,
)
from services.console.use_cases.ports import NotSent, Refused, Unreachable

router = APIRouter()


@router.get("/tasks/new")
async def get_task_form(request: Request, session: Intake, parts: Parts, person_id: UUID | None = None) -> Response:
    """The empty form."""
    form = TaskForm(person_id=str(person_id) if person_id else "")
    return await _shown(form, request=request, by=session, parts=parts)


@router.post("/tasks/hint")
async def post_hint(request: Request, session: Intake, parts: Parts) -> Response:
    """What the guard would say of the words so far; nothing is kept."""
    form = read_task_form(await texts(request), attested=await chosen(request, "attested"))
    directory = await directory_for(session, parts)
    try:
        hint = await look_ahead(form, directory=directory, by=session, neighbours=parts.neighbours)
        silent = False
    except (Unreachable, Refused):
        hint, silent = None, True
    return parts.pages.html(
        request, "pages/task_form.html", block="hint", directory=directory, hint=hint, silent=silent, form=form
    )


@router.post("/tasks/new")
async def post_task(request: Request, session: Intake, parts: Parts) -> Response:
    """Ask. A refusal comes back on the same page, with a way forward."""
    given = await texts(request)
    directory = await directory_for(session, parts)
    form = check_task_form(read_task_form(given, attested=await chosen(request, "attested")), directory=directory)
    if form.errors:
        return await _shown(form, request=request, by=session, parts=parts, status=422)
    try:
        answer = await send_task(form, key=key_in(given), directory=directory, by=session, neighbours=parts.neighbours)
    except Refused as refused:
        corrected = with_words_for(form, refused)
        return await _shown(corrected, request=request, by=session, parts=parts, status=422)
    if isinstance(answer, NotSent):
        return await _shown(form, request=request, by=session, parts=parts, status=409, refusal=answer.judgement)
    done = "task_assigned" if answer.task.status == "assigned" else "task_proposed"
    return see(f"/tasks/{answer.task.id}", done=done if answer.task.scope == "decided" else "task_undecided")


@router.post("/tasks/{task_id}/confirm")
async def post_confirm(task_id: UUID, request: Request, session: Intake, parts: Parts) -> Response:
    """Ask again with the open conditions confirmed, then take the first asking back."""
    given = await texts(request)
    referrals = parts.neighbours.referrals
    task = await referrals.task(task_id, by=session)
    directory = await directory_for(session, parts)
    form = form_of(task, attested=await chosen(request, "attested"))
    answer = await send_task(form, key=key_in(given), directory=directory, by=session, neighbours=parts.neighbours)
    if isinstance(answer, NotSent):
        return await _shown(form, request=request, by=session, parts=parts, status=409, refusal=answer.judgement)
    await referrals.task_command(
        task_id,
        "cancel",
        body={"reason": "duplicate"},
        version=version_in(given),
        key=f"{key_in(given)}-first",
        by=session,
    )
    done = "task_assigned" if answer.task.status == "assigned" else "task_proposed"
    return see(f"/tasks/{answer.task.id}", done=done)


async def _shown(
    form: TaskForm,
    *,
    request: Request,
    by: Session,
    parts: ConsoleParts,
    status: int = 200,
    refusal: told.Judgement | None = None,
) -> Response:
    directory = await directory_for(by, parts)
    people = (await parts.neighbours.referrals.people(by)).items
    return parts.pages.html(
        request,
        "pages/task_form.html",
        status=status,
        directory=directory,
        form=form,
        assignee_name=next(
            (one.display_name for key, one in directory.workers.items() if str(key) == form.assignee_id), ""
        ),
        people=sorted(people, key=lambda person: person.listed_as),
        refusal=refusal,
        hint=None,
        silent=False,
    )
