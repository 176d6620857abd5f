"""Who may open what, written down by hand: one row for each URL name (ISO-5, tested in tests/prm/test_matrix.py)."""

from collections.abc import Iterator
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
_MESSAGES = _WITH_ACCOUNTS | {"facilitator"}
_WRITERS = _MANAGERS | {"editor"}
_COHORTS = _MANAGERS | {"facilitator"}


@dataclass(frozen=True)
class Row:
    """`staff` are the roles that are let in, `partners` the partner visitors; `anybody` opens it to all.

    `things` name the objects whose public ids the address carries, or stand for themselves after "=". `hidden_from` are
    visitors who are let in by their role but for whom these very objects do not exist (another partner's things): they
    get 404. `is_early` says that the object is not yet in the state that the address is about: 404 for all.
    """

    staff: frozenset[str] = frozenset()
    partners: tuple[str, ...] = ()
    anybody: bool = False
    things: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("GET",)
    hidden_from: tuple[str, ...] = ()
    is_early: bool = False

    @property
    def names_objects(self) -> bool:
        return any(not thing.startswith("=") for thing in self.things)

    def lets_in(self, visitor: str) -> bool:
        if visitor in self.hidden_from:
            return False
        return self.anybody or visitor in self.staff or visitor in self.partners

    def refusal(self, visitor: str) -> int:
        return 404 if visitor in self.hidden_from or self.anybody else DENIED[visitor]


GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")


def _studio(staff: frozenset[str], *things: str, methods: tuple[str, ...] = GET, is_early: bool = False) -> Row:
    return Row(staff=staff, things=things, methods=methods, is_early=is_early)


def _keepers(*things: str, methods: tuple[str, ...]) -> Row:
    """Those who manage partners; for colleagues who do not, what they cannot change is not there."""
    others = tuple(role for role in STAFF_ROLES if role not in _WITH_ACCOUNTS)
    return Row(staff=_WITH_ACCOUNTS, things=things, methods=methods, hidden_from=others)


def _portal(
    *things: str, methods: tuple[str, ...] = GET, hidden_from: tuple[str, ...] = (), leads: bool = False
) -> Row:
    """Partners' people, or of each company only its `leads`."""
    visitors = tuple(visitor for visitor in PARTNER_VISITORS if not leads or visitor != "partner member")
    return Row(partners=visitors, things=things, methods=methods, hidden_from=hidden_from)


def _members(*things: str, methods: tuple[str, ...] = GET, hidden_from: tuple[str, ...] = ()) -> Row:
    return Row(staff=_EVERYONE, partners=PARTNER_VISITORS, things=things, methods=methods, hidden_from=hidden_from)


def _public(*things: str, methods: tuple[str, ...] = GET) -> Row:
    return Row(anybody=True, things=things, methods=methods)


_PLATFORM = {
    "studio_home": _studio(_EVERYONE),
    "start_partners": _studio(_OWNER, methods=BOTH),
    "start_look": _studio(_OWNER, methods=BOTH),
    "organization_edit": _studio(_OWNER, methods=BOTH),
    "organization_export": _studio(_OWNER, methods=BOTH),
    "erasure_list": _studio(_OWNER, methods=BOTH),
    "erasure_detail": _studio(_OWNER, "erasure"),
    "erasure_wish": _studio(_OWNER, "erasure wish", methods=BOTH),
    "my_data": _members(methods=BOTH),
    "my_erasure": _members(methods=POST),
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
    "invitation_create": _studio(_OWNER, methods=BOTH),
    "invitation_preview": _studio(_OWNER, methods=POST),
    "invitation_detail": _studio(_WITH_ACCOUNTS, "invitation"),
    "invitation_resend": _studio(_WITH_ACCOUNTS, "invitation", methods=POST),
    "invitation_mend": _studio(_WITH_ACCOUNTS, "invitation", methods=POST),
    "invitation_withdraw": _studio(_WITH_ACCOUNTS, "invitation", methods=POST),
    "see_as_choose": _studio(_WITH_ACCOUNTS),
    "see_as_example": _studio(_WITH_ACCOUNTS, methods=POST),
    "see_as_begin": _studio(_WITH_ACCOUNTS, "partner person", methods=POST),
    "message_list": _studio(_MESSAGES),
    "message_detail": _studio(_MESSAGES, "message"),
    "message_retry": _studio(_MANAGERS, "message", methods=POST),
    "message_cancel": _studio(_MANAGERS, "message", methods=POST),
    "preferences": _members(methods=BOTH),
    "notification_list": _members(),
    "notification_bell": _members(),
    "notification_read_all": _members(methods=POST),
    "mail_status": _studio(_OWNER),
    "mail_test": _studio(_OWNER, methods=POST),
    "audit_list": _studio(_OWNER),
    "audit_export": _studio(_OWNER, methods=POST),
    "portal_home": _members(),
    "due": _members(),
    "organization_leave": _members(methods=BOTH),
    "see_as_leave": _members(methods=POST),
}

