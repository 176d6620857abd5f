import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("cohorts", "0007_teams"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosingAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("answers", models.JSONField(default=dict)),
                ("answered_at", models.DateTimeField()),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closing_answers",
                        to="cohorts.cohort",
                    ),
                ),
                (
                    "membership",
                    prm.tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                ("organization", prm.tenancy.fields.OrganizationField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organization", "membership"], name="cohorts_clo_organiz_cfb284_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "cohort", "membership"), name="cohorts_closing_answer_once"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_closinganswer_cohort_fk", to="cohorts.cohort"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="membership", name="cohorts_closinganswer_membership_fk", to="accounts.membership"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_closinganswer_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_closinganswer_public"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosingSurvey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                ("revision", models.PositiveIntegerField(default=1, editable=False)),
                ("questions", models.JSONField(default=list)),
                ("is_asking", models.BooleanField(default=False, editable=False)),
                (
                    "days_open",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[
                            django.core.validators.MinValueValidator(3),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="days open",
                    ),
                ),
                (
                    "cohort",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closing_surveys",
                        to="cohorts.cohort",
                    ),
                ),
                ("organization", prm.tenancy.fields.OrganizationField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "cohort"), name="cohorts_closing_once"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="cohort", name="cohorts_closingsurvey_cohort_fk", to="cohorts.cohort"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="cohorts_closingsurvey_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="cohorts_closingsurvey_public"),
                ],
            },
        ),
    ]
