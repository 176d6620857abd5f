from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cohorts.models.cohorts import Cohort
from cohorts.models.programs import Program
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import TenantRow

MINUTES_OF_A_DAY = 24 * 60
# What can be chosen: minutes before a session, days before homework is due (below zero: after), hours before an offer
# of a seat ends. The bounds of the planner's statements follow from the farthest.
SESSION_MINUTES = (14 * MINUTES_OF_A_DAY, 7 * MINUTES_OF_A_DAY, 3 * MINUTES_OF_A_DAY, MINUTES_OF_A_DAY, 180, 60, 15)
HOMEWORK_DAYS = (7, 3, 1, 0, -1, -3)
SEAT_HOURS = (72, 48, 24, 6)
FARTHEST_SESSION = timedelta(minutes=max(SESSION_MINUTES))
FARTHEST_HOMEWORK = timedelta(days=max(HOMEWORK_DAYS))

# What holds where neither the cohort nor its program says anything.
USUAL_SESSIONS = (MINUTES_OF_A_DAY, 60)
USUAL_HOMEWORK = (3, 1, -1)
USUAL_SEATS = (48, 24)


class ReminderPlan(TenantRow):
    """When people are reminded: a program's word for its cohorts, or a cohort's own, which goes before it.

    An empty list means no reminders of that kind. Without a row the usual ones hold.
    """

    program = TenantForeignKey(Program, on_delete=models.CASCADE, null=True, related_name="reminders", index=False)
    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, null=True, related_name="reminders", index=False)
    sessions = ArrayField(models.IntegerField(), default=list, blank=True)
    homework = ArrayField(models.IntegerField(), default=list, blank=True)
    seats = ArrayField(models.IntegerField(), default=list, blank=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "program"], name="cohorts_reminders_of_program"),
            models.UniqueConstraint(fields=["organization", "cohort"], name="cohorts_reminders_of_cohort"),
            models.CheckConstraint(
                condition=Q(program__isnull=True) ^ Q(cohort__isnull=True), name="cohorts_reminders_of_one"
            ),
        ]

    def __str__(self) -> str:
        return f"reminders of {self.program_id or self.cohort_id}"
