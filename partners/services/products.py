"""What partners may do with products: granted, changed, ended, and told on the days on which it begins and ends."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from partners import facts, rules
from partners.days import beginning_of, day_of
from partners.grounds import grounds_of, source_of
from partners.models import Partner, PartnerProduct, Product
from partners.models.products import PartnerProductQuerySet
from prm.accounts.actors import Actor
from prm.activity.kinds import FactKind
from prm.activity.services import NewFact, record_many
from prm.audit.services import note
from prm.problems import Problem, Refused, refuse_if
from prm.tenancy.editing import update_if_unchanged
from prm.tenancy.wakeups import wake

GRANTED, CHANGED, ENDED = "partners.product_granted", "partners.product_right_changed", "partners.product_right_ended"
# So many are told in one transaction; the others follow at once in the next.
MOST_AT_ONCE = 2000


@dataclass(frozen=True)
class Terms:
    """From which day, until before which day, on what ground, and why.

    `proof` is the record that it rests on (partners/grounds.py), `reference` what names one that is kept elsewhere.
    """

    starts_on: date
    ends_on: date | None = None
    basis: str = PartnerProduct.Basis.HAND
    reason: str = ""
    proof: str = ""
    reference: str = ""


@transaction.atomic
def grant_rights(
    *,
    actor: Actor,
    product: Product,
    partner_ids: Collection[int],
    rights: Collection[str],
    terms: Terms,
    now: datetime,
) -> int:
    """Give each partner each of these rights for the product; returns how many were given.

    Archived and unknown partners are left out. The product is locked, so two who grant at once give each right once.
    What begins today or earlier is told at once: a fact for each, journeys and groups follow it within a minute.
    Raises `Refused`: product_retired, right_overlaps, ends_in_past, ends_before_start, other_ground, no_proof.
    """
    product = _lock(product)
    today = day_of(now)
    refuse_if(rules.product_problems(product))
    refuse_if(rules.right_period_problems(terms.starts_on, terms.ends_on, today))
    _tell_ends(PartnerProduct.objects.filter(product=product), now)
    wanted = Partner.objects.listed().filter(pk__in=partner_ids).order_by("pk").values_list("pk", flat=True)
    partner_ids = list(wanted)
    refuse_if(_proof_problems(terms, partner_ids))
    kinds = sorted(set(rights))
    given = [
        PartnerProduct(
            partner_id=pk,
            product=product,
            right=right,
            begun_at=now if terms.starts_on <= today else None,
            granted_at=now,
            granted_by_id=actor.membership_id,
            **asdict(terms),
        )
        for pk in partner_ids
        for right in kinds
    ]
    standing = PartnerProduct.objects.filter(product=product, partner__in={row.partner_id for row in given})
    refuse_if(rules.overlap_problems(_overlapping(standing.of_kind(kinds), terms)))
    try:
        with transaction.atomic():
            PartnerProduct.objects.bulk_create(given, batch_size=2000)
    except IntegrityError as error:
        raise Refused(_overlaps()) from error
    _tell(facts.PRODUCT_BEGAN, ((row, _began_at(row, now)) for row in given if row.begun_at))
    proof = _proofs_named({"proof": ["", terms.proof]} if terms.proof else {})
    for right in kinds if given else ():
        changes = {right: [0, len(given) // len(kinds)], **proof}
        note(actor=actor, verb=GRANTED, obj=product, label=_label(product, given), changes=changes, reason=terms.reason)
    _wake_for(terms, today)
    return len(given)


@transaction.atomic
def change_right(*, actor: Actor, right: PartnerProduct, revision: int, terms: Terms, now: datetime) -> None:
    """Change days, ground or reason of a right that is not over.

    Raises `Refused`: changed_meanwhile, right_over, right_begun, right_overlaps, ends_in_past, ends_before_start,
    other_ground, no_proof.
    """
    product, today = _lock(right.product), day_of(now)
    problems = rules.right_period_problems(terms.starts_on, terms.ends_on, today)
    present = PartnerProduct.objects.select_for_update(no_key=True).get(pk=right.pk)
    problems += _proof_problems(terms, [present.partner_id], present.proof)
    refuse_if(problems + rules.change_problems(present, terms.starts_on, today))
    others = PartnerProduct.objects.filter(product=product, partner=right.partner_id, right=right.right)
    refuse_if(rules.overlap_problems(_overlapping(others.exclude(pk=right.pk), terms)))
    try:
        with transaction.atomic():
            changes = update_if_unchanged(right, revision, **asdict(terms))
    except IntegrityError as error:
        raise Refused(_overlaps()) from error
    if changes:
        note(actor=actor, verb=CHANGED, obj=product, label=_label(product, [right]), changes=_proofs_named(changes))
    if present.begun_at is None:
        _tell_beginnings(PartnerProduct.objects.filter(pk=right.pk), now)
    _wake_for(terms, today)


@transaction.atomic
def close_rights(*, actor: Actor, rights: Iterable[PartnerProduct], now: datetime, reason: str = "") -> int:
    """End these rights now, whatever their days were; returns how many were not over before. Their history stays.

    Today they hold no more. One that had not begun ends on the day on which it would have begun: it never held.
    """
    today = day_of(now)
    open_rights = PartnerProduct.objects.open().filter(pk__in=[right.pk for right in rights])
    rows = list(open_rights.select_related("product", "partner").select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        row.ends_on = max(row.starts_on, min(row.ends_on or today, today))
        row.closed_at, row.end_reason, row.revision = now, reason[:200], row.revision + 1
    PartnerProduct.objects.bulk_update(rows, ["ends_on", "closed_at", "end_reason", "revision"], batch_size=1000)
    _tell(facts.PRODUCT_ENDED, ((row, now) for row in rows if row.begun_at))
    kind_of = attrgetter("product_id", "right")
    for _kind, group in groupby(sorted(rows, key=kind_of), kind_of):
        ended = list(group)
        product = ended[0].product
        changes = {ended[0].right: [len(ended), 0]}
        note(actor=actor, verb=ENDED, obj=product, label=_label(product, ended), changes=changes, reason=reason)
    return len(rows)


def _proof_problems(terms: Terms, partner_ids: Collection[int], present: str = "") -> list[Problem]:
    """Why the rights cannot rest on this record. One that they rest on already stays, whatever became of it."""
    if not terms.proof:
        return []
    source = source_of(terms.proof)
    if source is not None and terms.proof != present:
        offered = [{f"{source.name}:{pk}" for pk, _label in source.offered(partner)} for partner in partner_ids]
        source = source if all(terms.proof in proofs for proofs in offered) else None
    return rules.proof_problems(terms.basis, source.basis if source else "")


def _proofs_named(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The changes with records named instead of numbered; without names of people, which the trail does not hold."""
    if "proof" not in changes:
        return changes
    told = grounds_of(list(filter(None, changes["proof"])))
    return {**changes, "proof": [told[proof].mark if proof in told else "" for proof in changes["proof"]]}


