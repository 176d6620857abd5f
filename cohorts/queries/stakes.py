"""What partners have at stake in cohorts."""

from datetime import datetime

from cohorts.models import Cohort, Seat
from partners.showcases import Ids


def partners_in_running(partner_ids: Ids, _audience_id: int, _now: datetime) -> set[int]:
    """The partners among these that have somebody in a cohort that is about to run or runs."""
    seats = Seat.objects.confirmed().filter(partner__in=partner_ids, cohort__state__in=Cohort.UNDER_WAY)
    return {pk for pk in seats.values_list("partner", flat=True).distinct() if pk is not None}
