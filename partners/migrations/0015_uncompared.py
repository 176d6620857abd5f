from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from the others: an index that lets the table be written meanwhile is made outside a transaction."""

    atomic = False
    dependencies = [("partners", "0014_compared_at")]

    operations = [
        migrations.RunSQL(
            sql=(
                "CREATE INDEX CONCURRENTLY IF NOT EXISTS partners_partner_uncompared ON partners_partner"
                " (organization_id, id) WHERE compared_at IS NULL"
            ),
            reverse_sql="DROP INDEX CONCURRENTLY IF EXISTS partners_partner_uncompared",
            state_operations=[
                migrations.AddIndex(
                    "partner",
                    models.Index(
                        fields=["organization", "id"],
                        condition=models.Q(("compared_at", None)),
                        name="partners_partner_uncompared",
                    ),
                ),
            ],
        )
    ]
