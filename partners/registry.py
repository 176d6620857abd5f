"""What partners hand to the platform: facts, planner, kinds of imports and invitations, places in the shell."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from partners import conversing, emails, facts, messages
from partners.consequences import Consequence, consequences
from partners.facets import HealthSource, health_sources
from partners.gaps import GapOffer, gap_offers
from partners.grounds import GroundSource, grounds
from partners.holdings import HOLDINGS
from partners.mail_variables import VARIABLES
from partners.milestones import milestone_kinds
from partners.models import Group, PartnerProduct
from partners.queries import exports, invitations, searching
from partners.queries.agreements import acceptances_offered, acceptances_told
from partners.queries.attribute_uses import USES
from partners.queries.health import judged_here
from partners.queries.journeys.kinds import STEP_KINDS, TRIGGERS
from partners.queries.milestones import KINDS as MILESTONES
from partners.queries.partners import has_real_partners
from partners.queries.waiting import AWAITED, SOURCES
from partners.references import references
from partners.services.announcing import plan_announcements
from partners.services.bulk import BULK_JOB, run_bulk
from partners.services.confirming import plan_confirmations
from partners.services.duplicates import plan_comparing
from partners.services.foreseeing import groups_moved_by
from partners.services.forgetting import plan_forgetting
from partners.services.group_moves import plan_night, reconsider
from partners.services.group_rules import APPLY_JOB, apply_rule
from partners.services.groups import plan_group_ends
from partners.services.handing_over import PARTS as HANDOVER_PARTS
from partners.services.importing import PartnerImport, PeopleImport
from partners.services.inviting import accept_invitation
from partners.services.journeys.keeping import follow
from partners.services.journeys.reminding import OUR_STEPS_DUE, STEPS_DUE, plan_journeys
from partners.services.ladder_versions import TRIAL, run_trial
from partners.services.letters import plan_letter
from partners.services.merged_rows import REFERENCES
from partners.services.merging import plan_late_rows
from partners.services.milestones import plan_milestones
from partners.services.products import plan_product_rights
from partners.services.starting import make_starting_group
from partners.services.tier_evaluation import follow_facts
from partners.services.tier_foreseeing import tiers_moved_by
from partners.services.tier_planning import plan_tiers
from partners.services.trying import create_test_partner
from partners.services.week import plan_week
from partners.step_kinds import step_kinds
from partners.triggers import triggers
from partners.uses import attribute_uses
from partners.views import cards, portal_announcements, tier_cards
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.following import Follower, followers
from prm.activity.kinds import register_facts
from prm.addresses import address
from prm.exports.kinds import TableKind, export_kinds
from prm.handovers import handover_parts
from prm.imports.schema import import_schemas
from prm.inbound.kinds import reply_receivers
from prm.invitations.kinds import InvitationKind, invitation_kinds
from prm.jobs.kinds import JobKind, job_kinds
from prm.jobs.models import Job
from prm.outbox.kinds import AT_MOST_ONCE, MessageKind, message_kinds
from prm.outbox.planning import Planner, planners
from prm.outbox.variables import variables
from prm.privacy.holdings import holdings
from prm.search.sources import SearchSource, search_sources
from prm.waiting import awaited, waiting
from prm.web.due import DueProvider, due
from prm.web.examples import ExamplePerson, example_people
from prm.web.places import (
    ChecklistStep,
    HomeCard,
    NavItem,
    Numbers,
    SearchPlace,
    checklist,
    colleague_actions,
    frame_links,
    home_cards,
    navigation,
    search_places,
)
from prm.web.starters import Starter, starters


def _is_partner(member: Membership) -> bool:
    return member.kind == Membership.Kind.PARTNER


def _example_person(actor: Actor, now: datetime) -> Membership:
    """The person of the colleague's own test partner."""
    colleague = Membership.objects.by_id(actor.membership_id or 0)
    person: Membership = create_test_partner(actor=actor, colleague=colleague, now=now).membership
    return person