_ACCOUNTS = _WITH_ACCOUNTS
_OTHERS = ("other partner",)
_NOT_LEADS = ("partner member", "other partner")

_PARTNERS = {
    "partner_list": _studio(_EVERYONE),
    "partner_create": _studio(_ACCOUNTS, methods=BOTH),
    "partner_try": _studio(_ACCOUNTS, methods=BOTH),
    "partner_bulk": _studio(_ACCOUNTS, methods=POST),
    "bulk_group": _studio(_ACCOUNTS, methods=POST),
    "bulk_manager": _studio(_ACCOUNTS, methods=POST),
    "bulk_announcement": _studio(_ACCOUNTS, methods=POST),
    "bulk_undo": _studio(_ACCOUNTS, "=1", methods=POST),
    "bulk_detail": _studio(_ACCOUNTS, "bulk job"),
    "announcement_list": _studio(_EVERYONE),
    "announcement_withdraw": _studio(_ACCOUNTS, "announcement", methods=POST),
    "partner_filter": _studio(_EVERYONE, methods=BOTH),
    "partner_columns": _studio(_EVERYONE),
    "view_list": _studio(_EVERYONE),
    "view_create": _studio(_EVERYONE, methods=BOTH),
    "view_open": _studio(_EVERYONE, "view"),
    "view_edit": _keepers("view", methods=BOTH),
    "view_replace": _keepers("view", methods=POST),
    "view_remove": _keepers("view", methods=POST),
    "view_restore": _keepers("view", methods=POST),
    "partner_invite": _studio(_ACCOUNTS, methods=BOTH),
    "partner_export": _studio(_MANAGERS, methods=BOTH),
    "partner_import_create": _studio(_MANAGERS, methods=BOTH),
    "partner_import_sample": _studio(_MANAGERS),
    "partner_import_detail": _studio(_MANAGERS, "import"),
    "partner_import_columns": _studio(_MANAGERS, "import", methods=BOTH),
    "partner_import_row": _studio(_MANAGERS, "import", "row", methods=POST),
    "partner_import_mend": _studio(_MANAGERS, "import", "row to mend", methods=POST),
    "partner_import_choices": _studio(_MANAGERS, "import", methods=POST),
    "partner_import_mode": _studio(_MANAGERS, "import", methods=POST),
    "partner_import_invite": _studio(_ACCOUNTS, "import", methods=POST),
    "partner_import_apply": _studio(_MANAGERS, "import", methods=POST),
    "partner_import_undo": _studio(_MANAGERS, "import", methods=POST),
    "partner_import_groups": _studio(_ACCOUNTS, "import", methods=POST, is_early=True),
    "partner_import_problems": _studio(_MANAGERS, "import"),
    "partner_detail": _studio(_EVERYONE, "partner"),
    "partner_edit": _studio(_ACCOUNTS, "partner", methods=BOTH),
    "partner_archive": _studio(_ACCOUNTS, "partner", methods=POST),
    "partner_restore": _studio(_ACCOUNTS, "partner", methods=POST),
    "partner_merge": _studio(_MANAGERS, "partner", methods=BOTH),
    "duplicate_list": _studio(_ACCOUNTS),
    "duplicate_dismiss": _studio(_ACCOUNTS, "double", methods=POST),
    "duplicate_reopen": _studio(_ACCOUNTS, "double", methods=POST),
    "partner_structure": _studio(_EVERYONE, "partner"),
    "partner_link_create": _studio(_ACCOUNTS, "partner", methods=BOTH),
    "partner_link_end": _studio(_ACCOUNTS, "link", methods=BOTH),
    "competition_list": _studio(_EVERYONE),
    "competition_rule": _studio(_ACCOUNTS, methods=BOTH),
    "competition_conditions": _studio(_ACCOUNTS, methods=BOTH),
    "competition_pair": _studio(_ACCOUNTS, methods=BOTH),
    "competition_remove": _studio(_ACCOUNTS, "competition", methods=POST),
    "coverage": _studio(_EVERYONE),
    "coverage_cell": _studio(_EVERYONE, "specializations", "specialization"),
    "partner_join_group": _studio(_ACCOUNTS, "partner", methods=BOTH),
    "partner_person": _studio(_ACCOUNTS, "partner", "user", methods=BOTH),
    "partner_person_remove": _studio(_ACCOUNTS, "partner", "user", methods=POST),
    "group_list": _studio(_EVERYONE),
    "group_create": _studio(_ACCOUNTS, methods=BOTH),
    "group_detail": _studio(_EVERYONE, "group"),
    "group_edit": _studio(_ACCOUNTS, "group", methods=BOTH),
    "group_archive": _studio(_ACCOUNTS, "group", methods=POST),
    "group_restore": _studio(_ACCOUNTS, "group", methods=POST),
    "group_health": _studio(_EVERYONE),
    "group_review": _studio(_ACCOUNTS, "group", methods=BOTH),
    "group_tell": _studio(_ACCOUNTS, "group", methods=BOTH),
    "group_rule": _studio(_ACCOUNTS, "group", methods=BOTH),
    "group_rule_list": _studio(_EVERYONE, "group"),
    "group_rule_pause": _studio(_ACCOUNTS, "ruled group", methods=POST),
    "group_rule_resume": _studio(_ACCOUNTS, "ruled group", methods=POST),
    "group_rule_end": _studio(_ACCOUNTS, "ruled group", methods=POST),
    "group_hold": _studio(_EVERYONE, "held group"),
    "group_hold_release": _studio(_ACCOUNTS, "held group", methods=POST),
    "group_keep_out": _studio(_ACCOUNTS, "group", methods=BOTH),
    "group_let_back": _studio(_ACCOUNTS, "ruled group", "exclusion", methods=POST),
    "group_add": _studio(_ACCOUNTS, "group", methods=BOTH),
    "group_remove": _studio(_ACCOUNTS, "group", methods=POST),
    "group_member": _studio(_ACCOUNTS, "group", "group member", methods=BOTH),
    "group_undo_adding": _studio(_ACCOUNTS, "group", "=1", methods=POST),
    "group_undo_removing": _studio(_ACCOUNTS, "group", "=1", methods=POST),
    "team_list": _portal(),
    "team_branch": _portal("branch", leads=True, hidden_from=_OTHERS),
    "team_invite": _portal(methods=BOTH, leads=True),
    "team_person": _portal("user", methods=BOTH, hidden_from=_OTHERS),
    "team_remove": _portal("user", methods=POST, hidden_from=_OTHERS, leads=True),
    "my_group_list": _portal(),
    "my_company": _portal(),
}

