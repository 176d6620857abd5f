from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.accounts.tokens import new_nonce


class AccountMessage(models.Model):
    """A mail about an account: a sign-in code, a verification, a reset. Global: accounts belong to no organization.

    `sealed` holds what the mail says, encrypted with a key made from SECRET_KEY, only until the mail is sent.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    address = models.EmailField()
    template = models.CharField(max_length=80)
    sealed = models.TextField(blank=True)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=300, blank=True)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["not_before"], condition=Q(state="queued"), name="outbox_account_due")]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"
