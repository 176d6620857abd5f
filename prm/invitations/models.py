from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.accounts.tokens import derive
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned


class InvitationQuerySet(TenantQuerySet["Invitation"]):
    def pending(self) -> Self:
        return self.filter(state__in=Invitation.PENDING)

    def running(self, now: datetime) -> Self:
        """Open, and the link still works."""
        return self.pending().filter(expires_at__gt=now)

    def lapsed(self, now: datetime) -> Self:
        return self.pending().filter(expires_at__lte=now)

    def matching(self, words: str) -> Self:
        """Whose name or address contains the words."""
        return self.filter(Q(email__icontains=words) | Q(name__icontains=words))

    def by_token(self, hashed: str) -> Self:
        """Those that either of their two links leads to; none or one."""
        return self.filter(Q(token_digest=hashed) | Q(copy_digest=hashed))

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


InvitationManager = TenantManager.from_queryset(InvitationQuerySet)


class Invitation(TenantOwned):
    """An address that was invited into the organization. States change by `prm.invitations.services.MACHINE` only.

    `kind` names who handles acceptance (see `prm.invitations.kinds`), `target_id` what it is for, such as a partner.
    Two links lead to it, both derived from `nonce` and kept as hashes only: the mailed one, which proves the address,
    and one to hand over by chat, which works after a code sent to the address was entered.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Invited")
        ACCEPTED = "accepted", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DECLINED = "declined", _("Passed on")

    PENDING = (State.OPEN,)

    kind = models.CharField(max_length=20)
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    target_id = models.BigIntegerField(null=True, blank=True)
    note = models.TextField(_("personal line"), blank=True, max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    nonce = models.CharField(max_length=32, editable=False)
    token_digest = models.CharField(max_length=64, editable=False)
    copy_digest = models.CharField(max_length=64, editable=False)
    sendings = models.PositiveSmallIntegerField(_("mails"), default=1)
    created_at = models.DateTimeField(_("invited at"))
    sent_at = models.DateTimeField(_("last mailed at"))
    expires_at = models.DateTimeField(_("valid until"))
    opened_at = models.DateTimeField(_("page opened at"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("withdrawn or passed on at"), null=True, blank=True)
    passed_to_name = models.CharField(_("passed on to"), max_length=120, blank=True)
    passed_to_email = models.EmailField(_("their e-mail address"), blank=True)
    invited_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = InvitationManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(fields=["organization", "token_digest"], name="invitations_invitation_token"),
            models.UniqueConstraint(fields=["organization", "copy_digest"], name="invitations_invitation_copy"),
            models.UniqueConstraint(
                fields=["organization", "email"], condition=Q(state="open"), name="invitations_invitation_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="invitations_invitation_newest"),
            models.Index(fields=["organization", "kind", "target_id"], name="invitations_invitation_target"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def mailed_token(self) -> str:
        """The token of the mailed link, which by itself proves the address. Derived on sending, never stored."""
        return derive("invitation", self.nonce)

    @property
    def copied_token(self) -> str:
        """The token of the link that is handed over by other ways; it asks for a code sent to the address."""
        return derive("invitation.copy", self.nonce)

    def is_lapsed(self, now: datetime) -> bool:
        return self.state == self.State.OPEN and self.expires_at <= now
