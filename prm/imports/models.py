from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned, TenantRow


class ImportQuerySet(TenantQuerySet["Import"]):
    def latest_first(self) -> "ImportQuerySet":
        return self.order_by("-id")


ImportManager = TenantManager.from_queryset(ImportQuerySet)


class Import(TenantOwned):
    """A table that somebody brought: which file, how its columns are read, how far it is, what came of it."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        ANALYZED = "analyzed", _("Checked")
        APPLYING = "applying", _("Being imported")
        APPLIED = "applied", _("Imported")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    schema = models.CharField(max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    file = TenantForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    # The header as it is in the file, and for each field of the schema the number of its column from 0.
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    # Rows by outcome, and what applying and undoing came to: new, like, problem, skipped, created, removed, kept.
    counts = models.JSONField(default=dict)
    job = TenantForeignKey("jobs.Job", on_delete=models.PROTECT, related_name="+", null=True)
    created_by = TenantForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(_("uploaded at"))
    applied_at = models.DateTimeField(_("imported at"), null=True)
    undone_at = models.DateTimeField(_("taken back at"), null=True)

    objects = ImportManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return str(self.file)


class ImportRowQuerySet(TenantQuerySet["ImportRow"]):
    def of(self, row_import: Import) -> "ImportRowQuerySet":
        return self.filter(row_import=row_import).order_by("number")

    def to_create(self) -> "ImportRowQuerySet":
        """What applying makes objects of: new rows, and those like something that a person wants all the same."""
        wanted = models.Q(outcome=ImportRow.Outcome.NEW) | models.Q(outcome=ImportRow.Outcome.LIKE, is_wanted=True)
        return self.filter(wanted)


ImportRowManager = TenantManager.from_queryset(ImportRowQuerySet)


class ImportRow(TenantRow):
    """A row of an import's table, what was found about it and what was made of it."""

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        LIKE = "like", _("Already there")
        PROBLEM = "problem", _("Cannot be read")
        SKIPPED = "skipped", _("Left out")

    row_import = TenantForeignKey(Import, on_delete=models.CASCADE, related_name="rows", index=False)
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(default=list)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    # What is wrong: a list of {"field", "message"}; what it is like: {"label", "address", "row"}.
    problems = models.JSONField(default=list)
    like = models.JSONField(default=dict)
    is_wanted = models.BooleanField(default=False)
    object_id = models.BigIntegerField(null=True)

    objects = ImportRowManager()

    class Meta(TenantRow.Meta):
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        constraints = [
            models.UniqueConstraint(fields=["organization", "row_import", "number"], name="imports_row_once")
        ]
        indexes = [models.Index(fields=["organization", "row_import", "outcome", "number"], name="imports_row_outcome")]

    def __str__(self) -> str:
        return f"{self.row_import_id}:{self.number}"
