from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.attributes import Attribute
from partners.models.groups import Group
from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantOwned


class Competition(TenantOwned):
    """Who competes with whom, by pair or by rule, and how much room is kept between them. For colleagues only.

    A pair names two partners. The rule `group` is about a group's partners among themselves, `same` about partners with
    the same value of a column (`field`) or of an attribute, `rule` about those that fulfill conditions (`definition`
    as rules of groups have it, `sentence` is how it reads). A pair says more than any rule; of rules the strictest
    counts.
    """

    class Kind(models.TextChoices):
        PAIR = "pair", _("Two partners")
        GROUP = "group", _("Partners of a group among themselves")
        SAME = "same", _("Partners with the same value")
        RULE = "rule", _("Partners that fulfill conditions")

    class Grade(models.TextChoices):
        FINE = "fine", _("Fine together")
        APART = "apart", _("Same cohort, not the same small room")
        NEVER = "never", _("Never together")

    class Field(models.TextChoices):
        COUNTRY = "country", _("Country")
        REGION = "region", _("Region")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind, db_collation="C")
    grade = models.CharField(_("how close"), max_length=6, choices=Grade, default=Grade.APART, db_collation="C")
    first = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+", null=True, blank=True, index=False)
    second = TenantForeignKey(Partner, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    group = TenantForeignKey(Group, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    field = models.CharField(max_length=10, choices=Field, blank=True, db_collation="C")
    attribute = TenantForeignKey(Attribute, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    definition = models.JSONField(null=True, blank=True)
    sentence = models.TextField(blank=True, max_length=8000)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("marked at"))
    made_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )

    class Meta(TenantOwned.Meta):
        verbose_name = _("competition")
        verbose_name_plural = _("competitions")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "first", "second"],
                condition=Q(kind="pair"),
                name="partners_competition_pair_once",
            ),
            models.UniqueConstraint(
                fields=["organization", "group"], condition=Q(kind="group"), name="partners_competition_group_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "field", "attribute"],
                condition=Q(kind="same"),
                nulls_distinct=False,
                name="partners_competition_same_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="pair", first__lt=F("second"), group=None, field="", attribute=None)
                | Q(kind="group", first=None, second=None, group__isnull=False, field="", attribute=None)
                | Q(kind="same", first=None, second=None, group=None, attribute=None) & ~Q(field="")
                | Q(kind="same", first=None, second=None, group=None, attribute__isnull=False, field="")
                | Q(
                    kind="rule", first=None, second=None, group=None, attribute=None, field="", definition__isnull=False
                ),
                name="partners_competition_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.grade}"
