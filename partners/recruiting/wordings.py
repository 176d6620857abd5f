"""What declined applicants are told: proposals that staff edit before they are sent."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from partners.models import DeclineReason


def decline_words(reason: str, own: Mapping[str, str]) -> str:
    """The words for this reason: the organization's own, else the house's. No greeting and no date: the mail adds
    them.
    """
    return own.get(reason) or house_words(reason)


def house_words(reason: str) -> str:
    """Kind words for each reason, true for any organization."""
    match reason:
        case DeclineReason.TOO_SMALL:
            return _(
                "We read your application with care. Our partners need a few people beside the daily work, and we would"
                " ask too much of your team today. That changes as you grow, and we would like to hear from you then."
            )
        case DeclineReason.OTHER_REGION:
            return _(
                "What you do is what we look for, only not where we can support you well yet. A partner whom nobody"
                " visits and nobody trains is not well served. As soon as we open your region, we would like to talk."
            )
        case DeclineReason.NO_CAPACITY:
            return _(
                "This is about us and not about you: we take on few new partners at a time, so that each is looked"
                " after properly, and at the moment there is no free place."
            )
        case DeclineReason.OVERLAP:
            return _(
                "Partners near you already do what you offer, and one more would take from all of you. We would rather"
                " say so now than let you find out. If your focus changes, apply again: we read it anew."
            )
        case DeclineReason.SKILLS:
            return _(
                "One thing is missing that our customers rely on. Answer this mail, and we tell you what it is and how"
                " to get there; with it, an application has good prospects."
            )
    return _(
        "Thank you for the work that you put into it. We cannot offer you a partnership at this time. If you would"
        " like to know more, answer this mail."
    )
