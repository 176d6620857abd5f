"""What the platform itself holds about people."""

from django.utils.translation import gettext_lazy as _

from prm.addresses import address
from prm.jobs.kinds import JobKind, job_kinds
from prm.jobs.models import Job
from prm.outbox.kinds import AT_LEAST_ONCE, MessageKind, message_kinds
from prm.privacy import emails
from prm.privacy.holdings import Holding, holdings
from prm.privacy.models import Erasure
from prm.privacy.services import ERASE, erase_some
from prm.privacy.wishing import ANSWERED_MAIL, ASKED_MAIL
from prm.tenancy.policies import ERASED


def _page(job: Job) -> str:
    found = Erasure.objects.filter(pk=job.parameters["erasure"]).first()
    return address("erasure_detail", found.public_id) if found else ""


message_kinds.register(
    MessageKind(
        ASKED_MAIL,
        _("Somebody asks to be erased"),
        "requests",
        AT_LEAST_ONCE,
        word=emails.erasure_asked,
        still_wanted=emails.is_wish_open,
        mandatory=True,
    ),
    MessageKind(
        ANSWERED_MAIL,
        _("Answer to a wish to be erased"),
        "requests",
        AT_LEAST_ONCE,
        word=emails.erasure_answered,
        still_wanted=emails.is_answer_wanted,
        mandatory=True,
    ),
)
job_kinds.register(JobKind(ERASE, erase_some, _("Erasing a person"), _page))
holdings.register(
    Holding(
        "invitations.invitation",
        _("Invitations"),
        "invitations.Invitation",
        by=("membership",),
        addresses=("email",),
        names=("name",),
        told=("email", "name", "state", "created_at", "accepted_at"),
        is_deleted=True,
        order=10,
    ),
    Holding(
        "invitations.passed_on",
        _("Invitations passed on"),
        "invitations.Invitation",
        addresses=("passed_to_email",),
        names=("passed_to_name",),
        blank={"passed_to_email": "", "passed_to_name": ""},
        order=11,
    ),
    Holding(
        "outbox.message",
        _("Messages"),
        "outbox.Message",
        by=("recipient",),
        addresses=("address", "sent_to"),
        names=("name",),
        told=("kind", "subject", "state", "sent_to", "created_at"),
        is_deleted=True,
        order=20,
    ),
    Holding(
        "outbox.notification",
        _("Notifications"),
        "outbox.Notification",
        by=("membership",),
        told=("title", "created_at", "read_at"),
        is_deleted=True,
        order=21,
    ),
    Holding(
        "outbox.preference",
        _("Ways of being reached"),
        "outbox.Preference",
        by=("membership",),
        addresses=("address",),
        told=("category", "choice", "changed_at"),
        is_deleted=True,
        order=22,
    ),
    Holding(
        "outbox.quiet_hours",
        _("Quiet hours"),
        "outbox.QuietHours",
        by=("membership",),
        told=("starts", "ends"),
        is_deleted=True,
        order=23,
    ),
    Holding(
        "inbound.mail",
        _("Mails that were set aside"),
        "inbound.InboundMail",
        addresses=("sender",),
        told=("sender", "subject", "text", "received_at"),
        blank={"sender": "", "subject": "", "text": "", "left_out": ""},
        order=23,
    ),
    Holding(
        "privacy.wish",
        _("Wishes to be erased"),
        "privacy.ErasureWish",
        by=("membership",),
        told=("text", "state", "asked_at", "answer", "answered_at"),
        blank={"text": "", "answer": ""},
        order=24,
    ),
    Holding(
        "audit.entry",
        _("Lines of the audit trail"),
        "audit.AuditEntry",
        by=("membership_id",),
        told=("at", "verb", "object_type", "address"),
        blank={"actor_label": ERASED, "address": None},
        order=90,
    ),
    Holding(
        "files.file",
        _("Files uploaded"),
        "files.StoredFile",
        by=("uploaded_by",),
        told=("name", "size", "created_at"),
        order=91,
    ),
)
