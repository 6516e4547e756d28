"""For `celery -A services.notifications.worker.entry worker -Q notifications`, and `-Q notifications.outgoing`."""

from services.notifications.main import create_worker
from services.notifications.settings import NotificationsSettings

celery = create_worker(NotificationsSettings())
