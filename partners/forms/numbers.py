"""Numbers that people enter for tiers: what one is called, one entry, a pasted list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from partners.models import Partner, TierNumber
from partners.names import normalize_domain, normalize_name
from partners.queries.ladders import calendar
from partners.services.tier_numbers import NewEntry, NumberDetails
from prm.web.forms import EditForm, Form

_MOST_LINES = 5000
_MOST_TOLD = 5
_LARGEST = Decimal(10) ** 13


class NumberForm(EditForm):
    """What a number is called, its unit, and what several entries come to."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Partners read it, such as “Revenue”."))
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False, help_text=_("Such as EUR or points."))
    reading = forms.ChoiceField(label=_("Several entries count as"), choices=TierNumber.Reading.choices)

    def details(self) -> NumberDetails:
        return NumberDetails(**{name: self.cleaned_data[name] for name in NumberDetails.__dataclass_fields__})

    @classmethod
    def initial_of(cls, number: TierNumber) -> dict[str, Any]:
        return {name: getattr(number, name) for name in ("name", "unit", "reading", "revision")}


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    partner: str
    amount: Decimal
    day: date | None
    note: str


class EntriesForm(Form):
    """Entries, one a line: partner (name or domain), number, where wanted day and note, as spreadsheets paste them.

    `entries()` gives them with the partners found; nothing is taken over while one line is unclear.
    """

    lines = forms.CharField(
        label=_("Entries"),
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "One a line: company name or domain, number, and if you like the day (2026-03-31) and a note, with tabs or"
            " semicolons between. Cells copied from a spreadsheet are fine."
        ),
    )
    on = forms.DateField(label=_("Day"), help_text=_("For lines without a day of their own."))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)
        self.found: list[NewEntry] = []

    def clean(self) -> dict[str, Any] | None:
        text, day = self.cleaned_data.get("lines"), self.cleaned_data.get("on")
        if text and day:
            self._read(text, day)
        return self.cleaned_data

    def entries(self) -> list[NewEntry]:
        return self.found

    def _read(self, text: str, day: date) -> None:
        rows = [(place, line) for place, line in enumerate(text.splitlines(), start=1) if line.strip()]
        if len(rows) > _MOST_LINES:
            self.add_error("lines", _now("At most 5,000 lines at once."))
            return
        problems: list[str] = []
        read: list[_Line] = []
        for place, line in rows:
            try:
                read.append(_line(place, line))
            except ValueError as error:
                problems.append(_now("Line %(n)d: %(problem)s") % {"n": place, "problem": error})
        known = _find_partners([line.partner for line in read])
        for one in read:
            match known(one.partner):
                case []:
                    problems.append(_now("Line %(n)d: no partner is called “%(name)s”.") % _named(one))
                case [partner_id]:
                    at = min(calendar().midnight(one.day or day), self.now)
                    self.found.append(NewEntry(partner_id, at, one.amount, one.note))
                case _several:
                    problems.append(
                        _now("Line %(n)d: several partners are called “%(name)s”; use the domain.") % _named(one)
                    )
        if problems:
            more = len(problems) - _MOST_TOLD
            told = problems[:_MOST_TOLD] + ([_now("… and %d more lines.") % more] if more > 0 else [])
            self.add_error("lines", ValidationError(told))


def _named(line: _Line) -> dict[str, object]:
    return {"n": line.number, "name": line.partner[:80]}


def _line(place: int, text: str) -> _Line:
    cells = [cell.strip() for cell in (text.split("\t") if "\t" in text else text.split(";"))]
    if len(cells) < 2:
        raise ValueError(_now("a company and a number are needed, with a tab or a semicolon between."))
    try:
        amount = Decimal(cells[1].replace(" ", "").replace("\u00a0", "").replace(",", ""))
    except InvalidOperation:
        raise ValueError(_now("“%s” is no number. One looks like 12500.50.") % cells[1][:40]) from None
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise ValueError(_now("“%s” is no number. One looks like 12500.50.") % cells[1][:40])
    day = _day(cells[2]) if len(cells) > 2 and cells[2] else None
    return _Line(place, cells[0], round(amount, 4), day, cells[3][:120] if len(cells) > 3 else "")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_now("“%s” is no day. One looks like 2026-03-31.") % text[:40]) from None


def _find_partners(names: list[str]) -> Callable[[str], list[int]]:
    """Name or domain → the partners of that name: one query for all of them."""
    folded = {normalize_name(name)[:120] for name in names} - {""}
    domains = {normalize_domain(name) for name in names} - {""}
    found: dict[str, set[int]] = {}
    named = models.Q(normalized_name__in=folded) | models.Q(domain__in=domains)
    for pk, name, domain in Partner.objects.listed().filter(named).values_list("pk", "normalized_name", "domain"):
        found.setdefault(f"name {name}", set()).add(pk)
        if domain:
            found.setdefault(f"domain {domain}", set()).add(pk)

    def known(text: str) -> list[int]:
        by_domain = found.get(f"domain {normalize_domain(text)}", set()) if normalize_domain(text) else set()
        return sorted(by_domain or found.get(f"name {normalize_name(text)[:120]}", set()))

    return known
