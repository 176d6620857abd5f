from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.programs import Program
from partners.models import Group, Product, Tier
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantRow


class Prerequisite(TenantRow):
    """One thing that a program is meant to rest on: a group, a tier or higher, a certificate, a product right.

    Of one kind any is enough, of several kinds each is needed (`rules.prerequisite_problems`).
    """

    program = TenantForeignKey(Program, on_delete=models.CASCADE, related_name="prerequisites", index=False)
    group = TenantForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    tier = TenantForeignKey(Tier, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    certificate = TenantForeignKey(Program, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    product = TenantForeignKey(Product, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    KINDS = ("group", "tier", "certificate", "product")

    class Meta(TenantRow.Meta):
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(group__isnull=False, tier=None, certificate=None, product=None)
                    | Q(group=None, tier__isnull=False, certificate=None, product=None)
                    | Q(group=None, tier=None, certificate__isnull=False, product=None)
                    | Q(group=None, tier=None, certificate=None, product__isnull=False)
                ),
                name="cohorts_prerequisite_is_one",
            ),
            *(
                models.UniqueConstraint(
                    fields=["organization", "program", kind],
                    condition=Q(**{f"{kind}__isnull": False}),
                    name=f"cohorts_prerequisite_{kind}",
                )
                for kind in ("group", "tier", "certificate", "product")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program_id}: {self.kind}"

    @property
    def kind(self) -> str:
        return next(kind for kind in self.KINDS if getattr(self, f"{kind}_id") is not None)
