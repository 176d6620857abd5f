"""Conversations between a partner's people and colleagues: what each side wrote, who answers next and since when."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.partners import Partner
from prm.accounts.models import Membership
from prm.files.models import StoredFile
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import TenantOwned, TenantRow
from prm.tenancy.states import Machine

# What a partner is promised whom neither tier nor group promises anything, until the organization says otherwise.
STANDARD_HOURS = 48


class ConversationQuerySet(TenantQuerySet["Conversation"]):
    def open(self) -> Self:
        """Those that wait for us, but for partners that are archived."""
        return self.filter(state=Conversation.State.OPEN, partner__archived_at=None)

    def running(self) -> Self:
        return self.exclude(state=Conversation.State.CLOSED)

    def latest_first(self) -> Self:
        return self.order_by("-latest_at", "-pk")


ConversationManager = TenantManager.from_queryset(ConversationQuerySet)


class Conversation(TenantOwned):
    """What a partner's person and colleagues write to each other about one subject. Moves by `CONVERSATION_MACHINE`.

    Open is what waits for us, since `waiting_since` and promised an answer by `due_at`; answered is what waits for the
    partner. `person` is whom it is with; `responsible` answers, or their deputy while they are absent
    (`queries.conversations.answerer_of`).
    """

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question")
        WISH = "wish", _("Wish for content")
        FEEDBACK = "feedback", _("Feedback")
        APPEAL = "appeal", _("Appeal")
        MESSAGE = "message", _("Message")

    class State(models.TextChoices):
        OPEN = "open", _("Waits for an answer")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="+", index=False)
    person = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    kind = models.CharField(_("what it is"), max_length=8, choices=Kind, default=Kind.QUESTION, db_collation="C")
    subject = models.CharField(_("subject"), max_length=160)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN, db_collation="C")
    responsible = TenantForeignKey(
        Membership,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        index=False,
        verbose_name=_("who answers"),
    )
    created_at = models.DateTimeField(_("begun at"))
    created_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    waiting_since = models.DateTimeField(_("waits since"), null=True, blank=True)
    due_at = models.DateTimeField(_("answer promised by"), null=True, blank=True)
    latest_at = models.DateTimeField(_("last written at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = ConversationManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at=None),
                name="partners_conversation_closed",
            ),
            models.CheckConstraint(
                condition=Q(state="open", waiting_since__isnull=False, due_at__isnull=False)
                | ~Q(state="open") & Q(due_at=None),
                name="partners_conversation_clock",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "due_at"], condition=Q(state="open"), name="partners_conversation_due"
            ),
            models.Index(fields=["organization", "-latest_at"], name="partners_conversation_latest"),
            models.Index(fields=["organization", "partner", "-latest_at"], name="partners_conversation_partner"),
            models.Index(fields=["organization", "person"], name="partners_conversation_person"),
        ]

    def __str__(self) -> str:
        return self.subject


CONVERSATION_MACHINE = Machine(
    "conversation",
    "state",
    {
        "answer": (("open", "answered", "closed"), "answered"),
        "write": (("open", "answered", "closed"), "open"),
        "close": (("open", "answered"), "closed"),
        "reopen": (("closed",), "open"),
    },
)


class EntryQuerySet(TenantQuerySet["Entry"]):
    def in_order(self) -> Self:
        return self.order_by("at", "pk")


EntryManager = TenantManager.from_queryset(EntryQuerySet)


class Entry(TenantOwned):
    """What one of them wrote. `is_ours` says which side did.

    `author` is who wrote it; a mail of an address that no member has is entered by a colleague under `sender`, the
    address alone. `message_key` is the mail's Message-ID, hashed, by which the same mail is entered once. `left_out`
    names what came with a mail and was not kept, one a line.
    """

    class Channel(models.TextChoices):
        PORTAL = "portal", _("in the portal")
        STUDIO = "studio", _("in the studio")
        MAIL = "mail", _("by mail")

    conversation = TenantForeignKey(Conversation, on_delete=models.CASCADE, related_name="entries", index=False)
    is_ours = models.BooleanField()
    author = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    sender = models.EmailField(blank=True)
    body = models.TextField(_("text"), max_length=20_000)
    channel = models.CharField(max_length=6, choices=Channel, db_collation="C")
    at = models.DateTimeField(_("written at"))
    message_key = models.CharField(max_length=64, blank=True, editable=False, db_collation="C")
    left_out = models.TextField(blank=True, max_length=2000)

    objects = EntryManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("entry of a conversation")
        verbose_name_plural = _("entries of conversations")
        constraints = [
            models.CheckConstraint(condition=Q(author__isnull=False) | ~Q(sender=""), name="partners_entry_somebody"),
            models.UniqueConstraint(
                fields=["organization", "message_key"], condition=~Q(message_key=""), name="partners_entry_mail_once"
            ),
        ]
        indexes = [models.Index(fields=["organization", "conversation", "at"], name="partners_entry_thread")]

    def __str__(self) -> str:
        return self.body[:60]


class EntryFile(TenantOwned):
    """A file that came with an entry."""

    entry = TenantForeignKey(Entry, on_delete=models.CASCADE, related_name="files")
    file = TenantForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta(TenantOwned.Meta):
        verbose_name = _("file of an entry")
        verbose_name_plural = _("files of entries")

    def __str__(self) -> str:
        return str(self.file)


class ConversationNote(TenantOwned):
    """What colleagues tell each other about a conversation. Never the partner's to read: nothing that words a page or a
    mail for partners knows this table (tests/partners/test_conversation_notes.py).
    """

    conversation = TenantForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes", index=False)
    author = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    body = models.TextField(_("note"), max_length=5000)
    at = models.DateTimeField(_("written at"))

    class Meta(TenantOwned.Meta):
        verbose_name = _("note of a conversation")
        verbose_name_plural = _("notes of conversations")
        indexes = [models.Index(fields=["organization", "conversation", "at"], name="partners_note_thread")]

    def __str__(self) -> str:
        return self.body[:60]


class AbsenceQuerySet(TenantQuerySet["Absence"]):
    def on(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gt=day)


AbsenceManager = TenantManager.from_queryset(AbsenceQuerySet)


class Absence(TenantRow):
    """A colleague is away from `starts_on` until the day before `ends_on`; `deputy` answers for them meanwhile.

    Days where the organization is. One for each colleague: the next one is said over the last.
    """

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+", index=False)
    starts_on = models.DateField(_("away from"))
    ends_on = models.DateField(_("back on"))
    deputy = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("deputy"))

    objects = AbsenceManager()

    class Meta(TenantRow.Meta):
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.UniqueConstraint(fields=["organization", "membership"], name="partners_absence_once"),
            models.CheckConstraint(condition=Q(starts_on__lt=F("ends_on")), name="partners_absence_period"),
            models.CheckConstraint(condition=~Q(membership=F("deputy")), name="partners_absence_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class AnswerPromise(TenantRow):
    """How soon everybody is answered whom neither tier nor group promises it sooner or later, in hours."""

    hours = models.PositiveSmallIntegerField(_("answers within, in hours"), default=STANDARD_HOURS)

    class Meta(TenantRow.Meta):
        verbose_name = _("promised answer")
        verbose_name_plural = _("promised answers")
        constraints = [models.UniqueConstraint(fields=["organization"], name="partners_promise_once")]

    def __str__(self) -> str:
        return str(self.hours)
