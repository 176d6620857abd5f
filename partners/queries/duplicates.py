"""Partners that may be one company: for what is typed, for a spreadsheet's rows, for the page of likely doubles."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format

from partners.countries import country_name
from partners.likeness import ALIKE, CROWD, keys_of, likeness
from partners.models import GroupMember, LikelyDouble, Partner, PartnerDomain, PartnerKey, PartnerMerge, PartnerUser
from partners.models.duplicates import LikelyDoubleQuerySet
from partners.names import normalize_name
from prm.accounts.models import Membership
from prm.addresses import address

_Why = LikelyDouble.Why
_BY_DOMAIN, _BY_KEY = Value(0, IntegerField()), Value(1, IntegerField())
# Whoever is as like as this comes after a shared domain and a shared name.
_RANKS = {_Why.DOMAIN: 0, _Why.NAME: 1, _Why.SIMILAR: 2}


@dataclass(frozen=True, slots=True)
class Sought:
    """A company as somebody types it or a row says it."""

    name: str
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """A partner that may be the company sought, why, and how alike in percent."""

    partner: Partner
    why: str
    score: int

    @property
    def why_label(self) -> str:
        return str(_Why(self.why).label)


def likely_same[K](sought: Mapping[K, Sought], but: Collection[int] = ()) -> dict[K, list[Alike]]:
    """For each company sought the partners that may be it, the likeliest first, archived ones included.

    A merged record counts as its survivor. Five queries at most, however many are sought.
    """
    found = _Candidates(sought.values())
    result: dict[K, list[Alike]] = {}
    for key, company in sought.items():
        best: dict[int, Alike] = {}
        for partner, why, score in found.of(company):
            known = best.get(partner.pk)
            if partner.pk not in but and (known is None or _rank(why, score) < _rank(known.why, known.score)):
                best[partner.pk] = Alike(partner, why, score)
        result[key] = sorted(
            best.values(),
            key=lambda row: (*_rank(row.why, row.score), row.partner.is_archived, row.partner.normalized_name),
        )
    return result


def _rank(why: str, score: int) -> tuple[int, int]:
    return _RANKS[_Why(why)], -score


class _Candidates:
    """Everybody who shares a domain, a name or a key with any of the companies sought."""

    def __init__(self, sought: Iterable[Sought]) -> None:
        companies = list(sought)
        domains = {domain for company in companies for domain in company.domains}
        keys = {key for company in companies for key in keys_of(company.name)}
        self.by_domain, self.by_key = _whose(domains, keys)
        ids = {pk for pks in (*self.by_domain.values(), *self.by_key.values()) for pk in pks}
        names = {normalize_name(company.name)[:120] for company in companies}
        self.partners = {row.pk: row for row in Partner.objects.filter(Q(pk__in=ids) | Q(normalized_name__in=names))}
        self.by_name: dict[str, list[int]] = defaultdict(list)
        for row in self.partners.values():
            self.by_name[row.normalized_name].append(row.pk)
        self.survivors = survivors_of([pk for pk, row in self.partners.items() if row.is_archived])

    def of(self, company: Sought) -> Iterable[tuple[Partner, str, int]]:
        for domain in company.domains:
            yield from ((self._standing(pk), _Why.DOMAIN, 100) for pk in self.by_domain.get(domain, ()))
        for pk in self.by_name.get(normalize_name(company.name)[:120], ()):
            yield self._standing(pk), _Why.NAME, 100
        for pk in {pk for key in keys_of(company.name) for pk in self.by_key.get(key, ())} & self.partners.keys():
            score = likeness(company.name, self.partners[pk].name)
            if score >= ALIKE:
                yield self._standing(pk), _Why.SIMILAR, round(100 * score)

    def _standing(self, pk: int) -> Partner:
        return self.survivors.get(pk) or self.partners[pk]


def whose_domain(domains: Collection[str]) -> dict[str, list[int]]:
    """Domain → the partners whose it is, by their record or as a further one; without domains that a crowd shares."""
    return _whose(domains, ())[0]


def whose_key(keys: Collection[str]) -> dict[str, list[int]]:
    """Key → the partners that have it; without keys that a crowd shares."""
    return _whose((), keys)[1]


def _whose(domains: Collection[str], keys: Collection[str]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Both at once, in one query."""
    parts: list[QuerySet[Any, Any]] = []
    if domains:
        own = Partner.objects.filter(domain__in=domains).annotate(by=_BY_DOMAIN)
        further = PartnerDomain.objects.filter(domain__in=domains).annotate(by=_BY_DOMAIN)
        parts += [own.values_list("by", "domain", "pk"), further.values_list("by", "domain", "partner")]
    if keys:
        parts.append(PartnerKey.objects.filter(key__in=keys).annotate(by=_BY_KEY).values_list("by", "key", "partner"))
    rows = list(parts[0].union(*parts[1:])) if parts else []
    return _uncrowded(row[1:] for row in rows if row[0] == 0), _uncrowded(row[1:] for row in rows if row[0] == 1)


