"""What stands in cohorts against making one partner of two records."""

from django.db.models import Count
from django.utils.translation import gettext as _

from cohorts.models import Application, Cohort
from partners.models import Partner
from prm.problems import Problem


def merge_problems(survivor: Partner, merged: Partner) -> list[Problem]:
    """Whoever decides about a cohort weighs two companies against each other: that comes first."""
    waiting = Application.objects.waiting_for_decision().filter(partner__in=[survivor.pk, merged.pk])
    both = waiting.values("cohort").annotate(companies=Count("partner", distinct=True)).filter(companies=2)
    words = _("People of both wait for a decision about “%s”. Decide about them, and release it, before you merge.")
    titles = (
        Cohort.objects.filter(pk__in=both.order_by().values("cohort")).order_by("title").values_list("title", flat=True)
    )
    return [Problem("both_apply", words % title) for title in titles]
