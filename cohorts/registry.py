"""What cohorts offer to the platform."""

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts import cards, facts, invitees, messages
from cohorts.queries.graduation import certificates_of, certificates_told
from cohorts.queries.merging import merge_problems
from cohorts.queries.people import companions_of
from cohorts.queries.programs import has_promise
from cohorts.queries.stakes import partners_in_running
from cohorts.queries.steps import STEP_KIND
from cohorts.services.nominations import INVITATION_KIND
from cohorts.services.programs import start_program
from cohorts.services.recaps import send_due_recaps
from cohorts.services.reminders import plan_reminders
from partners.circles import Circle, circles
from partners.gaps import GapOffer, gap_offers
from partners.grounds import GroundSource, grounds
from partners.models import PartnerProduct
from partners.references import Objection, moves, objections, references
from partners.stakes import Stake, stakes
from partners.step_kinds import step_kinds
from prm.accounts.models import Membership
from prm.activity.kinds import register_facts
from prm.invitations.kinds import InvitationKind, invitation_kinds
from prm.outbox.kinds import message_kinds
from prm.outbox.planning import Planner, planners
from prm.privacy.holdings import Holding, holdings
from prm.tenancy.policies import ERASED
from prm.web.due import DueProvider, due
from prm.web.places import ChecklistStep, HomeCard, NavItem, checklist, home_cards, navigation
from prm.web.starters import Starter, starters

register_facts(facts.KINDS, facts.MEASURES)
message_kinds.register(*messages.KINDS)
planners.register(Planner("cohorts.recaps", send_due_recaps, order=20), Planner("cohorts.reminders", plan_reminders))
circles.register(Circle("cohorts", companions_of, order=10))
references.register(
    moves("cohorts.nomination.partner", _("Nominations for cohorts")),
    moves("cohorts.application.partner", _("Applications for cohorts")),
    moves("cohorts.seat.partner", _("Seats in cohorts")),
    moves("cohorts.graduation.partner", _("Graduations")),
)
objections.register(Objection("cohorts.both_apply", merge_problems))
grounds.register(
    GroundSource("cohorts.graduation", PartnerProduct.Basis.CERTIFICATE, certificates_of, certificates_told, order=10)
)
gap_offers.register(
    GapOffer("cohorts.plan", _("Plan a cohort"), "users-round", "cohort_create", "cohorts.manage", order=40)
)
stakes.register(
    Stake(
        "cohorts.running",
        lambda count: ngettext("%d is in a running cohort", "%d are in a running cohort", count) % count,
        partners_in_running,
        is_grave=True,
        order=20,
    )
)
invitation_kinds.register(
    InvitationKind(
        INVITATION_KIND,
        _("Nominee of a cohort"),
        describe=invitees.describe,
        accept=invitees.accept,
        sees=invitees.sees,
        find_target=invitees.find_target,
        needs_target=True,
        permission="cohorts.manage",
        home_url_name="my_cohorts",
        order=30,
    )
)

# Of one cohort each open nomination has another address.
_nobody = Concat(Value("erased-"), Cast("pk", CharField()), Value("@erased.invalid"))
holdings.register(
    Holding(
        "cohorts.application",
        _("Applications for cohorts"),
        "cohorts.Application",
        by=("membership",),
        told=("cohort__title", "why", "project", "experience", "state", "created_at", "submitted_at"),
        blank={"why": "", "project": "", "experience": ""},
        order=50,
    ),
    Holding(
        "cohorts.decision",
        _("Answers to applications"),
        "cohorts.Decision",
        by=("application__membership",),
        blank={"wording": ""},
        order=51,
    ),
    Holding(
        "cohorts.nomination",
        _("Nominations"),
        "cohorts.Nomination",
        by=("membership",),
        addresses=("email",),
        names=("name",),
        told=("cohort__title", "email", "name", "state", "created_at"),
        blank={"email": _nobody, "name": "", "note": ""},
        order=52,
    ),
    Holding(
        "cohorts.seat",
        _("Seats in cohorts"),
        "cohorts.Seat",
        by=("membership",),
        told=("cohort__title", "state", "offered_at", "confirmed_at", "ended_at"),
        order=53,
    ),
    Holding(
        "cohorts.attendance",
        _("Attendance"),
        "cohorts.Attendance",
        by=("membership",),
        told=("session__title", "state", "recorded_at"),
        blank={"note": ""},
        order=54,
    ),
    Holding(
        "cohorts.submission",
        _("Homework handed in"),
        "cohorts.Submission",
        by=("membership",),
        told=("homework__title", "version", "text", "link", "file__name", "submitted_at"),
        blank={"text": "", "link": ""},
        files=("file",),
        order=55,
    ),
    Holding(
        "cohorts.comment",
        _("Comments on homework"),
        "cohorts.SubmissionComment",
        by=("author",),
        told=("submission__homework__title", "body", "written_at"),
        blank={"body": ERASED},
        where={"author__kind": Membership.Kind.PARTNER},
        order=56,
    ),
    Holding(
        "cohorts.graduation",
        _("Certificates"),
        "cohorts.Graduation",
        by=("membership",),
        names=("name",),
        told=("name", "program_title", "graduated_at"),
        blank={"name": ERASED},
        order=57,
    ),
)

navigation.register(
    NavItem("cohorts", _("Cohorts"), "users-round", "cohort_list", face="studio", permission="cohorts.view", order=200),
    NavItem(
        "cohorts.programs",
        _("Cohort programs"),
        "sprout",
        "program_list",
        face="studio",
        permission="cohorts.view",
        order=210,
        parent="cohorts",
    ),
    NavItem(
        "portal.cohorts", _("Cohorts"), "users-round", "my_cohorts", face="portal", order=30, visible=cards.has_cohorts
    ),
)
home_cards.register(
    HomeCard("cohorts.next_session", "portal", 10, "cohorts/cards/portal_session.html", cards.next_session),
    HomeCard("cohorts.asked", "portal", 15, "cohorts/cards/portal_asked.html", cards.asked),
    HomeCard("cohorts.homework", "portal", 20, "cohorts/cards/portal_homework.html", cards.homework_due),
    HomeCard(
        "cohorts.studio",
        "studio",
        20,
        "cohorts/cards/studio_cohorts.html",
        cards.studio_cohorts,
        permission="cohorts.view",
    ),
)
due.register(DueProvider("cohorts", cards.due, order=20))
checklist.register(
    ChecklistStep(
        "cohorts.promise",
        _("Write the promise of your first cohort"),
        _("A draft while you wait for the first partner. Nothing of it is public."),
        minutes=5,
        url_name="program_promise",
        is_done=has_promise,
        permission="cohorts.manage",
        order=60,
    )
)
starters.register(Starter("cohorts.program", _("a cohort program to begin with"), apply=start_program, order=40))

step_kinds.register(STEP_KIND)
