"""What people of partners say about themselves: kept by them, and deleted whenever they want."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import global_settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from partners import rules
from partners.models import PartnerUser, PersonProfile
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.files.models import StoredFile
from prm.files.services import discard, store_image
from prm.problems import Problem, Refused, refuse_if

# Twice the size at which a page shows a face.
PHOTO_SIDE = 480


@dataclass(frozen=True)
class ProfileDetails:
    """What a person says about themselves; `readers` names for each field who reads it."""

    said_as: str = ""
    job_title: str = ""
    function: str = ""
    seniority: str = ""
    languages: tuple[str, ...] = ()
    link: str = ""
    offers: str = ""
    seeks: str = ""
    readers: Mapping[str, str] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """Every column of the profile that follows from these details; the job title is the person's own row's."""
        told = {name: getattr(self, name).strip() for name in ("said_as", "link", "offers", "seeks")}
        chosen = PersonProfile.Reader.values
        return told | {
            "function": self.function,
            "seniority": self.seniority,
            "languages": list(dict.fromkeys(self.languages)),
            "readers": {name: self.readers[name] for name in PersonProfile.FIELDS if self.readers.get(name) in chosen},
        }


@transaction.atomic
def save_profile(
    *,
    actor: Actor,
    user: PartnerUser,
    revision: int,
    details: ProfileDetails,
    photo: "UploadedFile[Any] | None" = None,
    is_photo_removed: bool = False,
    now: datetime,
) -> PersonProfile:
    """Write what a person says over what was read at `revision`, 0 for nothing yet; a new picture is drawn anew.

    The audit line names the fields and none of the words. Raises `Refused`: changed_meanwhile, wrong_link,
    wrong_language, too_many, and what is wrong with a picture, on the field `photo`.
    """
    columns = details.columns()
    refuse_if(rules.profile_problems(columns["link"], columns["languages"], dict(global_settings.LANGUAGES)))
    locked = PartnerUser.objects.select_for_update(no_key=True).get(pk=user.pk)
    profile = PersonProfile.objects.filter(user=locked).select_related("photo").first()
    if (profile.revision if profile else 0) != revision:
        raise Refused(Problem("changed_meanwhile", _("You saved this elsewhere meanwhile. Compare and save again.")))
    if profile is None:
        profile = PersonProfile(user=locked, revision=0)
    former = profile.photo
    changed = [name for name, value in columns.items() if getattr(profile, name) != value]
    if photo is not None:
        columns["photo"] = _stored(actor, photo, now)
    elif is_photo_removed:
        columns["photo"] = None
    if former is not None or photo is not None:
        changed += ["photo"] if photo is not None or is_photo_removed else []
    for name, value in columns.items():
        setattr(profile, name, value)
    profile.revision, profile.changed_at = revision + 1, now
    profile.save()
    if former is not None and former.pk != profile.photo_id:
        discard(stored=former)
    if _keep_job_title(locked, details.job_title):
        changed.append("job_title")
    if changed:
        note(actor=actor, verb="partners.profile_saved", obj=user, changes={"fields": ["", ", ".join(sorted(changed))]})
    return profile


def _keep_job_title(user: PartnerUser, job_title: str) -> bool:
    """Write the job title where it is another one: the company's lead, who keeps it as well, is told of the change."""
    wanted = " ".join(job_title.split())[:120]
    others = PartnerUser.objects.filter(pk=user.pk).exclude(job_title=wanted)
    return bool(others.update(job_title=wanted, revision=F("revision") + 1))


def _stored(actor: Actor, photo: "UploadedFile[Any]", now: datetime) -> StoredFile:
    try:
        return store_image(actor=actor, upload=photo, now=now, longest_side=PHOTO_SIDE)
    except Refused as refusal:
        raise Refused([replace(problem, field="photo") for problem in refusal.problems]) from None


@transaction.atomic
def erase_profile(*, actor: Actor, user: PartnerUser, now: datetime) -> bool:
    """Delete everything that a person said about themselves, picture and job title too; returns whether there was any.

    Nothing of it stays anywhere: the audit trail has never held the words.
    """
    profile = PersonProfile.objects.filter(user=user).select_related("photo").first()
    photo = profile.photo if profile else None
    if profile is not None:
        profile.delete()
    if photo is not None:
        discard(stored=photo)
    had_job = _keep_job_title(user, "")
    if profile is not None or had_job:
        note(actor=actor, verb="partners.profile_erased", obj=user)
    return profile is not None or had_job
