"""What applicants are told, as a proposal that staff edit before it is released."""

from django.utils.translation import gettext as _

from cohorts.models import Decision


def proposed_wording(*, kind: str, reason: str, first_name: str, cohort_title: str) -> str:
    """The words of a decision before anybody has edited them: warm, with a way forward where the answer is no."""
    match kind:
        case Decision.Kind.ACCEPT:
            text = _(
                "Hello %(name)s,\n\n"
                "you are in. We would like to work with you in “%(cohort)s”: your project is what this group is"
                " for.\n\n"
                "Please confirm your seat, so that nobody waits for a seat that stays empty."
            )
        case Decision.Kind.WAIT:
            text = _(
                "Hello %(name)s,\n\n"
                "your application fits “%(cohort)s”, and there are more good applications than seats this time. You are"
                " on the waiting list: when a seat becomes free we write to you at once. If none does, we think of you"
                " first next time."
            )
        case _other:
            text = _declined(reason)
    return text % {"name": first_name, "cohort": cohort_title}


def _declined(reason: str) -> str:
    opening = _("Hello %(name)s,\n\nthank you for the work you put into your application for “%(cohort)s”. ")
    match reason:
        case Decision.Reason.TOO_SENIOR:
            return opening + _(
                "You are already beyond what this cohort teaches, and we do not want to waste your time. Who in your"
                " team would benefit? The link below makes it a nomination. And we would love to have you as a guest"
                " one day."
            )
        case Decision.Reason.TOO_TACTICAL:
            return opening + _(
                "This cohort is made for another kind of work than the one you describe, and you would not get from it"
                " what you hope for. Does a colleague do that work? The link below makes it a nomination."
            )
        case Decision.Reason.PREREQUISITE:
            return opening + _(
                "One thing is needed before it. Answer this mail, and we tell you what it is and how to get there; the"
                " next cohort is then open to you."
            )
        case Decision.Reason.OWN:
            return opening
        case Decision.Reason.FULL:
            return opening + _(
                "There were more good applications than seats, so this is a no for this time only. What you wrote stays"
                " on your page, and the next application begins with it."
            )
    return opening + _(
        "We cannot offer you a seat this time. What you wrote stays on your page, and the next application begins with"
        " it. If you would like to know more, answer this mail."
    )