def _page_of_group(job: Job) -> str:
    return address("group_detail", Group.objects.get(pk=job.parameters["group"]).public_id)


register_facts(facts.KINDS, facts.MEASURES)
consequences.register(
    Consequence("partners.group_rules", groups_moved_by, order=10),
    Consequence("partners.tiers", tiers_moved_by, order=20),
)
attribute_uses.register(*USES)
planners.register(
    Planner("partners.group_ends", plan_group_ends),
    Planner("partners.group_rules", plan_night),
    Planner("partners.confirmations", plan_confirmations),
)
followers.register(Follower("partners.group_rules", reconsider, order=50))
job_kinds.register(
    JobKind(BULK_JOB, run_bulk, _("Many partners at once"), lambda job: address("bulk_detail", job.public_id))
)
job_kinds.register(JobKind(APPLY_JOB, apply_rule, _("Moving partners by a group’s rule"), _page_of_group))
message_kinds.register(*messages.KINDS)
import_schemas.register(PartnerImport(), PeopleImport())
export_kinds.register(
    TableKind(
        exports.PARTNERS,
        _("Partners"),
        "partners.export",
        exports.partner_columns,
        exports.count_partners,
        exports.partner_cells,
    ),
    TableKind(
        exports.PEOPLE,
        _("Partners’ people"),
        "partners.export",
        exports.people_columns,
        exports.count_people,
        exports.people_cells,
    ),
)
holdings.register(*HOLDINGS)
invitation_kinds.register(
    InvitationKind(
        invitations.KIND,
        _("Partner’s person"),
        describe=invitations.describe,
        describe_many=invitations.describe_many,
        accept=accept_invitation,
        sees=invitations.awaits,
        find_target=invitations.find_target,
        needs_target=True,
        choose_url_name="partner_invite",
        order=20,
    )
)

planners.register(
    Planner("partners.late_rows", plan_late_rows, order=890), Planner("partners.comparing", plan_comparing, order=900)
)
references.register(*REFERENCES)
grounds.register(
    GroundSource("partners.acceptance", PartnerProduct.Basis.AGREEMENT, acceptances_offered, acceptances_told, order=20)
)
gap_offers.register(
    GapOffer(
        "partners.recruit", _("Recruit a partner"), "user-plus", "recruitment_create", "recruitment.manage", order=10
    ),
    GapOffer("partners.group", _("Make a group"), "layers", "group_create", "partners.manage", order=20),
)
navigation.register(
    NavItem(
        "coverage",
        _("Coverage"),
        "grid-3x3",
        "coverage",
        "studio",
        permission="partners.view",
        order=150,
        parent="partners",
        covers=("competition_list", "duplicate_list"),
    ),
)

navigation.register(
    NavItem("partners", _("Partners"), "handshake", "partner_list", "studio", permission="partners.view", order=100),
    NavItem(
        "groups",
        _("Groups"),
        "layers",
        "group_list",
        "studio",
        permission="partners.view",
        order=110,
        parent="partners",
    ),
    NavItem(
        "attributes",
        _("Data"),
        "table-properties",
        "attribute_list",
        "studio",
        permission="partners.view",
        order=170,
        parent="partners",
    ),
    NavItem(
        "team", _("Team"), "users", "team_list", "portal", order=800, visible=lambda member: member.kind == "partner"
    ),
)
home_cards.register(
    HomeCard(
        "partners",
        "studio",
        30,
        "partners/_home_card.html",
        cards.partners_card,
        permission="partners.view",
        numbers=Numbers(cards.partner_counts),
    ),
    HomeCard(
        "contact",
        "portal",
        900,
        "partners/_contact_card.html",
        cards.contact,
        numbers=Numbers(cards.contact_parts, cards.contact_values),
    ),
)
checklist.register(
    ChecklistStep(
        "partners",
        _("Bring your partners"),
        _("Drop your own spreadsheet: its columns propose groups. Nobody gets a mail, and it can be undone."),
        5,
        "partner_import_create",
        has_real_partners,
        "partners.import",
        order=40,
    ),
)