def _uncrowded(rows: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for what, pk in rows:
        found[what].append(pk)
    return {what: pks for what, pks in found.items() if len(pks) <= CROWD}


def survivors_of(ids: Collection[int]) -> dict[int, Partner]:
    """Merged record → the partner that it was merged into; the others are left out."""
    rows = PartnerMerge.objects.filter(merged__in=ids).select_related("survivor") if ids else ()
    return {row.merged_id: row.survivor for row in rows}


def survivor_of(partner: Partner) -> Partner | None:
    """The partner that a merged record was merged into."""
    return survivors_of([partner.pk]).get(partner.pk) if partner.is_archived else None


def merge_of_address(public_id: str) -> PartnerMerge | None:
    """What became of the record of this address, with both partners; None where it was not merged."""
    return PartnerMerge.objects.filter(merged__public_id=public_id).select_related("merged", "survivor").first()


def alike(name: str, domain: str, but: int | None = None, further: Collection[str] = ()) -> list[Alike]:
    """Partners that may be the company of this name and domains, three at most.

    Those that somebody said `but` is not the same as are left out.
    """
    excepted = {but, *known_different(but)} if but is not None else set()
    domains = tuple(filter(None, (domain, *further)))
    return likely_same({0: Sought(name, domains)}, {pk for pk in excepted if pk is not None})[0][:3]


def alike_cards(
    name: str, domain: str, but: int | None = None, further: Collection[str] = ()
) -> list[tuple[Alike, str]]:
    """`alike`, each with its address."""
    return [(row, address("partner_detail", row.partner.public_id)) for row in alike(name, domain, but, further)]


def known_different(partner_id: int) -> set[int]:
    rows = LikelyDouble.objects.of_partner(partner_id).filter(state=LikelyDouble.State.DIFFERENT)
    return {pk for pair in rows.values_list("first", "second") for pk in pair} - {partner_id}


def domains_of(partner: Partner) -> list[str]:
    """The partner's further domains, by name."""
    return sorted(partner.further_domains.values_list("domain", flat=True))


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records, in ready strings, as they stand beside each other."""

    public_id: str
    name: str
    url: str
    domain: str
    country: str
    status: str
    groups: str
    people: int
    added: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two likely doubles as the list shows them; `merge_url` keeps the first, which was there before."""

    public_id: str
    first: Side
    second: Side
    why: str
    score: int
    merge_url: str
    different_url: str
    reopen_url: str
    link_url: str

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.first, self.second


def pairs_waiting() -> LikelyDoubleQuerySet:
    """The likely doubles that nobody has decided about, the likeliest first."""
    found: LikelyDoubleQuerySet = LikelyDouble.objects.waiting().likeliest_first()
    return found


def pairs_decided() -> LikelyDoubleQuerySet:
    """Those that somebody said are not the same, the last first."""
    found: LikelyDoubleQuerySet = LikelyDouble.objects.filter(state=LikelyDouble.State.DIFFERENT)
    return found.order_by("-decided_at", "-pk")


def pair_rows(pairs: Collection[LikelyDouble]) -> list[PairRow]:
    """The lines of a page of pairs: one query for both sides of all of them."""
    sides = _sides({pk for pair in pairs for pk in (pair.first_id, pair.second_id)})
    return [_pair_row(pair, sides[pair.first_id], sides[pair.second_id]) for pair in pairs]


def _pair_row(pair: LikelyDouble, first: Side, second: Side) -> PairRow:
    return PairRow(
        public_id=pair.public_id,
        first=first,
        second=second,
        why=str(pair.get_why_display()),
        score=pair.score,
        merge_url=f"{address('partner_merge', first.public_id)}?with={second.public_id}",
        different_url=address("duplicate_dismiss", pair.public_id),
        reopen_url=address("duplicate_reopen", pair.public_id),
        link_url=f"{address('partner_link_create', first.public_id)}?other={second.public_id}",
    )


def _sides(ids: Collection[int]) -> dict[int, Side]:
    people = PartnerUser.objects.filter(partner=OuterRef("pk"), membership__state=Membership.State.ACTIVE)
    counted = people.order_by().values("partner").annotate(n=Count("*")).values("n")
    groups = GroupMember.objects.open().filter(partner=OuterRef("pk"), group__archived_at=None)
    rows = Partner.objects.filter(pk__in=ids).annotate(
        people=Coalesce(Subquery(counted), 0),
        group_names=ArraySubquery(groups.order_by("group__normalized_name").values("group__name")[:3]),
    )
    return {row.pk: _side(row) for row in rows}


def _side(row: Partner) -> Side:
    return Side(
        public_id=row.public_id,
        name=row.name,
        url=address("partner_detail", row.public_id),
        domain=row.domain,
        country=country_name(row.country),
        status=str(row.get_status_display()),
        groups=", ".join(row.group_names),  # type: ignore[attr-defined]
        people=row.people,  # type: ignore[attr-defined]
        added=date_format(timezone.localtime(row.created_at), "j M Y"),
    )
