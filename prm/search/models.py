from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.fields import OrganizationField
from prm.tenancy.models import TenantRow


class Entry(TenantRow):
    """Something that can be found: `words` are those of its name, then, after a bar, those of its domain or address.

    Derived from what the object says (see `prm.search.sources`) and shown to nobody: pages read the objects themselves.
    `holder_id` is the partner whose own it is, 0 for the organization's. Nothing refers to an entry.
    """

    pk = models.CompositePrimaryKey("organization", "kind", "object_id")
    organization = OrganizationField(referable=False)
    kind = models.CharField(_("kind"), max_length=20, db_collation="C")
    object_id = models.BigIntegerField()
    holder_id = models.BigIntegerField(default=0)
    is_last = models.BooleanField(default=False)
    words = models.TextField(db_collation="C")

    class Meta(TenantRow.Meta):
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        indexes = [
            models.Index(
                fields=["organization", "kind", "holder_id"], condition=~models.Q(holder_id=0), name="search_entry_held"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Posting(TenantRow):
    """A word and an object that has it. The key is the order in which they are found: within a word by `weight`.

    Operators that search inside texts cannot use an index before the tenant's policy; comparisons of whole columns can.
    """

    pk = models.CompositePrimaryKey("organization", "kind", "word", "weight", "object_id")
    organization = OrganizationField(referable=False)
    kind = models.CharField(max_length=20, db_collation="C")
    word = models.CharField(max_length=48, db_collation="C")
    weight = models.SmallIntegerField()
    object_id = models.BigIntegerField()

    class Meta(TenantRow.Meta):
        verbose_name = _("search word")
        verbose_name_plural = _("search words")

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Spelling(TenantRow):
    """A stem of some word, under each key by which it is found when a letter is wrong (see `prm.search.terms`)."""

    pk = models.CompositePrimaryKey("organization", "key", "stem")
    organization = OrganizationField(referable=False)
    key = models.IntegerField()
    stem = models.CharField(max_length=8, db_collation="C")

    class Meta(TenantRow.Meta):
        verbose_name = _("search spelling")
        verbose_name_plural = _("search spellings")

    def __str__(self) -> str:
        return str(self.key)


class Progress(TenantRow):
    """How far a kind has been compared with what there is.

    `position` is the id up to which the present pass has come, None when nothing is left to do. `calls` counts who
    asked for a pass, so that a pass that ends does not forget a call that came meanwhile.
    """

    organization = OrganizationField()
    kind = models.CharField(_("kind"), max_length=20, db_collation="C")
    position = models.BigIntegerField(null=True)
    calls = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        verbose_name = _("search progress")
        verbose_name_plural = _("search progress")
        constraints = [models.UniqueConstraint(fields=["organization", "kind"], name="search_progress_once")]

    def __str__(self) -> str:
        return self.kind
