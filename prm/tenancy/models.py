from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.fields import OrganizationField, PublicIdField
from prm.tenancy.managers import TenantManager, TenantQuerySet, claim
from prm.tenancy.wakeups import Wakeup

__all__ = ["Edited", "Organization", "TenantOwned", "TenantRow", "Wakeup"]

_RESERVED = "accounts admin api app assets dev files healthz help home o readyz start static studio support www"
RESERVED_SLUGS = frozenset(_RESERVED.split())


class Organization(models.Model):
    """A company that runs a partner program: the tenant. Global, since it is read before any scope is open.

    It holds what its public pages and mails show anyway; everything else is in tenant tables.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")

    slug = models.SlugField(_("address"), max_length=50, unique=True)
    name = models.CharField(_("company name"), max_length=120)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ACTIVE)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=12, default="en")
    fiscal_year_start_month = models.PositiveSmallIntegerField(_("fiscal year starts in month"), default=1)
    is_demo = models.BooleanField(_("demo"), default=False)
    portal_title = models.CharField(_("portal title"), max_length=80, blank=True)
    brand_color = models.CharField(
        _("brand color"), max_length=7, default="#3b3fb6", validators=[RegexValidator(r"^#[0-9a-f]{6}\Z")]
    )
    logo_key = models.CharField(_("logo"), max_length=120, blank=True, editable=False)
    welcome_text = models.TextField(_("welcome text"), blank=True, max_length=2000)
    sender_name = models.CharField(_("sender name"), max_length=80, blank=True)
    reply_to = models.EmailField(_("replies go to"), blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """What partners read in the portal's title."""
        return self.portal_title or self.name

    def sender_label(self, person: str = "") -> str:
        """Whom a mail comes from: `Bob Keller (Acme)` for what a person sends, else the sender that is set, if any."""
        name = person or self.sender_name
        return f"{name} ({self.name})" if name else self.name


class FormerSlug(models.Model):
    """An organization's earlier address, which redirects to the present one. Global, read before any scope."""

    slug = models.SlugField(max_length=50, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="former_slugs")

    def __str__(self) -> str:
        return self.slug


class TenantRow(models.Model):
    """What every table that belongs to an organization has in common; models derive from `TenantOwned`.

    Rows are reached only inside that organization's scope; outside it reads, writes and deletes raise `ScopeRequired`.
    """

    organization = OrganizationField()

    objects: TenantManager[Any] = TenantManager.from_queryset(TenantQuerySet)()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        claim(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        claim(self)
        return super().delete(*args, **kwargs)


class TenantOwned(TenantRow):
    """Base of every model of an organization. Only rows that no address ever names (facts, lines of a trail or of an
    import) derive from `TenantRow` itself and do without a public id.
    """

    public_id = PublicIdField()

    class Meta(TenantRow.Meta):
        abstract = True


class Edited(models.Model):
    """A row that people edit in forms: of two who edit it at once the second is told, and neither loses words."""

    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
