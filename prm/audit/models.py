from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.models import TenantRow
from prm.tenancy.policies import append_only, erasable


@erasable("actor_label", "object_label", "changes", "reason", "address")
@append_only
class AuditEntry(TenantRow):
    """Who did what to what, from where, with what was before and after. Written by `prm.audit.services.note` only.

    Ids are kept without foreign keys and labels as they were: an entry outlives what it is about.
    """

    at = models.DateTimeField(_("when"))
    actor_kind = models.CharField(_("kind of actor"), max_length=10)
    actor_label = models.CharField(_("who"), max_length=200)
    membership_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    verb = models.CharField(_("what"), max_length=60)
    object_type = models.CharField(_("kind of object"), max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(_("to what"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.TextField(_("reason"), blank=True)
    address = models.GenericIPAddressField(_("from"), null=True, unpack_ipv4=True)

    class Meta(TenantRow.Meta):
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["organization", "at", "id"], name="audit_entry_at"),
            models.Index(fields=["organization", "membership_id", "at"], name="audit_entry_member"),
            models.Index(fields=["organization", "verb", "at"], name="audit_entry_verb"),
            models.Index(fields=["organization", "object_type", "object_id"], name="audit_entry_object"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.verb} {self.object_label}"