starters.register(
    Starter("partners.groups", _("A group for each kind, with a text that its partners read"), make_starting_group, 10)
)
example_people.register(ExamplePerson("partners.test", _("A person at a test partner of yours"), _example_person))

# Tiers.
navigation.register(
    NavItem(
        "tiers", _("Tiers"), "medal", "ladder_list", "studio", permission="partners.view", order=120, parent="partners"
    )
)
home_cards.register(
    HomeCard(
        "tier",
        "portal",
        60,
        "partners/_my_tier_card.html",
        tier_cards.my_tier,
        numbers=Numbers(tier_cards.my_tier_parts, tier_cards.my_partner),
    )
)
due.register(DueProvider("partners.tiers", tier_cards.tiers_due, order=30))
message_kinds.register(*messages.TIER_KINDS)
planners.register(Planner("partners.tiers", plan_tiers, order=20))
followers.register(Follower("partners.tiers", follow_facts, order=150))
job_kinds.register(JobKind(TRIAL, run_trial, _("Trying new rules on the last twelve months")))
search_sources.register(
    SearchSource(
        searching.PARTNERS,
        _("Partners"),
        "handshake",
        rows=searching.partner_rows,
        text=searching.partner_text,
        reach=searching.partner_reach,
        hits=searching.partner_hits,
        more_url_name="partner_list",
        order=10,
    ),
    SearchSource(
        searching.PEOPLE,
        _("People"),
        "users",
        rows=searching.person_rows,
        text=searching.person_text,
        reach=searching.person_reach,
        hits=searching.person_hits,
        of_member=searching.users_of_member,
        order=20,
    ),
    SearchSource(
        searching.PRODUCTS,
        _("Products"),
        "package",
        rows=searching.product_rows,
        text=searching.product_text,
        reach=searching.partner_reach,
        hits=searching.product_hits,
        more_url_name="product_list",
        order=25,
    ),
)
search_places.register(
    SearchPlace(
        "partner_create", _("Add a partner"), "plus", "partner_create", "studio", "partners.manage", 10, _("new")
    ),
    SearchPlace(
        "partner_import",
        _("Import partners"),
        "upload",
        "partner_import_create",
        "studio",
        "partners.import",
        20,
        _("spreadsheet CSV Excel upload"),
    ),
    SearchPlace(
        "partner_invite", _("Invite people"), "user-plus", "partner_invite", "studio", "partners.manage", 30, _("join")
    ),
    SearchPlace("group_create", _("Make a group"), "layers", "group_create", "studio", "partners.manage", 40, _("new")),
    SearchPlace("my_company", _("My company"), "building-2", "my_company", "portal", order=10),
    SearchPlace("my_groups", _("My groups"), "layers", "my_group_list", "portal", order=20),
)
step_kinds.register(*STEP_KINDS)
triggers.register(*TRIGGERS)
planners.register(Planner("partners.journeys", plan_journeys, order=30))
# After groups and tiers have moved.
followers.register(Follower("partners.journeys", follow, order=200))
message_kinds.register(
    MessageKind(
        STEPS_DUE,
        _("Steps of a journey are due"),
        "todo",
        AT_MOST_ONCE,
        word=emails.steps_due,
        still_wanted=emails.are_steps_due,
    ),
    MessageKind(
        OUR_STEPS_DUE,
        _("Partners wait for a step of yours"),
        "todo",
        AT_MOST_ONCE,
        word=emails.our_steps_due,
        still_wanted=emails.are_our_steps_due,
    ),
)
navigation.register(
    NavItem(
        "journeys",
        _("Journeys"),
        "milestone",
        "journey_template_list",
        "studio",
        permission="partners.view",
        order=140,
        parent="partners",
    ),
    NavItem("portal.steps", _("Steps"), "milestone", "my_steps", "portal", order=10, visible=_is_partner),
)
home_cards.register(
    HomeCard(
        "partners.portal_todo",
        "portal",
        6,
        "partners/_portal_todo_card.html",
        cards.portal_todo,
        numbers=Numbers(cards.portal_parts, cards.portal_values),
    ),
    HomeCard("partners.steps", "portal", 50, "partners/_my_steps_card.html", cards.my_steps),
    HomeCard("partners.todo", "studio", 8, "partners/_todo_card.html", cards.my_todo),
)
due.register(
    DueProvider("partners.journeys", cards.steps_due, order=10),
    DueProvider("partners.questions", cards.questions_due, order=40),
    DueProvider("partners.todo", cards.todo_due, order=5),
)
waiting.register(*SOURCES)
awaited.register(*AWAITED)
milestone_kinds.register(*MILESTONES)
# After tiers have moved.
planners.register(Planner("partners.milestones", plan_milestones, order=45))
planners.register(Planner("partners.monthly_letter", plan_letter, order=50))
# What leaves at a moment that a colleague chose comes before what only looks after the day.
planners.register(Planner("partners.announcements", plan_announcements, order=-20))
home_cards.register(
    HomeCard(
        "partners.announcements",
        "portal",
        4,
        "partners/_announcements_card.html",
        portal_announcements.announcements_card,
        numbers=Numbers(portal_announcements.announcement_parts, portal_announcements.announcement_values),
    )
)
due.register(DueProvider("partners.announcements", portal_announcements.announcements_due, order=45))
navigation.register(
    NavItem(
        "announcements",
        _("Announcements"),
        "megaphone",
        "announcement_list",
        "studio",
        permission="partners.view",
        order=160,
        parent="partners",
        covers=("milestone_list",),
    )
)
search_places.register(
    SearchPlace(
        "announcement_create",
        _("Write an announcement"),
        "megaphone",
        "announcement_create",
        "studio",
        "partners.manage",
        35,
        _("news mail message newsletter"),
    ),
    SearchPlace("my_announcements", _("Announcements"), "megaphone", "my_announcement_list", "portal", order=40),
)
planners.register(Planner("partners.week", plan_week, order=35))
navigation.register(
    NavItem("todo", _("To do"), "list-todo", "todo_list", "studio", permission="studio.enter", order=10)
)

