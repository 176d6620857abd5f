"""People of partners: invited, let in, changed, taken out."""

from datetime import datetime

import pytest
from django.core import mail

from partners.models import Group, Partner, PartnerUser
from partners.queries import invitations as invitation_queries
from partners.queries.people import contact_of, partner_people, partner_user_of, people_rows
from partners.queries.profiles import Reader, profiles_of, with_profiles
from partners.services.groups import add_to_group
from partners.services.inviting import Invitee, invite_people, invite_to_partners
from partners.services.partners import archive_partner
from partners.services.people import change_person, remove_person
from prm.accounts.actors import Actor
from prm.accounts.models import Membership, Person
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.invitations.models import Invitation
from prm.invitations.services import accept
from prm.outbox.models import Message, Notification
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import PartnerFactory, partner_user


def invite(actor: Actor, inviter: Membership, partner: Partner, now: datetime, *emails: str) -> list[Invitation]:
    return invite_people(
        actor=actor, inviter=inviter, partner=partner, invitees=[Invitee(email) for email in emails], now=now
    )


def kinds() -> list[str]:
    return list(Fact.objects.order_by("id").values_list("kind", flat=True))


def test_inviting_stores_invitations_messages_and_facts(
    in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner, now: datetime
) -> None:
    made = invite_people(
        actor=actor,
        inviter=alice,
        partner=nordwind,
        invitees=[Invitee("lena@nordwind.example", "Lena Brandt"), Invitee("tom@nordwind.example")],
        note="See you on Monday.",
        now=now,
    )
    assert [(row.kind, row.email, row.name, row.target_id, row.note) for row in made] == [
        ("partner", "lena@nordwind.example", "Lena Brandt", nordwind.pk, "See you on Monday."),
        ("partner", "tom@nordwind.example", "", nordwind.pk, "See you on Monday."),
    ]
    assert Message.objects.filter(kind="invitations.invited").count() == 2
    assert kinds() == ["partners.user_invited"] * 2
    assert len(mail.outbox) == 0


def test_all_are_invited_or_nobody(
    in_acme: Organization,
    actor: Actor,
    alice: Membership,
    bob: Membership,
    nordwind: Partner,
    kestrel: Partner,
    lena_user: PartnerUser,
    paul_user: PartnerUser,
    now: datetime,
) -> None:
    invite(actor, alice, kestrel, now, "ada@kestrel.example")
    with pytest.raises(Refused) as refusal:
        invite(
            actor,
            alice,
            nordwind,
            now,
            "new@nordwind.example",
            "lena@nordwind.example",
            "paul@kestrel.example",
            "bob@acme.example",
            "ada@kestrel.example",
            "new@nordwind.example",
        )
    assert refusal.value.codes == {"twice", "is_here", "is_elsewhere", "is_colleague", "already_invited"}
    assert {problem.field for problem in refusal.value.problems} == {"emails"}
    assert Invitation.objects.count() == Message.objects.count() == len(kinds()) == 1


