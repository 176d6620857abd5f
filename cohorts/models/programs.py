from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned


class ProgramQuerySet(TenantQuerySet["Program"]):
    def by_title(self) -> Self:
        return self.order_by("title", "id")


ProgramManager = TenantManager.from_queryset(ProgramQuerySet)


class Program(TenantOwned, Edited):
    """The blueprint of cohorts: what it promises, to whom, and for how much work. Each run of it is a cohort.

    People see it under the name "cohort program", since "program" alone may mean the whole partner program.
    """

    title = models.CharField(_("title"), max_length=120)
    promise = models.TextField(_("promise"), max_length=600, blank=True)
    for_whom = models.TextField(_("for whom"), max_length=600, blank=True)
    weekly_minutes = models.PositiveSmallIntegerField(
        _("minutes a week"), default=120, validators=[MinValueValidator(15), MaxValueValidator(2400)]
    )
    expectations = models.TextField(_("what you bring"), max_length=1500, blank=True)
    gains = models.TextField(_("what you get"), max_length=1500, blank=True)
    created_at = models.DateTimeField(_("created at"))

    objects = ProgramManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("cohort program")
        verbose_name_plural = _("cohort programs")
        constraints = [models.UniqueConstraint(fields=["organization", "title"], name="cohorts_program_title")]

    def __str__(self) -> str:
        return self.title
