"""Querysets that are built and compiled once a process, for what every page or a hot page asks.

Building a queryset and compiling it costs the ORM several times what Postgres takes to answer it (0.65 against 0.08 ms
for a visitor's membership). A prepared query keeps the compiled statement: a call puts its values in, and the rows come
out as the queryset's own. The first call builds with stand-ins for the values and finds where they went.

    @prepared
    def _membership(person_id: int, slug: str) -> QuerySet[Membership]:
        return Membership.objects.for_person(person_id).filter(organization__slug=slug)

    rows = _membership(request.user.pk, "acme")

The builder may read nothing beside its arguments that changes between calls: no clock, no zone, no language. The scope
is read anew each time.

Postgres keeps the plan as well (prm.tenancy.planned).
"""

import functools
from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime
from typing import Any, NoReturn

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from psycopg.types.json import Json, Jsonb

from prm.tenancy.planned import planned_cursor
from prm.tenancy.scope import current_organization_id, standing_in

# Larger than any id that is given out, and smaller than the largest that an index can hold.
_FIRST = 7_000_000_000_000_000_000
_ORGANIZATION = _FIRST - 1
_MOST_KEPT = 200


class NotPreparable(Exception):
    """A builder whose statement depends on more than where its values stand."""


class ValueLost(NotPreparable):
    """A value that the statement does not ask for, as where Django leaves out what nothing can fulfil."""


class Prepared[R]:
    """A builder of querysets, called with its arguments for the list of rows.

    Positional arguments are values (int, str, datetime, date, or a list of ids for `__in`) and may differ in each
    call; None, True, False and the power of two that holds a list change the statement, so each has one of its own.
    Keyword arguments are the statement's shape: hashable, each combination compiled by itself.
    """

    # Whether each call is compared with what the builder makes at that moment: the tests' setting.
    checked = False

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        functools.update_wrapper(self, build)
        self._build = build
        self._statements: dict[Hashable, _Statement] = {}

    def __call__(self, *values: Any, **shape: Hashable) -> list[R]:
        organization_id = current_organization_id()
        values = tuple(map(_filled_up, values))
        key = (organization_id is None, tuple(map(_kind_of, values)), tuple(shape.items()))
        statement = self._statements.get(key)
        if statement is None:
            statement = self._prepare(values, shape)
            if len(self._statements) >= _MOST_KEPT:
                self._statements.clear()
            self._statements[key] = statement
        filled = statement.filled(organization_id, values)
        if self.checked:
            self._check(statement, filled, values, shape)
        return statement.rows(filled)

    def anyhow(self, *values: Any, **shape: Hashable) -> list[R]:
        """The rows also where the statement lost a value, as of a rule that nobody can fulfil: seldom, and built each
        time.
        """
        try:
            return self(*values, **shape)
        except ValueLost:
            return list(self._build(*values, **shape))

    def first(self, *values: Any, **shape: Hashable) -> R | None:
        """The first row, None without any: the builder limits how many are read."""
        return next(iter(self(*values, **shape)), None)

    def _prepare(self, values: tuple[Any, ...], shape: dict[str, Hashable]) -> "_Statement":
        stand_ins = _stand_ins(values)
        with standing_in(_ORGANIZATION):
            return _Statement(self._build(*stand_ins, **shape), _places(stand_ins))

    def _check(
        self, statement: "_Statement", filled: tuple[Any, ...], values: tuple[Any, ...], shape: dict[str, Hashable]
    ) -> None:
        try:
            present = self._build(*values, **shape).query.sql_with_params()
        except EmptyResultSet:
            present = ("", ())
        if (statement.sql, *map(_plain, filled)) != (present[0], *map(_plain, present[1])):
            name = self._build.__qualname__
            raise NotPreparable(f"{name} is {present}, and was prepared as {(statement.sql, filled)}")


def prepared[R](build: Callable[..., QuerySet[Any, R]]) -> Prepared[R]:
    """Turn a function that builds a queryset into one that gives its rows (see the module)."""
    return Prepared(build)


