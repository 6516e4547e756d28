"""One module per page or group of pages; each has a `router`."""

from fastapi import APIRouter

from services.console.api.routes import (
    about_me,
    boundary,
    claim,
    contact_points,
    deliveries,
    design,
    discharges,
    door,
    find_help,
    handoffs,
    inbox,
    numbers,
    pass_on,
    people,
    person,
    programme_settings,
    programmes,
    protocols,
    refer,
    referral_steps,
    referrals,
    reroute,
    review,
    room,
    sending,
    sharing,
    sheets,
    static,
    task_form,
    tasks,
    team_members,
    teams,
    timeline,
    today,
    wishes,
)


def routers(*, demo: bool) -> list[APIRouter]:
    """All of them; the page of building blocks only in the demo profile."""
    pages = (
        *(door, inbox, claim, about_me, sending, handoffs, sheets, person, sharing, wishes),
        *(timeline, people, contact_points),
        *(refer, reroute, pass_on, referrals, referral_steps, team_members, teams),  # the same for referrals
        *(room, programme_settings, programmes, protocols, find_help),  # settings before the forms of a programme
        *(task_form, review, tasks),  # the form and the review have addresses that a step's pattern would take
        *(discharges, today, numbers, boundary, deliveries, static),
    )
    found = [module.router for module in pages]
    return [*found, design.router] if demo else found
