"""Lists that somebody keeps under a name."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.tenancy.fields import TenantForeignKey
from prm.tenancy.managers import TenantManager, TenantQuerySet
from prm.tenancy.models import Edited, TenantOwned

LONGEST_QUERY = 3000


class SavedViewQuerySet(TenantQuerySet["SavedView"]):
    def for_member(self, membership: Membership) -> Self:
        """One's own, and what colleagues share."""
        return self.filter(Q(owner=membership) | Q(is_shared=True), archived_at=None)


SavedViewManager = TenantManager.from_queryset(SavedViewQuerySet)


class SavedView(Edited, TenantOwned):
    """A list of partners that can be opened again: filter, order and columns, kept as the query of its address.

    What stands in `query` is read anew each time, so a view follows the partners and not the other way round.
    """

    name = models.CharField(_("name"), max_length=80)
    normalized_name = models.CharField(max_length=80, editable=False, db_collation="C")
    query = models.CharField(_("what it shows"), max_length=LONGEST_QUERY, blank=True)
    owner = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", index=False)
    is_shared = models.BooleanField(_("shared with colleagues"), default=False)
    created_at = models.DateTimeField(_("saved at"))
    archived_at = models.DateTimeField(_("taken away at"), null=True, blank=True)

    objects = SavedViewManager()

    class Meta(TenantOwned.Meta):
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "owner", "normalized_name"],
                condition=Q(archived_at=None),
                name="partners_savedview_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name
