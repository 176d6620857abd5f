"""Shapes for learning something: a skill, a new region, leading others; and the small one to begin with."""

from django.utils.translation import gettext_lazy as _

from cohorts.models.agenda import AgendaKind, Speaker
from cohorts.shapes.common import BEGINNING, ENDING, FIRST_ATTEMPTS, FIRST_HOMEWORK, HALF_FINISHED, SURVEY
from cohorts.shapes.kinds import HomeworkIdea, Item, Question, SessionIdea, Shape

SMALL = Shape(
    key="small",
    icon="sprout",
    label=_("Small"),
    sentence=_("Four sessions with agendas, one homework, a recap after each. The promise is yours to write."),
    title="",
    promise="",
    pain="",
    for_whom="",
    role="tactical",
    weekly_minutes=120,
    bring=_(
        "You come to all sessions, with the camera on where that is possible. You work on something real and show it"
        " half-finished."
    ),
    gains=_(
        "A small group that does the same work, two ideas each week that somebody has tried, honest words about your"
        " work, and a certificate that anybody can check."
    ),
    sessions=(BEGINNING, FIRST_ATTEMPTS, HALF_FINISHED, ENDING),
    homework=FIRST_HOMEWORK,
    survey=SURVEY,
    stumbling_blocks=(),
    example="",
)

SKILL = Shape(
    key="skill",
    icon="wrench",
    label=_("Skill"),
    sentence=_("People learn to do one thing well, on a case of their own that two peers have checked."),
    title=_("From project to blueprint"),
    promise=_(
        "You have turned one project into a blueprint with architecture, estimate and risks that a colleague can reuse."
    ),
    pain=_("Every project begins from an empty page, and what the last one taught left with its people."),
    for_whom=_("Architects and project leads who have built at least one integration."),
    role="tactical",
    weekly_minutes=150,
    bring=_("You bring one project that is over or nearly, with its files, and two evenings for your blueprint."),
    gains=_("A blueprint that somebody else has used, the limits by heart, and peers to call when it does not hold."),
    sessions=(
        SessionIdea(
            _("What went differently"),
            (
                Item(5, _("What we want to leave with"), AgendaKind.RITUAL, Speaker.FACILITATOR),
                Item(10, _("In pairs: what would you not do again?"), AgendaKind.PAIRS),
                Item(25, _("Your project on one page: parts, hours, surprises"), AgendaKind.WORK),
                Item(10, _("A blueprint that others reused, shown once"), AgendaKind.DEMO, Speaker.GUEST),
                Item(10, _("Homework: the estimate beside the truth"), AgendaKind.HOMEWORK),
            ),
        ),
        SessionIdea(
            _("Estimate and truth"),
            (
                Item(10, _("In pairs: where were you most wrong?"), AgendaKind.PAIRS),
                Item(20, _("In threes: three factors that make it twice as long"), AgendaKind.BREAKOUT),
                Item(25, _("Put them into your blueprint"), AgendaKind.WORK),
                Item(5, _("Who reads yours until next week"), AgendaKind.REFLECTION),
            ),
        ),
        SessionIdea(
            _("Somebody else uses it"),
            (
                Item(5, _("In pairs: what you hope nobody asks"), AgendaKind.PAIRS),
                Item(30, _("Plan your peer’s next project with your blueprint; they stay silent"), AgendaKind.WORK),
                Item(15, _("In threes: what was missing?"), AgendaKind.BREAKOUT),
                Item(10, _("What you change, written down"), AgendaKind.REFLECTION),
            ),
        ),
        ENDING,
    ),
    homework=HomeworkIdea(
        _("The estimate beside the truth"),
        _(
            "A table of ten lines is enough: part of the work, hours you estimated, hours it took, why. Then three"
            " sentences: what would you ask before you estimate again?\n\nLeave out names of customers."
        ),
    ),
    survey=(*SURVEY, Question(_("How sure would you be to lead the next project alone?"), "scale")),
    stumbling_blocks=(_("They describe the tool, not the decisions."), _("Nobody dares to show the hours.")),
    example=_(
        "Halden’s blueprint has four pages: a drawing, a table of hours, seven questions to the customer and a list of"
        " what broke. A colleague used it for a project of half the size and sent back two corrections."
    ),
    follows="leadership",
)

