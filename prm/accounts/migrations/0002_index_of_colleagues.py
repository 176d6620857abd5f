from django.db import migrations, models
from django.db.models import Q

_INDEX = models.Index(fields=["organization"], condition=Q(kind="staff"), name="accounts_membership_staff")
_DROP = f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX.name}"
_MAKE = (
    f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {_INDEX.name} ON accounts_membership (organization_id)"
    " WHERE kind = 'staff'"
)


class Migration(migrations.Migration):
    """An index that is made beside writers is made outside a transaction."""

    atomic = False
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([_DROP, _MAKE], [_DROP])],
            state_operations=[migrations.AddIndex("membership", _INDEX)],
        )
    ]
