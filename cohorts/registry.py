"""What cohorts offer to the platform."""

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts import cards, facts, guests, invitees, messages, teammates
from cohorts.mail_variables import VARIABLES
from cohorts.queries.graduation import certificates_of, certificates_told
from cohorts.queries.merging import merge_problems
from cohorts.queries.milestones import GRADUATION
from cohorts.queries.partner_facet import cohorts_of_partner, presence_judged
from cohorts.queries.people import companions_of
from cohorts.queries.programs import has_promise
from cohorts.queries.stakes import partners_in_running
from cohorts.queries.steps import STEP_KIND
from cohorts.queries.waiting import AWAITED, SOURCES
from cohorts.services.closing import plan_closing
from cohorts.services.drumbeat import plan_drumbeat
from cohorts.services.handing_over import PARTS as HANDOVER_PARTS
from cohorts.services.nominations import INVITATION_KIND
from cohorts.services.programs import start_program
from cohorts.services.recap_drafts import draft_recaps
from cohorts.services.recaps import send_due_recaps
from cohorts.services.reminders import plan_reminders
from cohorts.services.reviews import plan_review_reminders
from cohorts.services.seat_invitations import INVITATION_KIND as GUEST_KIND
from cohorts.services.selection import release_due_decisions
from cohorts.services.teams import INVITATION_KIND as TEAMMATE_KIND
from partners.circles import Circle, circles
from partners.facets import Facet, HealthSource, facets, health_sources
from partners.gaps import GapOffer, gap_offers
from partners.grounds import GroundSource, grounds
from partners.milestones import milestone_kinds
from partners.models import PartnerProduct
from partners.references import Objection, moves, objections, references
from partners.stakes import Stake, stakes
from partners.step_kinds import step_kinds
from prm.accounts.models import Membership
from prm.activity.kinds import register_facts
from prm.handovers import handover_parts
from prm.invitations.kinds import InvitationKind, invitation_kinds
from prm.outbox.kinds import message_kinds
from prm.outbox.planning import Planner, planners
from prm.outbox.variables import variables
from prm.privacy.holdings import Holding, holdings
from prm.tenancy.policies import ERASED
from prm.waiting import awaited, waiting
from prm.web.due import DueProvider, due
from prm.web.places import ChecklistStep, HomeCard, NavItem, checklist, home_cards, navigation
from prm.web.starters import Starter, starters

register_facts(facts.KINDS, facts.MEASURES)
message_kinds.register(*messages.KINDS)
planners.register(
    Planner("cohorts.recap_drafts", draft_recaps, order=10),
    Planner("cohorts.decisions", release_due_decisions, order=15),
    Planner("cohorts.drumbeat", plan_drumbeat, order=30),
    Planner("cohorts.review_reminders", plan_review_reminders, order=40),
)
planners.register(Planner("cohorts.closing_surveys", plan_closing, order=50))
planners.register(Planner("cohorts.recaps", send_due_recaps, order=20), Planner("cohorts.reminders", plan_reminders))
circles.register(Circle("cohorts", companions_of, order=10))
references.register(
    moves("cohorts.nomination.partner", _("Nominations for cohorts")),
    moves("cohorts.application.partner", _("Applications for cohorts")),
    moves("cohorts.seat.partner", _("Seats in cohorts")),
    moves("cohorts.team.partner", _("Teams in cohorts")),
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
        pass_on=invitees.pass_on,
        sees=invitees.sees,
        find_target=invitees.find_target,
        needs_target=True,
        permission="cohorts.manage",
        home_url_name="my_cohorts",
        order=30,
    )
)