_TIERS = {
    "ladder_list": _studio(_EVERYONE),
    "ladder_create": _studio(_ACCOUNTS, methods=BOTH),
    "ladder_detail": _studio(_EVERYONE, "ladder"),
    "ladder_edit": _studio(_ACCOUNTS, "ladder", methods=BOTH),
    "ladder_archive": _studio(_ACCOUNTS, "ladder", methods=POST),
    "ladder_restore": _studio(_ACCOUNTS, "ladder", methods=POST),
    "ladder_outlook": _studio(_EVERYONE, "ladder"),
    "ladder_ledger": _studio(_EVERYONE, "ladder"),
    "ladder_approvals": _studio(_EVERYONE, "ladder"),
    "ladder_notices": _studio(_EVERYONE, "ladder"),
    "version_list": _studio(_EVERYONE, "ladder"),
    "version_detail": _studio(_EVERYONE, "draft"),
    "draft_begin": _studio(_ACCOUNTS, "ladder", methods=POST),
    "draft_note": _studio(_ACCOUNTS, "draft", methods=POST),
    "draft_try": _studio(_ACCOUNTS, "draft", methods=POST),
    "draft_publish": _studio(_ACCOUNTS, "draft", methods=POST),
    "draft_discard": _studio(_ACCOUNTS, "draft", methods=POST),
    "requirement_create": _studio(_ACCOUNTS, "draft", methods=BOTH),
    "requirement_edit": _studio(_ACCOUNTS, "requirement", methods=BOTH),
    "requirement_remove": _studio(_ACCOUNTS, "requirement", methods=POST),
    "tier_detail": _studio(_EVERYONE, "tier"),
    "tier_create": _studio(_ACCOUNTS, "ladder", methods=BOTH),
    "tier_edit": _studio(_ACCOUNTS, "tier", methods=BOTH),
    "tier_archive": _studio(_ACCOUNTS, "tier", methods=POST),
    "move_approve": _studio(_ACCOUNTS, "rise", methods=POST),
    "move_decline": _studio(_ACCOUNTS, "rise", methods=BOTH),
    "move_words": _studio(_ACCOUNTS, "prepared notice", methods=POST),
    "appeal_answer": _studio(_ACCOUNTS, "appeal", methods=BOTH),
    "partner_tiers": _studio(_EVERYONE, "partner"),
    "partner_hold": _studio(_ACCOUNTS, "partner", methods=BOTH),
    "hold_end": _studio(_ACCOUNTS, "held partner", "hold", methods=POST),
    "number_list": _studio(_EVERYONE),
    "number_create": _studio(_ACCOUNTS, methods=BOTH),
    "number_detail": _studio(_EVERYONE, "number"),
    "number_edit": _studio(_ACCOUNTS, "number", methods=BOTH),
    "number_enter": _studio(_ACCOUNTS, "number", methods=BOTH),
    "number_void": _studio(_ACCOUNTS, "number", "number entry", methods=POST),
    "my_appeal": _portal("notice", methods=BOTH, hidden_from=_OTHERS),
}

