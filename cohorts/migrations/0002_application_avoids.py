from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0001_programs_and_cohorts")]

    operations = [
        migrations.AddField(
            "application",
            "avoids",
            models.TextField(blank=True, db_default="", max_length=500, verbose_name="rather not with"),
        ),
    ]
