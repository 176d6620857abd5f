"""Journeys to begin with, written for real programs: chosen when a template is made, then changed at will.

`waits_for` names steps by their place in the list, counted from 0.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

PARTNER, STAFF = "partner", "staff"


@dataclass(frozen=True)
class StarterStep:
    """A step of a starter; the names mean what those of `partners.models.journeys` do."""

    phase: int
    kind: str
    title: Any
    text: Any = ""
    side: str = PARTNER
    due_days: int | None = None
    is_due_after_steps: bool = False
    waits_for: tuple[int, ...] = ()
    is_optional: bool = False
    questions: tuple[tuple[Any, str, bool], ...] = ()


@dataclass(frozen=True)
class JourneyStarter:
    name: str
    label: Any
    hint: Any
    icon: str
    welcome: Any
    phases: tuple[Any, ...]
    is_personal: bool = False
    trigger: str = "hand"
    steps: tuple[StarterStep, ...] = field(default_factory=tuple)


_LONG, _SHORT = "long", "text"

ONBOARDING = JourneyStarter(
    "onboarding",
    _("Onboarding in 30 days"),
    _("From the signature to the first conversation with a customer"),
    "rocket",
    _("Thirty days to your first customer conversation. Each step says how long it takes and who does it."),
    (_("Arrive"), _("Learn"), _("Begin to sell")),
    steps=(
        StarterStep(
            0,
            "meeting",
            _("Welcome call, 30 minutes"),
            _("We call your lead: what you hope for, who does what on both sides, what the next 30 days bring."),
            STAFF,
            due_days=3,
        ),
        StarterStep(
            0,
            "form",
            _("Tell us who does what at your company"),
            _("So that mails and calls reach the right person. Five minutes."),
            due_days=5,
            questions=(
                (_("Who sells our products? Name and e-mail address"), _LONG, True),
                (_("Who answers technical questions?"), _LONG, True),
                (_("Which three customers could be first, and why?"), _LONG, False),
                (_("How many projects of ours do you expect in the first year?"), "number", False),
            ),
        ),
        StarterStep(
            0,
            "agreement",
            _("Accept the partner agreement"),
            _("Read it in peace; ask about any sentence that is not clear. A lead accepts it for your company."),
            due_days=7,
        ),
        StarterStep(
            0,
            "task",
            _("Invite two colleagues"),
            _("One who sells and one who builds. Under **Team** it takes a minute, and they see what you see."),
            due_days=7,
        ),
        StarterStep(
            0,
            "task",
            _("Open price sheet, deal registration and support"),
            _("Give them access to what they need in the first week, and write to their lead that it is open."),
            STAFF,
            due_days=2,
            is_due_after_steps=True,
            waits_for=(2,),
        ),
        StarterStep(
            1,
            "content",
            _("Read what customers ask first"),
            _("The questions that come in every first conversation, and answers that hold."),
            due_days=14,
        ),
        StarterStep(
            1,
            "quiz",
            _("Check what stayed"),
            _("A handful of questions. Wrong answers come back later, until they stay."),
            due_days=16,
            waits_for=(5,),
        ),
        StarterStep(
            1,
            "meeting",
            _("Show us your first pitch, 30 minutes"),
            _("Your seller presents as to a customer. We say what works, and what a customer would ask."),
            due_days=21,
            waits_for=(6,),
        ),
        StarterStep(
            2,
            "task",
            _("Talk to a first customer"),
            _("Take one of the three you named. Write in the note what the customer asked; we help with the answer."),
            due_days=28,
            waits_for=(7,),
        ),
        StarterStep(
            2,
            "meeting",
            _("Look back at 30 days and agree on the next 90"),
            _("What came of it, what is missing, and two goals with a name on each."),
            STAFF,
            due_days=30,
            waits_for=(8,),
        ),
    ),
)

NEW_PERSON = JourneyStarter(
    "person",
    _("A new contact person"),
    _("Somebody takes over, or joins, at a company that you know well"),
    "user-round-check",
    _("Welcome. Your company has worked with us for a while; these steps bring you to where your colleagues are."),
    (_("Arrive"), _("Catch up")),
    is_personal=True,
    trigger="person",
    steps=(
        StarterStep(
            0,
            "form",
            _("Introduce yourself"),
            _("Two minutes, so that we know what helps you."),
            due_days=3,
            questions=(
                (_("What do you do at your company?"), _SHORT, True),
                (_("Whom do you take over from, if anybody?"), _SHORT, False),
                (_("What should we know before we talk?"), _LONG, False),
            ),
        ),
        StarterStep(
            0,
            "meeting",
            _("Call them, 20 minutes"),
            _("Say who is who on our side, what is under way with their company, and what is agreed."),
            STAFF,
            due_days=5,
        ),
        StarterStep(
            1,
            "content",
            _("Read what your colleagues have read"),
            _("The one text that every conversation with customers builds on."),
            due_days=10,
        ),
        StarterStep(
            1,
            "task",
            _("Go through what is open with a colleague"),
            _("Offers, projects and questions that are under way: for each, know who does the next step."),
            due_days=14,
        ),
    ),
)

NEW_PRODUCT = JourneyStarter(
    "product",
    _("A new product"),
    _("A partner takes up another product of yours"),
    "package-plus",
    _("From reading about it to the first customer, at your own pace within six weeks."),
    (_("Understand it"), _("Try it"), _("Offer it")),
    trigger="product",
    steps=(
        StarterStep(
            0,
            "content",
            _("Read for whom it is, and for whom not"),
            _("Who buys it, what they use today, and the two cases in which you should advise against it."),
            due_days=7,
        ),
        StarterStep(
            0,
            "quiz",
            _("Check what stayed"),
            _("A handful of questions about what you read."),
            due_days=9,
            waits_for=(0,),
        ),
        StarterStep(
            1,
            "task",
            _("Set up a demo environment for them"),
            _("With sample data of their industry. Send the access to their technical person."),
            STAFF,
            due_days=7,
        ),
        StarterStep(
            1,
            "task",
            _("Build one thing with it yourself"),
            _("Use the demo environment. Note what cost you time: it is what your customer will ask."),
            due_days=21,
            waits_for=(1, 2),
        ),
        StarterStep(
            2,
            "form",
            _("Name the first three customers"),
            _("Not the largest: those in which the problem is felt today."),
            due_days=28,
            waits_for=(3,),
            questions=(
                (_("Three customers, each with the problem it would solve"), _LONG, True),
                (_("What do you need from us for the first one?"), _LONG, False),
            ),
        ),
        StarterStep(
            2,
            "meeting",
            _("Plan the first offer together, 45 minutes"),
            _("Scope, price, who presents what, and when."),
            due_days=42,
            waits_for=(4,),
        ),
    ),
)

RENEWAL = JourneyStarter(
    "renewal",
    _("Renewal"),
    _("Ninety days before an agreement ends: look back, decide, sign"),
    "refresh-cw",
    _("Your agreement ends soon. We look back together, agree on what changes, and sign in time."),
    (_("Look back"), _("Agree"), _("Sign")),
    trigger="renewal",
    steps=(
        StarterStep(
            0,
            "task",
            _("Put the year on one page"),
            _("Deals, people trained, open requests, what was promised and came. Send it before the call."),
            STAFF,
            due_days=10,
        ),
        StarterStep(
            0,
            "form",
            _("How was the year with us?"),
            _("Plain words help most; what is wrong is worth more than what is right."),
            due_days=20,
            questions=(
                (_("What worked, and should stay?"), _LONG, True),
                (_("What cost you time or money?"), _LONG, True),
                (_("What would make you do twice as much with us?"), _LONG, False),
            ),
        ),
        StarterStep(
            1,
            "meeting",
            _("Review call, 60 minutes"),
            _("With who decides on both sides. Two goals for the coming year, each with a name and a date."),
            due_days=35,
            waits_for=(0, 1),
        ),
        StarterStep(
            1,
            "task",
            _("Send the new terms"),
            _("With what changed marked, and a sentence on why."),
            STAFF,
            due_days=10,
            is_due_after_steps=True,
            waits_for=(2,),
        ),
        StarterStep(
            2,
            "agreement",
            _("Accept the agreement for the coming year"),
            _("A lead accepts it for your company. Until then the present one holds."),
            due_days=75,
            waits_for=(3,),
        ),
        StarterStep(
            2,
            "task",
            _("Say thank you"),
            _("By hand, to the person who did most of the work. Name one thing they did."),
            STAFF,
            due_days=5,
            is_due_after_steps=True,
            waits_for=(4,),
            is_optional=True,
        ),
    ),
)

STARTERS = {starter.name: starter for starter in (ONBOARDING, NEW_PERSON, NEW_PRODUCT, RENEWAL)}
