"""Who may open what, written down by hand: one row for each URL name (ISO-5, tested in tests/prm/test_matrix.py)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction

from prm.accounts.models import Membership
from prm.addresses import address
from prm.tenancy.models import Organization

STAFF_ROLES = ("owner", "manager", "account_manager", "facilitator", "editor", "finance_approver", "analyst")
PARTNER_VISITORS = ("partner lead", "partner member", "other partner")
OUTSIDERS = ("anonymous", "stranger", "suspended", "removed")
VISITORS = (*OUTSIDERS, *PARTNER_VISITORS, *STAFF_ROLES)

# What somebody gets who is known and not let in, or not known at all.
DENIED = {
    "anonymous": 302,
    "stranger": 404,
    "suspended": 404,
    "removed": 404,
    **dict.fromkeys((*PARTNER_VISITORS, *STAFF_ROLES), 403),
}

_EVERYONE = frozenset(STAFF_ROLES)
_OWNER = frozenset({"owner"})
_MANAGERS = frozenset({"owner", "manager"})
_WITH_ACCOUNTS = _MANAGERS | {"account_manager"}
_WRITERS = _MANAGERS | {"editor"}
_COHORTS = _MANAGERS | {"facilitator"}


@dataclass(frozen=True)
class Row:
    """`staff` are the roles that are let in, `partners` the partner visitors; `anybody` opens it to all.

    `things` name the objects whose public ids the address carries. `hidden_from` are visitors who are let in by their
    role but for whom these very objects do not exist (another partner's things): they get 404.
    """

    staff: frozenset[str] = frozenset()
    partners: tuple[str, ...] = ()
    anybody: bool = False
    things: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("GET",)
    hidden_from: tuple[str, ...] = ()

    def lets_in(self, visitor: str) -> bool:
        if visitor in self.hidden_from:
            return False
        return self.anybody or visitor in self.staff or visitor in self.partners

    def refusal(self, visitor: str) -> int:
        return 404 if visitor in self.hidden_from or self.anybody else DENIED[visitor]


GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")


def _studio(staff: frozenset[str], *things: str, methods: tuple[str, ...] = GET) -> Row:
    return Row(staff=staff, things=things, methods=methods)


def _portal(*things: str, methods: tuple[str, ...] = GET, hidden_from: tuple[str, ...] = ()) -> Row:
    return Row(partners=PARTNER_VISITORS, things=things, methods=methods, hidden_from=hidden_from)


def _members(*things: str, methods: tuple[str, ...] = GET, hidden_from: tuple[str, ...] = ()) -> Row:
    return Row(staff=_EVERYONE, partners=PARTNER_VISITORS, things=things, methods=methods, hidden_from=hidden_from)


def _public(*things: str, methods: tuple[str, ...] = GET) -> Row:
    return Row(anybody=True, things=things, methods=methods)


_PLATFORM = {
    "studio_home": _studio(_EVERYONE),
    "start_partners": _studio(_OWNER, methods=BOTH),
    "start_look": _studio(_OWNER, methods=BOTH),
    "organization_edit": _studio(_OWNER, methods=BOTH),
    "branding_edit": _studio(_OWNER, methods=BOTH),
    "branding_preview": _studio(_OWNER, methods=POST),
    "people_list": _studio(_MANAGERS),
    "ownership_transfer": _studio(_OWNER, methods=BOTH),
    "person_detail": _studio(_OWNER, "colleague", methods=BOTH),
    "person_suspend": _studio(_OWNER, "colleague", methods=POST),
    "person_resume": _studio(_OWNER, "colleague", methods=POST),
    "person_remove": _studio(_OWNER, "colleague", methods=POST),
    "role_table": _studio(_EVERYONE),
    "invitation_list": _studio(_WITH_ACCOUNTS),
    "invitation_create": _studio(_WITH_ACCOUNTS, methods=BOTH),
    "invitation_preview": _studio(_WITH_ACCOUNTS, methods=POST),
    "invitation_detail": _studio(_WITH_ACCOUNTS, "invitation"),
    "invitation_resend": _studio(_WITH_ACCOUNTS, "invitation", methods=POST),
    "invitation_mend": _studio(_WITH_ACCOUNTS, "invitation", methods=POST),
    "invitation_withdraw": _studio(_WITH_ACCOUNTS, "invitation", methods=POST),
    "see_as_choose": _studio(_WITH_ACCOUNTS),
    "see_as_example": _studio(_WITH_ACCOUNTS, methods=POST),
    "see_as_begin": _studio(_WITH_ACCOUNTS, "partner person", methods=POST),
    "audit_list": _studio(_OWNER),
    "audit_export": _studio(_OWNER, methods=POST),
    "portal_home": _members(),
    "due": _members(),
    "organization_leave": _members(methods=BOTH),
    "see_as_leave": _members(methods=POST),
    "organization_logo": _public(),
}

ROWS: dict[str, Row] = {**_PLATFORM}

# Addresses outside organizations, and those whose only key is a secret token; each is tested where it lives.
GLOBAL: dict[str, str] = {
    "home": "the first page, or the cards of one's own organizations",
    "switcher": "one's own organizations",
    "theme_set": "a cookie",
    "brand_stylesheet": "a color",
    "brand_marks": "colors",
    "organization_start": "anybody may start an organization",
    "start_code": "the code of one's own session",
    "start_code_again": "the code of one's own session",
    "profile_edit": "one's own profile",
    "session_list": "one's own sessions",
    "session_end": "one's own sessions",
    "session_end_others": "one's own sessions",
    "healthz": "the process is alive",
    "readyz": "the installation is ready",
    "dev_components": "embedded and tests only",
    "dev_inbox": "embedded and tests only",
    "dev_mail": "embedded and tests only",
    "dev_sign_in": "embedded and tests only",
    "file_download": "a signed link that ends within a minute (tests/prm/test_files.py)",
    "invitation_join": "an invitation's token (tests/prm/test_invitations.py)",
    "invitation_code": "an invitation's token",
    "invitation_code_send": "an invitation's token",
    "invitation_switch": "an invitation's token",
    "invitation_again": "an invitation's token",
    "invitation_pass_on": "an invitation's token",
    "job_detail": "one's own jobs (tests/prm/test_jobs.py)",
    "job_retry": "one's own jobs",
}


@dataclass
class World:
    """The demo, and one person of each kind in its first organization."""

    home: Organization
    foreign: Organization
    visitors: dict[str, Membership | None]
    things: dict[str, str] = field(default_factory=dict)
    foreign_things: dict[str, str] = field(default_factory=dict)
    # A word that stands on many pages of the foreign organization and on none of the home one.
    marker: str = "Ferrum"

    def path(self, name: str, row: Row) -> str:
        return address(name, *(self.things[thing] for thing in row.things), organization=self.home)

    def foreign_path(self, name: str, row: Row) -> str:
        return address(name, *(self.foreign_things[thing] for thing in row.things), organization=self.home)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens inside is rolled back."""
        with transaction.atomic():
            yield
            transaction.set_rollback(True)


Finder = Callable[[], str]
