"""Who is away and who answers meanwhile, and how soon everybody is answered."""

from datetime import date, datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.models import Absence, AnswerPromise
from partners.queries.answering import general_promise
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note as note_in_audit
from prm.outbox.notifications import notify
from prm.problems import Problem, Refused
from prm.tenancy.scope import current_organization

DEPUTY_KIND = "partners.deputy"


@transaction.atomic
def say_absent(
    *, actor: Actor, member: Membership, starts_on: date, ends_on: date, deputy: Membership, url: str, now: datetime
) -> Absence:
    """A colleague is away until the day before `ends_on`; the deputy is told. It replaces what they said before.

    Raises `Refused`: period, deputy (oneself, or somebody who is away then).
    """
    if ends_on <= starts_on:
        raise Refused(Problem("period", _("The day back comes after the first day away."), "ends_on"))
    if deputy.pk == member.pk:
        raise Refused(Problem("deputy", _("Somebody else has to stand in."), "deputy"))
    away = Absence.objects.filter(membership=deputy, starts_on__lt=ends_on, ends_on__gt=starts_on)
    if away.exists():
        raise Refused(Problem("deputy", _("%s is away then, too.") % deputy.person, "deputy"))
    values = {"starts_on": starts_on, "ends_on": ends_on, "deputy": deputy}
    absence: Absence
    absence, _is_new = Absence.objects.update_or_create(membership=member, defaults=values)
    note_in_audit(actor=actor, verb="partners.absence_said", obj=member, label=str(member.person))
    told = {"name": member.person, "first": _day(starts_on), "back": _day(ends_on)}
    title = _("You stand in for %(name)s from %(first)s; back on %(back)s") % told
    notify(membership=deputy, kind=DEPUTY_KIND, title=title, url=url, now=now)
    return absence


@transaction.atomic
def say_back(*, actor: Actor, member: Membership) -> None:
    """They answer themselves again. Twice is once."""
    if Absence.objects.filter(membership=member).delete()[0]:
        note_in_audit(actor=actor, verb="partners.absence_ended", obj=member, label=str(member.person))


@transaction.atomic
def promise_answers(*, actor: Actor, hours: int) -> None:
    """Within how many hours everybody is answered whom no tier and no group promises anything.

    What waits already keeps the moment that its partner was told.
    """
    before = general_promise()
    AnswerPromise.objects.update_or_create(defaults={"hours": hours})
    if before != hours:
        changes = {"hours": [before, hours]}
        note_in_audit(actor=actor, verb="partners.answers_promised", obj=current_organization(), changes=changes)


def _day(day: date) -> str:
    return date_format(day, "j M")
