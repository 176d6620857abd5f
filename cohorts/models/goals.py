from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.programs import Program
from partners.models import Product
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantOwned


class ProgramGoal(TenantOwned):
    """A number that a program is to reach by a day. Where it stands is counted from what happened, never typed."""

    class Kind(models.TextChoices):
        GRADUATES = "graduates", _("People graduated")
        COMPANIES = "companies", _("Partners with a graduate")
        CERTIFIED = "certified", _("Partners with a right to a product, by certificate")

    program = TenantForeignKey(Program, on_delete=models.CASCADE, related_name="goals")
    kind = models.CharField(_("what is counted"), max_length=10, choices=Kind)
    product = TenantForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    target = models.PositiveIntegerField(_("how many"), validators=[MinValueValidator(1), MaxValueValidator(1000000)])
    due_on = models.DateField(_("by"))
    created_at = models.DateTimeField(_("set at"))

    class Meta(TenantOwned.Meta):
        verbose_name = _("goal of a cohort program")
        verbose_name_plural = _("goals of cohort programs")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="certified", product__isnull=False) | ~Q(kind="certified") & Q(product=None),
                name="cohorts_programgoal_product",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"
