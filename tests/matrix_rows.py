"""One row of the matrix of who may open what, and the usual kinds of it (tests/matrix.py)."""

from dataclasses import dataclass

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

EVERYONE = frozenset(STAFF_ROLES)
OWNER = frozenset({"owner"})
MANAGERS = frozenset({"owner", "manager"})
WITH_ACCOUNTS = MANAGERS | {"account_manager"}
MESSAGES = WITH_ACCOUNTS | {"facilitator"}
WRITERS = MANAGERS | {"editor"}
COHORTS = MANAGERS | {"facilitator"}


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


def studio(staff: frozenset[str], *things: str, methods: tuple[str, ...] = GET, is_early: bool = False) -> Row:
    return Row(staff=staff, things=things, methods=methods, is_early=is_early)


def keepers(*things: str, methods: tuple[str, ...]) -> Row:
    """Those who manage partners; for colleagues who do not, what they cannot change is not there."""
    others = tuple(role for role in STAFF_ROLES if role not in WITH_ACCOUNTS)
    return Row(staff=WITH_ACCOUNTS, things=things, methods=methods, hidden_from=others)


def portal(*things: str, methods: tuple[str, ...] = GET, hidden_from: tuple[str, ...] = (), leads: bool = False) -> Row:
    """Partners' people, or of each company only its `leads`."""
    visitors = tuple(visitor for visitor in PARTNER_VISITORS if not leads or visitor != "partner member")
    return Row(partners=visitors, things=things, methods=methods, hidden_from=hidden_from)


def members(*things: str, methods: tuple[str, ...] = GET, hidden_from: tuple[str, ...] = ()) -> Row:
    return Row(staff=EVERYONE, partners=PARTNER_VISITORS, things=things, methods=methods, hidden_from=hidden_from)


def public(*things: str, methods: tuple[str, ...] = GET) -> Row:
    return Row(anybody=True, things=things, methods=methods)


ACCOUNTS = WITH_ACCOUNTS
OTHERS = ("other partner",)
NOT_LEADS = ("partner member", "other partner")
