"""Erasing a person: first the rows about them and their account, then their name wherever somebody wrote it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.services.erasing import erase_member
from prm.audit.models import AuditEntry
from prm.audit.services import note
from prm.exports.services import throw_away_all
from prm.files.models import StoredFile
from prm.files.services import discard
from prm.imports.services import forget_addresses
from prm.jobs.models import Job
from prm.jobs.services import actor_of, start_job
from prm.outbox.models import AccountMessage
from prm.privacy import queries
from prm.privacy.holdings import Holding, Whom, holdings
from prm.privacy.models import Erasure, ErasureWish
from prm.privacy.sweep import pattern, sweep, sweep_exactly, swept_models
from prm.problems import refuse_if
from prm.search.services import forget_stems, refresh
from prm.search.sources import search_sources
from prm.tenancy.models import Organization
from prm.tenancy.policies import ERASED
from prm.tenancy.scope import current_organization

ERASE = "privacy.erase"


@transaction.atomic
def erase_person(*, actor: Actor, reader: Membership, email: str, reason: str, now: datetime) -> Erasure:
    """Begin to erase whoever has this address from the organization; the work goes on in the background.

    The organization is locked, so that of two owners who erase one another one stays. Raises `Refused` on `email`:
    running, nothing_held, oneself, last_owner.
    """
    Organization.objects.select_for_update(no_key=True).only("pk").get(pk=current_organization().pk)
    whom = queries.whom_of(email)
    prospect = queries.prospect_of(whom, reader, queries.recent_erasures())
    refuse_if(prospect.problems)
    erasure: Erasure = Erasure.objects.create(
        membership=whom.membership,
        sought={"addresses": whom.addresses, "names": prospect.names, "words": prospect.words},
        reason=reason,
        begun_by_id=actor.membership_id,
        begun_at=now,
    )
    if whom.membership is not None:
        wishes = ErasureWish.objects.open().filter(membership=whom.membership)
        wishes.update(state=ErasureWish.State.DONE, answered_at=now, answered_by_id=actor.membership_id)
        # At once: nobody comes in while the rest is being erased.
        erase_member(membership=whom.membership, now=now)
        _refresh_search(whom.membership)
    erasure.job = start_job(actor=actor, kind=ERASE, parameters={"erasure": erasure.pk}, now=now)
    erasure.save(update_fields=["job"])
    note(actor=actor, verb="privacy.erasure_begun", obj=erasure)
    return erasure


def erase_some(job: Job) -> None:
    """Job: first the rows about the person, then one table after the other."""
    erasure = Erasure.objects.select_related("membership").get(pk=job.parameters["erasure"])
    tables, step = swept_models(), int(job.position.get("step", 0))
    if step == 0:
        _erase_rows(erasure)
    else:
        number = sweep(tables[step - 1], pattern(erasure.sought["addresses"], erasure.sought["names"]))
        _count(erasure, str(tables[step - 1]._meta.verbose_name_plural), number)
    job.position = {"step": step + 1}
    job.progress(step + 1, len(tables) + 1)
    if step == len(tables):
        _finish(job, erasure)


def _erase_rows(erasure: Erasure) -> None:
    whom = Whom(erasure.membership, tuple(erasure.sought["addresses"]))
    for holding in holdings.all():
        _count(erasure, str(holding.label), _erase_held(holding, whom))
    for label, number in sweep_exactly(erasure.sought.get("words", ())).items():
        _count(erasure, label, number)
    if whom.membership is not None:
        about = AuditEntry.objects.filter(object_type="accounts.membership", object_id=whom.membership.pk)
        about.update(object_label=ERASED)
    AccountMessage.objects.filter(address__in=whom.addresses).delete()
    forget_addresses(addresses=whom.addresses)
    throw_away_all()


def _erase_held(holding: Holding, whom: Whom) -> int:
    rows = holding.rows(whom)
    files = {pk for column in holding.files for pk in rows.values_list(f"{column}_id", flat=True) if pk}
    keys = list(rows.values_list("pk", flat=True))
    chosen = rows.model._default_manager.filter(pk__in=keys)
    if holding.is_deleted:
        chosen.delete()
    elif holding.blank or holding.files:
        chosen.update(**holding.blank, **dict.fromkeys(holding.files))
    for stored in StoredFile.objects.filter(pk__in=files):
        discard(stored=stored)
    return len(keys) if holding.is_deleted or holding.blank or holding.files else 0


def _count(erasure: Erasure, label: str, number: int) -> None:
    if number:
        erasure.counts = {**erasure.counts, label: erasure.counts.get(label, 0) + number}
        erasure.save(update_fields=["counts"])


def _finish(job: Job, erasure: Erasure) -> None:
    erasure.sought, erasure.finished_at = {}, timezone.now()
    erasure.save(update_fields=["sought", "finished_at"])
    forget_stems()
    changes: dict[str, list[Any]] = {label: [number, 0] for label, number in erasure.counts.items()}
    note(actor=actor_of(job), verb="privacy.person_erased", obj=erasure, changes=changes)


def _refresh_search(membership: Membership) -> None:
    for source in search_sources.all():
        if source.of_member is not None:
            refresh(source.name, source.of_member(membership))
