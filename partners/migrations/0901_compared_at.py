from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0008_tier_rules")]

    operations = [
        migrations.AddField("partner", "compared_at", models.DateTimeField(blank=True, editable=False, null=True)),
    ]
