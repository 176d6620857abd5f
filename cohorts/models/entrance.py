"""What draws people in on the invitation page: who teaches, and what graduates say."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort
from cohorts.models.programs import Program
from prm.accounts.models import Membership
from prm.files.models import StoredFile
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned


class Expert(TenantOwned, Edited):
    """Somebody who shares what they know in a program's cohorts. `photo` is shown to anybody with the page's link."""

    program = TenantForeignKey(Program, on_delete=models.CASCADE, related_name="experts")
    name = models.CharField(_("name"), max_length=120)
    work = models.CharField(_("what they do"), max_length=120, blank=True)
    bio = models.TextField(_("in a few sentences"), max_length=600, blank=True)
    photo = TenantForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantOwned.Meta):
        verbose_name = _("expert")
        verbose_name_plural = _("experts")

    def __str__(self) -> str:
        return self.name


class TestimonialQuerySet(TenantQuerySet["Testimonial"]):
    def shown(self) -> Self:
        """Those whose author agreed to be read by anybody, and that staff have not put away."""
        return self.filter(agreed_at__isnull=False, hidden_at=None)


TestimonialManager = TenantManager.from_queryset(TestimonialQuerySet)


class Testimonial(TenantOwned, Edited):
    """What a graduate tells those who come after. Shown while `agreed_at` stands; the author takes it back any time."""

    cohort = TenantForeignKey(Cohort, on_delete=models.PROTECT, related_name="testimonials", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("your words"), max_length=400, blank=True)
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("put away at"), null=True, blank=True)
    written_at = models.DateTimeField(_("written at"))

    objects = TestimonialManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("words of a graduate")
        verbose_name_plural = _("words of graduates")
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "membership"], name="cohorts_testimonial_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} about {self.cohort_id}"
