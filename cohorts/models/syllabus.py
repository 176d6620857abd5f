from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.programs import Program
from enablement.models import Content
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow


class SubjectQuerySet(TenantQuerySet["Subject"]):
    def in_order(self) -> Self:
        return self.order_by("day_offset", "pk")


SubjectManager = TenantManager.from_queryset(SubjectQuerySet)


class Subject(TenantOwned, Edited):
    """One session of a program's syllabus: its subject, and how many days after the first session it is held.

    Each new cohort makes its sessions out of these. `agenda` are the items of a starter shape as plain data
    (`cohorts.shapes.Item.data`). Whoever `needs_content` has something to read before, so that live time is no lecture.
    """

    program = TenantForeignKey(Program, on_delete=models.CASCADE, related_name="subjects", index=False)
    title = models.CharField(_("subject"), max_length=120)
    day_offset = models.PositiveSmallIntegerField(_("days after the first"), validators=[MaxValueValidator(730)])
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=60, validators=[MinValueValidator(10), MaxValueValidator(720)]
    )
    agenda = models.JSONField(_("agenda"), default=list, blank=True)
    leaves_with = models.CharField(_("what people leave with"), max_length=300, blank=True)
    needs_content = models.BooleanField(_("needs something to read before"), default=False)

    objects = SubjectManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("subject of a syllabus")
        verbose_name_plural = _("subjects of syllabuses")
        indexes = [models.Index(fields=["organization", "program", "day_offset"], name="cohorts_subject_in_order")]

    def __str__(self) -> str:
        return self.title


class SubjectContent(TenantRow):
    """What participants read before the session on this subject."""

    subject = TenantForeignKey(Subject, on_delete=models.CASCADE, related_name="contents", index=False)
    content = TenantForeignKey(Content, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "subject", "content"], name="cohorts_subjectcontent_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject_id}: {self.content_id}"
