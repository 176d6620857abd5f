"""Reads of invitations: by link, and as the rows of the studio's list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from prm.accounts.tokens import digest
from prm.addresses import address
from prm.invitations.kinds import invitation_kinds
from prm.invitations.models import Invitation, InvitationQuerySet
from prm.invitations.services import MESSAGE
from prm.outbox.models import Message

type Filter = Literal["all", "waiting", "opened", "lapsed", "bounced", "accepted", "ended"]

FILTERS: dict[str, Any] = {
    "all": gettext_lazy("All"),
    "waiting": gettext_lazy("Waiting"),
    "opened": gettext_lazy("Page opened"),
    "lapsed": gettext_lazy("Lapsed"),
    "bounced": gettext_lazy("Bounced"),
    "accepted": gettext_lazy("Accepted"),
    "ended": gettext_lazy("Withdrawn, passed on"),
}
_UNDELIVERED = (Message.State.FAILED, Message.State.SUPPRESSED)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One line of the list, ready to be placed. `state` names the color, `state_label` is what people read."""

    public_id: str
    url: str
    who: str
    email: str
    what: str
    inviter: str
    sent_at: datetime
    state: str
    state_label: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link leads to. `proves_address` is true for the mailed link, false for one that was handed over."""

    invitation: Invitation
    proves_address: bool


def invitation_behind(token: str) -> Opened | None:
    """The invitation of this organization that a link's token leads to; None for a wrong, foreign or replaced one."""
    hashed = digest(token)
    rows = Invitation.objects.by_token(hashed).select_related("invited_by__person", "membership")
    invitation = rows.first()
    return None if invitation is None else Opened(invitation, invitation.token_digest == hashed)


def invitations(shown: str, words: str, now: datetime) -> InvitationQuerySet:
    """The studio's list, newest first: one of FILTERS, and those whose name or address contains the words."""
    rows: InvitationQuerySet = Invitation.objects.select_related("invited_by__person").newest_first()
    match shown:
        case "waiting":
            rows = rows.running(now)
        case "opened":
            rows = rows.running(now).exclude(opened_at=None)
        case "lapsed":
            rows = rows.lapsed(now)
        case "bounced":
            rows = rows.running(now).filter(Exists(_undelivered()))
        case "accepted":
            rows = rows.filter(state=Invitation.State.ACCEPTED)
        case "ended":
            rows = rows.filter(state__in=[Invitation.State.WITHDRAWN, Invitation.State.DECLINED])
    words = words.strip()
    return rows.matching(words) if words else rows


def rows_of(listed: list[Invitation], now: datetime, what: str = "") -> list[InvitationRow]:
    """The lines of a page: one query for the mails, and at most one for each kind among them.

    `what` is what all of them are for, where that is known.
    """
    mails = mail_states(listed)
    told = dict.fromkeys((invitation.pk for invitation in listed), what) if what else _described(listed)
    return [_row(invitation, told[invitation.pk], mails.get(invitation.pk, ""), now) for invitation in listed]


def state_of(invitation: Invitation, mail: str, now: datetime) -> tuple[str, str]:
    """(state, label) in the words of the list; `mail` is the state of its newest mail, empty where there is none."""
    state = Invitation.State(invitation.state)
    if state != Invitation.State.OPEN:
        return str(state), str(state.label)
    if invitation.is_lapsed(now):
        return "lapsed", _("Lapsed")
    if mail in _UNDELIVERED:
        return "bounced", _("Bounced")
    if invitation.opened_at:
        return "opened", _("Page opened")
    return ("sent", _("Sent")) if mail == Message.State.SENT else ("sending", _("On its way"))


def mail_states(listed: Collection[Invitation]) -> dict[int, str]:
    """The state of each invitation's newest mail."""
    if not listed:
        return {}
    addresses = {invitation.email for invitation in listed}
    ids = [invitation.pk for invitation in listed]
    # By address first: that is what the outbox's unique index starts with.
    mails = Message.objects.filter(recipient=None, address__in=addresses, kind=MESSAGE, subject_id__in=ids)
    return dict(mails.order_by("id").values_list("subject_id", "state"))


def newest_mail(invitation: Invitation) -> Message | None:
    mails = Message.objects.filter(recipient=None, address=invitation.email, kind=MESSAGE, subject_id=invitation.pk)
    newest: Message | None = mails.newest_first().first()
    return newest


def has_any() -> Exists:
    """Whether anybody was ever invited as a partner's person; for the first-run checklist."""
    return Exists(Invitation.objects.exclude(kind="staff"))


def _row(invitation: Invitation, what: str, mail: str, now: datetime) -> InvitationRow:
    state, label = state_of(invitation, mail, now)
    return InvitationRow(
        public_id=invitation.public_id,
        url=address("invitation_detail", invitation.public_id),
        who=invitation.name or invitation.email,
        email=invitation.email,
        what=what,
        inviter=str(invitation.invited_by.person),
        sent_at=invitation.sent_at,
        state=state,
        state_label=label,
    )


def _described(listed: list[Invitation]) -> Mapping[int, str]:
    words: dict[int, str] = {invitation.pk: "" for invitation in listed}
    for name in {invitation.kind for invitation in listed}:
        if name in invitation_kinds:
            words |= invitation_kinds.get(name).describe_all([one for one in listed if one.kind == name])
    return words


def _undelivered() -> Any:
    """Whether the newest mail of the invitation in the outer query did not arrive: mended ones have another address."""
    return Message.objects.filter(
        recipient=None,
        address=OuterRef("email"),
        kind=MESSAGE,
        subject_id=OuterRef("pk"),
        state__in=_UNDELIVERED,
    )
