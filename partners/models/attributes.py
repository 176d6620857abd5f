"""What an organization wants to know about partners beyond their record: attributes, their values, every change."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner, Source
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow
from prm.tenancy.policies import append_only, erasable

LONGEST_KEY = 12


class AttributeQuerySet(TenantQuerySet["Attribute"]):
    def listed(self) -> Self:
        return self.filter(archived_at=None)

    def in_order(self) -> Self:
        return self.order_by("position", "normalized_name", "pk")


AttributeManager = TenantManager.from_queryset(AttributeQuerySet)


class Attribute(Edited, TenantOwned):
    """A question that has one typed answer for each partner, such as "Certified engineers" or "Signed on".

    `choices` lists what may be chosen, in order: {"key", "label", "is_retired"}. A key never changes, so that a choice
    can be renamed; one that values hold is retired instead of removed. `standard` marks those that every organization
    begins with and that pages know by name. `confirm_months` is after how many months a value is asked for anew.
    Attributes of one `section` stand together under it, wherever they are shown; sections come in the order of their
    first attributes.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of a list")
        CHOICES = "choices", _("Several of a list")
        YES_NO = "yes_no", _("Yes or no")

    class Standard(models.TextChoices):
        INDUSTRY = "industry", _("Industry")
        SPECIALIZATIONS = "specializations", _("Specializations")
        SIZE = "size", _("Size")
        CAPACITY = "capacity", _("Free capacity")

    class Keeper(models.TextChoices):
        STAFF = "staff", _("Colleagues only; the partner does not see it")
        SHOWN = "shown", _("Colleagues; the partner reads it")
        PARTNER = "partner", _("The partner, and colleagues")

    name = models.CharField(_("name"), max_length=80)
    normalized_name = models.CharField(max_length=80, editable=False, db_collation="C")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    standard = models.CharField(max_length=20, choices=Standard, blank=True, editable=False)
    hint = models.CharField(_("what is meant"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    choices = models.JSONField(_("choices"), default=list)
    keeper = models.CharField(_("who keeps it"), max_length=10, choices=Keeper, default=Keeper.STAFF)
    confirm_months = models.PositiveSmallIntegerField(_("ask again after months"), null=True, blank=True)
    section = models.CharField(_("heading"), max_length=60, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("made at"))
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = AttributeManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "normalized_name"],
                condition=Q(archived_at=None),
                name="partners_attribute_name",
                violation_error_message=_("There is already an attribute of this name."),
            ),
            models.UniqueConstraint(
                fields=["organization", "standard"], condition=~Q(standard=""), name="partners_attribute_standard"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def field(self) -> str:
        """By what `ValueChange` names it."""
        return f"attribute:{self.pk}"

    def labels(self) -> dict[str, str]:
        """Key → label of every choice, retired ones included."""
        return {choice["key"]: choice["label"] for choice in self.choices}

    def offered(self) -> list[tuple[str, str]]:
        """(key, label) of what may be chosen now."""
        return [(choice["key"], choice["label"]) for choice in self.choices if not choice.get("is_retired")]


# The column of `AttributeValue` that holds values of each kind.
COLUMNS: dict[str, str] = {
    Attribute.Kind.TEXT: "text",
    Attribute.Kind.CHOICE: "text",
    Attribute.Kind.NUMBER: "number",
    Attribute.Kind.DATE: "day",
    Attribute.Kind.CHOICES: "choices",
    Attribute.Kind.YES_NO: "flag",
}


class AttributeValue(TenantRow):
    """What an attribute is for one partner; there is no row for what is not known.

    One of the columns holds it, see `COLUMNS`: a choice is kept by its key in `text`, several in `choices`.
    `confirmed_at` is when somebody last said that it is still so.
    """

    attribute = TenantForeignKey(Attribute, on_delete=models.PROTECT, related_name="values", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="values")
    text = models.CharField(max_length=500, blank=True, db_collation="C")
    number = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    day = models.DateField(null=True)
    flag = models.BooleanField(null=True)
    choices = ArrayField(models.CharField(max_length=LONGEST_KEY), default=list)
    source = models.CharField(_("where it comes from"), max_length=12, choices=Source, default=Source.HAND)
    set_at = models.DateTimeField(_("set at"))
    set_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    confirmed_at = models.DateTimeField(_("confirmed at"))

    class Meta(TenantRow.Meta):
        verbose_name = _("attribute's value")
        verbose_name_plural = _("attributes' values")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "attribute", "partner"], name="partners_attributevalue_once"
            ),
        ]
        indexes = [
            # Rules and filters ask for all partners of a value.
            models.Index(
                fields=["organization", "attribute", "text"],
                include=["partner"],
                condition=~Q(text=""),
                name="partners_attributevalue_text",
            ),
            models.Index(
                fields=["organization", "attribute", "number"],
                include=["partner"],
                condition=Q(number__isnull=False),
                name="partners_attributevalue_number",
            ),
            models.Index(
                fields=["organization", "attribute", "day"],
                include=["partner"],
                condition=Q(day__isnull=False),
                name="partners_attributevalue_day",
            ),
            models.Index(
                fields=["organization", "attribute", "flag"],
                include=["partner"],
                condition=Q(flag__isnull=False),
                name="partners_attributevalue_flag",
            ),
            models.Index(
                fields=["organization", "attribute"],
                include=["partner", "choices"],
                condition=~Q(choices=[]),
                name="partners_attributevalue_choice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attribute_id} of {self.partner_id}"

    @property
    def value(self) -> Any:
        """The value itself: str, Decimal, date, bool, or a list of keys."""
        return getattr(self, COLUMNS[self.attribute.kind])


@erasable("before", "after")
@append_only
class ValueChange(TenantRow):
    """One change of one value of a partner, of its record or of an attribute: the history that only grows.

    `field` is the column's name ("country") or the attribute's `field`; `before` and `after` are the values as JSON
    (choices by their keys, None for nothing).
    """

    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+", index=False)
    field = models.CharField(max_length=40, db_collation="C")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    source = models.CharField(max_length=12, choices=Source)
    at = models.DateTimeField(_("at"))
    changed_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    class Meta(TenantRow.Meta):
        verbose_name = _("change of a value")
        verbose_name_plural = _("changes of values")
        indexes = [
            models.Index(fields=["organization", "partner", "field", "-at"], name="partners_valuechange_history"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.partner_id}"
