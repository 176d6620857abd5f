"""The item library as it is shipped: parts of a session that were written to be run as they are.

Words to be edited, not rules: an organization changes an item, hides it, adds its own (`models.LibraryItem`). Prompts
ask; none of them grades. The key is stable, the words may change with a release.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cohorts.models.agenda import AgendaKind, Speaker


@dataclass(frozen=True)
class ShippedItem:
    key: str
    kind: str
    title: Any
    minutes: int
    aim: Any
    say: Any
    ask: Any
    speaker: str = Speaker.PARTICIPANTS
    is_flexible: bool = False


_OPENING = (
    ShippedItem(
        "opening-step",
        AgendaKind.RITUAL,
        _("Opening step, done together"),
        5,
        _("Everybody has done something with the others before anybody explains anything."),
        _(
            "Welcome. Before I say a word about today we do one thing together.\n\n"
            "Write one word into the chat: what is on your mind as you arrive? Do not press Enter yet. Three, two, one:"
            " now. Let us read them in silence for a moment."
        ),
        _(
            "- Which of these words surprises you?\n"
            "- Whose word would you like to hear more about? Ask them, in one sentence."
        ),
    ),
    ShippedItem(
        "how-we-talk",
        AgendaKind.RITUAL,
        _("How we talk today"),
        3,
        _("One line that stays on every screen, so that nobody has to guess what is welcome."),
        _(
            "There is one line on every screen today. It says how we want to talk. Read it, and change one word if you"
            " would like it different: we take the version that nobody objects to.\n\n"
            "Three that work: “Half-finished is welcome.” · “Ask before you advise.” · “Short, so that everybody"
            " speaks.”"
        ),
        _("- What would make it easier for you to say something unfinished here?"),
    ),
    ShippedItem(
        "pair-share",
        AgendaKind.PAIRS,
        _("In pairs: what are you working on?"),
        8,
        _("Everybody has spoken within the first ten minutes; who has spoken once speaks again."),
        _(
            "You go into pairs. The person whose first name comes first in the alphabet begins, and the other one only"
            " asks; at half-time I call out the change.\n\n"
            "When you come back, tell us one thing that your partner said, not what you said."
        ),
        _(
            "- What are you working on right now, and where does it stick?\n"
            "- What would make this hour worth your time?\n"
            "- Afterwards, to all: what did you hear that others should hear?"
        ),
    ),
    ShippedItem(
        "first-timers-minute",
        AgendaKind.ICEBREAKER,
        _("The first-timer's minute"),
        5,
        _("Whoever is new sees most. For one minute they are the experts."),
        _(
            "Who is doing this for the first time, here or with the product? You have what we have all lost: fresh"
            " eyes. One minute each. We listen, and nobody answers or defends anything."
        ),
        _(
            "- What did you have to ask somebody, because it was written nowhere?\n"
            "- Which word did you not understand when you heard it first?\n"
            "- To the others: which of this had you stopped noticing?"
        ),
        is_flexible=True,
    ),
)

_MEETING = (
    ShippedItem(
        "speed-dating",
        AgendaKind.ICEBREAKER,
        _("Speed dating"),
        15,
        _("In a quarter of an hour everybody has met four others and knows what to ask them later."),
        _(
            "Four rounds of three minutes, each time with somebody else. In each round one question, which I put on the"
            " screen. When the bell rings say goodbye in the middle of the sentence: it gives you a reason to talk on"
            " later."
        ),
        _(
            "1. What do you do on an ordinary Tuesday?\n"
            "2. Which customer do you like most to visit, and why?\n"
            "3. What can you do that nobody here expects of you?\n"
            "4. What could somebody in this room help you with this month?"
        ),
    ),
    ShippedItem(
        "treasure-hunt",
        AgendaKind.ICEBREAKER,
        _("Treasure hunt in the profiles"),
        12,
        _("People read about one another, and each leaves with one agreed conversation."),
        _(
            "Open “Who is in” on the cohort's page. You have five minutes to find three treasures: somebody who has"
            " solved what you are stuck with, somebody who works with the customers you want, and somebody with whom"
            " you have nothing in common.\n\n"
            "Then write to one of them, now, with one sentence and a proposal of a time. When it is answered you are"
            " done."
        ),
        _("- Whom did you find that you would not have looked for?\n- What is the one thing you will ask them?"),
    ),
    ShippedItem(
        "walk-and-talk",
        AgendaKind.PAIRS,
        _("Walk and talk, by phone"),
        20,
        _("Away from the screen people say what they would not say in a meeting."),
        _(
            "Take your phone, leave the desk, put on a jacket. Call the person I name in the chat. Ten minutes one of"
            " you tells and the other asks, then you change, on the way back.\n\n"
            "No slides, no notes. Whoever cannot walk opens a window. We meet here again at the full minute."
        ),
        _(
            "- What are you avoiding at the moment?\n"
            "- If you had to show something next week, what would it be?\n"
            "- Afterwards: which sentence do you want to keep?"
        ),
        is_flexible=True,
    ),
    ShippedItem(
        "absurd-role-play",
        AgendaKind.ICEBREAKER,
        _("Absurd role-play"),
        12,
        _("Where nothing can be done right nobody is afraid of doing it wrong; then the serious one is easy."),
        _(
            "In threes. One of you sells, one buys, one watches. You sell something that nobody needs: a second-hand"
            " iceberg, an umbrella for fish, a meeting about meetings. Two minutes, then change.\n\n"
            "Who watches writes down only questions that were asked, word by word."
        ),
        _(
            "- Which question opened the other person up?\n"
            "- What did you do for the iceberg that you never do for our product?\n"
            "- Where would that question fit into your next real conversation?"
        ),
        is_flexible=True,
    ),
)

_WORKING = (
    ShippedItem(
        "half-finished",
        AgendaKind.WORK,
        _("Half-finished ideas"),
        20,
        _("Work is shown while it can still change. Others build on it instead of judging it."),
        _(
            "Two of you show something unfinished, for two minutes each. Finished things are not allowed. Then the"
            " group has six minutes, and every sentence begins with “What if …” or “I could give you …”. The owner only"
            " writes down.\n\n"
            "At the end the owner says one thing that they will try."
        ),
        _(
            "- What is the part that you are least sure about?\n"
            "- What if you had half the time? And what if twice?\n"
            "- What could somebody here give you that takes them ten minutes?"
        ),
    ),
    ShippedItem(
        "mini-case",
        AgendaKind.BREAKOUT,
        _("Mini-case"),
        20,
        _("A real situation, small enough for twenty minutes, and a decision at its end."),
        _(
            "In groups of four. Here is a situation that one of us had last month, on half a page and without names."
            " You have twelve minutes: what would you do tomorrow morning, and what would you ask first?\n\n"
            "Then each group tells its decision in one sentence, and the person who had the case says what happened."
        ),
        _(
            "- What do you not know yet, and who would?\n"
            "- Which decision can be taken back, and which cannot?\n"
            "- What would you do differently from the group before you?"
        ),
    ),
    ShippedItem(
        "discovery-conversation",
        AgendaKind.BREAKOUT,
        _("Discovery conversation"),
        25,
        _("Everybody has had the conversation once before they have it with a customer."),
        _(
            "In threes: customer, partner, listener. The customer plays somebody they know well. Five minutes, in which"
            " the partner may only ask; the product is not mentioned. Then one minute in which the listener reads the"
            " questions back. Change until everybody was the partner."
        ),
        _(
            "- What does it cost you today, in hours or in money?\n"
            "- Who else feels it, and what have you tried?\n"
            "- To the listener: after which question was it quiet for a moment?"
        ),
    ),
    ShippedItem(
        "quiet-work",
        AgendaKind.WORK,
        _("Quiet work, together"),
        15,
        _("What is begun in the session is finished after it; what is not begun is forgotten."),
        _(
            "Fifteen minutes, cameras on if you like, microphones off. Everybody works on their own thing. Write into"
            " the chat what will exist at the end. I come by where you raise your hand."
        ),
        _("- What will be there in fifteen minutes that is not there now?\n- And now: what is there?"),
        is_flexible=True,
    ),
    ShippedItem(
        "worked-example",
        AgendaKind.DEMO,
        _("Somebody shows how they did it"),
        12,
        _("One real piece of work from the group, with its wrong turns: nothing is learned from a perfect demo."),
        _(
            "One of you shows how they did it: five minutes, on the real thing, with the place where it went wrong. We"
            " do not see slides. Afterwards questions only, no tips."
        ),
        _("- What did you try first?\n- Where did you lose most time?\n- What would you leave out next time?"),
    ),
)

_DECIDING = (
    ShippedItem(
        "needs-auction",
        AgendaKind.POLL,
        _("Needs auction"),
        15,
        _("The group decides what the flexible time is for, by what it needs and not by who speaks loudest."),
        _(
            "Everybody writes one need: “I need … to be able to …”. Then each of you has five coins to place, on others"
            " and on your own, all on one if you like. We work on what gets most, today, in this session. What gets"
            " none is not lost: look who else had it."
        ),
        _(
            "- What do you need so that next week goes better?\n"
            "- Who has what somebody else needs? Say so in the chat, now.\n"
            "- Which two needs are one?"
        ),
        is_flexible=True,
    ),
    ShippedItem(
        "pulse",
        AgendaKind.POLL,
        _("Where are we?"),
        5,
        _("A quick look at where everybody stands, so that the rest of the time goes where it is needed."),
        _(
            "One question, answered by fingers or in the chat, all at once: from 0, “I have not begun”, to 5, “I could"
            " show it”. No answer is better than another; the mix is what helps us to form the groups."
        ),
        _("- What would move you one finger further?\n- Who is at 4 or 5 and could sit beside somebody at 1?"),
        is_flexible=True,
    ),
    ShippedItem(
        "guest-after-recording",
        AgendaKind.GUEST,
        _("A guest, after the recording"),
        20,
        _("The talk was watched before; the time with the guest belongs to the group's questions."),
        _(
            "You have all seen the recording, and your questions are in the list: the ones with most votes come first."
            " Whoever wrote a question asks it. Our guest answers in two minutes and may ask back.\n\n"
            "No introduction, no slides."
        ),
        _(
            "- Which of it did you try, and what happened?\n"
            "- What would you not do again?\n"
            "- To the guest: what would you like to know from this group?"
        ),
        speaker=Speaker.GUEST,
    ),
)

_CLOSING = (
    ShippedItem(
        "participants-summary",
        AgendaKind.REFLECTION,
        _("A participant sums up"),
        5,
        _("What is said in one's own words stays; and it shows what came across."),
        _(
            "One of you sums up, not I: what did we find out, what is still open? Two minutes. The others add one thing"
            " each if something is missing. Next time it is somebody else's turn."
        ),
        _("- What would you tell a colleague who was not here?\n- What is still open?\n- Who sums up next time?"),
    ),
    ShippedItem(
        "homework-briefing",
        AgendaKind.HOMEWORK,
        _("What you do until next time"),
        7,
        _("Everybody leaves with a next step that is small, dated and known to one other person."),
        _(
            "The homework is on the cohort's page: what it is for, how little is enough, until when. Begin now, for two"
            " minutes: write the first line.\n\n"
            "Then tell your neighbor what you will do, and on which day. You ask each other about it next time."
        ),
        _("- What is your first step, and when?\n- What could stop you, and who can help?\n- What is enough?"),
        speaker=Speaker.FACILITATOR,
    ),
    ShippedItem(
        "closing-round",
        AgendaKind.REFLECTION,
        _("Closing round"),
        6,
        _("Everybody has the last word once, and nobody comments on it."),
        _(
            "One sentence each, in the order of the list, without comments: what was most valuable for you today? I am"
            " the last one. Then we stop, on time."
        ),
        _("- What was most valuable for you today?\n- What do you leave here?"),
    ),
)

SHIPPED = (*_OPENING, *_MEETING, *_WORKING, *_DECIDING, *_CLOSING)
BY_KEY = {item.key: item for item in SHIPPED}
