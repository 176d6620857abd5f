"""What partners hand to the platform: facts, planner, kinds of imports and invitations, places in the shell."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from partners import emails, facts
from partners.models import Group
from partners.queries import exports, invitations
from partners.queries.partners import has_real_partners
from partners.services.group_moves import HELD_MAIL, LEAVING_MAIL, plan_night, reconsider
from partners.services.group_rules import APPLY_JOB, apply_rule
from partners.services.groups import plan_group_ends
from partners.services.importing import PartnerImport, PeopleImport
from partners.services.inviting import accept_invitation
from partners.services.starting import make_starting_group
from partners.services.trying import create_test_partner
from partners.views import cards
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.following import Follower, followers
from prm.activity.kinds import register_facts
from prm.addresses import address
from prm.exports.kinds import TableKind, export_kinds
from prm.imports.schema import import_schemas
from prm.invitations.kinds import InvitationKind, invitation_kinds
from prm.jobs.kinds import JobKind, job_kinds
from prm.jobs.models import Job
from prm.outbox.kinds import AT_LEAST_ONCE, MessageKind, message_kinds
from prm.outbox.planning import Planner, planners
from prm.web.examples import ExamplePerson, example_people
from prm.web.places import ChecklistStep, HomeCard, NavItem, checklist, home_cards, navigation
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
planners.register(
    Planner("partners.group_ends", plan_group_ends),
    Planner("partners.group_rules", plan_night),
)
followers.register(Follower("partners.group_rules", reconsider, order=50))
job_kinds.register(JobKind(APPLY_JOB, apply_rule, _("Moving partners by a group’s rule"), _page_of_group))
message_kinds.register(
    MessageKind(
        HELD_MAIL,
        _("Moves of a group wait"),
        "requests",
        AT_LEAST_ONCE,
        word=emails.group_held,
        still_wanted=emails.is_still_held,
    ),
    MessageKind(
        LEAVING_MAIL,
        _("A group is left"),
        "groups",
        AT_LEAST_ONCE,
        word=emails.group_leaving,
        still_wanted=emails.is_still_leaving,
    ),
)
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
        numbers=cards.partner_counts,
    ),
    HomeCard("contact", "portal", 900, "partners/_contact_card.html", cards.contact),
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
