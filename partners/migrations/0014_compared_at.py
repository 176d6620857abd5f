from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0013_headings_confirmations_profiles")]

    operations = [
        migrations.AddField("partner", "compared_at", models.DateTimeField(blank=True, editable=False, null=True)),
    ]
