"""What is held about partners' people: what they may take along, and what becomes of it when they are erased."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.privacy.holdings import Holding
from prm.tenancy.policies import ERASED

HOLDINGS = (
    Holding(
        "partners.user",
        _("Place at the partner"),
        "partners.PartnerUser",
        by=("membership",),
        told=("partner__name", "role", "job_title"),
        blank={"job_title": ""},
        order=40,
    ),
    Holding(
        "partners.profile",
        _("Profile"),
        "partners.PersonProfile",
        by=("user__membership",),
        told=("said_as", "function", "seniority", "languages", "link", "offers", "seeks", "readers", "changed_at"),
        is_deleted=True,
        files=("photo",),
        order=40,
    ),
    Holding(
        "partners.prepared",
        _("Preparations for an invitation"),
        "partners.PreparedPerson",
        addresses=("email",),
        names=("name",),
        told=("partner__name", "name", "job_title", "role", "created_at"),
        is_deleted=True,
        order=41,
    ),
    Holding(
        "partners.application",
        _("Applications to become a partner"),
        "partners.PartnerApplication",
        addresses=("email",),
        names=("contact_name",),
        told=("call__title", "company", "contact_name", "answers", "state", "wording", "submitted_at"),
        blank={"email": "", "contact_name": "", "answers": {}, "wording": "", "nonce": "", "token_digest": ""},
        order=41,
    ),
    Holding(
        "partners.acceptance",
        _("Agreements accepted"),
        "partners.Acceptance",
        by=("membership",),
        told=("version__agreement__title", "version__number", "authority", "accepted_at"),
        blank={"authority": ERASED},
        order=42,
    ),
    Holding(
        "partners.snooze",
        _("Lines of a to-do list put off"),
        "partners.Snooze",
        by=("membership",),
        told=("source", "until"),
        is_deleted=True,
        order=43,
    ),
    Holding(
        "partners.announcement",
        _("Announcements received"),
        "partners.AnnouncementReader",
        by=("membership",),
        told=("announcement__subject", "opened_at", "acknowledged_at"),
        is_deleted=True,
        order=43,
    ),
    Holding(
        "partners.step",
        _("Steps done"),
        "partners.JourneyStep",
        by=("done_by",),
        told=("title", "note", "answers", "done_at"),
        blank={"note": "", "answers": {}},
        where={"done_by__kind": Membership.Kind.PARTNER},
        order=43,
    ),
    Holding(
        "partners.appeal",
        _("Appeals about a tier"),
        "partners.TierAppeal",
        by=("sent_by",),
        told=("text", "sent_at", "outcome", "answer"),
        blank={"text": ERASED},
        where={"sent_by__kind": Membership.Kind.PARTNER},
        order=45,
    ),
    Holding(
        "partners.proposal",
        _("Changes proposed"),
        "partners.ProposedValue",
        by=("proposed_by",),
        told=("partner__name", "field", "value", "state", "proposed_at"),
        order=44,
    ),
)
