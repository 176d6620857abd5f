from django.conf import settings
from django.db import models


class Heartbeat(models.Model):
    """When a part of the installation was last seen alive: worker, scheduler, mail server. Global, without content."""

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at}"


class Attention(models.Model):
    """A person was written to by an organization: what all organizations together ask of one person can be counted.

    Global, ids and times only. `is_letter` is false for each further category that the same mail was about.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    organization = models.ForeignKey(
        "tenancy.Organization", on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    category = models.CharField(max_length=20)
    is_letter = models.BooleanField(default=True, db_default=True)

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="outbox_attention_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at}"
