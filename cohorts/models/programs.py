from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.parts import Part
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow


class ProgramQuerySet(TenantQuerySet["Program"]):
    def by_title(self) -> Self:
        return self.order_by("title", "id")


ProgramManager = TenantManager.from_queryset(ProgramQuerySet)


class Program(TenantOwned, Edited):
    """The blueprint of cohorts: what it promises, to whom, and for how much work. Each run of it is a cohort.

    People see it under the name "cohort program", since "program" alone may mean the whole partner program.
    """

    class Role(models.TextChoices):
        STRATEGIC = "strategic", _("Strategic: people who decide")
        TACTICAL = "tactical", _("Tactical: people who do the work")

    title = models.CharField(_("title"), max_length=120)
    # The key of the starter shape that its words came from, "" for none (cohorts/shapes).
    shape = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    promise = models.TextField(_("promise"), max_length=600, blank=True)
    for_whom = models.TextField(_("for whom"), max_length=600, blank=True)
    role = models.CharField(_("whose work"), max_length=10, choices=Role, blank=True, default="", db_default="")
    pain = models.TextField(_("burning pain"), max_length=600, blank=True, default="", db_default="")
    stumbling_blocks = models.TextField(
        _("what newcomers stumble over"), max_length=1500, blank=True, default="", db_default=""
    )
    weekly_minutes = models.PositiveSmallIntegerField(
        _("minutes a week"), default=120, validators=[MinValueValidator(15), MaxValueValidator(2400)]
    )
    expectations = models.TextField(_("what you bring"), max_length=1500, blank=True)
    gains = models.TextField(_("what you get"), max_length=1500, blank=True)
    treatment = models.TextField(_("how we treat what is said"), max_length=1500, blank=True, default="", db_default="")
    misses = models.TextField(_("what happens if you miss"), max_length=1500, blank=True, default="", db_default="")
    homework_title = models.CharField(_("first homework"), max_length=120, blank=True, default="", db_default="")
    homework_brief = models.TextField(_("brief"), max_length=8000, blank=True, default="", db_default="")
    # How many people each partner may have nominated for a cohort by its own leads and graduates.
    nominations_each = models.PositiveSmallIntegerField(
        _("nominations for each partner"), default=3, db_default=3, validators=[MaxValueValidator(50)]
    )
    parts = ArrayField(models.CharField(max_length=20, choices=Part), verbose_name=_("parts"), default=list, blank=True)
    created_at = models.DateTimeField(_("created at"))

    objects = ProgramManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("cohort program")
        verbose_name_plural = _("cohort programs")
        constraints = [models.UniqueConstraint(fields=["organization", "title"], name="cohorts_program_title")]

    def __str__(self) -> str:
        return self.title


class ProgramFacilitator(TenantRow):
    """A member of staff who leads a program's cohorts unless another is named there."""

    program = TenantForeignKey(Program, on_delete=models.CASCADE, related_name="facilitators", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "program", "membership"], name="cohorts_programfacilitator_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.program_id}: {self.membership_id}"