def plan_product_rights(now: datetime) -> datetime | None:
    """The planner: tell the beginnings and ends that have come, and say when the next one comes."""
    with transaction.atomic():
        everything = PartnerProduct.objects.all()
        told = max(_tell_beginnings(everything, now), _tell_ends(everything, now))
    if told == MOST_AT_ONCE:
        return now
    ahead = PartnerProduct.objects.open()
    begins = ahead.filter(begun_at=None).order_by("starts_on").values_list("starts_on", flat=True).first()
    ends = ahead.filter(ends_on__isnull=False).order_by("ends_on").values_list("ends_on", flat=True).first()
    days = [day for day in (begins, ends) if day is not None]
    return beginning_of(min(days)) if days else None


def _tell_beginnings(rows: PartnerProductQuerySet, now: datetime) -> int:
    """Tell of these rights those whose first day has come."""
    found = rows.beginning(day_of(now)).select_for_update(skip_locked=True).order_by("pk")
    begun = list(found[:MOST_AT_ONCE])
    PartnerProduct.objects.filter(pk__in=[row.pk for row in begun]).update(begun_at=now)
    _tell(facts.PRODUCT_BEGAN, ((row, _began_at(row, now)) for row in begun))
    return len(begun)


def _tell_ends(rows: PartnerProductQuerySet, now: datetime) -> int:
    """Tell of these rights those whose last day is over: each is closed, and counted off at the moment it ended."""
    found = rows.ended(day_of(now)).select_for_update(skip_locked=True).order_by("pk")
    ended = list(found[:MOST_AT_ONCE])
    PartnerProduct.objects.filter(pk__in=[row.pk for row in ended]).update(closed_at=now, revision=F("revision") + 1)
    _tell(facts.PRODUCT_ENDED, ((row, beginning_of(row.ends_on)) for row in ended if row.begun_at and row.ends_on))
    return len(ended)


def _tell(kinds: Mapping[str, FactKind], rows: Iterable[tuple[PartnerProduct, datetime]]) -> None:
    record_many(NewFact(kinds[row.right], at, partner_id=row.partner_id, object_id=row.product_id) for row, at in rows)


def _began_at(row: PartnerProduct, now: datetime) -> datetime:
    """When a right that has begun did so: today's is as old as its grant."""
    return now if row.starts_on == day_of(now) == day_of(row.granted_at) else beginning_of(row.starts_on)


def _overlapping(rows: PartnerProductQuerySet, terms: Terms) -> list[PartnerProduct]:
    """Of these rights those beside which a right of these terms cannot stand: open ones, and ones of the same days."""
    held_then = Q(ends_on__gt=F("starts_on")) & Q(ends_on__gt=terms.starts_on)
    if terms.ends_on is not None:
        held_then &= Q(starts_on__lt=terms.ends_on)
    found = rows.filter(Q(closed_at=None) | held_then).select_related("partner", "product")
    return list(found.order_by("partner__normalized_name", "right", "starts_on")[:100])


def _overlaps() -> Problem:
    return Problem("right_overlaps", _("Somebody granted this right meanwhile. Rights of one kind never overlap."))


def _lock(product: Product) -> Product:
    """The product as it is now, kept so until the transaction ends."""
    # NO KEY: rows that refer to the product can still be written meanwhile.
    return Product.objects.select_for_update(no_key=True).get(pk=product.pk)


def _label(product: Product, rows: Collection[PartnerProduct]) -> str:
    """The product, with the partner where it is about one only."""
    if len({row.partner_id for row in rows}) != 1:
        return product.name
    return f"{product.name}: {next(iter(rows)).partner}"


def _wake_for(terms: Terms, today: date) -> None:
    """Have the planner come on the days that lie ahead."""
    for day in (terms.starts_on, terms.ends_on):
        if day is not None and day > today:
            wake("plan", beginning_of(day))
