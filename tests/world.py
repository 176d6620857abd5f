"""The demo as a world for tests that walk through every page."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils import timezone

from cohorts.models import (
    AgendaItem,
    Application,
    Beat,
    Cohort,
    Expert,
    Graduation,
    Homework,
    LibraryItem,
    Need,
    Program,
    ProgramGoal,
    Seat,
    Session,
    SessionMaterial,
    Subject,
    Submission,
    Team,
    TeamMember,
    Testimonial,
)
from demo.loading import load
from enablement.models import Content, RecallItem
from partners.models import (
    Agreement,
    Announcement,
    Attribute,
    Audience,
    Competition,
    Conversation,
    DataRequest,
    EntryFile,
    Group,
    GroupExclusion,
    GroupMember,
    Journey,
    JourneyStep,
    JourneyTemplate,
    Ladder,
    LadderVersion,
    LikelyDouble,
    Milestone,
    NumberEntry,
    Partner,
    PartnerApplication,
    PartnerLink,
    PartnerProduct,
    PartnerUser,
    Product,
    ProductFamily,
    ProposedValue,
    RecruitmentCall,
    Requirement,
    SavedView,
    Task,
    TemplateStep,
    Tier,
    TierAppeal,
    TierHold,
    TierMove,
    TierNumber,
)
from partners.queries.partner_lists import PartnerFilter
from partners.services.bulk import start_bulk
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.imports.models import Import, ImportRow
from prm.inbound.models import InboundMail
from prm.invitations.models import Invitation
from prm.invitations.services import invite
from prm.outbox.models import Message
from prm.privacy.models import Erasure, ErasureWish
from prm.tenancy.models import Organization
from prm.tenancy.scope import current_organization, scope
from tests import database
from tests.factories import MembershipFactory
from tests.matrix import World
from tests.matrix_rows import STAFF_ROLES


def build_world() -> World:
    """Load the demo and add one person of each kind in an emptied database; everything is committed."""
    database.fill(lambda: load(scale=0, seed=1, now=timezone.now()))
    home = Organization.objects.get(slug="stratus")
    foreign = Organization.objects.get(slug="ferrum")
    world = World(home, foreign, _visitors(home, foreign))
    for organization, things in ((home, world.things), (foreign, world.foreign_things)):
        with scope(organization):
            things.update({name: find() for name, find in FINDERS.items()})
    return world


def _visitors(home: Organization, foreign: Organization) -> dict[str, Membership | None]:
    now = timezone.now()
    visitors: dict[str, Membership | None] = {"anonymous": None}
    visitors |= {role: MembershipFactory.create(organization=home, roles=[role]) for role in STAFF_ROLES}
    visitors["stranger"] = Membership.objects.in_organization(foreign).get(person__email="grace@ferrum.example")
    visitors["suspended"] = MembershipFactory.create(organization=home, roles=["owner"], state="suspended")
    visitors["removed"] = MembershipFactory.create(organization=home, roles=["owner"], state="removed", ended_at=now)
    with scope(home):
        visitors["partner lead"] = _user("lena@nordwind.example")
        visitors["partner member"] = _user("jonas@nordwind.example")
        visitors["other partner"] = (
            PartnerUser.objects.select_related("membership__person")
            .filter(partner__domain="ledgerline.example")
            .order_by("pk")[0]
            .membership
        )
    return visitors


def _user(email: str) -> Membership:
    user = PartnerUser.objects.select_related("membership__person").get(membership__person__email=email)
    return user.membership


def _first(rows: object) -> str:
    return str(rows.order_by("pk").values_list("public_id", flat=True)[0])  # type: ignore[attr-defined]


def _invitation() -> str:
    # Guests of a cohort, and people of teams, are the business of those who lead it.
    found = Invitation.objects.exclude(kind__in=["cohort_guest", "teammate"]).order_by("pk").first()
    if found is None:
        owners = Membership.objects.in_organization(current_organization()).staff().filter(roles__contains=["owner"])
        owner = owners.select_related("person").order_by("pk")[0]
        found = invite(
            actor=Actor.of(owner),
            inviter=owner,
            kind="staff",
            email="invited@newcomer.example",
            name="",
            roles=["analyst"],
            now=timezone.now(),
        )
    return found.public_id


def _colleague() -> str:
    staff = Membership.objects.in_organization(current_organization()).staff().exclude(roles__contains=["owner"])
    return _first(staff)


def _gated(kind: str) -> QuerySet[Content, Content]:
    """Published content that Nordwind sees and that is not for everyone."""
    group = GroupMember.objects.filter(partner__domain="nordwind.example").values("group")
    audiences = Audience.objects.filter(kind="group", source_id__in=group)
    return Content.objects.filter(kind=kind, state="published", rules__audience__in=audiences)


def _milestone() -> str:
    """One of Nordwind's, which the demo's last month may not have brought."""
    partner, now = Partner.objects.filter(domain="nordwind.example").order_by("pk")[0], timezone.now()
    wanted = {"partner": partner, "kind": "partners.years", "occasion": 1, "membership": None}
    return str(Milestone.objects.get_or_create(**wanted, defaults={"reached_at": now})[0].public_id)


def _bulk_job() -> str:
    owners = Membership.objects.in_organization(current_organization()).staff().filter(roles__contains=["owner"])
    owner, now = owners.select_related("person").order_by("pk")[0], timezone.now()
    return start_bulk(actor=Actor.of(owner), chosen=PartnerFilter(now, words="nordwind"), now=now).public_id


FINDERS: dict[str, Callable[[], str]] = {
    "colleague": _colleague,
    "invitation": _invitation,
    "partner": lambda: _first(Partner.objects.filter(domain="nordwind.example")),
    "bulk job": _bulk_job,
    "announcement": lambda: _first(Announcement.objects.all()),
    "milestone": _milestone,
    "my milestone": _milestone,
    "my announcement": lambda: _first(Announcement.objects.sent().filter(readers="everybody")),
    "view": lambda: _first(SavedView.objects.filter(is_shared=True)),
    "partner person": lambda: _first(Membership.everywhere.filter(pk=_user("lena@nordwind.example").pk)),
    "reserved person": lambda: _first(Membership.everywhere.filter(pk=_user("jonas@nordwind.example").pk)),
    "data request": lambda: _first(DataRequest.objects.filter(asked__partner__domain="nordwind.example")),
    "proposal": lambda: _first(ProposedValue.objects.waiting()),
    "attribute": lambda: _first(Attribute.objects.filter(standard="")),
    "specialization": lambda: str(Attribute.objects.get(standard="specializations").choices[0]["key"]),
    "specializations": lambda: _first(Attribute.objects.filter(standard="specializations")),
    "double": lambda: _first(LikelyDouble.objects.waiting()),
    "link": lambda: _first(PartnerLink.objects.filter(ends_on=None)),
    "competition": lambda: _first(Competition.objects.all()),
    "branch": lambda: _first(
        Partner.objects.filter(pk__in=PartnerLink.objects.filter(leads_look_in=True, ends_on=None).values("child"))
    ),
    "group": lambda: _first(Group.objects.all()),
    "user": lambda: _first(PartnerUser.objects.filter(membership__person__email="jonas@nordwind.example")),
    "group member": lambda: _first(GroupMember.objects.filter(group=Group.objects.order_by("pk")[0])),
    "ruled group": lambda: _first(Group.objects.filter(exclusions__isnull=False)),
    "held group": lambda: _first(Group.objects.filter(holds__state="waiting")),
    "exclusion": lambda: _first(GroupExclusion.objects.all()),
    "task": lambda: _first(Task.objects.open()),
    "conversation": lambda: _first(_conversation_with_file()),
    "conversation file": lambda: _first(EntryFile.objects.filter(entry__conversation=_conversation_with_file()[0])),
    "mail set aside": lambda: _first(InboundMail.objects.waiting()),
    "erasure": lambda: _first(Erasure.objects.all()),
    "erasure wish": lambda: _first(ErasureWish.objects.open()),
    "import": lambda: _first(Import.objects.all()),
    "item": lambda: _first(RecallItem.objects.filter(state="active")),
    "file content": lambda: _first(Content.objects.filter(kind="file")),
    "gated content": lambda: _first(_gated("article")),
    "gated file": lambda: _first(_gated("file")),
    "gated item": lambda: _first(RecallItem.objects.filter(content=_gated("article").order_by("pk")[0])),
    "content": lambda: _first(Content.objects.filter(kind="article", state="published")),
    "message": lambda: _first(Message.objects.all()),
    "program": lambda: _first(Program.objects.all()),
    "drumming program": lambda: _first(Program.objects.filter(beats__isnull=False)),
    "beat": lambda: _first(Beat.objects.filter(program__public_id=_first(Program.objects.filter(beats__isnull=False)))),
    "cohort": lambda: _first(_cohorts("running")),
    "open cohort": lambda: _first(_cohorts("open")),
    "finished cohort": lambda: _first(_cohorts("finished")),
    "application": lambda: _first(Application.objects.filter(cohort=_running())),
    "seat": lambda: _first(Seat.objects.filter(cohort=_running())),
    "session": lambda: _first(Session.objects.filter(cohort=_running())),
    "homework": lambda: _first(Homework.objects.filter(cohort=_running())),
    "submission": lambda: _first(Submission.objects.filter(homework__cohort=_running())),
    "graduation": lambda: _first(Graduation.objects.all()),
    "finished session": lambda: _first(Session.objects.filter(cohort__state="finished")),
    "finished homework": lambda: _first(Homework.objects.filter(cohort__state="finished")),
    "own submission": lambda: _first(
        Submission.objects.filter(homework__cohort__state="finished", membership__person__email="lena@nordwind.example")
    ),
    "cohort of teams": lambda: _first(Cohort.objects.filter(parts__contains=["teams"])),
    "program of teams": lambda: _first(Program.objects.filter(parts__contains=["teams"])),
    "team": lambda: _first(Team.objects.held()),
    "teammate": lambda: _first(TeamMember.objects.filter(team=_team())),
    "newcomer in team": lambda: _first(TeamMember.objects.filter(team=_team(), membership=None)),
    "program goal": lambda: _first(ProgramGoal.objects.filter(program=Program.objects.order_by("pk")[0])),
    "subject": lambda: _first(Subject.objects.filter(program=Program.objects.order_by("pk")[0])),
    "expert": lambda: _first(Expert.objects.filter(program=Program.objects.order_by("pk")[0])),
    "testimonial": lambda: _first(Testimonial.objects.filter(cohort__program=Program.objects.order_by("pk")[0])),
    "agenda item": lambda: _first(AgendaItem.objects.filter(session=_session())),
    "need": lambda: _first(Need.objects.filter(cohort=_running())),
    "finished need": lambda: _first(Need.objects.filter(cohort__state="finished")),
    "material": lambda: _first(SessionMaterial.objects.filter(session=_session())),
    "finished material": lambda: _first(SessionMaterial.objects.recordings().filter(session=_finished_session())),
    "library item": lambda: _first(LibraryItem.objects.filter(key="")),
    "ladder": lambda: _first(Ladder.objects.all()),
    "tier": lambda: _first(Tier.objects.filter(name="Silver")),
    "draft": lambda: _first(LadderVersion.objects.drafts()),
    "requirement": lambda: _first(Requirement.objects.filter(version__applies_at=None)),
    "rise": lambda: _first(TierMove.objects.filter(state="waiting")),
    "prepared notice": lambda: _first(TierMove.objects.filter(state="prepared")),
    "notice": lambda: _first(TierMove.objects.filter(state="told", partner__domain="nordwind.example")),
    "appeal": lambda: _first(TierAppeal.objects.filter(answered_at=None)),
    "hold": lambda: _first(TierHold.objects.open()),
    "held partner": lambda: _first(Partner.objects.filter(pk__in=TierHold.objects.open().values("partner"))),
    "number": lambda: _first(TierNumber.objects.all()),
    "number entry": lambda: _first(NumberEntry.objects.filter(voided_at=None)),
    "journey template": lambda: _first(JourneyTemplate.objects.all()),
    "template step": lambda: _first(TemplateStep.objects.filter(template=JourneyTemplate.objects.order_by("pk")[0])),
    "journey": lambda: _first(_journeys_of_nordwind()),
    "journey step": lambda: _first(
        JourneyStep.objects.filter(journey=_journeys_of_nordwind().order_by("pk")[0], side="partner")
    ),
    "call": lambda: _first(RecruitmentCall.objects.all()),
    "partner application": lambda: _first(PartnerApplication.objects.undecided()),
    "agreement": lambda: _first(Agreement.objects.all()),
    "product": lambda: _first(Product.objects.all()),
    "product family": lambda: _first(ProductFamily.objects.all()),
    "product right": lambda: _first(
        PartnerProduct.objects.open().filter(product=Product.objects.order_by("pk")[0], partner__is_test=False)
    ),
    "row": lambda: str(ImportRow.objects.filter(outcome="new").order_by("pk")[0].number),
    "row to mend": lambda: str(ImportRow.objects.filter(outcome="problem").order_by("pk")[0].number),
}


def _conversation_with_file() -> QuerySet[Conversation, Conversation]:
    """With the lead of the named company."""
    return Conversation.objects.filter(entries__files__isnull=False).order_by("pk")


def _journeys_of_nordwind() -> QuerySet[Journey, Journey]:
    return Journey.objects.running().filter(partner__domain="nordwind.example", membership=None)


def _finished_session() -> Session:
    return Session.objects.filter(cohort__state="finished").order_by("pk")[0]


def _session() -> Session:
    return Session.objects.filter(cohort=_running()).order_by("pk")[0]


def _team() -> Team:
    return Team.objects.held().order_by("pk")[0]


def _cohorts(state: str) -> QuerySet[Cohort, Cohort]:
    return Cohort.objects.filter(state=state)


def _running() -> Cohort:
    return _cohorts("running").order_by("pk")[0]
