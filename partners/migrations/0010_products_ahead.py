from django.db import migrations, models

_DROP = "DROP INDEX CONCURRENTLY IF EXISTS partners_partnerproduct_ahead"
_CREATE = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS partners_partnerproduct_ahead"
    " ON partners_partnerproduct (organization_id, starts_on) WHERE begun_at IS NULL AND closed_at IS NULL"
)


class Migration(migrations.Migration):
    # An index that is built beside writers cannot be built within a transaction. One that was cut off half-way is
    # there and of no use, so it is dropped before it is built again.
    atomic = False

    dependencies = [("partners", "0009_products_told")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([_DROP, _CREATE], [_DROP])],
            state_operations=[
                migrations.AddIndex(
                    model_name="partnerproduct",
                    index=models.Index(
                        condition=models.Q(("begun_at", None), ("closed_at", None)),
                        fields=["organization", "starts_on"],
                        name="partners_partnerproduct_ahead",
                    ),
                ),
            ],
        ),
    ]