@pytest.mark.parametrize(("number", "code"), [(0, "nobody"), (51, "too_many")])
def test_a_list_has_one_to_fifty_addresses(
    in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner, now: datetime, number: int, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        invite(actor, alice, nordwind, now, *(f"p{n}@nordwind.example" for n in range(number)))
    assert refusal.value.codes == {code}


def test_several_partners_are_invited_together_or_not_at_all(
    in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner, kestrel: Partner, now: datetime
) -> None:
    lists = {nordwind: [Invitee("lena@nordwind.example")], kestrel: [Invitee("alice@acme.example")]}
    with pytest.raises(Refused) as refusal:
        invite_to_partners(actor=actor, inviter=alice, lists=lists, now=now)
    assert [problem.field for problem in refusal.value.problems] == [f"emails_{kestrel.public_id}"]
    assert not Invitation.objects.exists()
    lists[kestrel] = [Invitee("paul@kestrel.example")]
    assert invite_to_partners(actor=actor, inviter=alice, lists=lists, now=now) == 2


def test_archived_partners_invite_nobody(
    in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner, now: datetime
) -> None:
    (invitation,) = invite(actor, alice, nordwind, now, "lena@nordwind.example")
    archive_partner(actor=actor, partner=nordwind, now=now)
    with pytest.raises(Refused) as refusal:
        invite(actor, alice, nordwind, now, "tom@nordwind.example")
    assert refusal.value.codes == {"partner_archived"}
    with pytest.raises(Refused):
        accept(invitation=invitation, name="Lena", now=now)
    assert not PartnerUser.objects.exists()


def test_the_first_who_accepts_leads(
    in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner, now: datetime
) -> None:
    invitations = invite(actor, alice, nordwind, now, "lena@nordwind.example", "tom@nordwind.example")
    for invitation, name in zip(invitations, ("Lena Brandt", "Tom Weiß"), strict=True):
        accept(invitation=invitation, name=name, now=now)
    users = list(PartnerUser.objects.order_by("pk").select_related("membership__person"))
    assert [(str(user), user.role, user.partner_id, user.joined_at) for user in users] == [
        ("Lena Brandt", "lead", nordwind.pk, now),
        ("Tom Weiß", "member", nordwind.pk, now),
    ]
    fact = Fact.objects.filter(kind="partners.user_joined").first()
    assert fact is not None
    assert (fact.partner_id, fact.person_id, fact.object_id) == (
        nordwind.pk,
        users[0].membership.person_id,
        users[0].pk,
    )
    assert Notification.objects.filter(membership=alice, title__contains="Lena Brandt").count() == 1


def test_who_was_taken_out_comes_back_by_invitation_and_keeps_the_job(
    in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner, lena_user: PartnerUser, now: datetime
) -> None:
    tom = partner_user(nordwind, "tom@nordwind.example", "Tom Weiß", job_title="Sales")
    remove_person(actor=actor, user=tom, now=now)
    assert Membership.objects.by_id(tom.membership_id).state == "removed"
    assert kinds() == ["partners.user_left"]
    (invitation,) = invite(actor, alice, nordwind, now, "tom@nordwind.example")
    accept(invitation=invitation, name="", now=now)
    tom.refresh_from_db()
    assert (tom.job_title, tom.role) == ("Sales", "member")
    assert Membership.objects.by_id(tom.membership_id).state == "active"
    assert Person.objects.filter(email="tom@nordwind.example").count() == 1


def test_who_changes_the_company_starts_anew_there(
    in_acme: Organization,
    actor: Actor,
    alice: Membership,
    kestrel: Partner,
    lena_user: PartnerUser,
    paul_user: PartnerUser,
    now: datetime,
) -> None:
    remove_person(actor=actor, user=lena_user, now=now)
    PartnerUser.objects.filter(pk=paul_user.pk).update(role="lead")
    (invitation,) = invite(actor, alice, kestrel, now, "lena@nordwind.example")
    accept(invitation=invitation, name="", now=now)
    lena_user.refresh_from_db()
    assert (lena_user.partner_id, lena_user.role, lena_user.job_title) == (kestrel.pk, "member", "")


def test_a_lead_takes_out_colleagues_but_not_themselves(
    in_acme: Organization, lena: Membership, lena_user: PartnerUser, tom_user: PartnerUser, now: datetime
) -> None:
    actor = Actor.of(lena)
    with pytest.raises(Refused) as refusal:
        remove_person(actor=actor, user=lena_user, acting=lena, now=now)
    assert refusal.value.codes == {"is_self"}
    remove_person(actor=actor, user=tom_user, acting=lena, now=now)
    with pytest.raises(Refused) as refusal:
        remove_person(actor=actor, user=tom_user, acting=lena, now=now)
    assert refusal.value.codes == {"wrong_state"}


def test_roles_and_jobs_change_once(
    in_acme: Organization, actor: Actor, lena_user: PartnerUser, tom_user: PartnerUser, now: datetime
) -> None:
    with pytest.raises(Refused) as refusal:
        change_person(actor=actor, user=lena_user, revision=1, role="member", job_title="", now=now)
    assert refusal.value.codes == {"last_lead"}
    change_person(actor=actor, user=tom_user, revision=1, role="lead", job_title="CEO", now=now)
    change_person(actor=actor, user=lena_user, revision=1, role="member", job_title="", now=now)
    with pytest.raises(Refused) as refusal:
        change_person(actor=actor, user=lena_user, revision=1, role="lead", job_title="", now=now)
    assert refusal.value.codes == {"changed_meanwhile"}
    entry = AuditEntry.objects.filter(verb="partners.user_changed").order_by("id").first()
    assert entry is not None
    assert entry.changes == {"role": ["member", "lead"], "job_title": ["", "CEO"]}


def test_the_contact_is_the_account_manager_or_else_the_first_owner(
    in_acme: Organization, alice: Membership, bob: Membership, nordwind: Partner, lena_user: PartnerUser
) -> None:
    found = contact_of(lena_user)
    assert found is not None
    assert (found.name, found.first_name, found.mailto) == (
        "Alice Moreau",
        "Alice",
        "mailto:alice@acme.example?subject=Nordwind%20GmbH",
    )
    lena_user.partner.account_manager = bob
    assert contact_of(lena_user).name == "Bob Keller"  # type: ignore[union-attr]
    bob.state = Membership.State.REMOVED
    assert contact_of(lena_user).name == "Alice Moreau"  # type: ignore[union-attr]


def test_people_are_listed_leads_first_and_who_left_last(
    in_acme: Organization, nordwind: Partner, lena_user: PartnerUser, tom_user: PartnerUser, now: datetime
) -> None:
    ada = partner_user(nordwind, "ada@nordwind.example", "Ada Ax")
    Membership.everywhere.filter(pk=ada.membership_id).update(state="removed")
    reader = Reader(lena_user.membership, now)
    people = list(with_profiles(partner_people(nordwind), reader.membership))
    assert [(row.name, row.state) for row in people_rows(people, profiles_of(people, reader))] == [
        ("Lena Brandt", "active"),
        ("Tom Weiß", "active"),
        ("Ada Ax", "removed"),
    ]


def test_whose_person_somebody_is(
    in_acme: Organization, lena: Membership, alice: Membership, lena_user: PartnerUser, paul: Membership
) -> None:
    assert partner_user_of(lena) == lena_user
    assert partner_user_of(alice) is None
    assert partner_user_of(paul) is None


def test_what_an_invitation_is_for_and_what_awaits(
    in_acme: Organization, actor: Actor, alice: Membership, nordwind: Partner, msps: Group, now: datetime
) -> None:
    add_to_group(actor=actor, group=msps, partner_ids=[nordwind.pk], now=now)
    (invitation,) = invite(actor, alice, nordwind, now, "lena@nordwind.example")
    assert invitation_queries.describe(invitation) == "Nordwind GmbH"
    assert invitation_queries.describe_many([invitation]) == {invitation.pk: "Nordwind GmbH"}
    assert invitation_queries.awaits(invitation) == []
    assert invitation_queries.find_target(nordwind.public_id) == nordwind.pk
    assert invitation_queries.find_target("nobody") is None
    gone = PartnerFactory.create(archived_at=now)
    assert invitation_queries.find_target(gone.public_id) is None
    assert [row.email for row in invitation_queries.open_invitations(nordwind, now)] == ["lena@nordwind.example"]
