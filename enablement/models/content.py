from collections.abc import Collection
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.names import fold
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned, TenantRow
from prm.tenancy.states import Machine


class Topic(TenantOwned):
    """What content is about, in the organization's own words; practice figures are told by topic."""

    name = models.CharField(_("topic"), max_length=60)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="enablement_topic_name")]

    def __str__(self) -> str:
        return self.name


class ContentQuerySet(TenantQuerySet["Content"]):
    def published(self) -> Self:
        return self.filter(state=Content.State.PUBLISHED)

    def for_audiences(self, audience_ids: "models.QuerySet[Any, Any] | Collection[int]") -> Self:
        """The gate: published content that is open to at least one of these audiences, as part of one query."""
        allowed = ContentAudience.objects.filter(content=models.OuterRef("pk"), audience_id__in=audience_ids)
        return self.published().filter(models.Exists(allowed))

    def matching(self, words: str) -> Self:
        """Whose title or summary contains each of the words somewhere."""
        found = self
        for word in words.replace("\0", " ").split()[:6]:
            found = found.filter(searchable__contains=fold(word) or word.lower())
        return found

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-id")


ContentManager = TenantManager.from_queryset(ContentQuerySet)


class Content(Edited, TenantOwned):
    """An article, a file or a link that partners use. State changes only through `CONTENT`.

    `html` is the cached rendering of `body` (Markdown), `searchable` the folded title and summary; services keep both.
    `minutes` is how long it takes, as people are told before they open it. `checked_on` is the day on which its owner
    last vouched for it.
    """

    class Kind(models.TextChoices):
        ARTICLE = "article", _("Article")
        FILE = "file", _("File")
        LINK = "link", _("Link")

    class Purpose(models.TextChoices):
        ENABLEMENT = "enablement", _("Enablement")
        REFERENCE = "reference", _("Reference")
        MARKETING = "marketing", _("Marketing")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=140)
    purpose = models.CharField(_("what it is for"), max_length=12, choices=Purpose, default=Purpose.ENABLEMENT)
    topic = TenantForeignKey(Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="contents")
    summary = models.CharField(_("summary"), max_length=280, blank=True)
    searchable = models.CharField(max_length=430, editable=False, db_collation="C")
    body = models.TextField(_("text"), max_length=100_000, blank=True)
    html = models.TextField(blank=True, editable=False)
    file = TenantForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+", index=False
    )
    url = models.URLField(_("address"), max_length=500, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=3, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    owner = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)
    updated_at = models.DateTimeField(_("changed at"), editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    checked_on = models.DateField(_("last checked on"), null=True, blank=True)

    objects = ContentManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("content")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published")
                | (
                    Q(published_at__isnull=False)
                    & (~Q(kind="file") | Q(file__isnull=False))
                    & (~Q(kind="link") | ~Q(url=""))
                ),
                name="enablement_published_is_whole",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "-updated_at", "-id"], name="enablement_content_changed"),
            models.Index(fields=["organization", "state", "-published_at", "-id"], name="enablement_content_newest"),
        ]

    def __str__(self) -> str:
        return self.title


CONTENT = Machine(
    "content",
    "state",
    {
        "publish": (("draft", "archived"), "published"),
        "withdraw": (("published",), "draft"),
        "archive": (("draft", "published"), "archived"),
        "restore": (("archived",), "draft"),
    },
)


class ContentAudience(TenantRow):
    """One allow rule of a content's gate. Rules add up; content without a rule is open to nobody."""

    content = TenantForeignKey(Content, on_delete=models.CASCADE, related_name="rules", index=False)
    audience = TenantForeignKey("partners.Audience", on_delete=models.PROTECT, related_name="+")

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "content", "audience"], name="enablement_gate_once")
        ]

    def __str__(self) -> str:
        return f"{self.content_id} → {self.audience_id}"


class Progress(TenantRow):
    """How far a member got. `seconds` is time in a visible tab, `reached` the share read in percent."""

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    content = TenantForeignKey(Content, on_delete=models.PROTECT, related_name="progress")
    opened_at = models.DateTimeField(_("opened at"))
    last_at = models.DateTimeField(_("last seen at"))
    seconds = models.PositiveIntegerField(_("seconds"), default=0)
    reached = models.PositiveSmallIntegerField(_("read, in percent"), default=0)
    downloads = models.PositiveIntegerField(_("downloads"), default=0)
    completed_at = models.DateTimeField(_("completed at"), null=True)

    class Meta(TenantRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization", "membership", "content"], name="enablement_progress_once"),
            models.CheckConstraint(condition=Q(reached__lte=100), name="enablement_reached_is_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} in {self.content_id}"
