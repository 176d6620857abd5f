"""What the platform itself hangs into the shell."""

from django.conf import settings
from django.db.models import BooleanField, Exists, Value
from django.utils.translation import gettext_lazy as _

from prm.audit.models import AuditEntry
from prm.invitations import queries as invitations
from prm.waiting import HomeList, home_lists, waiting
from prm.web.due import list_of
from prm.web.health import HealthCheck, checks
from prm.web.places import ChecklistStep, NavItem, SearchPlace, checklist, navigation, search_places
from prm.web.pulse_health import scheduler_beats, worker_beats
from prm.web.wishes import WISHES

navigation.register(
    NavItem("home", _("Home"), "house", "studio_home", "studio", order=0),
    NavItem(
        "invitations",
        _("Invitations"),
        "mail-plus",
        "invitation_list",
        "studio",
        permission="people.invite",
        order=150,
        parent="partners",
    ),
    NavItem(
        "settings",
        _("Settings"),
        "settings",
        "organization_edit",
        "studio",
        permission="organization.manage",
        order=900,
    ),
    NavItem(
        "organization",
        _("Organization"),
        "building-2",
        "organization_edit",
        "studio",
        permission="organization.manage",
        order=901,
        parent="settings",
    ),
    NavItem(
        "branding",
        _("Look and sender"),
        "palette",
        "branding_edit",
        "studio",
        permission="organization.manage",
        order=902,
        parent="settings",
    ),
    NavItem(
        "people",
        _("People and roles"),
        "users",
        "people_list",
        "studio",
        permission="people.view",
        order=903,
        parent="settings",
    ),
    NavItem("messages", _("Messages"), "mail", "message_list", "studio", permission="messages.view", order=700),
    NavItem(
        "wording",
        _("Wording"),
        "pen-line",
        "wording_list",
        "studio",
        permission="messages.manage",
        order=720,
        parent="messages",
    ),
    NavItem(
        "mail",
        _("Mail"),
        "send",
        "mail_status",
        "studio",
        permission="organization.manage",
        order=904,
        parent="settings",
    ),
    NavItem(
        "audit",
        _("Audit trail"),
        "scroll-text",
        "audit_list",
        "studio",
        permission="audit.view",
        order=905,
        parent="settings",
    ),
    NavItem("portal", _("Home"), "house", "portal_home", "portal", order=0),
)


def _was_seen_as_partner() -> Exists:
    return Exists(AuditEntry.objects.filter(verb="accounts.see_as_begun"))


def _is_mail_connected() -> Value:
    return Value(bool(settings.MAIL_CONNECTED), output_field=BooleanField())


checklist.register(
    ChecklistStep(
        "see_as",
        _("See your portal as a partner does"),
        _("So that you know what an invitation leads to. Nothing can be broken there."),
        2,
        "see_as_choose",
        _was_seen_as_partner,
        "portal.see_as",
        order=20,
    ),
    ChecklistStep(
        "mail",
        _("Connect mail"),
        _("Until then mails stay where you can read them, and nobody gets any."),
        5,
        "mail_status",
        _is_mail_connected,
        "organization.manage",
        order=50,
    ),
    ChecklistStep(
        "invite",
        _("Invite the first people"),
        _("You see the exact mail before it goes, with a line of your own."),
        5,
        "invitation_list",
        invitations.has_any,
        "people.invite",
        order=55,
    ),
)
waiting.register(WISHES)
home_lists.register(HomeList("web.due", list_of))
checks.register(
    HealthCheck("scheduler", scheduler_beats, order=10),
    HealthCheck("worker", worker_beats, order=11),
)
search_places.register(
    SearchPlace(
        "colleague_invite",
        _("Invite a colleague"),
        "user-plus",
        "invitation_create",
        "studio",
        "people.manage",
        50,
        _("staff"),
    ),
    SearchPlace("see_as", _("See as a partner"), "eye", "see_as_choose", "studio", "portal.see_as", 60, _("preview")),
    SearchPlace(
        "roles", _("What each role may do"), "table-2", "role_table", "studio", order=900, synonyms=_("rights")
    ),
    SearchPlace("preferences", _("What we tell you"), "sliders-horizontal", "preferences", "portal", order=900),
)
