from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.programs import Program
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned


class BeatQuerySet(TenantQuerySet["Beat"]):
    def in_order(self) -> Self:
        """By stage, then as they come."""
        return self.order_by("stage", "-days", "id")


BeatManager = TenantManager.from_queryset(BeatQuerySet)


class Beat(TenantOwned, Edited):
    """One message of a program's drumbeat, told in each of its cohorts at a time that follows from that cohort's dates.

    So many `days` before its stage, in the reader's morning: as a mail, as a banner in the portal, or both.
    """

    class Stage(models.IntegerChoices):
        CLOSING = 1, _("End of applications")
        START = 2, _("First session")
        HALFWAY = 3, _("Halfway")
        END = 4, _("Last session")

    program = TenantForeignKey(Program, on_delete=models.CASCADE, related_name="beats")
    stage = models.PositiveSmallIntegerField(_("stage"), choices=Stage)
    days = models.PositiveSmallIntegerField(_("days before"), default=0, validators=[MaxValueValidator(60)])
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), max_length=2000)
    by_mail = models.BooleanField(_("as a mail"), default=True)
    as_banner = models.BooleanField(_("as a banner in the portal"), default=True)

    objects = BeatManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("beat")
        constraints = [
            models.CheckConstraint(condition=Q(by_mail=True) | Q(as_banner=True), name="cohorts_beat_is_told")
        ]

    def __str__(self) -> str:
        return self.title
