from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned


class InvitationQuerySet(TenantQuerySet["Invitation"]):
    def pending(self) -> Self:
        return self.filter(state__in=Invitation.PENDING)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


class Invitation(TenantOwned):
    """An address that was invited into the organization. The link's token is derived from `nonce`, its hash is kept.

    `kind` names who handles acceptance (see `prm.invitations.kinds`), `target_id` what it is for, such as a partner.
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
    sendings = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("valid until"))
    opened_at = models.DateTimeField(_("page opened at"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    invited_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[TenantManager["Invitation"]] = TenantManager.from_queryset(InvitationQuerySet)()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "token_digest"], name="invitations_invitation_token"),
            models.UniqueConstraint(
                fields=["organization", "email"], condition=Q(state="open"), name="invitations_invitation_one_open"
            ),
        ]
        indexes = [models.Index(fields=["organization", "-created_at"], name="invitations_invitation_newest")]

    def __str__(self) -> str:
        return self.email

    def is_lapsed(self, now: datetime) -> bool:
        return self.state == self.State.OPEN and self.expires_at <= now
