"""A consent's terms never change; whose record it hangs on does, when two records turn out to be one person's."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE FUNCTION refuse_change_of_terms() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'person_id' = to_jsonb(OLD) - 'person_id' THEN RETURN NEW; END IF;
      RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    "DROP TRIGGER consents_is_append_only ON consents",
    """
    CREATE TRIGGER consents_is_append_only BEFORE UPDATE OR DELETE ON consents
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_terms()
    """,
)


def upgrade() -> None:
    """Older code never updates a consent."""
    for statement in _STATEMENTS:
        op.execute(statement)
