from django.db import migrations, models

import prm.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization",
                        "kind",
                        "object_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization", prm.tenancy.fields.OrganizationField(referable=False)),
                ("kind", models.CharField(db_collation="C", max_length=20, verbose_name="kind")),
                ("object_id", models.BigIntegerField()),
                ("holder_id", models.BigIntegerField(default=0)),
                ("is_last", models.BooleanField(default=False)),
                ("words", models.TextField(db_collation="C")),
            ],
            options={
                "verbose_name": "search entry",
                "verbose_name_plural": "search entries",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("holder_id", 0), _negated=True),
                        fields=["organization", "kind", "holder_id"],
                        name="search_entry_held",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization",
                        "kind",
                        "word",
                        "weight",
                        "object_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("organization", prm.tenancy.fields.OrganizationField(referable=False)),
                ("kind", models.CharField(db_collation="C", max_length=20)),
                ("word", models.CharField(db_collation="C", max_length=48)),
                ("weight", models.SmallIntegerField()),
                ("object_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "search word",
                "verbose_name_plural": "search words",
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Spelling",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization", "key", "stem", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization", prm.tenancy.fields.OrganizationField(referable=False)),
                ("key", models.IntegerField()),
                ("stem", models.CharField(db_collation="C", max_length=8)),
            ],
            options={
                "verbose_name": "search spelling",
                "verbose_name_plural": "search spellings",
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("kind", models.CharField(db_collation="C", max_length=20, verbose_name="kind")),
                ("position", models.BigIntegerField(null=True)),
                ("calls", models.PositiveIntegerField(default=0)),
                ("checked_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "search progress",
                "verbose_name_plural": "search progress",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "kind"), name="search_progress_once"),
                    models.UniqueConstraint(fields=("organization", "id"), name="search_progress_key"),
                ],
            },
        ),
    ]
