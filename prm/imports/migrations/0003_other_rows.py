from django.db import migrations, models

_DROP = "DROP INDEX CONCURRENTLY IF EXISTS imports_row_others"
_CREATE = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS imports_row_others"
    " ON imports_importrow (organization_id, row_import_id, outcome, number) WHERE NOT (outcome = 'new')"
)
_DROP_FORMER = "DROP INDEX CONCURRENTLY IF EXISTS imports_row_outcome"


class Migration(migrations.Migration):
    # An index that is built beside writers cannot be built within a transaction. One that was cut off half-way is
    # there and of no use, so it is dropped before it is built again.
    atomic = False
    dependencies = [("imports", "0002_updates")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([_DROP, _CREATE, _DROP_FORMER], [_DROP])],
            state_operations=[
                migrations.AddIndex(
                    model_name="importrow",
                    index=models.Index(
                        condition=models.Q(("outcome", "new"), _negated=True),
                        fields=["organization", "row_import", "outcome", "number"],
                        name="imports_row_others",
                    ),
                ),
                migrations.RemoveIndex(model_name="importrow", name="imports_row_outcome"),
            ],
        ),
    ]
