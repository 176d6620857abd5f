"""Who finds what: within rights and walls, in spite of typing mistakes."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from partners.models import Partner, PartnerUser
from partners.services.partners import archive_partner
from partners.services.product_catalog import ProductDetails, change_product, create_product, retire_product
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import ROLE_LABELS
from prm.accounts.services.memberships import remove_member, suspend_member
from prm.search.models import Entry
from prm.search.queries import find
from prm.search.services import refresh
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope, write_last_words
from tests.factories import member, staff
from tests.partners.factories import PartnerFactory
from tests.search.conftest import Labels, catch_up, labels
from tests.search.test_terms import MISTAKES, edits

TOLERATED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

type Finds = Callable[[Membership, str], Labels]

LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Telling why an example fails takes longer than all of the rest.
QUICK = set(Phase) - {Phase.explain}
NAMES = st.lists(st.text(LETTERS, min_size=4, max_size=10), min_size=1, max_size=3).map(" ".join).map(str.title)


@pytest.mark.parametrize(
    "query",
    ["nord", "NORDWIND", "nordwind gmbh", "Nordwind Ltd", "nordwnid", "mordwimd", "nordwindd", "nrdwind", "nord wind",
     "wind nord", "nórdwínd", "nordwind.example", "https://www.nordwind.example/about", "nordwind.exa", "nordw"],
)  # fmt: skip
def test_a_partner_is_found(finds: Finds, alice: Membership, nordwind: Partner, kestrel: Partner, query: str) -> None:
    assert finds(alice, query)["partners"] == ["Nordwind GmbH"]


@pytest.mark.parametrize(
    "query",
    ["Weiß", "weiss tom", "tom weis", "tom@nordwind.example", "tom@nordw", "tom nordwind", "tmo weiss", "tomweiss"],
)
def test_a_partners_person_is_found(finds: Finds, alice: Membership, tom_user: PartnerUser, query: str) -> None:
    assert finds(alice, query)["people"] == ["Tom Weiß"]


def test_what_is_far_from_everything_is_not_found(finds: Finds, alice: Membership, tom_user: PartnerUser) -> None:
    assert finds(alice, "xqzzwq") == finds(alice, "") == finds(alice, "   ") == finds(alice, "%") == {}
    assert finds(alice, "_______") == finds(alice, "\\") == {}


def test_spelled_alike_comes_after_what_is_called_so(finds: Finds, in_acme: Organization, alice: Membership) -> None:
    for name in ("Meyer", "Meier", "Kestrel"):
        PartnerFactory.create(name=name)
    assert finds(alice, "meier")["partners"] == ["Meier", "Meyer"]
    assert not find(alice, "meier", 5).is_close
    assert find(alice, "meirr", 5).is_close


def test_the_shortest_name_is_among_many_of_that_word(finds: Finds, in_acme: Organization, alice: Membership) -> None:
    Partner.objects.bulk_create(
        Partner(name=name, created_at=in_acme.created_at, **Partner.derived(name, ""))
        for name in [*(f"Nordwind Consulting {number}" for number in range(400)), "Nordwind"]
    )
    assert finds(alice, "nordwind")["partners"][0] == "Nordwind"
    assert finds(alice, "nordwind 77 consulting")["partners"] == ["Nordwind Consulting 77"]


@settings(
    max_examples=120,
    deadline=None,
    phases=QUICK,
    suppress_health_check=TOLERATED,
)
@given(name=NAMES, mistake=MISTAKES, far=st.integers(0, 30))
@example(name="Alpine Cloud", mistake=(6, "x", "missing"), far=6)
@example(name="Alpine Cloud", mistake=(3, "x", "wrong"), far=8)
def test_one_mistake_anywhere_does_not_hide_a_company(
    in_acme: Organization, alice: Membership, name: str, mistake: tuple[int, str, str], far: int
) -> None:
    """Blanks included: written together, or with one blank moved, it is the same company."""
    typed = edits(name.lower(), far % len(name), mistake[1], mistake[2])
    assume(len(typed) >= 4)
    partner = PartnerFactory.create(name=name, domain="")
    refresh("partners", [partner.pk])
    write_last_words()
    assert name in labels(alice, typed).get("partners", []), typed
    partner.delete()
    refresh("partners", [partner.pk])
    assert name not in labels(alice, typed).get("partners", [])


def test_products_are_found_by_name_and_number_as_they_are_now(
    in_acme: Organization, actor: Actor, alice: Membership, lena: Membership, lena_user: PartnerUser, now: datetime
) -> None:
    details = ProductDetails("Pump", "P-100")
    product = create_product(actor=actor, details=details, now=now)
    change_product(actor=actor, product=product, revision=1, details=ProductDetails("Compressor", "C-7001"))
    retire_product(actor=actor, product=product, now=now)
    write_last_words()
    for words in ("compressor", "compresor", "c-7001"):
        assert labels(alice, words) == {"products": ["Compressor"]}
    assert "products" not in labels(alice, "pump")
    assert labels(lena, "compressor") == {}


# ── Walls ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_finds_another_organizations(
    finds: Finds,
    alice: Membership,
    charlie: Membership,
    nordwind: Partner,
    lena_user: PartnerUser,
    umbrella: Organization,
    umbrellas_nordwind: Partner,
) -> None:
    with scope(umbrella):
        catch_up()
        assert labels(charlie, "nordwind") == {"partners": ["Nordwind Umbrella"]}
        assert labels(charlie, "lena") == labels(charlie, "alice") == {}
    assert finds(alice, "nordwind") == {"partners": ["Nordwind GmbH"], "people": ["Lena Brandt"]}
    assert finds(alice, "charlie") == finds(alice, "umbrella") == {}


def test_a_partners_people_find_their_own_team_and_nothing_else(
    finds: Finds,
    lena: Membership,
    paul: Membership,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    paul_user: PartnerUser,
    kestrel: Partner,
    alice: Membership,
) -> None:
    assert finds(lena, "tom") == finds(lena, "tmo weis") == finds(lena, "tomweis") == {"people": ["Tom Weiß"]}
    assert finds(lena, "paul") == finds(lena, "kestrel") == finds(lena, "alice") == {}
    assert finds(paul, "tom") == finds(paul, "nordwind") == {}
    assert finds(paul, "paul") == {"people": ["Paul Ortega"]}


def test_a_partner_that_is_gone_finds_nothing(finds: Finds, acme: Organization) -> None:
    assert finds(member(acme, "new@nowhere.example", "Nobody Yet"), "nobody") == {}


def test_every_role_finds_partners_and_managers_find_colleagues(
    finds: Finds, acme: Organization, nordwind: Partner, bob: Membership
) -> None:
    for role in ROLE_LABELS:
        colleague = staff(acme, f"{role}@acme.example", f"Someone {role}", role)
        assert finds(colleague, "nordwind")["partners"] == ["Nordwind GmbH"], role
        assert ("colleagues" in finds(colleague, "keller")) == (role in ("owner", "manager")), role


def test_whom_the_index_still_has_is_not_shown(acme: Organization, alice: Membership, tom_user: PartnerUser) -> None:
    """The objects have the last word: an index that is behind shows nobody who is gone."""
    with scope(acme):
        catch_up()
        Membership.everywhere.filter(pk=tom_user.membership_id).update(state="removed")
        assert Entry.objects.filter(kind="people", object_id=tom_user.pk).exists()
        assert labels(alice, "tom") == {}


# ── What becomes of them ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_archived_partner_is_marked_and_last(
    in_acme: Organization, alice: Membership, actor: Actor, nordwind: Partner, lena_user: PartnerUser, now: datetime
) -> None:
    PartnerFactory.create(name="Nordwind Longer Name", domain="")
    catch_up()
    assert labels(alice, "nordwind")["partners"] == ["Nordwind GmbH", "Nordwind Longer Name"]
    archive_partner(actor=actor, partner=nordwind, now=now)
    partners, people = find(alice, "nordwind", 5).groups
    assert [(hit.label, hit.mark) for hit in partners.hits] == [
        ("Nordwind Longer Name", ""),
        ("Nordwind GmbH", "Archived"),
    ]
    assert [(hit.label, hit.mark) for hit in people.hits] == [("Lena Brandt", "Archived")]


def test_a_test_partner_is_marked(in_acme: Organization, alice: Membership) -> None:
    PartnerFactory.create(name="Trial", is_test=True)
    catch_up()
    ((hit,),) = [group.hits for group in find(alice, "trial", 5).groups]
    assert hit.mark == "Test"


def test_suspended_people_are_marked_and_removed_ones_gone(
    in_acme: Organization, alice: Membership, lena: Membership, actor: Actor, tom_user: PartnerUser, now: datetime
) -> None:
    catch_up()
    suspend_member(actor=actor, member=tom_user.membership, now=now)
    ((hit,),) = [group.hits for group in find(alice, "tom weiss", 5).groups]
    assert (hit.label, hit.mark) == ("Tom Weiß", "Suspended")
    assert labels(lena, "tom weiss") == {}, "the team sees who can come in"
    remove_member(actor=actor, member=tom_user.membership, now=now)
    assert labels(alice, "tom weiss") == {}
    assert not Entry.objects.filter(kind="people", object_id=tom_user.pk).exists()


def test_colleagues_lead_to_where_one_may_go(
    finds: Finds, in_acme: Organization, alice: Membership, bob: Membership, nordwind: Partner, tom_user: PartnerUser
) -> None:
    finds(alice, "bob")
    (found,) = find(alice, "bob", 5).groups
    assert found.hits[0].url.endswith(f"/studio/settings/people/{bob.public_id}/")
    (found,) = find(bob, "alice", 5).groups
    assert found.hits[0].url.endswith("/studio/settings/people/")
    (found,) = find(staff(in_acme, "a@acme.example", "Ana Lyst", "analyst"), "tom", 5).groups
    assert found.hits[0].url.endswith(f"/studio/partners/{nordwind.public_id}/")
