"""What an application asks as long as nobody has written other questions."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.questions import Kind, Question

WHY, PROJECT, EXPERIENCE, AVOIDS, PHONE = "why", "project", "experience", "avoids", "phone"
# Experience in a word or two, as staff compare it; applicants read whole sentences.
LEVELS = {
    "new": gettext_lazy("New to it"),
    "some": gettext_lazy("Some experience"),
    "seasoned": gettext_lazy("Experienced"),
}


def first_questions() -> list[Question]:
    """The house's questions, in the reader's language until a cohort writes its own."""
    return [
        Question(
            WHY,
            _("Why you, why now?"),
            Kind.LONG,
            _("Two or three sentences, as you would tell a colleague."),
            is_required=True,
            most=2000,
        ),
        Question(
            PROJECT,
            _("What will you work on?"),
            Kind.LONG,
            _("Something real: a customer, an offer, a number that should move."),
            is_required=True,
            most=2000,
        ),
        Question(
            EXPERIENCE,
            _("Where do you stand today?"),
            Kind.CHOICE,
            _("There is no better answer: the best groups are mixed."),
            is_required=True,
            options=(
                ("new", _("I am new to this")),
                ("some", _("I have done it a few times")),
                ("seasoned", _("I do it every week")),
            ),
        ),
        Question(
            AVOIDS,
            _("Anyone you would rather not share a room with?"),
            Kind.LONG,
            _("In confidence: only the people who put the group together read it, never another partner."),
            most=500,
            is_confidential=True,
        ),
        Question(
            PHONE,
            _("A telephone number, in case a mail gets lost"),
            Kind.SHORT,
            _("Used for one thing: to ask whether you take your seat before it goes to somebody else."),
            most=40,
            is_confidential=True,
        ),
    ]
