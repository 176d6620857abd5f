"""Shapes for people who meet customers: a new partner's start, a launch, a joint solution, one number to lift."""

from django.utils.translation import gettext_lazy as _

from cohorts.models.agenda import AgendaKind, Speaker
from cohorts.shapes.common import ENDING, SURVEY
from cohorts.shapes.kinds import HomeworkIdea, Item, Question, SessionIdea, Shape

NEW_PARTNER = Shape(
    key="new_partner",
    icon="rocket",
    label=_("New-partner start"),
    sentence=_("People of new partners win their first conversations, and know whom to ask."),
    title=_("First three deals"),
    promise=_(
        "You have had three discovery conversations with customers of your own, and one offer of ours is on the table."
    ),
    pain=_("The contract is signed, the training is done, and nobody has called a customer yet."),
    for_whom=_("People who talk to customers every week and have sold something else so far."),
    role="tactical",
    weekly_minutes=120,
    bring=_(
        "You bring three real customers by name. You call one of them each week and show how it went, also when it went"
        " badly."
    ),
    gains=_(
        "A first conversation you can lead without slides, an offer that somebody has read, and eleven people who are"
        " as new as you are."
    ),
    sessions=(
        SessionIdea(
            _("Three customers by name"),
            (
                Item(5, _("What we want to leave with, and how we talk here"), AgendaKind.RITUAL, Speaker.FACILITATOR),
                Item(10, _("In pairs: which customer came to your mind first, and why?"), AgendaKind.PAIRS),
                Item(15, _("The three questions that open a conversation, shown once"), AgendaKind.DEMO, Speaker.GUEST),
                Item(20, _("In threes: ask the questions, swap roles, say what felt false"), AgendaKind.BREAKOUT),
                Item(10, _("Homework: one call before we meet again"), AgendaKind.HOMEWORK),
            ),
        ),
        SessionIdea(
            _("What they said"),
            (
                Item(10, _("In pairs: the one sentence of your customer that you remember"), AgendaKind.PAIRS),
                Item(20, _("Two calls told by those who made them: where did it turn?"), AgendaKind.WORK),
                Item(20, _("In threes: the second call, rehearsed"), AgendaKind.BREAKOUT, is_flexible=True),
                Item(10, _("Next step for each, written down"), AgendaKind.REFLECTION),
            ),
        ),
        SessionIdea(
            _("An offer on one page"),
            (
                Item(5, _("In pairs: what your customer would pay to be rid of"), AgendaKind.PAIRS),
                Item(10, _("A one-page offer that won, read line by line"), AgendaKind.DEMO, Speaker.FACILITATOR),
                Item(25, _("Write yours; facilitators walk around"), AgendaKind.WORK),
                Item(15, _("Two peers read it as the customer and say where they stop"), AgendaKind.BREAKOUT),
                Item(5, _("When you send it, and to whom"), AgendaKind.REFLECTION),
            ),
        ),
        ENDING,
    ),
    homework=HomeworkIdea(
        _("One conversation with a customer"),
        _(
            "Call one of your three customers and ask the three questions. Then write five lines:\n\n"
            "1. Who did you talk to, and how long?\n"
            "2. What costs them time or money today, in their words?\n"
            "3. Where did you begin to sell too early?\n"
            "4. What did you agree on?\n"
            "5. What would you ask next time?\n\n"
            "No call came about? Write down the two attempts. That counts."
        ),
    ),
    survey=(
        *SURVEY,
        Question(_("How many customers have you spoken to since we began?"), "choice", ("0", "1–2", "3+")),
    ),
    stumbling_blocks=(
        _("They begin with the product instead of a question."),
        _("They wait until they know everything."),
    ),
    example=_(
        "Lena called a metal works of 80 people that she had known for years. She asked what happens when the server"
        " room is down on a Friday, and wrote down one number: 11,000 euros a day. Her offer has that number in its"
        " first line, and a date for the next call in its last."
    ),
    follows="skill",
)

