"""Whom one might nominate, as proposals beside a field."""

from cohorts.models import Application, Cohort
from partners.models import Partner, PartnerUser

# More than a browser shows in a list of proposals; whoever is not among them can be typed.
MOST = 300


def nominee_choices(cohort: Cohort) -> list[tuple[str, str]]:
    """(address, "name, company") of partner people who have not applied, by company and name."""
    applied = Application.objects.handed_in().filter(cohort=cohort).values("membership")
    rows = PartnerUser.objects.active().exclude(membership__in=applied)
    found = rows.order_by("partner__normalized_name", "membership__person__name", "pk").values_list(
        "membership__person__email", "membership__person__name", "partner__name"
    )[:MOST]
    return [(email, f"{name}, {company}" if name else company) for email, name, company in found]


def partner_choices() -> list[str]:
    names = Partner.objects.listed().order_by("normalized_name", "pk").values_list("name", flat=True)
    return list(names[:MOST])
