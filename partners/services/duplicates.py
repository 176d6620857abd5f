"""Likely doubles: found by comparing names and domains, decided by people, remembered."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from partners.likeness import ALIKE, keys_of, likeness
from partners.models import LikelyDouble, Partner, PartnerDomain, PartnerKey, PartnerMerge
from partners.queries.duplicates import whose_domain, whose_key
from prm.accounts.actors import Actor
from prm.audit.services import note
from prm.problems import Problem, Refused

BATCH = 1000
_Why = LikelyDouble.Why
type Pair = tuple[int, int]


@transaction.atomic
def compare(partner_ids: Collection[int], now: datetime) -> int:
    """Compare these partners with all others and with each other; returns how many pairs wait because of it.

    Their keys are written anew. Pairs that somebody decided about stay as they are; open ones that are alike no longer
    go.
    """
    names = _write_keys(partner_ids)
    found = _pairs(names)
    touching = Q(first__in=partner_ids) | Q(second__in=partner_ids)
    for pair in list(LikelyDouble.objects.filter(touching, state=LikelyDouble.State.OPEN)):
        if (pair.first_id, pair.second_id) not in found:
            pair.delete()
    LikelyDouble.objects.bulk_create(
        [
            LikelyDouble(first_id=first, second_id=second, why=why, score=score, found_at=now)
            for (first, second), (why, score) in sorted(found.items())
        ],
        ignore_conflicts=True,
    )
    Partner.objects.filter(pk__in=partner_ids).update(compared_at=now)
    return len(found)


def _write_keys(partner_ids: Collection[int]) -> dict[int, set[str]]:
    """The names of each partner, those of records merged into it included; their keys are stored."""
    names: dict[int, set[str]] = defaultdict(set)
    for pk, name in Partner.objects.filter(pk__in=partner_ids, merges=None).values_list("pk", "name"):
        names[pk].add(name)
    merged = PartnerMerge.objects.filter(survivor__in=partner_ids).values_list("survivor", "merged__name")
    for pk, name in merged:
        names[pk].add(name)
    PartnerKey.objects.filter(partner__in=partner_ids).delete()
    PartnerKey.objects.bulk_create(
        [
            PartnerKey(partner_id=pk, key=key)
            for pk, called in sorted(names.items())
            for key in sorted({key for name in called for key in keys_of(name)})
        ],
        batch_size=5000,
    )
    return names


def _pairs(names: dict[int, set[str]]) -> dict[Pair, tuple[str, int]]:
    """Each pair of listed partners that is alike, with why and how much; test partners are nobody's double."""
    keys = {pk: {key for name in called for key in keys_of(name)} for pk, called in names.items()}
    by_key = whose_key({key for found in keys.values() for key in found})
    by_domain = _domains(names)
    candidates = {_ordered(pk, other) for pk, mine in keys.items() for key in mine for other in by_key.get(key, ())}
    same_domain = {_ordered(pk, other) for pk, others in by_domain.items() for other in others}
    candidates = {pair for pair in candidates | same_domain if pair[0] != pair[1]}
    listed = Partner.objects.real().filter(pk__in={pk for pair in candidates for pk in pair})
    rows = {row.pk: row for row in listed.only("name", "normalized_name")}
    found = {}
    for first, second in candidates:
        if first in rows and second in rows:
            why, score = _judged(rows[first], rows[second], (first, second) in same_domain)
            if score >= round(100 * ALIKE):
                found[first, second] = (why, score)
    return found


def _domains(names: Iterable[int]) -> dict[int, set[int]]:
    """For each partner the others that have one of its domains."""
    ids = list(names)
    own = Partner.objects.filter(pk__in=ids).exclude(domain="").values_list("domain", "pk")
    pairs = list(own.union(PartnerDomain.objects.filter(partner__in=ids).values_list("domain", "partner")))
    shared = whose_domain({domain for domain, _pk in pairs})
    found: dict[int, set[int]] = defaultdict(set)
    for domain, pk in pairs:
        found[pk] |= set(shared.get(domain, ())) - {pk}
    return found


def _ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def _judged(first: Partner, second: Partner, is_same_domain: bool) -> tuple[str, int]:
    if is_same_domain:
        return _Why.DOMAIN, 100
    if first.normalized_name == second.normalized_name:
        return _Why.NAME, 100
    return _Why.SIMILAR, round(100 * likeness(first.name, second.name))


def plan_comparing(now: datetime) -> datetime | None:
    """The planner: compare the next partners that have not been, such as those of a spreadsheet; more at once again."""
    waiting = Partner.objects.filter(compared_at=None).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    with transaction.atomic():
        ids = list(waiting.values_list("pk", flat=True)[:BATCH])
        if ids:
            compare(ids, now)
    return now if len(ids) == BATCH else None


def say_different(*, actor: Actor, pair: LikelyDouble, now: datetime) -> None:
    """Remember that two partners are not the same; of two who decide at once the first is noted."""
    _decide(actor, pair, LikelyDouble.State.OPEN, LikelyDouble.State.DIFFERENT, now)


def look_again(*, actor: Actor, pair: LikelyDouble) -> None:
    """Take back that two partners are not the same: they wait for somebody to look."""
    _decide(actor, pair, LikelyDouble.State.DIFFERENT, LikelyDouble.State.OPEN, None)


@transaction.atomic
def _decide(actor: Actor, pair: LikelyDouble, before: str, after: str, at: datetime | None) -> None:
    rows = LikelyDouble.objects.filter(pk=pair.pk, state=before)
    if rows.update(state=after, decided_at=at, decided_by=actor.membership_id if at else None):
        pair.state = after
        label = f"{pair.first.name} / {pair.second.name}"
        note(actor=actor, verb="partners.double_decided", obj=pair, label=label, changes={"state": [before, after]})


def remember_different(*, actor: Actor, partner_id: int, others: Collection[int], now: datetime) -> None:
    """Somebody was asked while typing whether this is one of `others`, and said that it is another company."""
    decided = {
        "state": LikelyDouble.State.DIFFERENT,
        "decided_at": now,
        "decided_by_id": actor.membership_id,
    }
    known = LikelyDouble.objects.of_partner(partner_id).filter(Q(first__in=others) | Q(second__in=others))
    known.filter(state=LikelyDouble.State.OPEN).update(**decided)
    pairs = [_ordered(partner_id, other) for other in sorted(others) if other != partner_id]
    LikelyDouble.objects.bulk_create(
        [LikelyDouble(first_id=first, second_id=second, found_at=now, **decided) for first, second in pairs],
        ignore_conflicts=True,
    )


def write_domains(partner: Partner, domains: Collection[str]) -> list[list[str]]:
    """Have exactly these further domains; [before, after] where that is a change, else nothing."""
    wanted = sorted(set(domains) - {partner.domain, ""})
    rows = PartnerDomain.objects.filter(partner=partner)
    before = sorted(rows.values_list("domain", flat=True))
    if before == wanted:
        return []
    rows.exclude(domain__in=wanted).delete()
    new = [PartnerDomain(partner=partner, domain=domain) for domain in wanted if domain not in before]
    PartnerDomain.objects.bulk_create(new, ignore_conflicts=True)
    return [before, wanted]


def refuse_merged(partner: Partner) -> None:
    """Raise `Refused` where the record was merged: what it was asked for belongs to its survivor."""
    found = PartnerMerge.objects.filter(merged=partner).select_related("survivor").first()
    if found is not None:
        words = _("This record was merged into %s. Look there.")
        raise Refused(Problem("merged", words % found.survivor.name))
