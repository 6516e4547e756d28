"""What all tables of notifications hang on, so that `tables.py` can name those of every part."""

import sqlalchemy as sa

from shared.database import new_metadata

metadata = new_metadata()

INSTANT = sa.DateTime(timezone=True)
"""Every instant is stored aware."""
