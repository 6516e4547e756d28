"""One module per resource; a new one adds its router here."""

from fastapi import APIRouter

from services.notifications.api.routes import (
    claims,
    contact_points,
    deliveries,
    events,
    inbox,
    providers,
    sms_callbacks,
    webhooks,
)

ROUTERS: tuple[APIRouter, ...] = (
    events.router,
    inbox.router,
    claims.router,
    deliveries.router,
    contact_points.router,
    sms_callbacks.router,
    webhooks.router,
    providers.router,
)
