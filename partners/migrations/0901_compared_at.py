from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0010_products_ahead")]

    operations = [
        migrations.AddField("partner", "compared_at", models.DateTimeField(blank=True, editable=False, null=True)),
    ]
