from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.cohorts import Cohort
from cohorts.models.sessions import Session
from prm.accounts.models import Membership
from prm.files.models import StoredFile
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned


class Participation(TenantOwned, Edited):
    """What a person says about how they take part in a cohort. One a person and cohort, from the first word on.

    `committed_at` is when the promise got its present words; with `is_quotable` a recap may say whose it is.
    `shows_after` lets the others find them when the cohort is over. `rule_version` is the room's rule that they
    accepted. `may_record` is None until they say whether sessions with them may be recorded.
    """

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="participations", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    goal = models.TextField(_("my goal"), max_length=600, blank=True)
    commitment = models.TextField(_("what I promise to the others"), max_length=600, blank=True)
    committed_at = models.DateTimeField(_("promised at"), null=True, blank=True)
    is_quotable = models.BooleanField(_("recaps may say whose promise it is"), default=False, db_default=False)
    shows_after = models.BooleanField(_("the others may find me afterwards"), default=False)
    orientation_at = models.DateTimeField(_("watched the orientation"), null=True, blank=True)
    rule_version = models.PositiveSmallIntegerField(_("accepted version of the room's rule"), default=0)
    rule_accepted_at = models.DateTimeField(null=True, blank=True)
    may_record = models.BooleanField(_("may be recorded"), null=True, blank=True)
    recording_said_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "cohort", "membership"], name="cohorts_participation_once")
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.cohort_id}"


class SessionMaterialQuerySet(TenantQuerySet["SessionMaterial"]):
    def in_order(self) -> Self:
        return self.order_by("kind", "id")

    def recordings(self) -> Self:
        return self.filter(kind=SessionMaterial.Kind.RECORDING)


SessionMaterialManager = TenantManager.from_queryset(SessionMaterialQuerySet)


class SessionMaterial(TenantOwned):
    """Something that stays of a session, as a link or a file: recording, slides, board, worksheet.

    A recording is watched until `watch_until`, that day included, by everybody in the cohort or, `for_absent`, only by
    those who were not there.
    """

    class Kind(models.TextChoices):
        RECORDING = "a_recording", _("Recording")
        SLIDES = "b_slides", _("Slides")
        BOARD = "c_board", _("Board")
        WORKSHEET = "d_worksheet", _("Worksheet")
        OTHER = "e_other", _("Something else")

    session = TenantForeignKey(Session, on_delete=models.CASCADE, related_name="materials")
    kind = models.CharField(_("what it is"), max_length=12, choices=Kind, default=Kind.SLIDES)
    title = models.CharField(_("title"), max_length=120, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    file = TenantForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    watch_until = models.DateField(_("until"), null=True, blank=True)
    for_absent = models.BooleanField(_("only for those who were not there"), default=False)
    added_at = models.DateTimeField()

    objects = SessionMaterialManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("session material")
        verbose_name_plural = _("session materials")
        constraints = [
            models.CheckConstraint(condition=~Q(link="") | Q(file__isnull=False), name="cohorts_material_is_somewhere")
        ]

    def __str__(self) -> str:
        return self.title or str(self.Kind(self.kind).label)

    def is_over(self, today: date) -> bool:
        return self.watch_until is not None and self.watch_until < today


class CutRequest(TenantOwned):
    """A participant wants their part out of a recording. Until somebody says that it is out, nobody watches it."""

    material = TenantForeignKey(SessionMaterial, on_delete=models.CASCADE, related_name="cuts", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    where = models.CharField(_("which part"), max_length=300)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(_("cut out at"), null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["organization", "material", "done_at"], name="cohorts_cut_open")]

    def __str__(self) -> str:
        return f"{self.material_id}: {self.membership_id}"


class Need(TenantOwned):
    """What a participant needs from the others or from a session; `taken_at` once it stands in an agenda."""

    cohort = TenantForeignKey(Cohort, on_delete=models.CASCADE, related_name="needs", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("what I need"), max_length=200)
    put_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["organization", "cohort", "-put_at"], name="cohorts_need_newest")]

    def __str__(self) -> str:
        return self.text


class NeedVote(TenantOwned):
    """A participant needs that, too."""

    need = TenantForeignKey(Need, on_delete=models.CASCADE, related_name="votes", index=False)
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "need", "membership"], name="cohorts_need_vote_once")
        ]

    def __str__(self) -> str:
        return f"{self.need_id}: {self.membership_id}"
