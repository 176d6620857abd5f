"""What enablement offers to the platform."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enablement import emails, facts
from enablement.home import (
    due_questions,
    learn_card,
    practice_card,
    practice_counts,
    practice_values,
    reading_card,
    reading_since,
)
from enablement.mail_variables import VARIABLES
from enablement.queries.figures import reading_numbers
from enablement.queries.library import has_useful_thing, partners_losing_content, shown_to, shown_to_each
from enablement.queries.nudges import KIND
from enablement.queries.partner_facet import knowledge_judged, knowledge_of_partner
from enablement.queries.steps import STEP_KINDS
from enablement.services.handing_over import PARTS as HANDOVER_PARTS
from enablement.services.nudges import PAUSED_KIND, plan_nudges
from enablement.services.starters import draft_first_article
from partners.facets import Facet, HealthSource, facets, health_sources
from partners.showcases import Showcase, showcases
from partners.stakes import Stake, stakes
from partners.step_kinds import step_kinds
from prm.activity.kinds import register_facts
from prm.handovers import handover_parts
from prm.outbox.kinds import AT_MOST_ONCE, MessageKind, message_kinds
from prm.outbox.planning import Planner, planners
from prm.outbox.variables import variables
from prm.privacy.holdings import Holding, holdings
from prm.web.due import DueProvider, due
from prm.web.places import ChecklistStep, HomeCard, NavItem, Numbers, checklist, home_cards, navigation
from prm.web.starters import Starter, starters

register_facts(facts.KINDS, facts.MEASURES)

navigation.register(
    NavItem("library", _("Library"), "library", "content_list", "studio", permission="content.view", order=300),
    NavItem("learn", _("Learn"), "book-open", "learn", "portal", order=20),
    NavItem("practice", _("Practice"), "brain", "practice", "portal", order=40),
)

holdings.register(
    Holding(
        "enablement.progress",
        _("Content read"),
        "enablement.Progress",
        by=("membership",),
        told=("content__title", "opened_at", "last_at", "seconds", "reached", "downloads", "completed_at"),
        order=60,
    ),
    Holding(
        "enablement.memory",
        _("Questions practiced"),
        "enablement.Memory",
        by=("membership",),
        told=("item__claim", "first_exposed_at", "last_review_at", "due_at", "answers"),
        order=61,
    ),
    Holding(
        "enablement.review",
        _("Answers in practice"),
        "enablement.Review",
        by=("membership",),
        told=("item__claim", "answered_at", "rating"),
        order=62,
    ),
)

home_cards.register(
    HomeCard("enablement.learn", "portal", 30, "enablement/cards/learn.html", learn_card),
    HomeCard(
        "enablement.practice",
        "portal",
        40,
        "enablement/cards/practice.html",
        practice_card,
        numbers=Numbers(practice_counts, practice_values),
    ),
    HomeCard(
        "enablement.reading",
        "studio",
        60,
        "enablement/cards/reading.html",
        reading_card,
        permission="content.view",
        numbers=Numbers(reading_numbers, reading_since),
    ),
)

due.register(DueProvider("enablement.questions", due_questions, order=60))

checklist.register(
    ChecklistStep(
        "enablement.first_content",
        label=_("Add one useful thing"),
        why=_("Your partners would see an empty page. A price sheet is enough to begin with."),
        minutes=5,
        url_name="content_choose",
        is_done=has_useful_thing,
        permission="content.manage",
        order=30,
    )
)

message_kinds.register(
    MessageKind(
        KIND,
        _("Recall question"),
        "recall",
        AT_MOST_ONCE,
        word=emails.nudged,
        still_wanted=emails.is_still_due,
        template="enablement/emails/nudged",
    ),
    MessageKind(
        PAUSED_KIND,
        _("Recall questions paused"),
        "recall",
        AT_MOST_ONCE,
        word=emails.nudges_paused,
        still_wanted=emails.is_still_paused,
    ),
)

showcases.register(Showcase("enablement.library", _("Library"), shown_to, shown_to_each, order=10))

stakes.register(
    Stake(
        "enablement.content",
        lambda count: ngettext("%d loses content", "%d lose content", count) % count,
        partners_losing_content,
        order=10,
    )
)

planners.register(Planner("enablement.nudges", plan_nudges))

starters.register(Starter("enablement.first_article", _("a draft of a first article"), draft_first_article, order=40))

step_kinds.register(*STEP_KINDS)

variables.register(*VARIABLES)

facets.register(Facet("enablement.knowledge", _("What they remember"), "brain", knowledge_of_partner, order=20))
health_sources.register(HealthSource("enablement.knowledge", knowledge_judged, order=60))
handover_parts.register(*HANDOVER_PARTS)
