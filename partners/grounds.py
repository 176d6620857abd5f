"""What a product right rests on: a certificate of somebody at the partner, an agreement that it accepted.

Apps that keep such records say so in their registry, and a right keeps which one it was by its key:

    grounds.register(GroundSource("cohorts.graduation", Basis.CERTIFICATE, graduations_of, grounds_in_graduations))
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from prm.registry import Registry


@dataclass(frozen=True, slots=True)
class Ground:
    """A record in ready strings. `mark` names it without naming a person, for the history; `over` says in words since
    when it counts no more, "" while it counts. `is_open` where a partner's people may follow `url` too.
    """

    label: str
    mark: str
    on: str
    url: str
    over: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class GroundSource:
    """Records of one kind, each by its number.

    `basis` is the ground of a right that they are for. `offered` gives those of a partner that count now, newest
    first, with what a list of choices says; `told` gives what is shown of any, one query.
    """

    name: str
    basis: str
    offered: Callable[[int], list[tuple[int, str]]]
    told: Callable[[Collection[int]], Mapping[int, Ground]]
    order: int = 100


grounds: Registry[GroundSource] = Registry("grounds of product rights")


def source_of(proof: str) -> GroundSource | None:
    """Where a proof is from; None for none and for one that nobody keeps any more."""
    name = proof.partition(":")[0]
    return grounds.get(name) if name in grounds else None


def proofs_offered(partner_id: int) -> dict[str, list[tuple[str, str]]]:
    """(proof, label) of what rights of this partner can rest on, by basis; a query for each source."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for source in grounds.all():
        found[source.basis] += [(f"{source.name}:{pk}", label) for pk, label in source.offered(partner_id)]
    return {basis: offered for basis, offered in found.items() if offered}


def grounds_of(proofs: Collection[str]) -> dict[str, Ground]:
    """What is shown of these proofs; those that are no more are missing. A query for each source that is among them."""
    ids: dict[str, list[int]] = defaultdict(list)
    for proof in proofs:
        name, _colon, pk = proof.partition(":")
        if name in grounds and pk.isdecimal():
            ids[name].append(int(pk))
    return {f"{name}:{pk}": ground for name, pks in ids.items() for pk, ground in grounds.get(name).told(pks).items()}
