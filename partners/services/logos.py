"""A company's logo: put up by a colleague or by a lead of the company, shown to strangers where the lead agrees."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from partners.models import Partner, PartnerLogo
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.files.models import StoredFile
from prm.files.services import discard, store_image
from prm.problems import Problem, Refused

LOGO_SIDE = 480


@transaction.atomic
def keep_logo(
    *,
    actor: Actor,
    partner: Partner,
    upload: "UploadedFile[Any] | None" = None,
    is_removed: bool = False,
    is_shown: bool | None = None,
    now: datetime,
) -> None:
    """Put up a logo, drawn anew, or take it away; `is_shown` is what a lead says about strangers, None from staff.

    A picture that staff put in the place of another is shown to no stranger until a lead agrees. Raises `Refused`:
    archived, nothing to show, and what is wrong with the picture, all at a field of the form.
    """
    locked = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    if locked.is_archived:
        raise Refused(Problem("archived", _("This partner is archived: restore it first.")))
    former = PartnerLogo.objects.filter(partner=locked).select_related("file").first()
    if upload is not None:
        _put(actor, locked, former, _stored(actor, upload, now), is_shown, now)
    elif is_removed:
        remove(former)
    elif is_shown and former is None:
        raise Refused(Problem("no_logo", _("Choose a picture first."), field="logo"))
    elif former is not None and is_shown is not None:
        PartnerLogo.objects.filter(pk=former.pk).update(shown_at=(former.shown_at or now) if is_shown else None)
    if changes := _told(former, upload is not None, is_removed, is_shown):
        note(actor=actor, verb="partners.logo_changed", obj=partner, changes={"logo": ["", changes]})


def remove(logo: PartnerLogo | None) -> None:
    """Delete a logo with its picture; inside a transaction."""
    if logo is not None:
        stored = logo.file
        logo.delete()
        discard(stored=stored)


def _put(
    actor: Actor,
    partner: Partner,
    former: PartnerLogo | None,
    stored: StoredFile,
    is_shown: bool | None,
    now: datetime,
) -> None:
    columns = {"file": stored, "shown_at": now if is_shown else None, "changed_at": now}
    PartnerLogo.objects.update_or_create(partner=partner, defaults=columns)
    if former is not None:
        discard(stored=former.file)


def _stored(actor: Actor, upload: "UploadedFile[Any]", now: datetime) -> StoredFile:
    try:
        return store_image(actor=actor, upload=upload, now=now, longest_side=LOGO_SIDE)
    except Refused as refusal:
        raise Refused([replace(problem, field="logo") for problem in refusal.problems]) from None


def _told(former: PartnerLogo | None, is_new: bool, is_removed: bool, is_shown: bool | None) -> str:
    """What the audit trail says; empty where nothing changed."""
    if is_new:
        return "new" if former is None else "another"
    if is_removed:
        return "" if former is None else "removed"
    if former is None or is_shown is None or is_shown == (former.shown_at is not None):
        return ""
    return "shown" if is_shown else "not shown"
