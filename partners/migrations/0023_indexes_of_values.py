from django.db import migrations, models
from django.db.models import Q

_DAY = models.Index(
    fields=["organization", "attribute", "day"],
    include=["partner"],
    condition=Q(day__isnull=False),
    name="partners_attributevalue_day",
)
_FLAG = models.Index(
    fields=["organization", "attribute", "flag"],
    include=["partner"],
    condition=Q(flag__isnull=False),
    name="partners_attributevalue_flag",
)
_CHOICE = models.Index(
    fields=["organization", "attribute"],
    include=["partner", "choices"],
    condition=~Q(choices=[]),
    name="partners_attributevalue_choice",
)
_COLUMNS = {
    _DAY.name: "(organization_id, attribute_id, day) INCLUDE (partner_id) WHERE day IS NOT NULL",
    _FLAG.name: "(organization_id, attribute_id, flag) INCLUDE (partner_id) WHERE flag IS NOT NULL",
    _CHOICE.name: "(organization_id, attribute_id) INCLUDE (partner_id, choices)"
    " WHERE NOT (choices = '{}'::character varying(12)[])",
}


def _made(index: models.Index) -> migrations.SeparateDatabaseAndState:
    """Beside writers, and anew where it was cut off half-way."""
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}"
    make = f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index.name} ON partners_attributevalue {_COLUMNS[index.name]}"
    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunSQL([drop, make], [drop])],
        state_operations=[migrations.AddIndex("attributevalue", index)],
    )


class Migration(migrations.Migration):
    """An index that is made beside writers is made outside a transaction."""

    atomic = False
    dependencies = [("partners", "0022_grounds_of_product_rights")]
    operations = [_made(_DAY), _made(_FLAG), _made(_CHOICE)]
