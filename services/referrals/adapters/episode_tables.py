"""What other systems told us of episodes of care, as they told it, and which transition speaks of each now.

`source_facts` and `person_aliases` are only ever added to: what stands is derived from all of them, in any order.
"""

import sqlalchemy as sa

from services.referrals.adapters.tables import TENANT, metadata, tenant_key


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


source_facts = sa.Table(
    "source_facts",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("source_key", sa.Text, primary_key=True),
    # of everything the fact says: telling it twice is telling it once
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("programme_id", sa.Uuid, nullable=False),
    _instant("event_at"),
    sa.Column("sequence", sa.BigInteger),
    _instant("moment", nullable=True),
    _instant("recorded_at"),
    tenant_key("person_id", "people"),
    tenant_key("programme_id", "programmes"),
    sa.Index("ix_source_facts_by_person", TENANT, "person_id"),
)

person_aliases = sa.Table(
    "person_aliases",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("merged_person_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    _instant("event_at"),
    _instant("recorded_at"),
    tenant_key("merged_person_id", "people"),
    tenant_key("person_id", "people"),
    sa.CheckConstraint("merged_person_id <> person_id", name="two_people"),
    sa.Index("ix_person_aliases_by_person", TENANT, "person_id"),
)

episodes = sa.Table(
    "episodes",
    metadata,
    sa.Column(TENANT, sa.Uuid, primary_key=True),
    sa.Column("source_key", sa.Text, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("stands", sa.Text, nullable=False),
    _instant("moment", nullable=True),
    sa.Column("transition_id", sa.Uuid),
    _instant("recorded_at"),
    tenant_key("person_id", "people"),
    tenant_key("transition_id", "transitions"),
    sa.CheckConstraint("stands IN ('nothing', 'planned', 'discharged', 'readmitted', 'died')", name="stands"),
    sa.Index("ix_episodes_by_transition", TENANT, "transition_id"),
    sa.Index("ix_episodes_by_person", TENANT, "person_id"),
    sa.Index("ix_episodes_of_the_dead", TENANT, "person_id", postgresql_where=sa.text("stands = 'died'")),
)
