"""What people of partners say about themselves, and who reads which part of it."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.partners import PartnerUser
from prm.files.models import StoredFile
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.models import Edited, TenantOwned


class PersonProfile(Edited, TenantOwned):
    """What a partner's person tells about themselves; only they write it.

    `readers` gives for each of `FIELDS` who reads it, one of `Reader`; one that is missing has its `DEFAULTS`. Pages
    ask `partners.queries.profiles`, which alone decides. The job title is `PartnerUser.job_title`, since the company's
    lead keeps it too; who reads it is said here.
    """

    class Function(models.TextChoices):
        SALES = "sales", _("Sales")
        TECHNICAL = "technical", _("Technical")
        MARKETING = "marketing", _("Marketing")
        PRODUCT = "product", _("Product")
        LEADERSHIP = "leadership", _("Leadership")

    class Seniority(models.TextChoices):
        STARTING = "starting", _("New to it")
        ABLE = "able", _("Some years in")
        SENIOR = "senior", _("Experienced")
        HEAD = "head", _("Leads a team or a field")

    class Reader(models.TextChoices):
        NOBODY = "nobody", _("Only I")
        STAFF = "staff", _("Only the organization")
        COHORT = "cohort", _("My cohorts and colleagues")
        PARTNERS = "partners", _("All partners")

    FIELDS = ("said_as", "photo", "job_title", "function", "seniority", "languages", "link", "offers", "seeks")
    DEFAULTS: dict[str, Any] = {**dict.fromkeys(FIELDS, Reader.COHORT), "seeks": Reader.STAFF}

    user = TenantForeignKey(PartnerUser, on_delete=models.CASCADE, related_name="profiles", index=False)
    said_as = models.CharField(_("how your name is said"), max_length=80, blank=True)
    photo = TenantForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    function = models.CharField(_("function"), max_length=12, choices=Function, blank=True)
    seniority = models.CharField(_("seniority"), max_length=12, choices=Seniority, blank=True)
    languages = ArrayField(models.CharField(max_length=12), verbose_name=_("languages"), default=list, blank=True)
    link = models.URLField(_("profile elsewhere"), max_length=200, blank=True)
    offers = models.TextField(_("what I can help with"), max_length=500, blank=True)
    seeks = models.TextField(_("what I look for"), max_length=500, blank=True)
    readers = models.JSONField(default=dict)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta(TenantOwned.Meta):
        verbose_name = _("profile of a person")
        verbose_name_plural = _("profiles of people")
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="partners_personprofile_once")]

    def __str__(self) -> str:
        return f"profile of {self.user_id}"

    @classmethod
    def who_reads(cls, readers: dict[str, str] | None, field: str) -> str:
        """Who reads a field; what somebody chose and exists no longer is theirs alone."""
        chosen = (readers or {}).get(field, cls.DEFAULTS[field])
        return chosen if chosen in cls.Reader.values else cls.Reader.NOBODY
