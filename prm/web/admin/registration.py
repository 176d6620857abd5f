"""Every model on the site it belongs to."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import models
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from prm.tenancy.policies import is_tenant_model
from prm.web.admin.models import OperatedAdmin, register_model
from prm.web.admin.sites import global_site, tenant_site

FOREIGN: tuple[type[models.Model], ...] = (EmailAddress, Authenticator, UserSession, LogEntry)
OWN = "prm."


def register_all() -> None:
    """Called once, when the addresses are read."""
    for model in apps.get_models():
        if isinstance(model._meta.pk, models.CompositePrimaryKey):
            continue  # derived from other tables, row by row
        if is_tenant_model(model):
            register_model(tenant_site, model)
        elif model is Organization:
            register_model(global_site, model, **_ORGANIZATION)
        elif model is Membership:
            register_model(global_site, model, get_queryset=_every_membership)
        elif model in FOREIGN or model.__module__.startswith(OWN):
            register_model(global_site, model, is_fixed=model is LogEntry)


def _every_membership(self: OperatedAdmin, request: Any) -> Any:
    return Membership.everywhere.all()


def _open(self: OperatedAdmin, row: Organization) -> str:
    return format_html('<a href="/admin/o/{}/">{}</a>', row.slug, _("Open"))


_open.short_description = _("Tables")  # type: ignore[attr-defined]
# What an organization shows in public anyway is not masked, so that operators find it.
_ORGANIZATION: dict[str, Any] = {
    "open_tables": _open,
    "masked_columns": ("slug", "name", "open_tables", "state", "is_demo", "created_at"),
    "unmasked_columns": ("slug", "name", "open_tables", "state", "is_demo", "created_at"),
    "has_delete_permission": lambda self, request, obj=None: False,
}
