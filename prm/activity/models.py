from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.fields import OrganizationField
from prm.tenancy.models import TenantRow
from prm.tenancy.policies import append_only


@append_only
class Fact(TenantRow):
    """Something that happened, in numbers and ids; never changed, never deleted, corrected by counter-facts.

    The table is partitioned by month of `at`; its key in the database is (id, at), and nothing refers to it. Written by
    `prm.activity.services.record` only. `partner_id`, `person_id` and `object_id` are ids without foreign keys: a fact
    outlives what it is about, as an anonymous number.
    """

    organization = OrganizationField(referable=False)
    at = models.DateTimeField(_("happened at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    # Grows with transactions, not with ids: what readers of the stream follow (see prm.activity.queries).
    stream_position = models.BigIntegerField(editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    partner_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    object_id = models.BigIntegerField(null=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=4)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    data = models.JSONField(default=dict)

    class Meta(TenantRow.Meta):
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        indexes = [
            # What figures read of a fact stands in the index, so that they need not visit the table.
            models.Index(
                fields=["organization", "kind", "at"], name="activity_fact_kind", include=["partner_id", "amount"]
            ),
            models.Index(fields=["organization", "partner_id", "at"], name="activity_fact_partner"),
            models.Index(fields=["organization", "stream_position", "id"], name="activity_fact_stream"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class StreamReader(TenantRow):
    """How far one follower of the organization's stream of facts has come (see prm.activity.following)."""

    name = models.CharField(max_length=60, db_collation="C")
    position = models.BigIntegerField(default=0)
    fact_id = models.BigIntegerField(default=0)

    class Meta(TenantRow.Meta):
        verbose_name = _("reader of facts")
        verbose_name_plural = _("readers of facts")
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="activity_streamreader_once")]

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"
