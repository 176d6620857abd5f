"""Who waited in vain: on the list of an earlier cohort of the same program until it had begun, and never asked in."""

from django.db.models import Exists, OuterRef

from cohorts.models import Cohort, Seat

_BEGUN = (Cohort.State.RUNNING, Cohort.State.GRADUATING, Cohort.State.FINISHED, Cohort.State.CANCELLED)


def waited_in_vain(cohort_id: int, program_id: int) -> Exists:
    """Over applications of this cohort of the program: whether the applicant goes first this time.

    Who left the list on their own, or was offered a seat, did not wait in vain.
    """
    earlier = Seat.objects.filter(
        cohort__program=program_id,
        cohort__state__in=_BEGUN,
        membership=OuterRef("membership"),
        state__in=[Seat.State.WAITING, Seat.State.RELEASED],
        offered_at__isnull=True,
    )
    return Exists(earlier.exclude(cohort=cohort_id))
