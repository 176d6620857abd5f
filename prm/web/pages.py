"""Pages of a long list: the ids first, then exactly those rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest

PER_PAGE = 50
_LAST = 100_000


@dataclass(frozen=True)
class Page[T]:
    """One page of rows."""

    rows: list[T]
    number: int
    per_page: int
    has_next: bool
    request: HttpRequest

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def first(self) -> int:
        return (self.number - 1) * self.per_page + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def next_query(self) -> str:
        return self._query(self.number + 1) if self.has_next else ""

    @property
    def previous_query(self) -> str:
        return self._query(self.number - 1) if self.has_previous else ""

    def map[U](self, shape: Callable[[T], U]) -> "Page[U]":
        """The same page with each row in another shape, for templates that only place ready strings."""
        return cast("Page[U]", replace(cast(Any, self), rows=[shape(row) for row in self.rows]))

    def _query(self, number: int) -> str:
        query = self.request.GET.copy()
        if number == 1:
            query.pop("page", None)
        else:
            query["page"] = str(number)
        return f"?{query.urlencode()}" if query else "?"

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of[M: Model](
    queryset: QuerySet[M], request: HttpRequest, per_page: int = PER_PAGE, ids_first: bool = True
) -> Page[M]:
    """The page that `?page=` asks for; a number that makes no sense is the first page.

    Two queries: the ids of the page in the list's order, which an index can answer, then those rows with everything
    that the queryset joins or annotates. The queryset must be ordered. `ids_first=False` is one query, for lists that
    are short by nature.
    """
    if not ids_first:
        return page_of_rows(request, lambda start, stop: list(queryset[start:stop]), per_page)
    return page_read(
        request,
        lambda start, stop: list(queryset.values_list("pk", flat=True)[start:stop]),
        lambda shown: queryset.filter(pk__in=shown).order_by(),
        per_page,
    )


def page_read[M: Model](
    request: HttpRequest,
    ids: Callable[[int, int], Sequence[int]],
    rows: Callable[[list[int]], Iterable[M]],
    per_page: int = PER_PAGE,
) -> Page[M]:
    """`page_of` for prepared queries: `ids` gives the keys from one place of the list to another, `rows` those rows."""
    keys = page_of_rows(request, ids, per_page)
    found = {row.pk: row for row in rows(keys.rows)} if keys.rows else {}
    return replace(cast(Any, keys), rows=[found[pk] for pk in keys.rows if pk in found])


def page_of_rows[T](request: HttpRequest, rows: Callable[[int, int], Sequence[T]], per_page: int = PER_PAGE) -> Page[T]:
    """A page of a list that is short by nature: `rows` gives those from one place to another."""
    number = _asked_number(request)
    start = (number - 1) * per_page
    found = list(rows(start, start + per_page + 1))
    return Page(found[:per_page], number, per_page, len(found) > per_page, request)


def _asked_number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return min(max(int(asked), 1), _LAST) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