_JOURNEYS = {
    "journey_template_list": _studio(_EVERYONE),
    "journey_template_create": _studio(_ACCOUNTS, methods=BOTH),
    "journey_template_detail": _studio(_EVERYONE, "journey template"),
    "journey_template_edit": _studio(_ACCOUNTS, "journey template", methods=BOTH),
    "journey_template_switch": _studio(_ACCOUNTS, "journey template", methods=POST),
    "journey_template_apply": _studio(_ACCOUNTS, "journey template", methods=POST),
    "journey_template_archive": _studio(_ACCOUNTS, "journey template", methods=POST),
    "journey_template_restore": _studio(_ACCOUNTS, "journey template", methods=POST),
    "journey_step_create": _studio(_ACCOUNTS, "journey template", methods=BOTH),
    "journey_step_edit": _studio(_ACCOUNTS, "journey template", "template step", methods=BOTH),
    "journey_step_move": _studio(_ACCOUNTS, "journey template", "template step", methods=POST),
    "journey_step_delete": _studio(_ACCOUNTS, "journey template", "template step", methods=POST),
    "journey_list": _studio(_EVERYONE),
    "journey_detail": _studio(_EVERYONE, "journey"),
    "journey_stop": _studio(_ACCOUNTS, "journey", methods=POST),
    "journey_resume": _studio(_ACCOUNTS, "journey", methods=POST),
    "journey_step": _studio(_EVERYONE, "journey", "journey step"),
    "journey_step_settle": _studio(_ACCOUNTS, "journey", "journey step", methods=POST),
    "journey_start": _studio(_ACCOUNTS, "partner", methods=BOTH),
    "my_step_list": _studio(_EVERYONE),
    "agreement_list": _studio(_EVERYONE),
    "agreement_create": _studio(_ACCOUNTS, methods=BOTH),
    "agreement_detail": _studio(_EVERYONE, "agreement"),
    "agreement_revise": _studio(_ACCOUNTS, "agreement", methods=BOTH),
    "agreement_archive": _studio(_ACCOUNTS, "agreement", methods=POST),
    "agreement_restore": _studio(_ACCOUNTS, "agreement", methods=POST),
    "my_steps": _portal(),
    "my_step_detail": _portal("journey step", methods=BOTH, hidden_from=_OTHERS),
    "my_step_skip": _portal("journey step", methods=POST, hidden_from=_OTHERS),
}

