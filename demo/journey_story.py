"""Journeys of the demo: onboarding under way, a new contact person, a renewal, and the agreements that they ask for."""

from datetime import datetime, timedelta

from demo.ecosystem import World
from demo.product_story import newcomers, newest_product
from partners.journey_starters import STARTERS
from partners.models import Agreement, Journey, JourneyStep, JourneyTemplate, Partner, PartnerUser, TemplateStep
from partners.queries.agreements import newest_version
from partners.services.agreements import AgreementDetails, create_agreement, revise_agreement
from partners.services.journeys import doing
from partners.services.journeys.starting import Traveler, start_journeys, stop_journey
from partners.services.journeys.templates import TemplateDetails, create_template, steps_of_starter, switch_on
from prm.accounts.actors import Actor

_ANSWERS = {
    "text": "Account executive for the public sector",
    "long": "Mira Haddad for sales, Anton Lehmann for technical questions. First the city hospital: they renew in May.",
    "number": "6",
}
# Days since each company began, and how many steps it has settled: on time, through, stuck, fresh.
_PACES = ((24, 6), (40, 99), (12, 3), (6, 1), (33, 4), (3, 0))


def travel(world: World) -> None:
    """Templates, and partners on their way: some far, one stuck, one through, one stopped."""
    agreements = _write_agreements(world)
    onboarding = _make(world, "onboarding", agreements["terms"])
    person = _make(world, "person", agreements["terms"])
    product = _make(world, "product", agreements["terms"])
    renewal = _make(world, "renewal", agreements["terms"])
    key = _key(world)
    companies = [partner for partner in world.partners[key] if partner.status in ("active", "onboarding")]
    for number, partner in enumerate(companies):
        days, settled = _PACES[number % len(_PACES)]
        _onboard(world, onboarding, partner, days, settled)
    for partner, days in newcomers(world):
        _begin(world, product, Traveler(partner.pk), days)
    _begin(world, renewal, Traveler(companies[0].pk), 12)
    newcomer = PartnerUser.objects.active().filter(partner=companies[0]).order_by("-joined_at", "-pk")[0]
    _begin(world, person, Traveler(companies[0].pk, newcomer.membership_id), 4)
    stopped = Journey.objects.running().filter(template=onboarding).order_by("pk").last()
    assert stopped is not None
    actor = world.cast.actor(world.lead)
    stop_journey(actor=actor, journey=stopped, reason="They start after their merger, in spring", now=world.ago(1))


def _key(world: World) -> str:
    """The group of the company that both organizations work with."""
    return next(key for key, found in world.partners.items() if any(one.domain == "nordwind.example" for one in found))


def _write_agreements(world: World) -> dict[str, Agreement]:
    actor = world.cast.actor(world.lead)
    made = {}
    for row in world.words.agreements:
        details = AgreementDetails(row["title"], row["body"].strip(), row.get("is_personal", False))
        made[row["key"]] = create_agreement(actor=actor, details=details, now=world.ago(390))
        if "revised" in row:
            revise_agreement(
                actor=actor, agreement=made[row["key"]], body=row["revised"].strip(), number=1, now=world.ago(120)
            )
    return made


def _make(world: World, name: str, terms: Agreement) -> JourneyTemplate:
    """A starter made one's own: what it asks to read and to accept is chosen, then it is switched on."""
    starter, actor = STARTERS[name], world.cast.actor(world.lead)
    starts = {
        "onboarding": ("group", world.groups[_key(world)].pk),
        "person": ("person", 0),
        "product": ("product", newest_product(world).pk),
    }
    trigger, source_id = starts.get(name, ("hand", 0))
    details = TemplateDetails(
        name=str(starter.label),
        welcome=str(starter.welcome),
        phases=[str(phase) for phase in starter.phases],
        is_personal=starter.is_personal,
        trigger=trigger,
        source_id=source_id,
        owner=world.cast.staff[world.lead],
    )
    template = create_template(actor=actor, details=details, steps=steps_of_starter(name), now=world.ago(60))
    article = next(row for row in world.content.values() if row.kind == "article" and row.state == "published")
    about = {"content": article.pk, "quiz": article.pk, "agreement": terms.pk}
    for kind, source_id in about.items():
        TemplateStep.objects.filter(template=template, kind=kind).update(source_id=source_id)
    switch_on(actor=actor, template=template, includes_present=False, now=world.ago(45))
    return template


def _begin(world: World, template: JourneyTemplate, traveler: Traveler, days: int) -> Journey:
    actor = world.cast.actor(world.lead)
    start_journeys(actor=actor, template=template, travelers=[traveler], now=world.ago(days))
    return Journey.objects.get(
        template=template, partner=traveler.partner_id, membership=traveler.membership_id, state=Journey.State.RUNNING
    )


def _onboard(world: World, template: JourneyTemplate, partner: Partner, days: int, settled: int) -> None:
    """A partner that began so many days ago and has settled so many steps since."""
    journey = _begin(world, template, Traveler(partner.pk), days)
    for number in range(settled):
        at = min(world.ago(days - 1 - 3 * number), world.ago(0.2))
        if not _settle_next(world, journey, at):
            break


def _settle_next(world: World, journey: Journey, at: datetime) -> bool:
    rows = JourneyStep.objects.open().filter(journey=journey).in_order()
    step = rows.select_related("journey__partner").first()
    if step is None:
        return False
    leads = PartnerUser.objects.active().filter(partner=journey.partner, role=PartnerUser.Role.LEAD)
    user = leads.select_related("membership__person", "partner").order_by("pk").first()
    staff = world.cast.actor(world.lead)
    if step.side == JourneyStep.Side.STAFF or user is None:
        doing.finish_step(actor=staff, step=step, note="Good call, they know what they want", now=at)
    elif step.kind == "agreement":
        version = newest_version(step.source_id)
        assert version is not None
        actor = Actor.of(user.membership)
        doing.accept_agreement(
            actor=actor, user=user, version=version, authority="Managing director", has_read=True, now=at
        )
    elif step.kind in ("content", "quiz"):
        doing.waive_step(actor=staff, step=step, reason="They wrote the text with us", now=at + timedelta(hours=1))
    else:
        answers = {question["key"]: _ANSWERS.get(question["kind"], "yes") for question in step.questions}
        doing.complete_step(actor=Actor.of(user.membership), user=user, step=step, answers=answers, now=at)
    return True