LAUNCH = Shape(
    key="launch",
    icon="megaphone",
    label=_("Launch"),
    sentence=_("Partners bring something new to their first customers in the weeks in which it appears."),
    title=_("Launch together"),
    promise=_("You have packaged the new offer under your own name, with a price, one page and a first customer."),
    pain=_("New things are announced, everybody nods, and half a year later two partners have sold them."),
    for_whom=_("People who decide what their company offers, with one who sells it."),
    role="strategic",
    weekly_minutes=120,
    bring=_("You bring one customer segment, the right to set a price, and a colleague who will sell it."),
    gains=_("An offer that exists, words that were tried on customers, and our product people on first-name terms."),
    sessions=(
        SessionIdea(
            _("Who would miss it"),
            (
                Item(5, _("What we want to leave with"), AgendaKind.RITUAL, Speaker.FACILITATOR),
                Item(10, _("In pairs: which of your customers asked for this already?"), AgendaKind.PAIRS),
                Item(15, _("The new product in one case, with what it cannot do"), AgendaKind.DEMO, Speaker.GUEST),
                Item(20, _("In threes: one segment, the problem, what they do today"), AgendaKind.BREAKOUT),
                Item(10, _("Homework: ask three of them"), AgendaKind.HOMEWORK),
            ),
        ),
        SessionIdea(
            _("A price and a page"),
            (
                Item(10, _("In pairs: what your three customers said"), AgendaKind.PAIRS),
                Item(15, _("Three ways to package it, with the sums"), AgendaKind.DEMO, Speaker.FACILITATOR),
                Item(25, _("Your package: name, price, what is not in it"), AgendaKind.WORK),
                Item(10, _("Say it aloud in thirty seconds; the others guess the segment"), AgendaKind.REFLECTION),
            ),
        ),
        SessionIdea(
            _("The first customer"),
            (
                Item(5, _("In pairs: whom do you call first?"), AgendaKind.PAIRS),
                Item(25, _("In threes: the call, with the objections of last time"), AgendaKind.BREAKOUT),
                Item(
                    20,
                    _("What our product people should change; three answers at once"),
                    AgendaKind.GUEST,
                    is_flexible=True,
                ),
                Item(10, _("Date and name of the first offer, written down"), AgendaKind.REFLECTION),
            ),
        ),
        ENDING,
    ),
    homework=HomeworkIdea(
        _("Three customers, one question"),
        _(
            "Ask three customers of your segment: “What do you do today when …?” Write for each:\n\n"
            "- what they do today, and what it costs them\n- what they would need to see to change it\n"
            "- the word they use for it\n\nYou will need their words for your page."
        ),
    ),
    survey=(*SURVEY, Question(_("How sure are you that you will sell it this quarter?"), "scale")),
    stumbling_blocks=(_("The price is set last and then kept low."), _("They launch to everybody at once.")),
    example=_(
        "Brightpath called it “Monday check”: a fixed price a month, one report every Monday, no project. Their page"
        " says in its second line what is not included. The first customer signed after reading that line."
    ),
    follows="number",
)

JOINT = Shape(
    key="joint",
    icon="puzzle",
    label=_("Joint solution"),
    sentence=_("Two products become one thing that a customer can see."),
    title=_("Better together"),
    promise=_("You have a working demo of both products, and a page that tells a customer in one minute why."),
    pain=_("Both sides say “we integrate”, and no customer has seen it run."),
    for_whom=_("Product people who can change what their product does, with somebody who builds it."),
    role="strategic",
    weekly_minutes=180,
    bring=_("You bring an account in which the demo may run, a person who builds, and one customer who would use it."),
    gains=_("A demo that runs, access to our engineers while you build, and a page on which both names stand."),
    sessions=(
        SessionIdea(
            _("One customer, one minute"),
            (
                Item(5, _("What we want to leave with"), AgendaKind.RITUAL, Speaker.FACILITATOR),
                Item(10, _("In pairs: the customer who loses most between the two products"), AgendaKind.PAIRS),
                Item(25, _("Draw the minute: what they click, what they see"), AgendaKind.WORK),
                Item(15, _("In threes: take a step away until it hurts"), AgendaKind.BREAKOUT),
                Item(5, _("Homework: the smallest thing that runs"), AgendaKind.HOMEWORK),
            ),
        ),
        SessionIdea(
            _("It runs, badly"),
            (
                Item(10, _("In pairs: show what runs, and what you faked"), AgendaKind.PAIRS),
                Item(30, _("Build; our engineers walk around"), AgendaKind.WORK),
                Item(15, _("Two limits of the interface, shown where they bite"), AgendaKind.DEMO, Speaker.GUEST),
                Item(5, _("What will run next week"), AgendaKind.REFLECTION),
            ),
        ),
        SessionIdea(
            _("A customer looks"),
            (
                Item(5, _("In pairs: what you are afraid they will ask"), AgendaKind.PAIRS),
                Item(35, _("Show it to a customer who was not told anything; note where they stop"), AgendaKind.WORK),
                Item(15, _("In threes: what to take away, what to say first"), AgendaKind.BREAKOUT, is_flexible=True),
                Item(5, _("Who writes the page"), AgendaKind.REFLECTION),
            ),
        ),
        ENDING,
    ),
    homework=HomeworkIdea(
        _("The smallest thing that runs"),
        _(
            "Make one value go from one product to the other and be seen there. Hand in:\n\n"
            "1. a recording of a minute or a link\n2. what is faked in it\n3. the question you need answered next\n\n"
            "It may be ugly. It may not be slides."
        ),
    ),
    survey=(*SURVEY, Question(_("Where did you wait for us?"))),
    stumbling_blocks=(_("They plan the whole integration."), _("Nobody asked a customer.")),
    example=_(
        "Ledgerline showed one click: an invoice that could not be paid turns red in the ticket of the service desk."
        " Nothing else. The page has one picture of that click and one sentence of the customer who saw it."
    ),
    follows="launch",
)

