"""Nominations by partners' own people within their quota, many at once by staff, and whom the finder proposes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohorts.models import Cohort, Graduation, Nomination, Program
from cohorts.queries.finder import candidates, chosen_candidates
from cohorts.queries.proposals import colleague_email, colleagues_to_name, nominator_standing
from cohorts.services.nominations import nominate
from cohorts.services.prerequisites import Asked, set_prerequisites
from cohorts.services.proposals import nominate_colleague, nominate_many
from partners.models import Partner, PartnerUser
from partners.queries.people import partner_user_of
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.invitations.models import Invitation
from prm.outbox.models import Message
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import NOW
from tests.partners.factories import GroupFactory, PartnerFactory, partner_user


def user_of(member: Membership) -> PartnerUser:
    user = partner_user_of(member)
    assert user is not None
    return user


def name_colleague(member: Membership, cohort: Cohort, email: str) -> Nomination:
    return nominate_colleague(actor=Actor.of(member), user=user_of(member), cohort=cohort, email=email, now=NOW)


@pytest.fixture
def mia(nordwind: Partner) -> Membership:
    """A colleague of Lena, who leads Nordwind."""
    return factories.applicant("Mia Roth", nordwind)


# ── A partner's own people ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_lead_names_a_colleague_and_a_newcomer(winter: Cohort, lena: Membership, mia: Membership) -> None:
    known = name_colleague(lena, winter, "Mia@nordwind.example ")
    assert (known.membership_id, known.nominated_by_id, str(known)) == (mia.pk, lena.pk, "Mia Roth")
    assert Message.objects.get(kind="cohorts.nominated").recipient_id == mia.pk
    newcomer = name_colleague(lena, winter, "tom@nordwind.example")
    assert newcomer.partner == user_of(lena).partner
    assert Invitation.objects.get().email == "tom@nordwind.example"
    assert nominator_standing(user_of(lena), winter).left == 1


def test_who_is_neither_lead_nor_graduate_names_nobody(winter: Cohort, paul: Membership, lena: Membership) -> None:
    with pytest.raises(Refused) as refusal:
        name_colleague(paul, winter, "ann@kestrel.example")
    assert refusal.value.codes == {"not_a_nominator"}
    done = factories.cohort("finished", title="Autumn 2026")
    earned = Graduation.objects.create(
        cohort=done, membership=paul, partner=user_of(paul).partner, name="Paul", program_title="X", graduated_at=NOW
    )
    assert name_colleague(paul, winter, "ann@kestrel.example").nominated_by_id == paul.pk
    Graduation.objects.filter(pk=earned.pk).update(revoked_at=NOW)
    with pytest.raises(Refused) as refusal:
        name_colleague(paul, winter, "bea@kestrel.example")
    assert refusal.value.codes == {"not_a_nominator"}


def test_an_address_elsewhere_is_refused_alike_whether_known_or_not(
    winter: Cohort, lena: Membership, paul: Membership
) -> None:
    answers = []
    for email in (paul.person.email, "nobody@kestrel.example"):
        with pytest.raises(Refused) as refusal:
            name_colleague(lena, winter, email)
        answers.append(refusal.value.problems)
    assert answers[0] == answers[1]
    assert not Nomination.objects.exists()
    assert not Message.objects.exists()


def test_the_quota_counts_what_stands(winter: Cohort, lena: Membership, frida: Membership, actor: Actor) -> None:
    Program.objects.filter(pk=winter.program_id).update(nominations_each=2)
    winter.program.refresh_from_db()
    # What staff name, and what was withdrawn or passed on, counts against nobody.
    nominate(
        actor=actor, nominator=frida, cohort=winter, email="a@nordwind.example", partner=user_of(lena).partner, now=NOW
    )
    first = name_colleague(lena, winter, "b@nordwind.example")
    Nomination.objects.filter(pk=first.pk).update(state="declined")
    for email in ("c@nordwind.example", "d@nordwind.example"):
        name_colleague(lena, winter, email)
    with pytest.raises(Refused) as refusal:
        name_colleague(lena, winter, "e@nordwind.example")
    assert refusal.value.codes == {"quota"}
    assert nominator_standing(user_of(lena), winter).left == 0


def test_colleagues_are_those_who_can_still_be_named(
    winter: Cohort, lena: Membership, mia: Membership, paul: Membership, nordwind: Partner
) -> None:
    applied, named = factories.applicant("Ann Holm", nordwind), factories.applicant("Bea Lind", nordwind)
    factories.application(winter, applied)
    name_colleague(lena, winter, named.person.email)
    assert [row.name for row in colleagues_to_name(user_of(lena), winter)] == ["Mia Roth"]
    assert colleague_email(user_of(lena), mia.public_id) == mia.person.email
    assert colleague_email(user_of(lena), paul.public_id) == ""


@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_a_quota_is_taken_once(acme: Organization) -> None:
    with scope(acme):
        program = factories.ProgramFactory.create(nominations_each=1)
        cohort = factories.cohort("open", program=program)
        partner = PartnerFactory.create(name="Nordwind", domain="nordwind.example")
        lead = partner_user(partner, "lena@nordwind.example", "Lena Brandt", "lead")
    starting = Barrier(2)

    def name(email: str) -> str:
        try:
            with scope(acme):
                open_one = Cohort.objects.select_related("program").get(pk=cohort.pk)
                user = PartnerUser.objects.select_related("membership__person", "partner").get(pk=lead.pk)
                starting.wait(timeout=20)
                nominate_colleague(actor=Actor.of(user.membership), user=user, cohort=open_one, email=email, now=NOW)
        except Refused as refusal:
            return ",".join(refusal.codes)
        finally:
            connection.close()
        return "named"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(name, ["a@nordwind.example", "b@nordwind.example"]))
    assert answers == ["named", "quota"]
    with scope(acme):
        assert Nomination.objects.count() == 1


# ── Many at once ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_address_is_answered_by_itself(
    winter: Cohort, frida: Membership, lena: Membership, paul: Membership, actor: Actor
) -> None:
    factories.application(winter, paul)
    twice = lena.person.email.upper()
    emails = [lena.person.email, twice, paul.person.email, "new@kestrel.example", "x@nowhere.example", "a@b"]
    outcomes = nominate_many(actor=actor, nominator=frida, cohort=winter, emails=emails, note="For you.", now=NOW)
    assert [(row.email, row.is_nominated) for row in outcomes] == [
        (lena.person.email, True),
        (paul.person.email, False),
        ("new@kestrel.example", True),
        ("x@nowhere.example", False),
        ("a@b", False),
    ]
    assert outcomes[1].problem == "This person has applied already."
    assert "choose the partner" in outcomes[3].problem
    assert Nomination.objects.count() == 2
    assert Nomination.objects.get(email="new@kestrel.example").partner == user_of(paul).partner
    again = nominate_many(actor=actor, nominator=frida, cohort=winter, emails=emails[:1], now=NOW)
    assert again[0].problem == "This person is nominated already."


# ── The finder ──────────────────────────────────────────────────────────────────────────────────────────────────────


def found(cohort: Cohort, reader: Membership) -> list[str]:
    return [row.name for row in candidates(cohort, NOW)]


def test_the_finder_leaves_out_who_has_to_do_with_it(
    winter: Cohort, frida: Membership, lena: Membership, paul: Membership, mia: Membership, actor: Actor
) -> None:
    tester = factories.applicant("Tess Test", PartnerFactory.create(is_test=True))
    assert set(found(winter, frida)) == {"Lena Brandt", "Paul Ortega", "Mia Roth"}
    factories.application(winter, lena)
    nominate(actor=actor, nominator=frida, cohort=winter, email=paul.person.email, now=NOW)
    assert found(winter, frida) == ["Mia Roth"]
    ticked = [mia.public_id, lena.public_id, tester.public_id, "none"]
    assert chosen_candidates(winter, ticked) == [mia.person.email]


def test_gaps_come_first_and_say_why(
    winter: Cohort, frida: Membership, lena: Membership, paul: Membership, mia: Membership
) -> None:
    done = factories.cohort("finished", title="Autumn 2026", program=winter.program)
    Graduation.objects.create(
        cohort=done, membership=lena, partner=user_of(lena).partner, name="Lena", program_title="X", graduated_at=NOW
    )
    rows = candidates(winter, NOW)
    assert [row.name for row in rows] == ["Paul Ortega", "Mia Roth"]
    assert rows[0].reasons == ("Nobody of the company has done it yet", "Has no certificate yet")
    assert rows[1].reasons == ("Has no certificate yet",)


def test_the_finder_keeps_to_what_is_needed(
    winter: Cohort, frida: Membership, lena: Membership, paul: Membership, nordwind: Partner, actor: Actor
) -> None:
    group = GroupFactory.create()
    nordwind.group_memberships.create(group=group, starts_at=NOW)
    set_prerequisites(actor=actor, program=winter.program, asked=Asked(groups=[group.pk]))
    assert found(winter, frida) == ["Lena Brandt"]


def test_the_finder_asks_as_much_for_one_as_for_many(
    winter: Cohort, frida: Membership, lena: Membership, nordwind: Partner
) -> None:
    factories.application(winter, lena)
    costs = []
    for number in (1, 2, 3):
        factories.applicant(f"Person{number} Nord", nordwind)
        with CaptureQueriesContext(connection) as asked:
            rows = candidates(winter, NOW)
        costs.append(len(asked))
        # Paul of Kestrel is there from the start.
        assert len(rows) == number + 1
    assert costs == [3, 3, 3]
