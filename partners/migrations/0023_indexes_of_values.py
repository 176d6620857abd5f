from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Beside writers, so outside a transaction."""

    atomic = False
    dependencies = [("partners", "0022_grounds_of_product_rights")]

    operations = [
        AddIndexConcurrently(
            "attributevalue",
            models.Index(
                fields=["organization", "attribute", "day"],
                include=["partner"],
                condition=Q(day__isnull=False),
                name="partners_attributevalue_day",
            ),
        ),
        AddIndexConcurrently(
            "attributevalue",
            models.Index(
                fields=["organization", "attribute", "flag"],
                include=["partner"],
                condition=Q(flag__isnull=False),
                name="partners_attributevalue_flag",
            ),
        ),
        AddIndexConcurrently(
            "attributevalue",
            models.Index(
                fields=["organization", "attribute"],
                include=["partner", "choices"],
                condition=~Q(choices=[]),
                name="partners_attributevalue_choice",
            ),
        ),
    ]