class _Statement:
    """A compiled queryset, and which value belongs to which of its parameters."""

    # What Django keeps for itself of querysets has no declared types.
    def __init__(self, queryset: Any, places: dict[Any, tuple[int, int | None]]) -> None:
        if queryset._prefetch_related_lookups:
            raise NotPreparable("a prepared query cannot prefetch")
        self._queryset = queryset
        self._compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        try:
            self.sql, parameters = self._compiler.as_sql()
        except EmptyResultSet:
            self.sql, parameters = "", ()
        self._parts = [_part(parameter, places) for parameter in parameters]
        missing = set(places) - {_marker(parameter, places) for parameter in parameters} - {_ORGANIZATION}
        if missing and self.sql:
            lost = sorted(places[marker][0] for marker in missing)
            raise ValueLost(f"the values {lost} are no parameters of their own")
        chosen = self._compiler.select[: self._compiler.col_count] if self.sql else ()
        self._converters = self._compiler.get_converters([column[0] for column in chosen])

    def filled(self, organization_id: int | None, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The statement's parameters with these values in their places."""
        return tuple(part(organization_id, values) for part in self._parts)

    def rows(self, filled: tuple[Any, ...]) -> list[Any]:
        if not self.sql:
            return []
        # Copies, since threads run the same statement at once; their connections are their own.
        compiler, query, queryset = _twin(self._compiler), _twin(self._queryset.query), _twin(self._queryset)
        compiler.connection, compiler.query = connections[DEFAULT_DB_ALIAS], query
        compiler.execute_sql = lambda *args, **kwargs: [self._asked(compiler.connection, filled)]
        compiler.get_converters = lambda expressions: self._converters
        query.get_compiler = lambda *args, **kwargs: compiler
        queryset._query = query
        return list(queryset._iterable_class(queryset))

    def _asked(self, connection: Any, filled: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with planned_cursor(connection) as cursor:
            cursor.execute(self.sql, filled)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        # What rows are ordered by and do not show comes last.
        return [row[: self._compiler.col_count] for row in rows] if self._compiler.has_extra_select else rows


def _plain(parameter: Any) -> Any:
    """The parameter as it can be compared: two of psycopg's wrappers around the same value are not equal."""
    return ("json", parameter.obj) if isinstance(parameter, Json | Jsonb) else parameter


def _twin[T](original: T) -> T:
    """A shallow copy without the hooks of copying: a queryset would run when it is copied the usual way."""
    twin = object.__new__(type(original))
    twin.__dict__.update(original.__dict__)
    return twin


# ── Stand-ins ───────────────────────────────────────────────────────────────────────────────────────────────────────


type _Place = tuple[int, int | None]
type _Part = Callable[[int | None, tuple[Any, ...]], Any]


def _filled_up(value: Any) -> Any:
    """A list with ids of nothing up to a power of two, so that many lengths make few statements."""
    if not isinstance(value, list) or not value:
        return value
    missing = (1 << (len(value) - 1).bit_length()) - len(value)
    return value + list(range(-missing, 0))


def _kind_of(value: Any) -> Hashable:
    """What the statement depends on."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return ("list", len(value))
    return type(value).__name__


def _stand_ins(values: tuple[Any, ...]) -> list[Any]:
    """A value of the same kind for each, unlike anything that a builder writes itself."""
    stand_ins: list[Any] = []
    number = 0
    for value in values:
        if isinstance(value, list):
            stand_ins.append([_FIRST + number + place for place in range(len(value))])
            number += len(value)
        else:
            stand_ins.append(_stand_in(value, number))
            number += 1
    return stand_ins


def _refused(*_: object) -> NoReturn:
    raise NotPreparable("a moment that is counted from a value is a value of its own")


class _Moment(datetime):
    """A moment that stands for another one: what a builder counted from it would be lost."""

    __add__ = __radd__ = __sub__ = __rsub__ = _refused
    date = time = astimezone = replace = _refused  # type: ignore[assignment]


class _Day(date):
    """The same for a day."""

    __add__ = __radd__ = __sub__ = __rsub__ = replace = _refused  # type: ignore[assignment]


def _stand_in(value: Any, number: int) -> Any:
    match value:
        case None | bool():
            return value
        case int():
            return _FIRST + number
        case str():
            return f"\x01{number}\x01"
        case datetime():
            return _Moment(1, 1, 2, microsecond=number, tzinfo=UTC)
        case date():
            return _Day(1, 1, 2 + number)
    raise NotPreparable(f"{type(value).__name__} is no value of a prepared query")


def _places(stand_ins: list[Any]) -> dict[Any, _Place]:
    """Where the value of each stand-in is: its argument, and its place there if that is a list."""
    places: dict[Any, _Place] = {_ORGANIZATION: (-1, None)}
    for argument, stand_in in enumerate(stand_ins):
        if isinstance(stand_in, list):
            places.update({one: (argument, place) for place, one in enumerate(stand_in)})
        elif stand_in is not None and not isinstance(stand_in, bool):
            places[stand_in] = (argument, None)
    return places


def _marker(parameter: Any, places: dict[Any, _Place]) -> Any:
    """The stand-in that this parameter is, None for one of the builder's own."""
    try:
        return parameter if parameter in places else None
    except TypeError:
        return None


def _part(parameter: Any, places: dict[Any, _Place]) -> _Part:
    """How this parameter comes out of a call's values."""
    marker = _marker(parameter, places)
    if marker is None:
        return lambda organization_id, values: parameter
    argument, place = places[marker]
    # Django gives numbers the width of their column by a type of its own.
    as_sent: Callable[[Any], Any] = (
        type(parameter) if isinstance(parameter, int) and type(parameter) is not int else _unchanged
    )
    if argument < 0:
        return lambda organization_id, values: as_sent(organization_id)
    if place is not None:
        return lambda organization_id, values: as_sent(values[argument][place])
    return lambda organization_id, values: as_sent(values[argument])


def _unchanged(value: Any) -> Any:
    return value
