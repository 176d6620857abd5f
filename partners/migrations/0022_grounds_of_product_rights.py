from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0021_terms_of_acceptances")]

    operations = [
        migrations.AddField(
            "partnerproduct",
            "proof",
            models.CharField(blank=True, db_collation="C", default="", editable=False, max_length=60),
            preserve_default=False,
        ),
        migrations.AddField(
            "partnerproduct",
            "reference",
            models.CharField(blank=True, default="", max_length=80, verbose_name="number or title of it"),
            preserve_default=False,
        ),
    ]
