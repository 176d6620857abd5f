from django.db import migrations, models

import prm.tenancy.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization", prm.tenancy.fields.OrganizationField()),
                ("at", models.DateTimeField(verbose_name="when")),
                ("actor_kind", models.CharField(max_length=10, verbose_name="kind of actor")),
                ("actor_label", models.CharField(max_length=200, verbose_name="who")),
                ("membership_id", models.BigIntegerField(null=True)),
                ("person_id", models.BigIntegerField(null=True)),
                ("verb", models.CharField(max_length=60, verbose_name="what")),
                ("object_type", models.CharField(blank=True, max_length=60, verbose_name="kind of object")),
                ("object_id", models.BigIntegerField(null=True)),
                ("object_label", models.CharField(blank=True, max_length=200, verbose_name="to what")),
                ("changes", models.JSONField(default=dict, verbose_name="changes")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("address", models.GenericIPAddressField(null=True, unpack_ipv4=True, verbose_name="from")),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["organization", "at", "id"], name="audit_entry_at"),
                    models.Index(fields=["organization", "membership_id", "at"], name="audit_entry_member"),
                    models.Index(fields=["organization", "verb", "at"], name="audit_entry_verb"),
                    models.Index(fields=["organization", "object_type", "object_id"], name="audit_entry_object"),
                ],
                "constraints": [models.UniqueConstraint(fields=("organization", "id"), name="audit_auditentry_key")],
            },
        ),
    ]
