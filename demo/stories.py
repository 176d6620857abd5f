"""What happened and happens in the demo's organizations, told by the services that people use."""

from datetime import timedelta

from cohorts.models import Cohort, Program
from cohorts.services.nominations import nominate
from cohorts.services.programs import create_program
from demo import promise_story
from demo.cohort_story import CohortStory, Plan
from demo.ecosystem import World
from demo.journey_story import travel
from demo.product_story import rest_on_certificates
from demo.recall_story import remember
from demo.review_story import review_selection
from demo.selection_story import tell_selection
from demo.session_story import prepare
from demo.team_story import tell_teams
from demo.tiers_story import tell_tiers
from demo.time_story import tell_time
from enablement.services.reading import complete_content, track
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.outbox.rendering.defaults import Words
from prm.outbox.services import save_wording


def tell(world: World) -> None:
    """Tell every story of the organization up to `world.now`."""
    programs = _make_programs(world)
    promise_story.write(world, programs)
    plans = _PLANS[world.words.slug](world)
    stories = [CohortStory(world, plan, programs[plan.program]) for plan in plans]
    prepare(world)
    for story in stories:
        story.tell()
    promise_story.look_back(world, stories)
    tell_time(world, programs)
    _read(world)
    travel(world)
    graduates = stories[0].chosen
    remember(world, graduates, learner=graduates[0])
    tell_tiers(world)
    rest_on_certificates(world)
    _show_people(world, graduates[0])
    running = Cohort.objects.filter(state=Cohort.State.RUNNING)
    review_selection(world, next(row for row in stories if row.cohort == running.order_by("pk").first()), is_over=True)
    tell_teams(world, *_TEAMS[world.words.slug])
    if world.words.slug == "stratus":
        _word_a_mail(world)
        _nominate(world, stories[3])
        review_selection(world, stories[4], is_over=False)
        tell_selection(world, is_open=stories[3], selecting=stories[4], running=stories[2])


def _word_a_mail(world: World) -> None:
    """One mail says what the organization wants to say at a graduation; all others keep the words of the house."""
    words = Words(
        subject="You have graduated: {{program}}",
        preheader="From all of us at Stratus",
        body=(
            "{{greeting}}\n\nyou have graduated from **{{program}}** with {{cohort}}. The whole partner team has signed"
            " your certificate, and a cake is on its way to your office.\n\n"
            "{{#promise}}> {{promise}}\n\n{{/promise}}"
            "{{#expectations}}{{expected}}:\n\n{{expectations}}\n\n{{/expectations}}"
            "Tell a colleague what you would do differently on Monday.\n\n[Your badge]({{badge}})"
        ),
    )
    actor = world.cast.actor(world.lead)
    save_wording(actor=actor, template="cohorts/emails/graduated", words=words, revision=0, now=world.ago(20))


def _make_programs(world: World) -> dict[str, Program]:
    made = {}
    for row in world.words.programs:
        made[row["key"]] = create_program(
            actor=world.cast.actor(world.lead),
            title=row["title"],
            promise=row["promise"],
            for_whom=row["for_whom"],
            weekly_minutes=row["weekly_minutes"],
            expectations=row["expectations"],
            gains=row["gains"],
            now=world.ago(240),
        )
    return made


def _people(world: World, *keys: str) -> list[Membership]:
    return [member for key in keys for member in world.cast.people[key]]


def _stratus(world: World) -> list[Plan]:
    """One cohort in each stage of its life."""
    sellers, operators = _people(world, "resellers"), _people(world, "msps")
    security = ["security-conversation"]
    basics = ["security-conversation", "migration-limits"]
    bill = "What does your largest customer pay a month to keep things running?"
    return [
        Plan("security", "Security conversations, spring", -225, 4, sellers[:13], basics, absent=(3,)),
        Plan("running-cost", "Running cost, autumn", -18, 3, operators[:8], ["running-cost"], capacity=6, asks=bill),
        Plan("migration", "Migration sprint, autumn", -10, 4, sellers[4:13], ["migration-limits"], 8, absent=(2,)),
        Plan("security", "Security conversations, winter", 24, 4, [*operators[:2], sellers[14]], security, 12),
        Plan("migration", "Migration sprint, winter", 12, 4, operators[:9], ["migration-limits"], 6),
        Plan("security", "Security conversations for providers", 4, 4, operators[2:10], security, 8),
        Plan("running-cost", "Running cost, spring", 60, 3, [], ["running-cost"], 10),
    ]


def _ferrum(world: World) -> list[Plan]:
    engineers = _people(world, "integrators", "oems")
    sizing = ["sizing"]
    return [
        Plan("commissioning", "Commissioning, spring line", -130, 4, engineers[:8], sizing, 8, leader="henrik"),
        Plan("commissioning", "Commissioning, autumn line", -9, 4, engineers[2:9], sizing, 6, leader="henrik"),
        Plan("commissioning", "Commissioning, winter line", 25, 4, engineers[:2], sizing, 10, leader="henrik"),
    ]


_PLANS = {"stratus": _stratus, "ferrum": _ferrum}
_TEAMS = {"stratus": ("resellers", "frida"), "ferrum": ("integrators", "henrik")}


def _read(world: World) -> None:
    """People open and finish what they may see, more lately than long ago."""
    articles = [row for row in world.content.values() if row.kind == "article" and row.state == "published"]
    for member in (member for people in world.cast.people.values() for member in people):
        for content in articles:
            if world.chance.random() < 0.45:
                continue
            assert content.published_at
            since = max(content.published_at, member.created_at)
            opened = since + (world.now - since) * world.chance.uniform(0.05, 0.98)
            reached = world.chance.choice((35, 60, 100, 100))
            if not track(membership=member, public_id=content.public_id, seconds=50, reached=reached, now=opened):
                continue
            if reached == 100:
                complete_content(membership=member, content=content, now=opened + timedelta(minutes=content.minutes))


def _show_people(world: World, graduate: Membership) -> None:
    """The partner people of the first page: a graduate with something to practice, and somebody of another company."""
    from partners.models import PartnerUser

    wanted = [(graduate, "Partner lead, graduate")]
    if world.words.slug == "stratus":
        wanted += [
            (world.cast.people["msps"][2], "Partner lead, seat confirmed"),
            (world.cast.people["resellers"][5], "Partner person, in a cohort"),
        ]
    for member, role in wanted:
        user = PartnerUser.objects.select_related("partner").get(membership=member)
        key = member.person.email.split("@")[0]
        world.cast.show(
            f"{key}-{world.words.slug}" if world.words.slug != "stratus" else key, member, role, user.partner.name
        )


def _nominate(world: World, story: CohortStory) -> None:
    """Somebody is nominated for the cohort that is open and has not answered yet."""
    nominator = world.cast.staff["bob"]
    nominee = world.cast.people["resellers"][6]
    nominate(
        actor=Actor.of(nominator),
        nominator=nominator,
        cohort=story.cohort,
        email=nominee.person.email,
        name=nominee.person.name,
        note="You asked the best question at the partner day. Bring the hospital.",
        now=world.ago(2),
    )