invitation_kinds.register(
    InvitationKind(
        GUEST_KIND,
        _("Guest of a cohort"),
        describe=guests.describe,
        accept=guests.accept,
        sees=guests.sees,
        find_target=guests.find_target,
        needs_target=True,
        permission="cohorts.manage",
        membership_kind="guest",
        home_url_name="my_cohorts",
        order=31,
    )
)
invitation_kinds.register(
    InvitationKind(
        TEAMMATE_KIND,
        _("Colleague in a team"),
        describe=teammates.describe,
        accept=teammates.accept,
        sees=teammates.sees,
        find_target=teammates.find_target,
        needs_target=True,
        permission="cohorts.manage",
        home_url_name="my_cohorts",
        order=32,
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
        told=("cohort__title", "answers", "state", "created_at", "submitted_at"),
        blank={"answers": {}},
        order=50,
    ),
    Holding(
        "cohorts.application_file",
        _("Files of applications"),
        "cohorts.ApplicationFile",
        by=("application__membership",),
        told=("application__cohort__title", "file__name"),
        files=("file",),
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
        "cohorts.testimonial",
        _("Words for those who come after"),
        "cohorts.Testimonial",
        by=("membership",),
        told=("cohort__title", "words", "agreed_at", "written_at"),
        blank={"words": "", "agreed_at": None},
        order=58,
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
        "cohorts.seat_invitation",
        _("Invitations to seats"),
        "cohorts.SeatInvitation",
        by=("membership",),
        addresses=("email",),
        names=("name",),
        told=("cohort__title", "email", "name", "role", "created_at"),
        blank={"email": _nobody, "name": "", "note": ""},
        order=53,
    ),
    Holding(
        "cohorts.team_member",
        _("Places in teams"),
        "cohorts.TeamMember",
        by=("membership",),
        addresses=("email",),
        names=("name",),
        told=("cohort__title", "email", "name", "function", "state", "asked_at", "answered_at"),
        blank={"email": _nobody, "name": ""},
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
holdings.register(
    Holding(
        "cohorts.review",
        _("Reviews of applications"),
        "cohorts.Review",
        by=("application__membership", "membership"),
        told=("cohort__title", "state", "written_at"),
        blank={"comment": ""},
        order=51,
    ),
    Holding(
        "cohorts.participation",
        _("Goals and promises in cohorts"),
        "cohorts.Participation",
        by=("membership",),
        told=(
            "cohort__title",
            "goal",
            "commitment",
            "is_quotable",
            "shows_after",
            "may_record",
            "rule_version",
            "rule_accepted_at",
        ),
        blank={"goal": "", "commitment": "", "is_quotable": False, "shows_after": False},
        order=58,
    ),
    Holding(
        "cohorts.survey_answer",
        _("Answers before a cohort"),
        "cohorts.SurveyAnswer",
        by=("membership",),
        told=("cohort__title", "answers", "answered_at"),
        is_deleted=True,
        order=59,
    ),
    Holding(
        "cohorts.closing_answer",
        _("Answers after a cohort"),
        "cohorts.ClosingAnswer",
        by=("membership",),
        told=("cohort__title", "answers", "answered_at"),
        is_deleted=True,
        order=59,
    ),
    Holding(
        "cohorts.need",
        _("Needs on boards of cohorts"),
        "cohorts.Need",
        by=("membership",),
        told=("cohort__title", "text", "put_at"),
        is_deleted=True,
        order=60,
    ),
    Holding(
        "cohorts.need_vote",
        _("Needs that somebody has, too"),
        "cohorts.NeedVote",
        by=("membership",),
        told=("need__text",),
        is_deleted=True,
        order=61,
    ),
    Holding(
        "cohorts.cut_request",
        _("Parts to be cut out of recordings"),
        "cohorts.CutRequest",
        by=("membership",),
        told=("material__session__title", "where", "asked_at", "done_at"),
        blank={"where": ERASED},
        order=62,
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
    HomeCard("cohorts.banners", "portal", 5, "cohorts/cards/portal_banners.html", cards.banners),
    HomeCard("cohorts.next_session", "portal", 10, "cohorts/cards/portal_session.html", cards.next_session),
    HomeCard("cohorts.open", "portal", 15, "cohorts/cards/portal_open.html", cards.open_cohorts),
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
waiting.register(*SOURCES)
awaited.register(*AWAITED)
milestone_kinds.register(GRADUATION)
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

variables.register(*VARIABLES)

facets.register(Facet("cohorts.seats", _("Cohorts"), "graduation-cap", cohorts_of_partner, order=10))
health_sources.register(HealthSource("cohorts.presence", presence_judged, order=50))
handover_parts.register(*HANDOVER_PARTS)