_RECRUITMENT = {
    "recruitment_board": _studio(_ACCOUNTS),
    "recruitment_move": _studio(_ACCOUNTS, methods=POST),
    "recruitment_list": _studio(_ACCOUNTS),
    "recruitment_create": _studio(_MANAGERS, methods=BOTH),
    "recruitment_call": _studio(_ACCOUNTS, "call"),
    "recruitment_edit": _studio(_MANAGERS, "call", methods=BOTH),
    "recruitment_open": _studio(_MANAGERS, "call", methods=POST),
    "recruitment_close": _studio(_MANAGERS, "call", methods=POST),
    "recruitment_profile": _studio(_MANAGERS, "call", methods=BOTH),
    "recruitment_wordings": _studio(_MANAGERS, "call", methods=BOTH),
    "recruitment_question_create": _studio(_MANAGERS, "call", methods=BOTH),
    "recruitment_question": _studio(_MANAGERS, "call", "=about", methods=BOTH),
    "recruitment_question_move": _studio(_MANAGERS, "call", "=about", methods=POST),
    "recruitment_question_remove": _studio(_MANAGERS, "call", "=about", methods=POST),
    "partner_application_detail": _studio(_ACCOUNTS, "partner application"),
    "partner_application_move": _studio(_ACCOUNTS, "partner application", methods=POST),
    "partner_application_check": _studio(_ACCOUNTS, "partner application", methods=POST),
    "partner_application_reviewers": _studio(_ACCOUNTS, "partner application", methods=BOTH),
    "partner_application_comment": _studio(_ACCOUNTS, "partner application", methods=POST),
    "partner_application_ask": _studio(_ACCOUNTS, "partner application", methods=BOTH),
    "partner_application_accept": _studio(_ACCOUNTS, "partner application", methods=BOTH),
    "partner_application_decline": _studio(_ACCOUNTS, "partner application", methods=BOTH),
    "partner_application_forget": _studio(_MANAGERS, "partner application", methods=POST),
    "recruitment_home": _public(),
    "recruitment_page": _public("call", methods=BOTH),
}

