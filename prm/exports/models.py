from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantOwned


class Export(TenantOwned):
    """Data that somebody takes along: what was asked for, how far it is, and for a day the file itself.

    Only the colleague who asked may download it.
    """

    kind = models.CharField(max_length=60)
    file_format = models.CharField(_("format"), max_length=10)
    parameters = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    job = TenantForeignKey("jobs.Job", on_delete=models.PROTECT, related_name="+", null=True)
    # Where it is being written, until it is a stored file; empty once that is so.
    scratch = models.CharField(max_length=80, blank=True)
    file = TenantForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+", null=True)
    created_by = TenantForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(_("asked for at"))
    expires_at = models.DateTimeField(_("kept until"))

    class Meta(TenantOwned.Meta):
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["organization", "expires_at"], name="exports_export_expiry")]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d}"
