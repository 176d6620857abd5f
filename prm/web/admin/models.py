"""One kind of model page for every table, made from what the table says about itself."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from prm.tenancy.policies import APPEND_ONLY
from prm.web.admin.fields import Column, is_personal, masked, row_label, shown_fields
from prm.web.admin.sites import OperatorSite, record
from prm.web.admin.unmasking import is_unmasked

_COLUMNS = 7

if TYPE_CHECKING:
    _ModelAdmin = ModelAdmin[Any]
else:
    _ModelAdmin = ModelAdmin


@dataclass(frozen=True, slots=True)
class Plain:
    """A row in titles and links, without its texts."""

    pk: Any
    label: str

    def __str__(self) -> str:
        return self.label


class OperatedAdmin(_ModelAdmin):
    """Masked: everything can be looked up, nothing changed. Unmasked: texts are shown and rows can be changed.

    Rows are never added here, tables that only grow are never changed, and whatever is changed is recorded.
    """

    show_full_result_count = False
    list_per_page = 50
    list_select_related = False
    show_facets = "NEVER"  # type: ignore[assignment]
    masked_fields: tuple[str, ...] = ()
    unmasked_fields: tuple[str, ...] = ()
    unmasked_columns: tuple[str, ...] = ()
    masked_columns: tuple[str, ...] = ()
    is_fixed = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.is_fixed and is_unmasked(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_list_display(self, request: HttpRequest) -> Any:
        return self.unmasked_columns if is_unmasked(request) else self.masked_columns

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.unmasked_fields if is_unmasked(request) else self.masked_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if not is_unmasked(request):
            return self.masked_fields
        return tuple(name for name in self.unmasked_fields if not _is_editable(self.model, name))

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_unmasked(request) and context.get("original") is not None:
            context["original"] = Plain(context["original"].pk, row_label(context["original"]))
            context["subtitle"] = context["original"].label
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, object_id)
        plain = {"title": _("Changes by operators"), "object": Plain(row.pk, row_label(row))} if row else {}
        return super().history_view(request, object_id, {**plain, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = {name: form.initial.get(name) for name in form.changed_data}
        super().save_model(request, obj, form, change)
        changes = {name: [before[name], form.cleaned_data.get(name)] for name in form.changed_data}
        record(request, "accounts.changed_by_operator", obj, changes=changes)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        record(request, "accounts.deleted_by_operator", obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            record(request, "accounts.deleted_by_operator", row)
        super().delete_queryset(request, queryset)

    # Django's own log would keep a row's words, and outside of its organization.
    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        return _log(request, obj, CHANGE)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> Any:
        return [_log(request, row, DELETION) for row in queryset]


def _log(request: HttpRequest, row: models.Model, action: int) -> LogEntry:
    return LogEntry.objects.create(
        user_id=request.user.pk,  # type: ignore[misc]
        content_type=get_content_type_for_model(row),
        object_id=str(row.pk),
        object_repr=row_label(row)[:200],
        action_flag=action,
        change_message="",
    )


def _is_editable(model: type[models.Model], name: str) -> bool:
    """What a row refers to is changed by the application only, which knows what else depends on it."""
    field = model._meta.get_field(name)
    return (
        bool(getattr(field, "editable", False)) and not getattr(field, "primary_key", False) and not field.is_relation
    )


def register_model(site: OperatorSite, model: type[models.Model], **attributes: Any) -> None:
    """Give a model its pages on a site: search by public id and texts, filters by choices and switches."""
    fields = shown_fields(model)
    texts = [field for field in fields if isinstance(field, models.CharField | models.TextField)]
    columns = [field for field in fields if field.name not in {"id", "organization", "public_id"}]
    short = [field for field in columns if not isinstance(field, models.TextField | models.JSONField)][:_COLUMNS]
    first = "public_id" if any(field.name == "public_id" for field in fields) else model._meta.pk.name
    chosen = [field.name for field in fields if field.choices or isinstance(field, models.BooleanField)]
    values: dict[str, Any] = {
        "list_filter": chosen[:5],
        "search_fields": [f"{field.name}__startswith" if field.name == "public_id" else field.name for field in texts],
        "ordering": ("-pk",),
        "unmasked_fields": tuple(field.name for field in fields),
        "unmasked_columns": (first, *(field.name for field in short)),
        "masked_fields": tuple(_masked_name(field) for field in fields),
        "masked_columns": (first, *(_masked_name(field) for field in short)),
        "is_fixed": model._meta.db_table in APPEND_ONLY,
        **{_masked_name(field): _masked_column(field) for field in fields},
        **attributes,
    }
    site.register(model, type(f"{model.__name__}Admin", (OperatedAdmin,), values))


def _masked_name(field: Column) -> str:
    return f"veiled_{field.name}"


def _masked_column(field: Column) -> Callable[[Any, Any], object]:
    def column(self: Any, row: Any) -> object:
        return masked(row, field)

    column.short_description = field.verbose_name  # type: ignore[attr-defined]
    if not is_personal(field):
        column.admin_order_field = field.name  # type: ignore[attr-defined]
    column.boolean = isinstance(field, models.BooleanField)  # type: ignore[attr-defined]
    return column
