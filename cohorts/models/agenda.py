from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cohorts.models.sessions import Session
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned


class AgendaKind(models.TextChoices):
    """What people do in a part of a session."""

    RITUAL = "ritual", _("Ritual")
    ICEBREAKER = "icebreaker", _("Icebreaker")
    PAIRS = "pairs", _("Pair-share")
    BREAKOUT = "breakout", _("Breakout")
    WORK = "work", _("Project work")
    POLL = "poll", _("Poll")
    DEMO = "demo", _("Demo")
    GUEST = "guest", _("Guest")
    REFLECTION = "reflection", _("Reflection")
    HOMEWORK = "homework", _("Homework briefing")
    OTHER = "other", _("Something else")


class Speaker(models.TextChoices):
    """Whose voice is heard most."""

    PARTICIPANTS = "participants", _("Participants")
    FACILITATOR = "facilitator", _("Facilitator")
    GUEST = "guest", _("Guest")


class _Item(TenantOwned, Edited):
    """What a part of a session and an entry of the item library have in common."""

    kind = models.CharField(_("what it is"), max_length=10, choices=AgendaKind, default=AgendaKind.OTHER)
    title = models.CharField(_("title"), max_length=160)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10, validators=[MaxValueValidator(480)])
    is_flexible = models.BooleanField(_("flexible"), default=False)
    speaker = models.CharField(_("who speaks"), max_length=12, choices=Speaker, default=Speaker.PARTICIPANTS)
    aim = models.CharField(_("what for"), max_length=300, blank=True)
    say = models.TextField(_("what to say"), max_length=4000, blank=True)
    ask = models.TextField(_("questions to ask"), max_length=4000, blank=True)

    class Meta(TenantOwned.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.title


class AgendaItemQuerySet(TenantQuerySet["AgendaItem"]):
    def in_order(self) -> Self:
        return self.order_by("position", "id")


AgendaItemManager = TenantManager.from_queryset(AgendaItemQuerySet)


class AgendaItem(_Item):
    """A part of a session: what happens for so many minutes (0 where nobody said), and whose voice is heard.

    A flexible one gives its time up when another overruns or the group needs something else. `notes`, `say` and `ask`
    are for whoever leads; participants read only title and minutes. `Session.agenda_revision` rises with every change.
    """

    session = TenantForeignKey(Session, on_delete=models.CASCADE, related_name="items", index=False)
    position = models.PositiveSmallIntegerField(default=0)
    notes = models.TextField(_("notes"), max_length=8000, blank=True)

    objects = AgendaItemManager()

    class Meta(_Item.Meta):
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        indexes = [models.Index(fields=["organization", "session", "position"], name="cohorts_agenda_in_order")]


class LibraryItemQuerySet(TenantQuerySet["LibraryItem"]):
    def by_title(self) -> Self:
        return self.order_by("title", "pk")


LibraryItemManager = TenantManager.from_queryset(LibraryItemQuerySet)


class LibraryItem(_Item):
    """An organization's own words for an item of the library: one that it changed (`key` names the shipped one) or
    one that it added (no key). What is hidden is not offered; agendas that have it keep it.
    """

    key = models.CharField(max_length=40, blank=True, default="", db_collation="C")
    is_hidden = models.BooleanField(_("hidden"), default=False)

    objects = LibraryItemManager()

    class Meta(_Item.Meta):
        verbose_name = _("library item")
        verbose_name_plural = _("library items")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key"], condition=~Q(key=""), name="cohorts_library_item_once"
            )
        ]
