"""The parts that a cohort program may switch on. Without any it is small: sessions, homework, recap."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    """A part that is invisible until it is switched on; switching it off hides it and keeps what it holds."""

    CRITERIA = "criteria", _("Hard criteria for applicants")
    REVIEWS = "reviews", _("Reviewers and a rubric")
    GOALS = "goals", _("Measurable goals")
    LAUNCH = "launch", _("Launch checklist")
    NEEDS = "needs", _("Board of needs")
    RECORDINGS = "recordings", _("Recordings")
    DRUMBEAT = "drumbeat", _("Drumbeat of messages")
    TEAMS = "teams", _("Seats for teams")


# What each part adds, in one sentence for whoever decides about it.
SENTENCES: dict[str, str | Promise] = {
    Part.CRITERIA: _("Applications are checked against what you ask for, each with its reason; people decide."),
    Part.REVIEWS: _("Colleagues give points to each application by what you agreed on, each alone at first."),
    Part.GOALS: _("The program counts towards numbers by a day, such as 20 partners certified on a product."),
    Part.LAUNCH: _("A list of what has to be done before the first session, with who has done it."),
    Part.NEEDS: _("Participants say what they need and vote; it fills what is flexible in an agenda."),
    Part.RECORDINGS: _("Sessions may be recorded where that was announced and agreed to."),
    Part.DRUMBEAT: _("Messages by stage: a teaser, three days left, halfway, the last stretch."),
    Part.TEAMS: _(
        "A seat is a company's team of two to four, with the functions you want; teams apply or are invited."
    ),
}
