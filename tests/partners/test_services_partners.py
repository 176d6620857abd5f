"""Partner records: rows, facts, audit lines, and refusals that leave nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from partners.models import Partner, PartnerUser
from partners.services.partners import (
    PartnerDetails,
    archive_partner,
    change_partner,
    create_partner,
    restore_partner,
)
from partners.services.trying import create_test_partner, own_test_partner, plus_address
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import PartnerFactory, partner_user


def facts() -> list[tuple[str, int | None, int]]:
    return [(fact.kind, fact.partner_id, int(fact.amount)) for fact in Fact.objects.order_by("id")]


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


def test_a_partner_is_a_row_a_fact_and_an_audit_line(
    in_acme: Organization, actor: Actor, bob: Membership, now: datetime
) -> None:
    details = PartnerDetails(
        name="  Škoda   Nord A.G. ", domain="https://www.Skoda.example/x", country="CZ", account_manager=bob
    )
    partner = create_partner(actor=actor, details=details, now=now)
    partner.refresh_from_db()
    assert (partner.name, partner.normalized_name, partner.domain) == ("Škoda Nord A.G.", "skoda nord", "skoda.example")
    assert partner.searchable == "skoda nord ag skoda.example"
    assert (partner.status, partner.account_manager_id, partner.revision) == ("active", bob.pk, 1)
    assert facts() == [("partners.created", partner.pk, 1)]
    assert verbs() == ["partners.created"]


def test_the_website_of_a_new_partner_tells_its_domain(in_acme: Organization, actor: Actor, now: datetime) -> None:
    partner = create_partner(
        actor=actor, details=PartnerDetails(name="Orbit", website="https://www.orbit.example/en"), now=now
    )
    assert (partner.domain, partner.searchable) == ("orbit.example", "orbit orbit.example")
    details = PartnerDetails(name="Orbit Labs", website="https://orbit.example")
    with pytest.raises(Refused) as refusal:
        create_partner(actor=actor, details=details, now=now)
    assert refusal.value.codes == {"looks_like"}
    change_partner(actor=actor, partner=partner, revision=1, details=replace(details, name="Orbit"), now=now)
    assert partner.domain == "", "what was taken away does not come back by itself"


@pytest.mark.parametrize(
    ("name", "domain"), [("NORDWIND AG", ""), ("Somebody", "lena@nordwind.example"), ("Old Friends Ltd", "")]
)
def test_what_looks_like_somebody_is_asked_about(
    in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime, name: str, domain: str
) -> None:
    PartnerFactory.create(name="Old Friends", domain="", archived_at=now)
    details = PartnerDetails(name=name, domain=domain)
    with pytest.raises(Refused) as refusal:
        create_partner(actor=actor, details=details, now=now)
    assert refusal.value.codes == {"looks_like"}
    assert Partner.objects.count() == 2
    assert facts() == []
    create_partner(actor=actor, details=details, is_another=True, now=now)
    assert Partner.objects.count() == 3


def test_another_organizations_double_is_none(
    umbrellas_nordwind: Partner, in_acme: Organization, actor: Actor, now: datetime
) -> None:
    create_partner(actor=actor, details=PartnerDetails(name="Nordwind Umbrella", domain="nordwind.example"), now=now)
    assert Partner.objects.count() == 1


@pytest.mark.parametrize(
    ("details", "codes"),
    [
        (PartnerDetails(name="   "), {"no_name"}),
        (PartnerDetails(name="Kestrel", domain="nonsense"), {"no_domain"}),
    ],
)
def test_wrong_details_are_refused(
    in_acme: Organization, actor: Actor, now: datetime, details: PartnerDetails, codes: set[str]
) -> None:
    with pytest.raises(Refused) as refusal:
        create_partner(actor=actor, details=details, now=now)
    assert refusal.value.codes == codes
    assert not Partner.objects.exists()


def test_partners_people_are_no_account_managers(
    in_acme: Organization, actor: Actor, lena: Membership, now: datetime
) -> None:
    with pytest.raises(Refused) as refusal:
        create_partner(actor=actor, details=PartnerDetails(name="Kestrel", account_manager=lena), now=now)
    assert refusal.value.codes == {"no_colleague"}


def test_a_change_is_noted_field_by_field(
    in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    details = PartnerDetails(name="Nordwind AG", domain="nordwind.example", country="DE", status="dormant")
    change_partner(actor=actor, partner=nordwind, revision=1, details=details, now=now)
    nordwind.refresh_from_db()
    assert (nordwind.name, nordwind.status, nordwind.revision) == ("Nordwind AG", "dormant", 2)
    entry = AuditEntry.objects.get(verb="partners.changed")
    assert entry.changes == {"name": ["Nordwind GmbH", "Nordwind AG"], "status": ["active", "dormant"]}
    fact = Fact.objects.get(kind="partners.status_changed")
    assert (fact.kind, fact.data) == ("partners.status_changed", {"from": "active", "to": "dormant"})


def test_saving_what_is_there_notes_nothing(
    in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    details = PartnerDetails(name="Nordwind GmbH", domain="nordwind.example", country="DE")
    change_partner(actor=actor, partner=nordwind, revision=1, details=details, now=now)
    assert not verbs()
    assert not facts()


def test_of_two_who_edit_the_second_is_told(
    in_acme: Organization, actor: Actor, nordwind: Partner, now: datetime
) -> None:
    first, second = Partner.objects.get(pk=nordwind.pk), Partner.objects.get(pk=nordwind.pk)
    change_partner(actor=actor, partner=first, revision=1, details=PartnerDetails(name="Nordwind One"), now=now)
    with pytest.raises(Refused) as refusal:
        change_partner(actor=actor, partner=second, revision=1, details=PartnerDetails(name="Nordwind Two"), now=now)
    assert refusal.value.codes == {"changed_meanwhile"}
    assert second.name == Partner.objects.get().name == "Nordwind One"


def test_a_rename_that_looks_like_somebody_is_asked_about(
    in_acme: Organization, actor: Actor, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    details = PartnerDetails(name="Nordwind", domain="kestrel.example")
    with pytest.raises(Refused) as refusal:
        change_partner(actor=actor, partner=kestrel, revision=1, details=details, now=now)
    assert refusal.value.codes == {"looks_like"}
    change_partner(actor=actor, partner=kestrel, revision=1, details=details, is_another=True, now=now)


def test_archiving_takes_access_and_restoring_gives_it_back(
    in_acme: Organization, actor: Actor, nordwind: Partner, lena_user: PartnerUser, tom_user: PartnerUser, now: datetime
) -> None:
    removed = partner_user(nordwind, "eva@nordwind.example", "Eva Roth")
    Membership.everywhere.filter(pk=removed.membership_id).update(state="removed")
    for _twice in range(2):
        archive_partner(actor=actor, partner=nordwind, now=now)
    assert not Partner.objects.listed().exists()
    states = dict(PartnerUser.objects.values_list("membership__person__name", "membership__state"))
    assert states == {"Lena Brandt": "suspended", "Tom Weiß": "suspended", "Eva Roth": "removed"}
    assert facts() == [("partners.archived", nordwind.pk, -1)]

    Membership.everywhere.filter(pk=tom_user.membership_id).update(state="removed")
    for _twice in range(2):
        restore_partner(actor=actor, partner=nordwind, now=now + timedelta(days=1))
    states = dict(PartnerUser.objects.values_list("membership__person__name", "membership__state"))
    assert states == {"Lena Brandt": "active", "Tom Weiß": "removed", "Eva Roth": "removed"}
    assert facts()[1:] == [("partners.restored", nordwind.pk, 1)]
    assert Partner.objects.listed().get() == nordwind


@pytest.mark.parametrize(
    ("email", "plus"),
    [("alice@acme.example", "alice+test@acme.example"), ("alice+work@acme.example", "alice+test@acme.example")],
)
def test_mails_to_the_test_person_reach_the_colleague(email: str, plus: str) -> None:
    assert plus_address(email) == plus


def test_a_test_partner_is_marked_and_made_once(
    in_acme: Organization, actor: Actor, alice: Membership, now: datetime
) -> None:
    first = create_test_partner(actor=actor, colleague=alice, now=now)
    second = create_test_partner(actor=actor, colleague=alice, now=now)
    assert first.pk == second.pk
    assert own_test_partner(alice) == first.partner
    assert (first.partner.is_test, first.role, str(first)) == (True, "lead", "Alice Moreau (test)")
    assert first.membership.person.email == "alice+test@acme.example"
    assert not first.membership.person.has_usable_password()
    assert not Partner.objects.real().exists()
    assert Partner.objects.listed().count() == 1
