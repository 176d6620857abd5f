from django.db import models
from django.db.models import Q
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
        CHECKING = "checking", _("Being checked")
        ANALYZED = "analyzed", _("Checked")
        APPLYING = "applying", _("Being imported")
        APPLIED = "applied", _("Imported")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")

    class Mode(models.TextChoices):
        """What becomes of rows that are somebody who is there already, where no row says otherwise."""

        ADD = "add", _("Only add what is new")
        UPDATE = "update", _("Add what is new, update the others")
        FILL = "fill", _("Add what is new, fill only what is empty")

    schema = models.CharField(max_length=60)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.ADD)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    file = TenantForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    # The header as it is in the file and its line, and for each field of the schema the number of its column from 0.
    columns = models.JSONField(default=list)
    header = models.PositiveIntegerField(default=1)
    mapping = models.JSONField(default=dict)
    # Whether the mapping was taken over from an earlier file; the first rows, to be shown beside the choice.
    is_remembered = models.BooleanField(default=False)
    sample = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    # Rows by outcome; how many each mode would touch; texts that are no choices; what applying and undoing came to.
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
        wanted = Q(outcome=ImportRow.Outcome.NEW) | Q(outcome=ImportRow.Outcome.LIKE, decision=ImportRow.Decision.ADD)
        return self.filter(wanted)

    def to_update(self, mode: str) -> "ImportRowQuerySet":
        """What applying writes into objects that are there, for an import of this mode."""
        some = [ImportRow.Decision.UPDATE, ImportRow.Decision.FILL]
        wanted = Q(decision__in=some)
        if mode in some:
            wanted |= Q(decision="")
        if mode == Import.Mode.FILL:
            wanted &= Q(fills=True) | Q(decision=ImportRow.Decision.UPDATE)
        wanted &= ~Q(decision=ImportRow.Decision.FILL, fills=False)
        return self.changing().filter(wanted)

    def changing(self) -> "ImportRowQuerySet":
        """Rows that say something else about an object than is known."""
        return self.filter(outcome=ImportRow.Outcome.LIKE, target_id__isnull=False).exclude(changes={})

    def touched(self) -> "ImportRowQuerySet":
        """What an undo has to take back."""
        return self.filter(result__in=[ImportRow.Result.CREATED, ImportRow.Result.UPDATED])


ImportRowManager = TenantManager.from_queryset(ImportRowQuerySet)


class ImportRow(TenantRow):
    """A row of an import's table, what was found about it and what was made of it."""

    class Outcome(models.TextChoices):
        NEW = "new", _("New")
        LIKE = "like", _("Already there")
        PROBLEM = "problem", _("Cannot be read")
        SKIPPED = "skipped", _("Left out")

    class Decision(models.TextChoices):
        """What a person said about a row that is like something; without one the import's mode decides."""

        ADD = "add", _("Somebody else: add it")
        UPDATE = "update", _("Update")
        FILL = "fill", _("Fill only what is empty")
        SKIP = "skip", _("Leave it as it is")

    class Result(models.TextChoices):
        CREATED = "created", _("Added")
        UPDATED = "updated", _("Updated")
        KEPT = "kept", _("Not taken back")
        UNDONE = "undone", _("Taken back")

    row_import = TenantForeignKey(Import, on_delete=models.CASCADE, related_name="rows", index=False)
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(default=list)
    # The clean values by field, as the schema stores them.
    values = models.JSONField(default=dict)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    # What is wrong: a list of {"field", "message"}; what it is like: {"label", "address", "row", "why"}.
    problems = models.JSONField(default=list)
    like = models.JSONField(default=dict)
    # The object that an update would write into, and {field: [before, after]}; once applied, what was really written.
    target_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    fills = models.BooleanField(default=False)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    object_id = models.BigIntegerField(null=True)
    result = models.CharField(max_length=10, choices=Result, blank=True)

    objects = ImportRowManager()

    class Meta(TenantRow.Meta):
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        constraints = [
            models.UniqueConstraint(fields=["organization", "row_import", "number"], name="imports_row_once")
        ]
        indexes = [
            # Most rows are new; the others are asked for by their outcome.
            models.Index(
                fields=["organization", "row_import", "outcome", "number"],
                condition=~Q(outcome="new"),
                name="imports_row_others",
            )
        ]

    def __str__(self) -> str:
        return f"{self.row_import_id}:{self.number}"
