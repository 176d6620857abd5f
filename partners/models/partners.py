from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.names import comparable, fold, without_legal_form
from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned


class Source(models.TextChoices):
    """Where a value comes from."""

    HAND = "hand", _("Entered by a colleague")
    IMPORT = "import", _("From a spreadsheet")
    PARTNER = "partner", _("Told by the partner")
    APPLICATION = "application", _("From their application")
    JOURNEY = "journey", _("From a step of a journey")
    MERGE = "merge", _("From a merged record")


class PartnerQuerySet(TenantQuerySet["Partner"]):
    def listed(self) -> Self:
        """What lists show: everything that is not archived, test partners included."""
        return self.filter(archived_at=None)

    def archived(self) -> Self:
        """What was put away and can come back; a merged record cannot."""
        return self.filter(archived_at__isnull=False, merges=None)

    def real(self) -> Self:
        """What figures count: listed, without test partners."""
        return self.listed().filter(is_test=False)

    def in_group(self, group: "models.Model | int") -> Self:
        """Those that are in the group now (see `GroupMember.closed_at`)."""
        return self.filter(pk__in=_open_memberships(group).values("partner"))

    def matching(self, words: str) -> Self:
        """Those whose name or domain contains each of the words somewhere."""
        found = self
        for word in words.replace("\0", " ").lower().split()[:6]:
            found = found.filter(Q(searchable__contains=word) | Q(searchable__contains=fold(word) or word))
        return found


def _open_memberships(group: Any) -> "models.QuerySet[Any]":
    from partners.models.groups import GroupMember  # groups stand on partners

    return GroupMember.objects.open().filter(group=group)


PartnerManager = TenantManager.from_queryset(PartnerQuerySet)


class Partner(Edited, TenantOwned):
    """A company in the organization's ecosystem.

    `normalized_name` and `searchable` are derived from name and domain by `derived()`: lists and duplicates compare
    columns only, since case-insensitive operators cannot use an index before the tenant's policy.
    """

    class Status(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        APPLIED = "applied", _("Applied")
        ONBOARDING = "onboarding", _("Onboarding")
        ACTIVE = "active", _("Active")
        DORMANT = "dormant", _("Dormant")
        LEFT = "left", _("Left")

    name = models.CharField(_("company name"), max_length=120)
    normalized_name = models.CharField(max_length=120, editable=False, db_collation="C")
    domain = models.CharField(_("domain"), max_length=253, blank=True, db_collation="C")
    searchable = models.CharField(max_length=400, editable=False, db_collation="C")
    website = models.URLField(_("website"), blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, db_collation="C")
    region = models.CharField(_("region"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ACTIVE, db_collation="C")
    account_manager = TenantForeignKey(
        Membership,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("account manager"),
    )
    notes = models.TextField(_("internal notes"), blank=True, max_length=4000)
    # Of the record as it was first written; each later value tells its own (see ValueChange).
    source = models.CharField(_("where it comes from"), max_length=12, choices=Source, default=Source.HAND)
    is_test = models.BooleanField(_("test partner"), default=False)
    created_at = models.DateTimeField(_("added at"))
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    # When its names were last compared with those of all others; empty: still to come.
    compared_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PartnerManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.CheckConstraint(condition=~Q(normalized_name=""), name="partners_partner_has_name"),
        ]
        indexes = [
            # Lists by name, search inside names and duplicates, without touching the table.
            models.Index(
                fields=["organization", "normalized_name", "id"],
                include=["searchable", "archived_at", "is_test"],
                name="partners_partner_by_name",
            ),
            models.Index(
                fields=["organization", "status", "normalized_name", "id"],
                condition=Q(archived_at=None),
                name="partners_partner_by_status",
            ),
            models.Index(
                fields=["organization", "country", "normalized_name", "id"],
                condition=Q(archived_at=None),
                name="partners_partner_by_country",
            ),
            models.Index(
                fields=["organization", "-created_at", "-id"],
                condition=Q(archived_at=None),
                name="partners_partner_newest",
            ),
            models.Index(fields=["organization", "domain"], condition=~Q(domain=""), name="partners_partner_domain"),
            models.Index(
                fields=["organization", "id"], condition=Q(compared_at=None), name="partners_partner_uncompared"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def derived(cls, name: str, domain: str) -> dict[str, str]:
        """The columns that follow from name and domain, to be written together with them."""
        folded = fold(name)
        normalized = without_legal_form(folded or comparable(name))
        return {"normalized_name": normalized[:120], "searchable": f"{folded} {domain}"[:400].strip()}

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields: Iterable[str] | None = kwargs.get("update_fields")
        if fields is None or {"name", "domain"} & set(fields):
            derived = self.derived(self.name, self.domain)
            for column, value in derived.items():
                setattr(self, column, value)
            if fields is not None:
                kwargs["update_fields"] = {*fields, *derived}
        super().save(*args, **kwargs)

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class PartnerUserQuerySet(TenantQuerySet["PartnerUser"]):
    def active(self) -> Self:
        """People who can sign in now: their membership is active and their partner is not archived."""
        return self.filter(membership__state=Membership.State.ACTIVE, partner__archived_at=None)

    def real(self) -> Self:
        return self.active().filter(partner__is_test=False)

    def with_person(self) -> Self:
        return self.select_related("membership__person")


PartnerUserManager = TenantManager.from_queryset(PartnerUserQuerySet)


class PartnerUser(Edited, TenantOwned):
    """A person at a partner: one-to-one with a membership of kind `partner`, and of exactly one partner."""

    class Role(models.TextChoices):
        LEAD = "lead", _("Lead")
        MEMBER = "member", _("Member")

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    partner = TenantForeignKey(Partner, on_delete=models.PROTECT, related_name="users")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    joined_at = models.DateTimeField(_("joined at"))
    # Suspended because the partner was archived, and by nothing else: restoring it lets them in again.
    away_since = models.DateTimeField(null=True, editable=False)

    objects = PartnerUserManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("partner user")
        verbose_name_plural = _("partner users")
        constraints = [
            models.UniqueConstraint(fields=["organization", "membership"], name="partners_partneruser_once"),
        ]
        indexes = [models.Index(fields=["organization", "-joined_at"], name="partners_partneruser_newest")]

    def __str__(self) -> str:
        return str(self.membership.person)

    @property
    def is_lead(self) -> bool:
        return self.role == self.Role.LEAD