NUMBER = Shape(
    key="number",
    icon="trending-up",
    label=_("Lift one number"),
    sentence=_("Everybody moves the same figure of their own business, and tells what worked."),
    title=_("One number, up"),
    promise=_(
        "You have moved one number of your business by a tenth in four weeks, and can show the step that did it."
    ),
    pain=_("Everybody reports the number each month and nobody is sure what moves it."),
    for_whom=_("People who own a number: renewals, offers sent, tickets, margin of one service."),
    role="tactical",
    weekly_minutes=90,
    bring=_("You bring the number of the last three months and the right to change one step that makes it."),
    gains=_("A tenth more or less of what matters, a routine for every Friday, and the steps that others tried."),
    sessions=(
        SessionIdea(
            _("The number and what makes it"),
            (
                Item(5, _("What we want to leave with"), AgendaKind.RITUAL, Speaker.FACILITATOR),
                Item(10, _("In pairs: your number, and the last time it surprised you"), AgendaKind.PAIRS),
                Item(25, _("Draw the steps that lead to it; mark where most is lost"), AgendaKind.WORK),
                Item(15, _("In threes: one step to change, small enough for a week"), AgendaKind.BREAKOUT),
                Item(5, _("Homework: change it, count it"), AgendaKind.HOMEWORK),
            ),
        ),
        SessionIdea(
            _("The first week’s count"),
            (
                Item(10, _("In pairs: what you changed, what the count says"), AgendaKind.PAIRS),
                Item(20, _("Two counts that went down: what do we learn?"), AgendaKind.WORK),
                Item(15, _("In threes: keep, change or drop the step"), AgendaKind.BREAKOUT),
                Item(5, _("What you count next"), AgendaKind.REFLECTION),
            ),
        ),
        SessionIdea(
            _("Make it a routine"),
            (
                Item(5, _("In pairs: what would make you stop doing it?"), AgendaKind.PAIRS),
                Item(25, _("Write the routine on one card: when, who, how long"), AgendaKind.WORK),
                Item(15, _("In threes: teach it to somebody who has never seen it"), AgendaKind.BREAKOUT),
                Item(5, _("Who does it when you are on holiday"), AgendaKind.REFLECTION),
            ),
        ),
        ENDING,
    ),
    homework=HomeworkIdea(
        _("Change one step, count for a week"),
        _(
            "1. Your number: what was it in each of the last three months?\n2. The step that you change, in one"
            " sentence\n3. What you counted, day by day\n4. What else could have moved it\n\nNo change is a result too."
        ),
    ),
    survey=(*SURVEY, Question(_("By how much has your number moved?"))),
    stumbling_blocks=(_("The number has five causes and they change all."), _("They count after the month is over.")),
    example=_(
        "Kestrel answered every quote request the same day, with two lines and a call at four. Offers sent rose from 14"
        " to 19 in four weeks; won offers stayed at one in three. The routine is a card on the wall."
    ),
    follows="leadership",
)
