"""What stays of a session: links and files; recordings with who may watch them and whose part is cut out."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from cohorts import rules
from cohorts.models import CutRequest, Session, SessionMaterial
from cohorts.queries.materials import not_agreed
from cohorts.queries.people import seat_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.services import note
from prm.files.services import discard, store_upload
from prm.problems import refuse_if

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


@transaction.atomic
def add_material(
    *,
    actor: Actor,
    session: Session,
    kind: str,
    title: str = "",
    link: str = "",
    upload: "UploadedFile[bytes] | None" = None,
    watch_until: date | None = None,
    for_absent: bool = False,
    now: datetime,
) -> SessionMaterial:
    """Keep a link or a file. Raises `Refused`: cancelled, somewhere, not_announced, not_agreed, and what the file store
    says about the file.
    """
    is_recording = kind == SessionMaterial.Kind.RECORDING
    against = not_agreed(session) if is_recording else []
    refuse_if(
        rules.material_problems(session=session, kind=kind, has_link=bool(link), has_file=bool(upload), against=against)
    )
    file = store_upload(actor=actor, upload=upload, now=now) if upload else None
    material = SessionMaterial.objects.create(
        session=session,
        kind=kind,
        title=title.strip(),
        link=link,
        file=file,
        watch_until=watch_until if is_recording else None,
        for_absent=for_absent and is_recording,
        added_at=now,
    )
    note(actor=actor, verb="cohorts.material_added", obj=material, label=session.title)
    return material


@transaction.atomic
def remove_material(*, actor: Actor, material: SessionMaterial, now: datetime) -> None:
    """Take it away from the session, its file with it."""
    note(actor=actor, verb="cohorts.material_removed", obj=material, label=material.session.title)
    file = material.file
    material.delete()
    if file is not None:
        discard(stored=file)


@transaction.atomic
def ask_for_cut(*, material: SessionMaterial, membership: Membership, where: str, now: datetime) -> CutRequest:
    """Somebody wants their part out; until that is done nobody watches the recording. Raises `Refused`: no_seat."""
    refuse_if(rules.participant_problems(seat_of(membership, material.session.cohort)))
    cut = CutRequest(material=material, membership=membership, where=where.strip(), asked_at=now)
    cut.save()
    return cut


@transaction.atomic
def finish_cut(*, actor: Actor, cut: CutRequest, link: str = "", now: datetime) -> None:
    """The part is out; the recording is there again, at its new link if it has one."""
    CutRequest.objects.filter(pk=cut.pk, done_at=None).update(done_at=now)
    if link:
        SessionMaterial.objects.filter(pk=cut.material_id).update(link=link)
    note(actor=actor, verb="cohorts.recording_cut", obj=cut.material, label=str(cut.material))
