"""Changing what the organization says in its mails."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.outbox import wordings
from prm.outbox.models import OwnWording
from prm.outbox.rendering.defaults import Words
from prm.outbox.rendering.escaping import clean_line, clean_markdown
from prm.outbox.services.messages import post
from prm.problems import Problem, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.violations import refused_by

WORDING_TEST = "outbox.wording_test"


@transaction.atomic
def save_wording(*, actor: Actor, template: str, words: Words, revision: int, now: datetime) -> OwnWording:
    """Say these words from now on, also in what is queued already. `revision` is that of the row that was read, 0 where
    there was none.

    Raises `Refused`: required, misfit (beside its field, with the line), changed_meanwhile.
    """
    words = _cleaned(words)
    refuse_if([] if words.subject and words.body.strip() else [wordings.missing_problem()])
    refuse_if(wordings.wording_problems(template, words))
    row = OwnWording.objects.filter(template=template).first()
    before = wordings.shown_words(template, row)
    said = {"subject": words.subject, "preheader": words.preheader, "body": words.body}
    if row is None:
        row = _begin(template, said, now)
    else:
        update_if_unchanged(row, revision, **said, changed_at=now, put_back_at=None)
    _note(actor, "outbox.wording_changed", row, wordings.changes_between(before, words))
    return row


def _begin(template: str, said: dict[str, str], now: datetime) -> OwnWording:
    text = _("Somebody wrote words for this mail meanwhile. Yours are kept below; compare and save again.")
    with refused_by("outbox_own_wording_once", Problem("changed_meanwhile", text)):
        row: OwnWording = OwnWording.objects.create(template=template, changed_at=now, **said)
    return row


@transaction.atomic
def put_wording_back(*, actor: Actor, row: OwnWording, now: datetime) -> None:
    """Say the house's words again; one's own are kept aside."""
    if OwnWording.objects.filter(pk=row.pk, put_back_at=None).update(put_back_at=now):
        _note(actor, "outbox.wording_put_back", row, {})


@transaction.atomic
def use_wording_again(*, actor: Actor, row: OwnWording) -> None:
    """Say the organization's own words again, as they were when they were put back.

    Raises `Refused` where the mail has changed since and they no longer fit: misfit.
    """
    refuse_if(wordings.wording_problems(row.template, wordings.words_of(row)))
    if OwnWording.objects.filter(pk=row.pk, put_back_at__isnull=False).update(put_back_at=None):
        _note(actor, "outbox.wording_changed", row, {})


def post_wording_test(*, membership: Membership, template: str, words: Words, now: datetime) -> None:
    """Send oneself the mail with samples in it, in words that need not be saved.

    Raises `Refused` as `save_wording` does for words that do not fit.
    """
    words = _cleaned(words)
    refuse_if([] if words.subject and words.body.strip() else [wordings.missing_problem()])
    refuse_if(wordings.wording_problems(template, words))
    post(
        kind=WORDING_TEST,
        subject_id=membership.pk,
        slot=f"{now:%Y%m%d%H%M%S%f}",
        recipient=membership,
        parameters={
            "template": template,
            "subject": words.subject,
            "preheader": words.preheader,
            "body": words.body,
        },
        now=now,
    )


def _cleaned(words: Words) -> Words:
    return Words(clean_line(words.subject), clean_line(words.preheader), clean_markdown(words.body))


def _note(actor: Actor, verb: str, row: OwnWording, changes: dict[str, list[str]]) -> None:
    found = wordings.editable(wordings.key_of(row.template))
    note(actor=actor, verb=verb, obj=row, label=found.label if found else row.template, changes=changes)