_PRODUCTS = {
    "product_list": _studio(_EVERYONE),
    "product_create": _studio(_ACCOUNTS, methods=BOTH),
    "product_detail": _studio(_EVERYONE, "product"),
    "product_edit": _studio(_ACCOUNTS, "product", methods=BOTH),
    "product_retire": _studio(_ACCOUNTS, "product", methods=POST),
    "product_bring_back": _studio(_ACCOUNTS, "product", methods=POST),
    "product_grant": _studio(_ACCOUNTS, "product", methods=BOTH),
    "product_right": _studio(_ACCOUNTS, "product", "product right", methods=BOTH),
    "product_end": _studio(_ACCOUNTS, "product", methods=POST),
    "partner_product_list": _studio(_EVERYONE, "partner"),
    "partner_grant": _studio(_ACCOUNTS, "partner", methods=BOTH),
    "product_family_list": _studio(_EVERYONE),
    "product_family_create": _studio(_ACCOUNTS, methods=BOTH),
    "product_family_edit": _studio(_ACCOUNTS, "product family", methods=BOTH),
    "product_family_retire": _studio(_ACCOUNTS, "product family", methods=POST),
    "product_family_bring_back": _studio(_ACCOUNTS, "product family", methods=POST),
    "my_product_list": _portal(),
}

_ENABLEMENT = {
    "content_list": _studio(_EVERYONE),
    "content_choose": _studio(_WRITERS),
    "content_create": _studio(_WRITERS, "=article", methods=BOTH),
    "content_preview": _studio(_WRITERS, methods=POST),
    "content_reach": _studio(_EVERYONE),
    "content_detail": _studio(_EVERYONE, "content"),
    "content_edit": _studio(_WRITERS, "content", methods=BOTH),
    "content_readers": _studio(_EVERYONE, "content"),
    "content_file": _studio(_EVERYONE, "file content"),
    "content_publish": _studio(_WRITERS, "content", methods=POST),
    "content_withdraw": _studio(_WRITERS, "content", methods=POST),
    "content_archive": _studio(_WRITERS, "content", methods=POST),
    "content_restore": _studio(_WRITERS, "content", methods=POST),
    "item_create": _studio(_WRITERS, "content", methods=BOTH),
    "item_edit": _studio(_WRITERS, "item", methods=BOTH),
    "item_retire": _studio(_WRITERS, "item", methods=POST),
    "item_restore": _studio(_WRITERS, "item", methods=POST),
    "learn": _portal(),
    "learn_detail": _portal("gated content", hidden_from=_OTHERS),
    "learn_file": _portal("gated file", hidden_from=_OTHERS),
    "learn_beat": _portal("gated content", methods=POST, hidden_from=_OTHERS),
    "learn_done": _portal("gated content", methods=POST, hidden_from=_OTHERS),
    "learn_check": _portal("gated content", "gated item", methods=POST, hidden_from=_OTHERS),
    "practice": _portal(),
    "practice_start": _portal(methods=POST),
    "practice_mails": _portal(methods=BOTH),
}

_FIGURES = {
    "figure_list": _studio(_EVERYONE - {"editor"}),
    "figure_detail": _studio(_EVERYONE - {"editor"}, "=active"),
}

