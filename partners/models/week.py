"""When the weekly mail with the to-do list leaves."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.models import TenantRow

MONDAY, USUAL_HOUR = 0, 8


class WeekPlan(TenantRow):
    """On which day, at which hour of the organization's clock everybody gets their list; one an organization.

    Without a row it is Monday at eight. Without a weekday nobody gets it.
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday, null=True, default=MONDAY)
    hour = models.PositiveSmallIntegerField(_("hour"), default=USUAL_HOUR, validators=[MaxValueValidator(23)])

    class Meta(TenantRow.Meta):
        verbose_name = _("plan of the weekly mail")
        verbose_name_plural = _("plans of the weekly mail")
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="partners_weekplan_once"),
            models.CheckConstraint(condition=models.Q(hour__lt=24), name="partners_weekplan_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.hour}"
