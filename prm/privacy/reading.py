"""Where a name stands that is not taken out by itself, for somebody to read: a single word may mean anything."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import OperationalError, models, transaction
from django.db.models import CharField, F, Func, TextField, Value
from django.db.models.functions import Cast

from prm.privacy.holdings import Whom, holdings
from prm.privacy.sweep import pattern, swept_fields, swept_models

# So many rows of a table are counted, and so many of them are shown.
MOST, SHOWN = 20, 3
_AROUND = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A table in which the names stand: in how many rows, `MOST` at most, and a few of them with the words around."""

    label: str
    number: int
    passages: tuple[str, ...]

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
    found: dict[int, list[str]] = {}
    for number, words in rows:
        found.setdefault(number, []).append(" ".join(words.split()))
    labels = {number: str(tables[number]._meta.verbose_name_plural) for number in found}
    places = [Place(labels[number], len(said), tuple(said[:SHOWN])) for number, said in found.items()]
    return sorted(places, key=lambda place: place.label.casefold())


def _written(model: type[models.Model]) -> list[Any]:
    """The columns that people write in: those with a plain collation hold keys and what follows from other columns."""
    return [field for field in swept_fields(model) if getattr(field, "db_collation", None) != "C"]


def _rows(number: int, model: type[models.Model], names: Collection[str], whom: Whom) -> Any:
    words = rf"(?i)(.{{0,{_AROUND}}}(?:{pattern((), names)}).{{0,{_AROUND}}})"
    texts: Sequence[Any] = [Cast(F(field.attname), TextField()) for field in _written(model)]
    text = Func(Value(" · "), *texts, function="concat_ws", output_field=TextField())
    rows = model._default_manager.annotate(read_text=text)
    for holding in holdings.all():
        if apps.get_model(holding.model) is model and (holding.is_deleted or holding.blank):
            rows = rows.exclude(pk__in=holding.rows(whom).values("pk"))
    said = Func(F("read_text"), Value(words), function="substring", output_field=CharField())
    found = rows.annotate(read_table=Value(number), read_words=said).filter(read_words__isnull=False)
    return found.order_by().values_list("read_table", "read_words")[:MOST]
