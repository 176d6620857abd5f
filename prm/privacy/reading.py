"""Where a name stands that is not taken out by itself, for somebody to read: a single word may mean anything."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import OperationalError, models, transaction
from django.db.models import CharField, F, Func, TextField, Value
from django.db.models.functions import Cast, NullIf

from prm.privacy.holdings import Whom, holdings
from prm.privacy.sweep import pattern, swept_fields, swept_models

# So many rows of a table are counted, and so many of them are shown.
MOST, SHOWN = 20, 3
_AROUND = 60


@dataclass(frozen=True, slots=True)
class Passage:
    """Words with those around them; `about` is the row as people know it, "" where it has no name."""

    about: str
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """A table in which the names stand: in how many rows, `MOST` at most, and a few of them with the words around."""

    label: str
    number: int
    passages: tuple[Passage, ...]

    @property
    def is_more(self) -> bool:
        return self.number >= MOST


def places_to_read(names: Collection[str], whom: Whom) -> list[Place] | None:
    """Every table in which somebody wrote one of the names; without the rows that go anyway. One query.

    None where it takes longer than a page may.
    """
    if not names:
        return []
    tables = [model for model in swept_models() if _written(model)]
    first, *others = [_rows(number, model, names, whom) for number, model in enumerate(tables)]
    try:
        with transaction.atomic():
            rows = list(first.union(*others, all=True))
    except OperationalError:
        return None
    found: dict[int, list[Passage]] = {}
    for number, about, words in rows:
        found.setdefault(number, []).append(Passage(about, " ".join(words.split())))
    labels = {number: str(tables[number]._meta.verbose_name_plural) for number in found}
    places = [Place(labels[number], len(said), tuple(said[:SHOWN])) for number, said in found.items()]
    return sorted(places, key=lambda place: place.label.casefold())


def _written(model: type[models.Model]) -> list[Any]:
    """The columns that people write in: those with a plain collation hold keys and what follows from other columns."""
    return [field for field in swept_fields(model) if getattr(field, "db_collation", None) != "C"]


def _about(model: type[models.Model]) -> Any:
    names = {field.name for field in model._meta.concrete_fields}
    for name in ("name", "title"):
        if name in names:
            return Cast(F(name), TextField())
    return Cast(F("partner__name") if "partner" in names else Value(""), TextField())


def _rows(number: int, model: type[models.Model], names: Collection[str], whom: Whom) -> Any:
    words = rf"(?i)(.{{0,{_AROUND}}}(?:{pattern((), names)}).{{0,{_AROUND}}})"
    # What is empty is left out, and so is the point before it.
    texts = [NullIf(Cast(F(field.attname), TextField()), Value("")) for field in _written(model)]
    text = Func(Value(" · "), *texts, function="concat_ws", output_field=TextField())
    rows = model._default_manager.annotate(read_text=text)
    for holding in holdings.all():
        if apps.get_model(holding.model) is model and (holding.is_deleted or holding.blank):
            rows = rows.exclude(pk__in=holding.rows(whom).values("pk"))
    said = Func(F("read_text"), Value(words), function="substring", output_field=CharField())
    found = rows.annotate(read_table=Value(number), read_about=_about(model), read_words=said).filter(
        read_words__isnull=False
    )
    return found.order_by().values_list("read_table", "read_about", "read_words")[:MOST]
