"""Mails to applicants who have no account yet: each leads to the one page of their application."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from partners.days import day_of
from partners.models import ApplicationQuestion, PartnerApplication
from prm.accounts.models import Membership
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message
from prm.tenancy.scope import current_organization


def application_link(message: Message) -> Mail:
    """To whoever asked for it: the link to a draft, or to where an application stands."""
    application = _application(message)
    template = "application_link" if application.is_draft else "application_link_again"
    return Mail(
        template=f"partners/emails/{template}",
        context={
            **_words(application),
            "standing": application.get_state_display(),
            "until": _day(application.call.closes_on),
        },
        button=(
            _("Write the application") if application.is_draft else _("See where it stands"),
            _page(application),
        ),
    )


def is_link_wanted(message: Message, now: datetime) -> bool:
    """Only the newest link of an application that is not erased."""
    rows = PartnerApplication.objects.filter(pk=message.subject_id, sendings=int(message.slot or 0), erased_at=None)
    return rows.exclude(token_digest="").exists()


def application_received(message: Message) -> Mail:
    """To the applicant: it arrived, what comes next and by when."""
    application = _application(message)
    received = application.submitted_at or message.created_at
    return Mail(
        template="partners/emails/application_received",
        context={**_words(application), "until": _day(day_of(received + timedelta(days=application.call.answer_days)))},
        button=(_("See where it stands"), _page(application)),
    )


def is_running(message: Message, now: datetime) -> bool:
    return PartnerApplication.objects.undecided().filter(pk=message.subject_id).exists()


def application_asked(message: Message) -> Mail:
    """To the applicant: what a colleague would like to know."""
    rows = ApplicationQuestion.objects.select_related("application__call", "asked_by__person")
    return asked_mail(rows.get(pk=message.subject_id))


def asked_mail(asked: ApplicationQuestion) -> Mail:
    """The mail of a question, also of one that is only being written."""
    return Mail(
        template="partners/emails/application_asked",
        context={**_words(asked.application), "who": str(asked.asked_by.person), "question": asked.text},
        button=(_("Answer"), _page(asked.application)),
        from_name=str(asked.asked_by.person),
        reply_to=asked.asked_by.person.email,
    )


def is_still_asked(message: Message, now: datetime) -> bool:
    rows = ApplicationQuestion.objects.filter(pk=message.subject_id, answered_at=None)
    return rows.filter(application__state=PartnerApplication.State.QUESTION).exists()


def application_accepted(message: Message) -> Mail:
    """To an applicant who is not among those invited: welcome, and who gets the invitation."""
    application = _application(message)
    decider: Membership | None = application.decided_by
    return Mail(
        template="partners/emails/application_accepted",
        context={**_words(application), "note": application.wording, "who": str(decider.person) if decider else ""},
        button=(_("See what comes next"), _page(application)),
        from_name=str(decider.person) if decider else "",
        reply_to=decider.person.email if decider else "",
    )


def is_accepted(message: Message, now: datetime) -> bool:
    return _is_in(message, PartnerApplication.State.ACCEPTED)


def application_declined(message: Message) -> Mail:
    """To a declined applicant: the words of the decision, and from when on another application is welcome."""
    application = _application(message)
    return declined_mail(application, application.decided_by)


def declined_mail(application: PartnerApplication, decider: Membership | None) -> Mail:
    """The mail of a decline by what stands in the row, also of one that is not saved yet."""
    return Mail(
        template="partners/emails/application_declined",
        context={
            **_words(application),
            "wording": Markdown(application.wording),
            "reapply": _day(application.reapply_on),
            "who": str(decider.person) if decider else "",
        },
        button=(_("See your application"), _page(application)),
        from_name=str(decider.person) if decider else "",
        reply_to=decider.person.email if decider else "",
    )


def is_declined(message: Message, now: datetime) -> bool:
    return _is_in(message, PartnerApplication.State.DECLINED)


def _is_in(message: Message, state: str) -> bool:
    return PartnerApplication.objects.filter(pk=message.subject_id, state=state, erased_at=None).exists()


def _application(message: Message) -> PartnerApplication:
    rows = PartnerApplication.objects.select_related("call", "decided_by__person")
    found: PartnerApplication = rows.get(pk=message.subject_id)
    return found


def _words(application: PartnerApplication) -> dict[str, str]:
    name = application.contact_name.split(" ")[0]
    return {
        "greeting": _("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        "organization": current_organization().name,
        "call": application.call.title,
        "company": application.company,
    }


def _day(day: Any) -> str:
    if isinstance(day, datetime):
        day = timezone.localtime(day)
    return date_format(day, "j F Y") if day else ""


def _page(application: PartnerApplication) -> str:
    return address("applicant_page", application.token, absolute=True)
