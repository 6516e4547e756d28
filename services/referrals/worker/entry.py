"""For `celery -A services.referrals.worker.entry worker -Q referrals`."""

from services.referrals.main import create_worker
from services.referrals.settings import ReferralsSettings

celery = create_worker(ReferralsSettings())
