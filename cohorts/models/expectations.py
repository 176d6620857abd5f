from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.programs import Program
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantRow


class ExpectationsVersion(TenantRow):
    """What a program expected and gave at one time, word for word; what somebody agreed to refers to it.

    Never changed: other words are another version. The newest says the same as the program.
    """

    FIELDS = ("weekly_minutes", "expectations", "gains", "treatment", "misses")

    program = TenantForeignKey(Program, on_delete=models.CASCADE, related_name="versions", index=False)
    number = models.PositiveIntegerField(_("version"))
    weekly_minutes = models.PositiveSmallIntegerField(_("minutes a week"))
    expectations = models.TextField(_("what you bring"), max_length=1500, blank=True)
    gains = models.TextField(_("what you get"), max_length=1500, blank=True)
    treatment = models.TextField(_("how we treat what is said"), max_length=1500, blank=True)
    misses = models.TextField(_("what happens if you miss"), max_length=1500, blank=True)
    made_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", index=False)
    made_at = models.DateTimeField(_("since"))

    class Meta(TenantRow.Meta):
        verbose_name = _("version of expectations")
        verbose_name_plural = _("versions of expectations")
        constraints = [
            models.UniqueConstraint(fields=["organization", "program", "number"], name="cohorts_expectations_number")
        ]

    def __str__(self) -> str:
        return f"{self.program_id} v{self.number}"
