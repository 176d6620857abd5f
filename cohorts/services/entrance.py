"""Who stands on the invitation page: experts, graduates with their words, participants who agreed to be named."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max

from cohorts import rules
from cohorts.models import Cohort, Expert, Graduation, Program, Seat, Testimonial
from cohorts.queries.recap_words import quote_of
from cohorts.services.recap_drafts import follow_words
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.files.models import StoredFile
from prm.files.services import discard, store_image
from prm.problems import Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged

PHOTO_SIDE = 480


@dataclass(frozen=True)
class ExpertDetails:
    name: str
    work: str = ""
    bio: str = ""


@transaction.atomic
def add_expert(
    *, actor: Actor, program: Program, details: ExpertDetails, photo: "UploadedFile[Any] | None" = None, now: datetime
) -> Expert:
    """Somebody who shares what they know, named last. Raises `Refused` with what is wrong with the picture."""
    last = Expert.objects.filter(program=program).aggregate(last=Max("position"))["last"] or 0
    expert: Expert = Expert.objects.create(
        program=program,
        name=details.name.strip(),
        work=details.work.strip(),
        bio=details.bio.strip(),
        photo=_stored(actor, photo, now) if photo else None,
        position=last + 1,
    )
    note(actor=actor, verb="cohorts.expert_added", obj=program, changes={"expert": ["", expert.name]})
    return expert


@transaction.atomic
def edit_expert(
    *,
    actor: Actor,
    expert: Expert,
    revision: int,
    details: ExpertDetails,
    photo: "UploadedFile[Any] | None" = None,
    is_photo_removed: bool = False,
    now: datetime,
) -> None:
    """Change what is told of an expert. Raises `Refused`: changed_meanwhile, and what is wrong with the picture."""
    former = expert.photo
    columns: dict[str, Any] = {"name": details.name.strip(), "work": details.work.strip(), "bio": details.bio.strip()}
    if photo is not None:
        columns["photo"] = _stored(actor, photo, now)
    elif is_photo_removed:
        columns["photo"] = None
    changed = update_if_unchanged(expert, revision, **columns)
    if former is not None and former.pk != expert.photo_id:
        discard(stored=former)
    told = {name: values for name, values in changed.items() if name != "photo"}
    if changed:
        note(actor=actor, verb="cohorts.expert_edited", obj=expert.program, changes=told)


@transaction.atomic
def remove_expert(*, actor: Actor, expert: Expert) -> None:
    """An expert is not named any more; the picture is deleted."""
    photo = expert.photo
    note(actor=actor, verb="cohorts.expert_removed", obj=expert.program, changes={"expert": [expert.name, ""]})
    expert.delete()
    if photo is not None:
        discard(stored=photo)


def _stored(actor: Actor, photo: "UploadedFile[Any]", now: datetime) -> StoredFile:
    try:
        return store_image(actor=actor, upload=photo, now=now, longest_side=PHOTO_SIDE)
    except Refused as refusal:
        raise Refused([replace(problem, field="photo") for problem in refusal.problems]) from None


@transaction.atomic
def write_testimonial(
    *, actor: Actor, cohort: Cohort, membership: Membership, words: str, agrees: bool, now: datetime
) -> Testimonial:
    """A graduate's words for those who come after; read by others only while the graduate `agrees`, also in a recap
    that is not sent yet.

    Raises `Refused`: not_graduated, required.
    """
    graduated = Graduation.objects.valid().filter(cohort=cohort, membership=membership).exists()
    refuse_if(rules.testimonial_problems(has_graduated=graduated, words=words, agrees=agrees))
    before = quote_of(cohort, membership)
    said = {"words": words.strip(), "agreed_at": now if agrees else None, "written_at": now}
    found: Testimonial = Testimonial.objects.update_or_create(cohort=cohort, membership=membership, defaults=said)[0]
    follow_words(cohort=cohort, before=before, after=quote_of(cohort, membership), now=now)
    return found


@transaction.atomic
def hide_testimonial(*, actor: Actor, testimonial: Testimonial, is_hidden: bool, now: datetime) -> None:
    """Staff put a graduate's words away, or show them again; the words themselves are never changed."""
    said = {"cohort": testimonial.cohort, "membership": testimonial.membership}
    before = quote_of(**said)
    Testimonial.objects.filter(pk=testimonial.pk).update(hidden_at=now if is_hidden else None)
    follow_words(cohort=testimonial.cohort, before=before, after=quote_of(**said), now=now)
    verb = "cohorts.testimonial_hidden" if is_hidden else "cohorts.testimonial_shown"
    note(actor=actor, verb=verb, obj=testimonial.cohort)


@transaction.atomic
def show_participant(*, cohort: Cohort, membership: Membership, is_shown: bool, now: datetime) -> None:
    """A participant agrees, or not any more, to be named on the invitation page of their cohort."""
    rows = Seat.objects.confirmed().of_member(membership).filter(cohort=cohort)
    rows.update(shown_at=now if is_shown else None)
