"""ISO-6: every id that a form hands out is tried with the other organization's object of the same kind."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db import connection, models

from prm.tenancy.models import Organization, TenantOwned, TenantRow
from prm.tenancy.scope import scope


@dataclass
class Control:
    """A field of a form with one of the values it offers; `is_sent` when a browser would send it untouched."""

    name: str
    value: str
    is_choice: bool
    is_sent: bool


@dataclass
class FoundForm:
    action: str
    controls: list[Control] = field(default_factory=list)

    def data(self) -> dict[str, list[str]]:
        """What a browser sends when somebody chose the first of whatever is to be chosen and touched nothing else."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            if control.is_sent:
                sent.setdefault(control.name, []).append(control.value)
        for control in self.controls:
            if control.is_choice and control.value and not any(sent.get(control.name, [])):
                sent[control.name] = [control.value]
        return sent


class FormReader(HTMLParser):
    """Collects the POST forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self._form: FoundForm | None = None
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = FoundForm(given.get("action", "")) if given.get("method", "").lower() == "post" else None
            if self._form is not None:
                self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, given, self._form)

    def _control(self, tag: str, given: dict[str, str], form: FoundForm) -> None:
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            form.controls.append(Control(self._select, value, True, "selected" in given))
        elif tag == "textarea" and name:
            self._area = name
        elif tag == "button" and name:
            form.controls.append(Control(name, value, True, False))
        elif tag == "input" and name and kind in {"checkbox", "radio"}:
            form.controls.append(Control(name, value or "on", True, "checked" in given))
        elif tag == "input" and name and kind not in {"file", "submit"}:
            form.controls.append(Control(name, value, kind == "hidden", True))

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.controls.append(Control(self._area, data, False, True))
            self._area = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


@dataclass
class Ids:
    """Public ids of one organization's objects, by their model, and one object of each model of the other."""

    home: dict[str, type[models.Model]]
    foreign: dict[type[models.Model], models.Model]

    @classmethod
    def of(cls, home: Organization, foreign: Organization) -> "Ids":
        owned = [model for model in apps.get_models() if issubclass(model, TenantOwned)]
        with scope(home):
            ids: dict[str, type[models.Model]] = {
                row: model for model in owned for row in model.objects.values_list("public_id", flat=True)
            }
        with scope(foreign):
            others: dict[type[models.Model], models.Model] = {
                model: row for model in owned if (row := model.objects.order_by("pk").first())
            }
        return cls(ids, others)

    def stranger_for(self, control: Control, forms: list[Any]) -> str | None:
        """The other organization's value for a control that names an object; None for one that names none."""
        if not control.is_choice or not control.value:
            return None
        if control.value in self.home:
            return self.stranger_of(control.value)
        for known in forms:
            chosen = known.fields.get(control.name.removeprefix(f"{known.prefix}-" if known.prefix else ""))
            queryset = getattr(chosen, "queryset", None)
            if queryset is not None:
                return self._value(queryset.model, chosen.to_field_name or "pk")
        return None

    def stranger_of(self, public_id: str) -> str | None:
        """The other organization's public id for one of this organization's; None for any other word."""
        model = self.home.get(public_id)
        return None if model is None else self._value(model, "public_id")

    def _value(self, model: type[models.Model], attribute: str) -> str | None:
        row = self.foreign.get(model)
        return None if row is None else str(getattr(row, attribute))


@dataclass(frozen=True)
class Attempt:
    """What to send where; `what` says which id is the stranger's."""

    action: str
    what: str
    data: dict[str, list[str]]


def strangers(page: str, forms: list[Any], ids: Ids) -> Iterator[Attempt]:
    """An attempt for each field of the page's forms, and each part of their addresses, that names an object."""
    for form in FormReader(page).forms:
        tried: set[str] = set()
        for control in form.controls:
            stranger = ids.stranger_for(control, forms) if control.name not in tried else None
            if stranger is not None:
                tried.add(control.name)
                yield Attempt(form.action, f"{control.name}={stranger}", {**form.data(), control.name: [stranger]})
        for part in form.action.split("/"):
            stranger = ids.stranger_of(part)
            if stranger is not None:
                yield Attempt(form.action.replace(part, stranger), f"{part} → {stranger}", form.data())


def checksum(organization: Organization) -> str:
    """Of every row of the organization, in every table."""
    digest = hashlib.sha256()
    tables = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, TenantRow))
    with scope(organization), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t')
            digest.update(f"{table}:{cursor.fetchone()[0]}".encode())
    return digest.hexdigest()