_COHORTS_STUDIO = {
    "program_list": _studio(_EVERYONE),
    "program_create": _studio(_COHORTS, methods=BOTH),
    "program_promise": _studio(_COHORTS),
    "program_edit": _studio(_COHORTS, "program", methods=BOTH),
    "cohort_list": _studio(_EVERYONE),
    "cohort_create": _studio(_COHORTS, methods=BOTH),
    "cohort_detail": _studio(_EVERYONE, "cohort"),
    "cohort_edit": _studio(_COHORTS, "cohort", methods=BOTH),
    "cohort_cancel": _studio(_COHORTS, "cohort", methods=BOTH),
    "cohort_move": _studio(_COHORTS, "cohort", "=graduate", methods=POST),
    "application_list": _studio(_EVERYONE, "cohort"),
    "application_decide": _studio(_COHORTS, "cohort", "application", methods=BOTH),
    "decision_take_back": _studio(_COHORTS, "cohort", "application", methods=POST),
    "decision_release": _studio(_COHORTS, "cohort", methods=POST),
    "nomination_create": _studio(_COHORTS, "open cohort", methods=BOTH),
    "participant_list": _studio(_EVERYONE, "cohort"),
    "seat_offer": _studio(_COHORTS, "cohort", "seat", methods=POST),
    "seat_release": _studio(_COHORTS, "cohort", "seat", methods=POST),
    "seat_extend": _studio(_COHORTS, "cohort", "seat", methods=BOTH),
    "cohort_session_list": _studio(_EVERYONE, "cohort"),
    "session_create": _studio(_COHORTS, "cohort", methods=BOTH),
    "session_edit": _studio(_COHORTS, "cohort", "session", methods=BOTH),
    "session_cancel": _studio(_COHORTS, "cohort", "session", methods=BOTH),
    "session_attendance": _studio(_COHORTS, "cohort", "session", methods=BOTH),
    "recap_edit": _studio(_COHORTS, "cohort", "session", methods=BOTH),
    "recap_unschedule": _studio(_COHORTS, "cohort", "session", methods=POST),
    "homework_list": _studio(_EVERYONE, "cohort"),
    "homework_create": _studio(_COHORTS, "cohort", methods=BOTH),
    "homework_detail": _studio(_EVERYONE, "cohort", "homework"),
    "homework_edit": _studio(_COHORTS, "cohort", "homework", methods=BOTH),
    "homework_delete": _studio(_COHORTS, "cohort", "homework", methods=POST),
    "submission_detail": _studio(_EVERYONE, "cohort", "submission"),
    "submission_comment": _studio(_COHORTS, "cohort", "submission", methods=POST),
    "graduation_list": _studio(_COHORTS, "cohort", methods=BOTH),
    "graduation_revoke": _studio(_COHORTS, "finished cohort", "graduation", methods=BOTH),
}

_COHORTS_PORTAL = {
    "my_cohorts": _portal(),
    "application_create": _portal("open cohort", methods=BOTH),
    "application_save": _portal("open cohort", methods=POST),
    "application_detail": _portal("finished cohort", hidden_from=_OTHERS),
    "application_withdraw": _portal("finished cohort", methods=POST, hidden_from=_OTHERS),
    "seat_confirm": _portal("finished cohort", methods=POST, hidden_from=_OTHERS),
    "seat_decline": _portal("finished cohort", methods=POST, hidden_from=_OTHERS),
    "cohort_home": _portal("finished cohort", hidden_from=_OTHERS),
    "session_detail": _portal("finished cohort", "finished session", hidden_from=_OTHERS),
    "session_excuse": _portal("finished cohort", "finished session", methods=BOTH, hidden_from=_OTHERS),
    "session_come": _portal("finished cohort", "finished session", methods=POST, hidden_from=_OTHERS),
    "session_calendar": _portal("finished cohort", "finished session", hidden_from=_OTHERS),
    "homework_answer": _portal("finished cohort", "finished homework", methods=BOTH, hidden_from=_OTHERS),
    "homework_comment": _portal("finished cohort", "own submission", methods=POST, hidden_from=_NOT_LEADS),
    "cohort_invitation": _public("open cohort"),
}

_DATA = {
    "attribute_list": _studio(_EVERYONE),
    "attribute_create": _studio(_WITH_ACCOUNTS, methods=BOTH),
    "attribute_detail": _studio(_EVERYONE, "attribute"),
    "attribute_edit": _studio(_WITH_ACCOUNTS, "attribute", methods=BOTH),
    "attribute_archive": _studio(_WITH_ACCOUNTS, "attribute", methods=POST),
    "attribute_restore": _studio(_WITH_ACCOUNTS, "attribute", methods=POST),
    "attribute_move": _studio(_WITH_ACCOUNTS, "attribute", methods=POST),
    "partner_history": _studio(_EVERYONE, "partner"),
    "data_request_create": _studio(_WITH_ACCOUNTS, methods=BOTH),
    "data_request_detail": _studio(_EVERYONE, "data request"),
    "data_request_remind": _studio(_WITH_ACCOUNTS, "data request", methods=POST),
    "proposal_list": _studio(_EVERYONE),
    "proposal_decide": _studio(_WITH_ACCOUNTS, "proposal", methods=POST),
    "my_company_edit": _portal(methods=BOTH, leads=True),
    "my_questions": _portal(methods=BOTH, leads=True),
    "my_data_request": _portal("data request", methods=BOTH, leads=True),
    "my_profile": _portal(methods=BOTH),
    "my_profile_erase": _portal(methods=POST),
    # Told to colleagues, cohorts and the organization: for another partner's people this person does not exist.
    "person_profile": _members("reserved person", hidden_from=_OTHERS),
    "person_photo": _members("reserved person", hidden_from=_OTHERS),
}

