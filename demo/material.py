"""The demo's words, read from `demo/material/*.toml` into frozen values."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "material"


@dataclass(frozen=True)
class Colleague:
    """`shown` is the role named on the sign-in button of the first page; without it there is no button."""

    key: str
    name: str
    roles: tuple[str, ...]
    shown: str = ""


@dataclass(frozen=True)
class Words:
    """One organization of the demo.

    `groups`, `by_rule`, `content`, `programs`, `agreements` and `products` are the tables of its file, as they stand
    there.
    """

    organization: dict[str, Any]
    domain: str
    staff: tuple[Colleague, ...]
    groups: tuple[dict[str, Any], ...]
    content: tuple[dict[str, Any], ...]
    programs: tuple[dict[str, Any], ...]
    agreements: tuple[dict[str, Any], ...]
    products: tuple[dict[str, Any], ...]
    by_rule: dict[str, Any] = field(default_factory=dict)
    companies: dict[str, list[list[str]]] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return str(self.organization["slug"])


@cache
def _companies() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "companies.toml").read_text("utf-8"))


def words_of(slug: str) -> Words:
    """Everything the demo says about one organization; FileNotFoundError for an organization it does not know."""
    table = tomllib.loads((FOLDER / f"{slug}.toml").read_text("utf-8"))
    lists = {name: tuple(table.pop(name)) for name in ("groups", "content", "programs", "agreements", "products")}
    staff = tuple(Colleague(**{**row, "roles": tuple(row["roles"])}) for row in table.pop("staff"))
    domain, by_rule = table.pop("domain"), table.pop("by_rule")
    companies = _companies()[slug]
    return Words(domain=domain, staff=staff, organization=table, by_rule=by_rule, companies=companies, **lists)


def profile_words() -> dict[str, Any]:
    """What people tell about themselves."""
    return tomllib.loads((FOLDER / "profiles.toml").read_text("utf-8"))


def data_words(slug: str) -> dict[str, Any]:
    """The attributes of one organization, and the choices of its standard ones."""
    return dict(tomllib.loads((FOLDER / "data.toml").read_text("utf-8"))[slug])


def structure_words(slug: str) -> dict[str, Any]:
    """Doubles, links, competitors and fields of work of one organization."""
    return dict(tomllib.loads((FOLDER / "structure.toml").read_text("utf-8"))[slug])


def recruitment_words(slug: str) -> dict[str, Any]:
    """The calls for partners of one organization, and who applied to them."""
    return dict(tomllib.loads((FOLDER / "recruitment.toml").read_text("utf-8"))[slug])


def promise_words(slug: str) -> dict[str, Any]:
    """What the programs of one organization promise beyond their first words, and who speaks for them."""
    return dict(tomllib.loads((FOLDER / "promise.toml").read_text("utf-8"))[slug])


def people_words() -> dict[str, Any]:
    """Lists of first names, last names and jobs, and the `fixed` people of some domains."""
    return dict(_companies()["people"])


def made_words() -> dict[str, Any]:
    """What names and places of the thousands beyond the named companies are made of."""
    return dict(_companies()["made"])


def read_options(marked: list[str]) -> tuple[tuple[str, ...], int]:
    """Answer options and the place of the correct one, which begins with an asterisk in the files."""
    correct = next(place for place, option in enumerate(marked) if option.startswith("*"))
    return tuple(option.removeprefix("*") for option in marked), correct


def file_bytes(name: str) -> bytes:
    return (FOLDER / name).read_bytes()
