from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enablement.memory import retrievability_sql
from enablement.models.recall import RecallItem, RecallVariant
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantRow
from prm.tenancy.policies import append_only


class Retrievability(models.Func):
    """The recall expected of a memory at `now`, as part of a query: `enablement.memory.retrievability`, row by row."""

    output_field = models.FloatField()

    def __init__(self, now: datetime) -> None:
        super().__init__(models.Value(now, models.DateTimeField()), models.F("last_review_at"), models.F("stability"))

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **_context: Any
    ) -> tuple[str, list[Any]]:
        parts = [compiler.compile(part) for part in self.get_source_expressions()]
        (now, _), (met, _), (stability, _) = parts
        # The parameters follow the order in which the text names its parts.
        return retrievability_sql(stability, met, f"{now}::timestamptz"), [value for _, part in parts for value in part]


class MemoryQuerySet(TenantQuerySet["Memory"]):
    def active(self) -> Self:
        return self.filter(state=Memory.State.ACTIVE)

    def due(self, now: datetime) -> Self:
        return self.filter(due_at__lte=now)

    def with_recall(self, now: datetime) -> Self:
        """Each with `recall`, the expected share of right answers at `now`."""
        return self.annotate(recall=Retrievability(now))

    def weakest_first(self) -> Self:
        """After `with_recall`: what is most likely forgotten, must-know before good-to-know."""
        must_know = models.Case(models.When(item__criticality=RecallItem.Criticality.MUST_KNOW, then=0), default=1)
        return self.order_by("recall", must_know, "due_at", "pk")


MemoryManager = TenantManager.from_queryset(MemoryQuerySet)


class Memory(TenantRow):
    """What a member still knows of one recall item, by FSRS-6 (see `enablement.memory` for the mathematics).

    A row exists only after a first exposure, which `cause` names: nobody is asked what they never met. `stability` is
    in days, `difficulty` from 1 to 10; `answers` counts the answers given, which also numbers them.
    """

    class Cause(models.TextChoices):
        CONTENT = "content", _("Read the content")
        QUIZ = "quiz", _("Answered its question")
        SESSION = "session", _("Was in the session")
        MANUAL = "manual", _("Enrolled by staff")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    item = TenantForeignKey(RecallItem, on_delete=models.PROTECT, related_name="memories")
    cause = models.CharField(_("first met by"), max_length=10, choices=Cause)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    first_exposed_at = models.DateTimeField(_("first met at"))
    stability = models.FloatField(_("stability, days"))
    difficulty = models.FloatField(_("difficulty"))
    last_review_at = models.DateTimeField(_("last met at"))
    due_at = models.DateTimeField(_("due at"))
    answers = models.PositiveIntegerField(_("answers"), default=0)

    objects = MemoryManager()

    class Meta(TenantRow.Meta):
        verbose_name_plural = _("memories")
        constraints = [
            models.UniqueConstraint(fields=["organization", "membership", "item"], name="enablement_memory_once"),
            models.CheckConstraint(
                condition=Q(stability__gt=0, difficulty__gte=1, difficulty__lte=10), name="enablement_memory_is_sane"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "membership", "due_at"],
                condition=Q(state="active"),
                name="enablement_memory_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} of {self.item_id}"


@append_only
class Review(TenantRow):
    """A raw answer, never changed: everything the model says can be computed again from these rows.

    `choice` is the place in the variant's options, null for "Not sure". `predicted` is the recall that the model
    expected when the question was shown, null at a first exposure. `parameters` is the version of the parameter set of
    `algorithm`.
    """

    class Rating(models.IntegerChoices):
        AGAIN = 1, _("Wrong or not sure")
        HARD = 2, _("Right, but guessed")
        GOOD = 3, _("Right")

    class Channel(models.TextChoices):
        CHECK = "check", _("Check yourself")
        PRACTICE = "practice", _("Practice")
        MAIL = "mail", _("Mail")

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    item = TenantForeignKey(RecallItem, on_delete=models.PROTECT, related_name="reviews")
    variant = TenantForeignKey(RecallVariant, on_delete=models.PROTECT, related_name="reviews")
    number = models.PositiveIntegerField(_("which answer of this member to this item"))
    answered_at = models.DateTimeField(_("answered at"))
    choice = models.PositiveSmallIntegerField(_("choice"), null=True)
    rating = models.PositiveSmallIntegerField(_("rating"), choices=Rating)
    predicted = models.FloatField(_("expected recall"), null=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    algorithm = models.CharField(_("algorithm"), max_length=20, default="fsrs-6")
    parameters = models.PositiveIntegerField(_("parameter set"), default=1)

    class Meta(TenantRow.Meta):
        constraints = [
            # The last word against an answer that is sent twice.
            models.UniqueConstraint(
                fields=["organization", "membership", "item", "number"], name="enablement_review_once"
            ),
            models.CheckConstraint(
                condition=Q(predicted__isnull=True) | Q(predicted__gte=0, predicted__lte=1),
                name="enablement_review_expects_a_share",
            ),
        ]
        indexes = [models.Index(fields=["organization", "answered_at"], name="enablement_review_when")]

    def __str__(self) -> str:
        return f"{self.membership_id} on {self.item_id}: {self.rating}"
