from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("imports", "0701_updates")]

    operations = [
        AddIndexConcurrently(
            model_name="importrow",
            index=models.Index(
                condition=models.Q(("outcome", "new"), _negated=True),
                fields=["organization", "row_import", "outcome", "number"],
                name="imports_row_others",
            ),
        ),
        RemoveIndexConcurrently(model_name="importrow", name="imports_row_outcome"),
    ]
