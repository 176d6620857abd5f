"""What the demo's partners may sell, service and learn: granted, ended, about to begin and to end; one is retired."""

from datetime import timedelta

from demo.ecosystem import World
from partners.days import day_of
from partners.grounds import proofs_offered
from partners.models import Partner, PartnerProduct, Product, ProductFamily
from partners.services.product_catalog import ProductDetails, create_family, create_product, retire_product
from partners.services.products import Terms, change_right, close_rights, grant_rights

_BASES = {
    "sell": (PartnerProduct.Basis.AGREEMENT, "Partner agreement"),
    "service": (PartnerProduct.Basis.CERTIFICATE, "Two certified engineers"),
    "incubation": (PartnerProduct.Basis.HAND, "Asked for it at the partner day"),
}
# Since how many days the partners of an incubation learn the newest product; the others begin later.
_LEARNING = (21, 9)
_OFFERED, _GRANTED = 380, 300


def offer(world: World) -> None:
    """Products in families, and for each who may do what with it."""
    actor = world.cast.actor(world.lead)
    families: dict[str, ProductFamily] = {}
    for row in world.words.products:
        name = row["family"]
        families[name] = families.get(name) or create_family(actor=actor, name=name)
        details = ProductDetails(row["name"], row["code"], row["description"], families[name])
        product = create_product(actor=actor, details=details, now=world.ago(_OFFERED))
        world.products[row["key"]] = product
        for right in PartnerProduct.Right.values:
            _grant_all(world, product, right, row.get(right, []))
        if "retired" in row:
            retire_product(actor=actor, product=product, now=world.ago(row["retired"]))
    _end_some(world)


def newest_product(world: World) -> Product:
    """The one that partners learn: it starts a journey."""
    return next(world.products[row["key"]] for row in world.words.products if "incubation" in row)


def newcomers(world: World) -> list[tuple[Partner, int]]:
    """Who learns the newest product already, and since how many days."""
    rights = PartnerProduct.objects.held().filter(product=newest_product(world)).select_related("partner")
    return [(right.partner, (day_of(world.now) - right.starts_on).days) for right in rights.order_by("pk")]


def _grant_all(world: World, product: Product, right: str, groups: list[str]) -> None:
    """The active partners of these groups get the right: the longer with us, the earlier."""
    found = [partner for key in groups for partner in world.partners[key] if partner.status in ("active", "onboarding")]
    if right == PartnerProduct.Right.INCUBATION:
        # The first of each group has a story of its own.
        for partner, days in zip(found[1:], (*_LEARNING, -10), strict=False):
            _grant(world, product, partner, right, min(days, 21), days)
        return
    for number, partner in enumerate(found):
        known = (world.now - partner.created_at).days
        days = max(min(max(_GRANTED - 12 * number, 40), known - 5), 1)
        _grant(world, product, partner, right, days, days)


def _grant(world: World, product: Product, partner: Partner, right: str, granted: int, begins: int) -> None:
    """Granted so many days ago, from a day so many days ago on (or ahead, where that is negative)."""
    basis, reason = _BASES[right]
    granted_at = world.ago(max(granted, 1))
    first = day_of(world.ago(begins))
    # A certificate holds for a year and a half.
    last = first + timedelta(days=545) if right == PartnerProduct.Right.SERVICE else None
    grant_rights(
        actor=world.cast.actor(world.lead),
        product=product,
        partner_ids=[partner.pk],
        rights=[right],
        terms=Terms(first, last, basis, reason),
        now=granted_at,
    )


def rest_on_certificates(world: World) -> None:
    """Rights to service that partners have by certificate say by which one, once somebody there has one."""
    rights = PartnerProduct.objects.held().filter(right=PartnerProduct.Right.SERVICE).select_related("partner")
    for right in rights.order_by("pk"):
        offered = proofs_offered(right.partner_id).get(PartnerProduct.Basis.CERTIFICATE, [])
        if offered:
            terms = Terms(right.starts_on, right.ends_on, right.basis, right.reason, offered[0][0])
            change_right(
                actor=world.cast.actor(world.lead), right=right, revision=right.revision, terms=terms, now=world.ago(1)
            )


def _end_some(world: World) -> None:
    """One right was taken back, one ends within the month."""
    actor = world.cast.actor(world.lead)
    first = world.products[world.words.products[0]["key"]]
    rights = list(PartnerProduct.objects.held().filter(product=first, right="sell").order_by("-pk")[:2])
    close_rights(actor=actor, rights=rights[:1], now=world.ago(25), reason="Passed their customers on to a neighbor")
    terms = Terms(
        starts_on=rights[1].starts_on,
        ends_on=day_of(world.now) + timedelta(days=19),
        basis=rights[1].basis,
        reason="Until their new contract is signed",
    )
    change_right(actor=actor, right=rights[1], revision=rights[1].revision, terms=terms, now=world.ago(2))