REGION = Shape(
    key="region",
    icon="map",
    label=_("New region"),
    sentence=_("People open a market in which nobody knows them: first names, first meetings, first reference."),
    title=_("First in a new region"),
    promise=_("You have met five companies in the new region and one of them has agreed to be your first reference."),
    pain=_("The region is in the plan every year, and the plan begins with “hire somebody”."),
    for_whom=_("People who open a country or a region for their company, or represent us in one."),
    role="strategic",
    weekly_minutes=150,
    bring=_("You bring a list of thirty companies, two days of travel or calls, and the right to make a first offer."),
    gains=_("Five doors that are open, what local rules and habits cost, and people who went there before you."),
    sessions=(
        SessionIdea(
            _("Thirty names become ten"),
            (
                Item(5, _("What we want to leave with"), AgendaKind.RITUAL, Speaker.FACILITATOR),
                Item(10, _("In pairs: why this region, in one sentence a local would believe"), AgendaKind.PAIRS),
                Item(
                    15,
                    _("What I did not know when I came: told by somebody from there"),
                    AgendaKind.GUEST,
                    Speaker.GUEST,
                ),
                Item(20, _("In threes: cross out twenty names, and say why"), AgendaKind.BREAKOUT),
                Item(10, _("Homework: ten messages"), AgendaKind.HOMEWORK),
            ),
        ),
        SessionIdea(
            _("Who answered"),
            (
                Item(10, _("In pairs: read your best message aloud"), AgendaKind.PAIRS),
                Item(20, _("What was answered and what not; change one word at a time"), AgendaKind.WORK),
                Item(20, _("In threes: the first meeting, rehearsed"), AgendaKind.BREAKOUT),
                Item(10, _("Which five you will meet"), AgendaKind.REFLECTION),
            ),
        ),
        SessionIdea(
            _("A reference worth giving"),
            (
                Item(5, _("In pairs: what would you want in return for being the first?"), AgendaKind.PAIRS),
                Item(15, _("Three first offers that were fair to both sides"), AgendaKind.DEMO, Speaker.FACILITATOR),
                Item(25, _("Write yours"), AgendaKind.WORK),
                Item(15, _("In threes: read it as the customer’s lawyer"), AgendaKind.BREAKOUT, is_flexible=True),
            ),
        ),
        ENDING,
    ),
    homework=HomeworkIdea(
        _("Ten messages, five meetings"),
        _(
            "Write to ten companies of your list, each message different in its first line. Hand in:\n\n"
            "- the first lines\n- who answered, and what\n- the dates of your meetings\n- one habit that surprised you"
        ),
    ),
    survey=(*SURVEY, Question(_("How many companies of the region have you met?"), "choice", ("0–2", "3–4", "5+"))),
    stumbling_blocks=(_("They translate the home pitch."), _("They wait for a local hire.")),
    example=_(
        "Nordwind wrote to ten harbor services between Stettin and Gdansk, in Polish, with the name of a crane in the"
        " first line. Four answered. The reference is a company of twelve that got the set-up at cost."
    ),
    follows="number",
)

LEADERSHIP = Shape(
    key="leadership",
    icon="compass",
    label=_("Leadership"),
    sentence=_("People who lead others change one habit of their team, with peers who do the same."),
    title=_("Lead the practice"),
    promise=_("Your team works by a plan of three pages that you wrote with them, and has kept it for three weeks."),
    pain=_("The best seller leads the team now, and does the work of three instead."),
    for_whom=_("People who have led a team for less than two years, or build a new one."),
    role="strategic",
    weekly_minutes=120,
    bring=_(
        "You bring a team of at least two, a decision that you put off, and half an hour with your team each week."
    ),
    gains=_("A plan that your team has written with you, three conversations you no longer avoid, and a peer to call."),
    sessions=(
        SessionIdea(
            _("What only you can do"),
            (
                Item(
                    5,
                    _("What we want to leave with, and what stays in this room"),
                    AgendaKind.RITUAL,
                    Speaker.FACILITATOR,
                ),
                Item(10, _("In pairs: what did you do last week that another could have done?"), AgendaKind.PAIRS),
                Item(25, _("Your week on one page; mark what you will hand over"), AgendaKind.WORK),
                Item(15, _("In threes: the conversation in which you hand it over"), AgendaKind.BREAKOUT),
                Item(5, _("Homework: have it"), AgendaKind.HOMEWORK),
            ),
        ),
        SessionIdea(
            _("The decision you put off"),
            (
                Item(10, _("In pairs: what became of what you handed over?"), AgendaKind.PAIRS),
                Item(30, _("Two decisions, by peer advice: questions first, advice last"), AgendaKind.WORK),
                Item(
                    10,
                    _("A leader tells of a wrong decision"),
                    AgendaKind.GUEST,
                    Speaker.GUEST,
                    is_flexible=True,
                ),
                Item(10, _("By when you decide, and who asks you"), AgendaKind.REFLECTION),
            ),
        ),
        SessionIdea(
            _("Three pages with your team"),
            (
                Item(5, _("In pairs: what will your team say first?"), AgendaKind.PAIRS),
                Item(30, _("Draft: what we do, what we stop, how we know"), AgendaKind.WORK),
                Item(15, _("In threes: read as the most critical person of your team"), AgendaKind.BREAKOUT),
                Item(10, _("When you write it with them"), AgendaKind.REFLECTION),
            ),
        ),
        ENDING,
    ),
    homework=HomeworkIdea(
        _("Hand one thing over"),
        _(
            "Hand over one thing that somebody else could do, in one conversation. Then write:\n\n"
            "1. What did you say first?\n2. What did they ask?\n3. What did you want to take back, and did you?\n\n"
            "Leave the name out."
        ),
    ),
    survey=(*SURVEY, Question(_("What has your team noticed?"))),
    stumbling_blocks=(_("They bring the plan of the company instead of their own."), _("They talk about others.")),
    example=_(
        "Jonas stopped writing the quotes. In the first week two were wrong; he did not take them back and sat beside"
        " the colleague for one hour. His plan has three lines on page two: what we do not do any more."
    ),
    follows="joint",
)
