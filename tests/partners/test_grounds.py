"""What a product right rests on: certificates and accepted agreements, shown with what became of them."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cohorts.models import Graduation
from cohorts.services.graduation import revoke_graduation
from partners.grounds import grounds_of, proofs_offered
from partners.models import Acceptance, Agreement, AgreementVersion, Partner, PartnerProduct, PartnerUser, Product
from partners.queries.products import my_products
from partners.services.agreements import archive_agreement, revise_agreement
from partners.services.products import CHANGED, GRANTED, Terms, change_right, grant_rights
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts.factories import CohortFactory
from tests.costs import MOST_QUERIES, queries_of
from tests.factories import NOW
from tests.partners.factories import ProductFactory, partner_user

START = date(2026, 1, 1)


@pytest.fixture
def pump(acme: Organization) -> Product:
    with scope(acme):
        return ProductFactory.create(name="Pump")


@pytest.fixture
def certificate(acme: Organization, lena_user: PartnerUser) -> Graduation:
    with scope(acme):
        return graduated(lena_user)


@pytest.fixture
def agreement(acme: Organization) -> Agreement:
    with scope(acme):
        return Agreement.objects.create(title="Reseller agreement", created_at=NOW)


@pytest.fixture
def acceptance(acme: Organization, agreement: Agreement, lena_user: PartnerUser) -> Acceptance:
    with scope(acme):
        version = AgreementVersion.objects.create(agreement=agreement, number=1, body="Sell well.", created_at=NOW)
        return Acceptance.objects.create(
            version=version, partner=lena_user.partner, membership=lena_user.membership, accepted_at=NOW
        )


def graduated(user: PartnerUser, title: str = "Pumps by heart") -> Graduation:
    return Graduation.objects.create(
        cohort=CohortFactory.create(),
        membership=user.membership,
        partner=user.partner,
        name=str(user.membership.person),
        program_title=title,
        graduated_at=NOW,
    )


def proof_of(row: Graduation | Acceptance) -> str:
    return f"{'cohorts.graduation' if isinstance(row, Graduation) else 'partners.acceptance'}:{row.pk}"


def grant(actor: Actor, pump: Product, partner: Partner, *others: Partner, **terms: Any) -> int:
    return grant_rights(
        actor=actor,
        product=pump,
        partner_ids=[partner.pk, *(other.pk for other in others)],
        rights=["sell"],
        terms=Terms(START, **terms),
        now=NOW,
    )


def refused(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.codes


def test_what_counts_is_offered_and_what_became_of_it_is_told(
    in_acme: Organization,
    actor: Actor,
    nordwind: Partner,
    kestrel: Partner,
    certificate: Graduation,
    agreement: Agreement,
    acceptance: Acceptance,
) -> None:
    day = "23 Nov 2026"
    assert proofs_offered(kestrel.pk) == {}
    assert proofs_offered(nordwind.pk) == {
        "certificate": [(proof_of(certificate), f"Lena Brandt, Pumps by heart, {day}")],
        "agreement": [(proof_of(acceptance), f"Reseller agreement, version 1, accepted by Lena Brandt, {day}")],
    }
    keys = [proof_of(certificate), proof_of(acceptance), "gone.kind:1", "cohorts.graduation:x", "cohorts.graduation:0"]
    told = grounds_of(keys)
    assert [(ground.on, ground.over) for ground in told.values()] == [(day, ""), (day, "")]
    revise_agreement(actor=actor, agreement=agreement, body="Sell better.", number=1, now=NOW)
    revoke_graduation(actor=actor, graduation=certificate, reason="Mixed up", now=NOW + timedelta(days=9))
    told = grounds_of(keys)
    assert [ground.over for ground in told.values()] == ["revoked on 2 Dec 2026", "version 2 is in force now"]
    archive_agreement(actor=actor, agreement=agreement, now=NOW)
    assert grounds_of(keys)[proof_of(acceptance)].over == f"out of use since {day}"
    assert proofs_offered(nordwind.pk) == {}


def test_a_right_rests_only_on_what_the_partner_has_and_on_the_ground_it_is_for(
    in_acme: Organization, actor: Actor, pump: Product, nordwind: Partner, kestrel: Partner, certificate: Graduation
) -> None:
    proof = proof_of(certificate)
    with_ground = partial(grant, actor, pump, proof=proof)
    assert refused(partial(with_ground, nordwind, basis="agreement")) == {"other_ground"}
    assert refused(partial(with_ground, nordwind)) == {"other_ground"}
    assert refused(partial(with_ground, kestrel, basis="certificate")) == {"no_proof"}
    assert refused(partial(with_ground, nordwind, kestrel, basis="certificate")) == {"no_proof"}
    for made_up in ("cohorts.graduation:0", "cohorts.graduation:", "nothing:1", "x"):
        assert refused(partial(grant, actor, pump, nordwind, basis="certificate", proof=made_up)) == {"no_proof"}
    assert not PartnerProduct.objects.exists()
    assert with_ground(nordwind, basis="certificate", reference="C-9") == 1
    right = PartnerProduct.objects.get()
    assert (right.proof, right.reference) == (proof, "C-9")
    entry = AuditEntry.objects.get(verb=GRANTED)
    assert entry.changes == {"sell": [0, 1], "proof": ["", certificate.number]}


def test_the_ground_changes_with_a_trail_without_names_and_a_revoked_one_may_stay(
    in_acme: Organization,
    actor: Actor,
    pump: Product,
    nordwind: Partner,
    certificate: Graduation,
    acceptance: Acceptance,
) -> None:
    grant(actor, pump, nordwind, basis="certificate", proof=proof_of(certificate))
    right = PartnerProduct.objects.get()
    revoke_graduation(actor=actor, graduation=certificate, reason="Mixed up", now=NOW)
    change = partial(change_right, actor=actor, right=right, now=NOW)
    stays = Terms(START, basis="certificate", proof=proof_of(certificate), reference="C-9")
    change(revision=1, terms=stays)
    assert refused(partial(change, revision=2, terms=Terms(START, proof=proof_of(certificate)))) == {"other_ground"}
    moved = Terms(START, basis="agreement", proof=proof_of(acceptance))
    assert refused(partial(change, revision=1, terms=moved)) == {"changed_meanwhile"}
    change(revision=2, terms=moved)
    entry = AuditEntry.objects.filter(verb=CHANGED).order_by("pk").last()
    assert entry is not None
    assert entry.changes["proof"] == [certificate.number, "Reseller agreement, version 1"]
    back = Terms(START, basis="certificate", proof=proof_of(certificate))
    assert refused(partial(change, revision=3, terms=back)) == {"no_proof"}


def test_partners_read_what_their_own_rights_rest_on(
    in_acme: Organization, actor: Actor, pump: Product, nordwind: Partner, certificate: Graduation
) -> None:
    grant(actor, pump, nordwind, basis="certificate", proof=proof_of(certificate), reference="C-9")
    ((right,),) = (product.rights for product in my_products(nordwind, NOW))
    assert right.ground is not None
    assert (right.basis, right.ground.label, right.reference) == ("By certificate", str(certificate), "C-9")


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def url(acme: Organization) -> Callable[..., str]:
    return lambda name, *args: address(name, *args, organization=acme)


def test_a_ground_is_chosen_shown_and_lost_before_ones_eyes(
    acme: Organization,
    alice: Membership,
    actor: Actor,
    pump: Product,
    nordwind: Partner,
    certificate: Graduation,
    url: Any,
    sign_in: Callable[[Membership], Client],
) -> None:
    client = sign_in(alice)
    page = url("partner_grant", nordwind.public_id)
    said = {
        "product": pump.public_id,
        "rights": "sell",
        "starts_on": timezone.localdate().isoformat(),
        "basis": "hand",
        "proof": proof_of(certificate),
        "reference": "Frame 17",
    }
    wrong = client.post(page, said)
    assert wrong.status_code == 422
    assert "This is for “By certificate”" in wrong.text
    assert 'value="Frame 17"' in wrong.text
    assert client.post(page, {**said, "proof": "cohorts.graduation:0"}).status_code == 422
    assert client.post(page, {**said, "basis": "certificate"}).status_code == 303
    with scope(acme):
        right = PartnerProduct.objects.get()
        revoke_graduation(actor=actor, graduation=certificate, reason="Mixed up", now=NOW + timedelta(days=2))
    for name, ids in (
        ("partner_product_list", [nordwind.public_id]),
        ("product_detail", [pump.public_id]),
        ("product_right", [pump.public_id, right.public_id]),
    ):
        shown = client.get(url(name, *ids)).text
        assert url("certificate_detail", certificate.token) in shown, name
        assert "revoked on 25 Nov 2026" in shown, name
    kept = {**said, "basis": "certificate", "revision": "1"}
    assert client.post(url("product_right", pump.public_id, right.public_id), kept).status_code == 303
    stale = client.post(url("product_right", pump.public_id, right.public_id), {**kept, "reference": "Frame 18"})
    assert (stale.status_code, 'value="Frame 18"' in stale.text, "Frame 17" in stale.text) == (422, True, True)


def test_pages_cost_the_same_however_many_rest_on_something(
    acme: Organization,
    alice: Membership,
    actor: Actor,
    nordwind: Partner,
    pump: Product,
    lena_user: PartnerUser,
    acceptance: Acceptance,
    certificate: Graduation,
    url: Any,
    sign_in: Callable[[Membership], Client],
) -> None:
    studio, portal = sign_in(alice), sign_in(lena_user.membership)
    asked = [
        (studio, url("partner_product_list", nordwind.public_id)),
        (studio, url("partner_grant", nordwind.public_id)),
        (portal, url("my_product_list")),
    ]
    with scope(acme):
        more = [ProductFactory.create() for _number in range(3)]
        grant(actor, pump, nordwind, basis="certificate", proof=proof_of(certificate))
        grant(actor, more[0], nordwind, basis="agreement", proof=proof_of(acceptance))
    before = [queries_of(client, page) for client, page in asked]
    with scope(acme):
        for number, product in enumerate(more[1:]):
            user = partner_user(nordwind, f"p{number}@nordwind.example", f"Person {number}")
            grant(actor, product, nordwind, basis="certificate", proof=proof_of(graduated(user)))
    assert [queries_of(client, page) for client, page in asked] == before
    assert max(before) <= MOST_QUERIES
