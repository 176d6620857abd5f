"""Registries: the only way in which an app tells the platform below it what it offers."""

from typing import Any, Protocol


class Named(Protocol):
    @property
    def name(self) -> str: ...


class Registry[T: Named]:
    """Items by unique name. Registering an equal item again is harmless, another one of the same name is an error."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._items: dict[str, T] = {}

    def register(self, *items: T) -> None:
        for item in items:
            known = self._items.setdefault(item.name, item)
            if known != item:
                raise ValueError(f"two {self.what} are called {item.name!r}")

    def get(self, name: str) -> T:
        try:
            return self._items[name]
        except KeyError:
            raise KeyError(f"no {self.what} is called {name!r}; there are {sorted(self._items)}") from None

    def all(self) -> list[T]:
        """Every item by its `order`, where it has one, then by name."""
        return sorted(self._items.values(), key=_place)

    def __contains__(self, name: object) -> bool:
        return name in self._items


def _place(item: Any) -> tuple[int, str]:
    return getattr(item, "order", 0), item.name
