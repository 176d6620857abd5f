"""Journeys: templates with steps, and the copies of them that partners and people are on."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned
from prm.tenancy.states import Machine

BY_HAND = "hand"


class JourneyTemplateQuerySet(TenantQuerySet["JourneyTemplate"]):
    def listed(self) -> Self:
        return self.filter(archived_at=None)

    def switched_on(self) -> Self:
        """Those that start by themselves or by hand."""
        return self.listed().filter(switched_on_at__isnull=False)

    def by_name(self) -> Self:
        return self.order_by("name", "pk")


JourneyTemplateManager = TenantManager.from_queryset(JourneyTemplateQuerySet)


class JourneyTemplate(Edited, TenantOwned):
    """What partners go through, phase by phase. Who begins gets a copy, which later changes leave alone.

    `trigger` names what starts it (`partners.triggers`: a group, a tier, …, or nobody but a person), `source_id` which
    of them. `version` counts changes of steps: a running journey that began with an older one can be brought up to it.
    It starts for who joins after `switched_on_at`, and for who was in before where `includes_present`.
    """

    class Leaving(models.TextChoices):
        STOP = "stop", _("Stop it; it goes on when they come back")
        KEEP = "keep", _("Let them finish it")

    name = models.CharField(_("name"), max_length=80)
    welcome = models.TextField(_("what partners read above their steps"), max_length=1000, blank=True)
    is_personal = models.BooleanField(_("each person goes through it"), default=False)
    trigger = models.CharField(_("what starts it"), max_length=20, default=BY_HAND, db_collation="C")
    source_id = models.BigIntegerField(default=0)
    leaving = models.CharField(_("when they leave"), max_length=4, choices=Leaving, default=Leaving.STOP)
    phases = ArrayField(models.CharField(max_length=60), verbose_name=_("phases"), default=list)
    owner = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("owner")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("made at"))
    switched_on_at = models.DateTimeField(_("switched on at"), null=True, blank=True)
    includes_present = models.BooleanField(default=False, editable=False)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = JourneyTemplateManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("journey template")
        verbose_name_plural = _("journey templates")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=Q(archived_at=None),
                name="partners_journeytemplate_name",
                violation_error_message=_("There is already a journey of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_on(self) -> bool:
        return self.switched_on_at is not None and self.archived_at is None


class _StepWords(models.Model):
    """What a step says, in a template as in a journey that copied it.

    `key` is the same in both. `kind` is one of `partners.step_kinds`, `source_id` its object there (an article, an
    agreement), 0 for none. `questions` are those of a form: {"key", "label", "kind", "is_required"}, and "attribute"
    where the answer is one of the partner's attributes. `waits_for` are keys of steps that come first. Due `due_days`
    after the start, or after the last of those steps where `is_due_after_steps`.
    """

    class Side(models.TextChoices):
        PARTNER = "partner", _("The partner")
        STAFF = "staff", _("We")

    key = models.CharField(max_length=12, db_collation="C", editable=False)
    phase = models.PositiveSmallIntegerField(_("phase"), default=0)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    kind = models.CharField(_("kind"), max_length=20, db_collation="C")
    title = models.CharField(_("what is to be done"), max_length=120)
    text = models.TextField(_("how"), max_length=5000, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    source_id = models.BigIntegerField(default=0)
    questions = models.JSONField(_("questions"), default=list)
    side = models.CharField(_("who does it"), max_length=7, choices=Side, default=Side.PARTNER)
    doer = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("colleague")
    )
    is_optional = models.BooleanField(_("may be skipped"), default=False)
    waits_for = ArrayField(models.CharField(max_length=12), default=list)
    due_days = models.PositiveSmallIntegerField(
        _("due after days"), null=True, blank=True, validators=[MaxValueValidator(730)]
    )
    is_due_after_steps = models.BooleanField(default=False)

    class Meta:
        abstract = True


COPIED = (
    "key",
    "phase",
    "position",
    "kind",
    "title",
    "text",
    "url",
    "source_id",
    "questions",
    "side",
    "doer_id",
    "is_optional",
    "waits_for",
    "due_days",
    "is_due_after_steps",
)


class TemplateStep(Edited, _StepWords, TenantOwned):
    """A step of a template."""

    template = TenantForeignKey(JourneyTemplate, on_delete=models.PROTECT, related_name="steps", index=False)

    class Meta(TenantOwned.Meta):
        verbose_name = _("step of a template")
        verbose_name_plural = _("steps of templates")
        constraints = [
            models.UniqueConstraint(fields=["organization", "template", "key"], name="partners_templatestep_once")
        ]

    def __str__(self) -> str:
        return self.title


class JourneyQuerySet(TenantQuerySet["Journey"]):
    def running(self) -> Self:
        return self.filter(state=Journey.State.RUNNING)

    def alive(self) -> Self:
        """Running ones that somebody can go on with: of partners that are not archived."""
        return self.running().filter(partner__archived_at=None)


JourneyManager = TenantManager.from_queryset(JourneyQuerySet)


class Journey(TenantOwned):
    """A partner's, or one person's, way through a template. Moves by `JOURNEY_MACHINE`.

    `version` is the template's whose steps it has. `trigger` and `source_id` say what started it, whatever the template
    says by now. `has_left` says that it stopped because the partner left that: coming back brings it on again.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        STOPPED = "stopped", _("Stopped")

    template = TenantForeignKey(JourneyTemplate, on_delete=models.PROTECT, related_name="journeys", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="journeys")
    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING, db_collation="C")
    version = models.PositiveIntegerField(default=1)
    is_by_trigger = models.BooleanField(default=False)
    trigger = models.CharField(max_length=20, default=BY_HAND, db_collation="C", editable=False)
    source_id = models.BigIntegerField(default=0, editable=False)
    started_on = models.DateField(_("first day"))
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    has_left = models.BooleanField(default=False)
    stop_reason = models.CharField(_("why it stopped"), max_length=200, blank=True)

    objects = JourneyManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "template", "partner"],
                condition=Q(state="running", membership=None),
                name="partners_journey_one_of_partner",
            ),
            models.UniqueConstraint(
                fields=["organization", "template", "membership"],
                condition=Q(state="running", membership__isnull=False),
                name="partners_journey_one_of_person",
            ),
            models.CheckConstraint(
                condition=Q(state="running", ended_at=None) | (~Q(state="running") & Q(ended_at__isnull=False)),
                name="partners_journey_end",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "template", "partner"], name="partners_journey_of"),
            models.Index(fields=["organization", "state", "-started_at", "-id"], name="partners_journey_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} of {self.partner_id}"


JOURNEY_MACHINE = Machine(
    "journey",
    "state",
    {
        "finish": (("running",), "finished"),
        "stop": (("running",), "stopped"),
        "resume": (("stopped", "finished"), "running"),
    },
)


class JourneyStepQuerySet(TenantQuerySet["JourneyStep"]):
    def open(self) -> Self:
        """What can be done now."""
        return self.filter(state=JourneyStep.State.OPEN, journey__state=Journey.State.RUNNING)

    def in_order(self) -> Self:
        return self.order_by("phase", "position", "pk")


JourneyStepManager = TenantManager.from_queryset(JourneyStepQuerySet)


class JourneyStep(_StepWords, TenantOwned):
    """A step of a journey. Moves by `STEP_MACHINE`; days are those of the organization's zone.

    `answers` of a form are kept by the question's key. `note` is what was said when it was done, `reason` why staff
    waived it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Comes later")
        OPEN = "open", _("To do")
        DONE = "done", _("Done")
        WAIVED = "waived", _("Waived")
        SKIPPED = "skipped", _("Skipped")
        DROPPED = "dropped", _("No longer asked")

    UNSETTLED = (State.WAITING, State.OPEN)
    SETTLED = (State.DONE, State.WAIVED, State.SKIPPED)

    journey = TenantForeignKey(Journey, on_delete=models.PROTECT, related_name="steps", index=False)
    phase_name = models.CharField(max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING, db_collation="C")
    due_on = models.DateField(_("due on"), null=True, blank=True)
    opened_at = models.DateTimeField(_("open since"), null=True, blank=True)
    done_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    done_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True, index=False
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    reason = models.CharField(_("why it is waived"), max_length=200, blank=True)
    answers = models.JSONField(_("answers"), default=dict)

    objects = JourneyStepManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("step of a journey")
        verbose_name_plural = _("steps of journeys")
        constraints = [
            models.UniqueConstraint(fields=["organization", "journey", "key"], name="partners_journeystep_once")
        ]
        indexes = [
            models.Index(
                fields=["organization", "kind", "source_id"],
                condition=Q(state="open"),
                name="partners_journeystep_open",
            ),
            models.Index(
                fields=["organization", "side", "due_on"], condition=Q(state="open"), name="partners_journeystep_due"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_overdue(self, today: date) -> bool:
        return self.state in self.UNSETTLED and self.due_on is not None and self.due_on < today


STEP_MACHINE = Machine(
    "journey_step",
    "state",
    {
        "open": (("waiting",), "open"),
        "finish": (("waiting", "open"), "done"),
        "waive": (("waiting", "open"), "waived"),
        "skip": (("waiting", "open"), "skipped"),
        "reopen": (("done", "waived", "skipped"), "open"),
        "drop": (("waiting", "open"), "dropped"),
    },
)
