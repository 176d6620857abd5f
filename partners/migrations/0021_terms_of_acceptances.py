from django.db import migrations, models

_NAME = "partners_acceptance_once"
# Beside writers, and anew where it was cut off half-way; then it takes the place of the narrower one.
_INDEX = [
    "DROP INDEX CONCURRENTLY IF EXISTS partners_acceptance_term",
    (
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS partners_acceptance_term"
        " ON partners_acceptance (organization_id, version_id, membership_id, ends_on) NULLS NOT DISTINCT"
    ),
    # Nothing relies on it: the new one holds as much wherever there is no term.
    f"-- squawk-ignore ban-drop-constraint\nALTER TABLE partners_acceptance DROP CONSTRAINT IF EXISTS {_NAME}",
    f"ALTER TABLE partners_acceptance ADD CONSTRAINT {_NAME} UNIQUE USING INDEX partners_acceptance_term",
]


class Migration(migrations.Migration):
    """Apart from the columns: an index that lets the table be written meanwhile is made outside a transaction."""

    atomic = False
    dependencies = [("partners", "0020_renewals")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_INDEX, migrations.RunSQL.noop)],
            state_operations=[
                migrations.RemoveConstraint("acceptance", _NAME),
                migrations.AddConstraint(
                    "acceptance",
                    models.UniqueConstraint(
                        fields=["organization", "version", "membership", "ends_on"],
                        name=_NAME,
                        nulls_distinct=False,
                    ),
                ),
            ],
        ),
    ]
