"""Agreements: written, written anew, put away. What was accepted never changes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from partners.models import Agreement, AgreementVersion
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import Problem, Refused


@dataclass(frozen=True)
class AgreementDetails:
    title: str
    body: str
    is_personal: bool = False
    term_months: int | None = None


def create_agreement(*, actor: Actor, details: AgreementDetails, now: datetime) -> Agreement:
    """Write an agreement and its first version, which binds for `term_months`. Raises `Refused` with `title_taken`."""
    try:
        with transaction.atomic():
            agreement = Agreement.objects.create(title=details.title, is_personal=details.is_personal, created_at=now)
    except IntegrityError as error:
        raise Refused(Problem("title_taken", _("There is already an agreement of this title."), "title")) from error
    _add_version(agreement, 1, details.body, details.term_months, actor, now)
    note(actor=actor, verb="partners.agreement_created", obj=agreement)
    return agreement


@transaction.atomic
def revise_agreement(
    *,
    actor: Actor,
    agreement: Agreement,
    body: str,
    number: int,
    term_months: int | None = None,
    now: datetime,
) -> AgreementVersion:
    """Write the next version over `number`, the one that was read, with another text, another term, or both.

    Who accepted an earlier one stays on record, for the term of that. Raises `Refused`: changed_meanwhile when somebody
    wrote one first, same_text.
    """
    Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    newest = agreement.versions.aggregate(n=Max("number"))["n"] or 0
    if newest != number:
        words = _("Somebody wrote a new version meanwhile. Your words are kept below; compare and save again.")
        raise Refused(Problem("changed_meanwhile", words))
    if agreement.versions.filter(number=number, body=body, term_months=term_months).exists():
        raise Refused(Problem("same_text", _("This is the text of the present version."), "body"))
    version = _add_version(agreement, number + 1, body, term_months, actor, now)
    note(actor=actor, verb="partners.agreement_revised", obj=agreement, changes={"version": [number, number + 1]})
    return version


@transaction.atomic
def archive_agreement(*, actor: Actor, agreement: Agreement, now: datetime) -> None:
    """Offer it for no new step; steps that ask for it stay. Twice is once."""
    if Agreement.objects.listed().filter(pk=agreement.pk).update(archived_at=now):
        note(actor=actor, verb="partners.agreement_archived", obj=agreement)


@transaction.atomic
def restore_agreement(*, actor: Actor, agreement: Agreement) -> None:
    """Offer an archived agreement again. Twice is once."""
    if Agreement.objects.filter(pk=agreement.pk, archived_at__isnull=False).update(archived_at=None):
        note(actor=actor, verb="partners.agreement_restored", obj=agreement)


def _add_version(
    agreement: Agreement, number: int, body: str, term_months: int | None, actor: Actor, now: datetime
) -> AgreementVersion:
    return AgreementVersion.objects.create(
        agreement=agreement,
        number=number,
        body=body,
        term_months=term_months,
        created_at=now,
        created_by_id=actor.membership_id,
    )
