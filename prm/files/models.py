from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned

IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class StoredFileQuerySet(TenantQuerySet["StoredFile"]):
    def total_size(self) -> int:
        """Bytes of all files together."""
        return int(self.aggregate(total=Sum("size"))["total"] or 0)


StoredFileManager = TenantManager.from_queryset(StoredFileQuerySet)


class StoredFile(TenantOwned):
    """A file that somebody uploaded, kept outside the web root under a random name.

    Whoever holds a StoredFile may not yet see it: the page that shows it decides, then `prm.files.serving` answers.
    """

    key = models.CharField(max_length=80, editable=False)
    name = models.CharField(_("name"), max_length=180)
    size = models.BigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = TenantForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    created_at = models.DateTimeField(_("uploaded at"))

    objects = StoredFileManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="files_storedfile_key_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def extension(self) -> str:
        """Without its dot, in lower case."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""

    @property
    def is_image(self) -> bool:
        """Whether it is a picture that was drawn anew when it was stored, so that it may be shown inside a page."""
        return self.content_type in IMAGE_TYPES