_SEARCH = {
    "studio_search": _studio(_EVERYONE),
    "portal_search": _portal(),
}

ROWS: dict[str, Row] = {
    **_PLATFORM,
    **_DATA,
    **_SEARCH,
    **_PARTNERS,
    **_JOURNEYS,
    **_RECRUITMENT,
    **_TIERS,
    **_PRODUCTS,
    **_ENABLEMENT,
    **_COHORTS_STUDIO,
    **_COHORTS_PORTAL,
    **_FIGURES,
}

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
    "erasure_ask": "one's own wishes, in one's own organizations",
    "session_list": "one's own sessions",
    "session_end": "one's own sessions",
    "session_end_others": "one's own sessions",
    "organization_logo": "a picture that is on every public page (tests/prm)",
    "tenant_admin": "operators only (tests/prm/test_admin.py)",
    "tenant_admin_page": "operators only (tests/prm/test_admin.py)",
    "healthz": "the process is alive",
    "readyz": "the installation is ready",
    "metrics": "a token of the installation (tests/prm/test_metrics.py)",
    "dev_components": "embedded and tests only",
    "dev_inbox": "embedded and tests only",
    "dev_mail": "embedded and tests only",
    "dev_sign_in": "embedded and tests only",
    "file_download": "a signed link that ends within a minute (tests/prm/test_files.py)",
    "invitation_join": "an invitation's token (tests/prm/test_invitation_links.py)",
    "invitation_code": "an invitation's token",
    "invitation_code_send": "an invitation's token",
    "invitation_switch": "an invitation's token",
    "invitation_again": "an invitation's token",
    "invitation_pass_on": "an invitation's token",
    "applicant_page": "an application's token (tests/partners/test_views_applying.py)",
    "applicant_answer": "an application's token",
    "applicant_withdraw": "an application's token",
    "recall": "a question's token (tests/enablement)",
    "recall_more": "a question's token",
    "recall_pause": "a question's token",
    "practice_round": "one's own round (tests/enablement)",
    "team_withdraw": "one's own company's invitations (tests/partners)",
    "team_invitation": "one's own company's invitations",
    "team_resend": "one's own company's invitations",
    "notification_open": "one's own notifications (tests/prm)",
    "unsubscribe": "a message's token (tests/prm)",
    "dev_clock": "embedded and tests only",
    "nomination_answer": "a nomination's token (tests/cohorts)",
    "nomination_decline": "a nomination's token",
    "nomination_withdraw": "needs an open nomination (tests/cohorts)",
    "certificate_detail": "a certificate's token (tests/cohorts)",
    "badge_detail": "a badge's token",
    "submission_file": "a submission with a file (tests/cohorts)",
    "homework_file": "one's own submission with a file (tests/cohorts)",
    "job_detail": "one's own jobs (tests/prm/test_jobs.py)",
    "job_retry": "one's own jobs",
    "export_detail": "one's own exports (tests/prm/test_exports.py)",
    "export_download": "one's own exports (tests/prm/test_exports.py)",
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
        return self._address(name, row, self.things)

    def foreign_path(self, name: str, row: Row) -> str:
        return self._address(name, row, self.foreign_things)

    def _address(self, name: str, row: Row, things: dict[str, str]) -> str:
        keys = [thing[1:] if thing.startswith("=") else things[thing] for thing in row.things]
        return address(name, *keys, organization=self.home)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens inside is rolled back."""
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
