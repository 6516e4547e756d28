"""One module per page or group of pages; each has a `router`."""

from fastapi import APIRouter

from services.console.api.routes import (
    boundary,
    deliveries,
    design,
    discharges,
    door,
    handoffs,
    inbox,
    people,
    sending,
    static,
    task_form,
    tasks,
    today,
)


def routers(*, demo: bool) -> list[APIRouter]:
    """All of them; the page of building blocks only in the demo profile."""
    pages = (door, inbox, sending, handoffs, people, task_form, tasks, discharges, today, boundary, deliveries, static)
    found = [module.router for module in pages]
    return [*found, design.router] if demo else found