# Before groups are looked at by night, so that they see who holds what since midnight.
planners.register(Planner("partners.products", plan_product_rights, order=-10))
navigation.register(
    NavItem(
        "products",
        _("Products"),
        "package",
        "product_list",
        "studio",
        permission="partners.view",
        order=130,
        parent="partners",
    )
)
search_places.register(
    SearchPlace(
        "product_create",
        _("Add a product"),
        "package-plus",
        "product_create",
        "studio",
        "partners.manage",
        45,
        _("new sell service"),
    ),
    SearchPlace("my_products", _("My products"), "package", "my_product_list", "portal", order=30),
)

planners.register(Planner("partners.applications", plan_forgetting, order=40))
message_kinds.register(*messages.RECRUITMENT_KINDS)
navigation.register(
    NavItem(
        "recruitment",
        _("Recruitment"),
        "user-search",
        "recruitment_board",
        "studio",
        permission="recruitment.view",
        order=150,
        parent="partners",
    ),
)
search_places.register(
    SearchPlace(
        "task_create", _("Add a task"), "plus", "task_create", "studio", "studio.enter", 15, _("to do reminder note")
    ),
    SearchPlace(
        "recruitment_create",
        _("Look for new partners"),
        "user-search",
        "recruitment_create",
        "studio",
        "recruitment.manage",
        50,
        _("recruit call application page"),
    ),
)

variables.register(*VARIABLES)

health_sources.register(HealthSource("partners", judged_here, order=10))
message_kinds.register(*messages.CONVERSATION_KINDS)
due.register(DueProvider("partners.conversations", cards.turns_due, order=20))
reply_receivers.register(conversing.RECEIVER)
frame_links.register(conversing.WRITE)
navigation.register(conversing.QUEUE)
search_places.register(*conversing.PLACES)
handover_parts.register(*HANDOVER_PARTS)
colleague_actions.register(conversing.HAND_OVER)
