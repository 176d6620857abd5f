"""The mail that says what has changed in what somebody agreed on."""

from datetime import datetime

from django.utils.translation import gettext as _

from cohorts.emails.words import greeting, home_link, recipient_of
from cohorts.models import Application, ExpectationsVersion, Seat
from cohorts.queries.expectations import newest_version, people_to_tell
from cohorts.rules import changed_expectations
from prm.addresses import address
from prm.outbox.kinds import Mail, Markdown
from prm.outbox.models import Message


def expectations_changed(message: Message) -> Mail:
    """To somebody who agreed to other words: each that changed, before and after, and where to say yes."""
    version = ExpectationsVersion.objects.get(pk=message.subject_id)
    application = _application(message, version)
    before = application.agreed_to or _first(version)
    changes = changed_expectations(before, version)
    cohort = application.cohort
    seated = Seat.objects.confirmed().filter(cohort=cohort, membership=message.recipient_id).exists()
    page = home_link(cohort) if seated else address("application_detail", cohort.public_id, absolute=True)
    return Mail(
        template="cohorts/emails/expectations_changed",
        context={
            "greeting": greeting(recipient_of(message)),
            "cohort": cohort.title,
            "changes": Markdown("\n".join(_line(*change) for change in changes)),
        },
        button=(_("Read it and say yes"), page),
    )


def is_still_to_be_told(message: Message, now: datetime) -> bool:
    """The newest words, not agreed to yet, to somebody who still waits or takes part."""
    version = ExpectationsVersion.objects.filter(pk=message.subject_id).select_related("program").first()
    if version is None or newest_version(version.program) != version:
        return False
    return any(member.pk == message.recipient_id for member in people_to_tell(version))


def _application(message: Message, version: ExpectationsVersion) -> Application:
    rows = Application.objects.handed_in().filter(membership=message.recipient_id, cohort__program=version.program_id)
    found: Application = rows.select_related("cohort", "agreed_to").exclude(agreed_to=version).latest("pk")
    return found


def _first(version: ExpectationsVersion) -> ExpectationsVersion:
    """For an agreement from before versions were kept: the first words that are known."""
    found: ExpectationsVersion = ExpectationsVersion.objects.filter(program=version.program_id).earliest("number")
    return found


def _line(label: str, before: str, after: str) -> str:
    words = {"label": label, "before": " ".join(before.split()), "after": " ".join(after.split())}
    if not before.strip():
        return _("- **%(label)s:** new: %(after)s") % words
    if not after.strip():
        return _("- **%(label)s:** no longer said") % words
    return _("- **%(label)s:** %(after)s (so far: %(before)s)") % words
