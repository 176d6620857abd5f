import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.constraints
import prm.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("partners", "0007_telling_and_tiers"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Competition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pair", "Two partners"),
                            ("group", "Partners of a group among themselves"),
                            ("same", "Partners with the same value"),
                            ("rule", "Partners that fulfill conditions"),
                        ],
                        db_collation="C",
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("fine", "Fine together"),
                            ("apart", "Same cohort, not the same small room"),
                            ("never", "Never together"),
                        ],
                        db_collation="C",
                        default="apart",
                        max_length=6,
                        verbose_name="how close",
                    ),
                ),
                (
                    "first",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "second",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "group",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.group",
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        blank=True,
                        choices=[("country", "Country"), ("region", "Region")],
                        db_collation="C",
                        max_length=10,
                    ),
                ),
                (
                    "attribute",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.attribute",
                    ),
                ),
                ("definition", models.JSONField(blank=True, null=True)),
                ("sentence", models.TextField(blank=True, max_length=8000)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="why")),
                ("made_at", models.DateTimeField(verbose_name="marked at")),
                (
                    "made_by",
                    prm.tenancy.fields.TenantForeignKey(
                        blank=True,
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "competition",
                "verbose_name_plural": "competitions",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "second"], name="partners_co_organiz_5c8f75_idx"),
                    models.Index(fields=["organization", "group"], name="partners_co_organiz_a2549f_idx"),
                    models.Index(fields=["organization", "attribute"], name="partners_co_organiz_670b42_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "pair")),
                        fields=("organization", "first", "second"),
                        name="partners_competition_pair_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "group")),
                        fields=("organization", "group"),
                        name="partners_competition_group_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "same")),
                        fields=("organization", "field", "attribute"),
                        name="partners_competition_same_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("attribute", None),
                                ("field", ""),
                                ("first__lt", models.F("second")),
                                ("group", None),
                                ("kind", "pair"),
                            ),
                            models.Q(
                                ("attribute", None),
                                ("field", ""),
                                ("first", None),
                                ("group__isnull", False),
                                ("kind", "group"),
                                ("second", None),
                            ),
                            models.Q(
                                ("attribute", None),
                                ("first", None),
                                ("group", None),
                                ("kind", "same"),
                                ("second", None),
                                models.Q(("field", ""), _negated=True),
                            ),
                            models.Q(
                                ("attribute__isnull", False),
                                ("field", ""),
                                ("first", None),
                                ("group", None),
                                ("kind", "same"),
                                ("second", None),
                            ),
                            models.Q(
                                ("attribute", None),
                                ("definition__isnull", False),
                                ("field", ""),
                                ("first", None),
                                ("group", None),
                                ("kind", "rule"),
                                ("second", None),
                            ),
                            _connector="OR",
                        ),
                        name="partners_competition_whom",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_competition_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_competition_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="first", name="partners_competition_first_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="second", name="partners_competition_second_fk", to="partners.partner"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="group", name="partners_competition_group_fk", to="partners.group"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="attribute", name="partners_competition_attribute_fk", to="partners.attribute"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="made_by", name="partners_competition_made_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("public_id", prm.tenancy.fields.PublicIdField()),
                (
                    "group",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="partners.group",
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        choices=[("keep", "Keep it as it is"), ("change", "Change it"), ("close", "Close it")],
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="why")),
                ("partners", models.PositiveIntegerField(verbose_name="partners")),
                ("reviewed_at", models.DateTimeField(verbose_name="reviewed at")),
                (
                    "reviewed_by",
                    prm.tenancy.fields.TenantForeignKey(
                        index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "review of a group",
                "verbose_name_plural": "reviews of groups",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "group", "-reviewed_at"], name="partners_groupreview_of")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="partners_groupreview_key"),
                    models.UniqueConstraint(fields=("organization", "public_id"), name="partners_groupreview_public"),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="group", name="partners_groupreview_group_fk", to="partners.group"
                    ),
                    prm.tenancy.constraints.CompositeForeignKey(
                        field="reviewed_by", name="partners_groupreview_reviewed_by_fk", to="accounts.membership"
                    ),
                ],
            },
        ),
    ]
