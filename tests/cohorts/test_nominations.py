"""Nominating: somebody who is here, a newcomer, passing it on."""

from datetime import datetime, timedelta

import pytest

from cohorts.models import Cohort, Nomination
from cohorts.services.nominations import decline_nomination, nominate, pass_nomination_on, withdraw_nomination
from partners.models import Partner, PartnerUser
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.tokens import digest
from prm.activity.models import Fact
from prm.invitations.models import Invitation
from prm.invitations.services import accept, pass_on
from prm.outbox.models import Message
from prm.problems import Refused
from tests.cohorts import factories

DOMAINS = frozenset({"nordwind.example"})


def _nominate(
    winter: Cohort, frida: Membership, email: str, now: datetime, partner: Partner | None = None
) -> Nomination:
    return nominate(
        actor=Actor.of(frida),
        nominator=frida,
        cohort=winter,
        email=email,
        partner=partner,
        note="You know why.",
        now=now,
    )


def test_somebody_who_is_here_gets_one_mail(
    winter: Cohort, lena: Membership, frida: Membership, nordwind: Partner, now: datetime
) -> None:
    made = _nominate(winter, frida, "Lena@Nordwind.example ", now)
    assert (made.membership_id, made.partner_id, made.name) == (lena.pk, nordwind.pk, "Lena Brandt")
    assert made.token_digest == digest(made.token)
    message = Message.objects.get()
    assert (message.kind, message.recipient_id, message.subject_id) == ("cohorts.nominated", lena.pk, made.pk)
    assert Fact.objects.get().kind == "cohorts.nominated"
    assert not Invitation.objects.exists()


def test_a_newcomer_gets_one_mail_that_is_invitation_and_nomination(
    winter: Cohort, frida: Membership, nordwind: Partner, now: datetime
) -> None:
    made = _nominate(winter, frida, "tom@nordwind.example", now, nordwind)
    invitation = Invitation.objects.get()
    assert (invitation.kind, invitation.target_id, invitation.note) == ("nominee", made.pk, "You know why.")
    assert list(Message.objects.values_list("kind", flat=True)) == ["invitations.invited"]
    member = accept(invitation=invitation, name="Tom Weiß", now=now)
    made.refresh_from_db()
    assert made.membership_id == member.pk
    assert PartnerUser.objects.get(membership=member).partner_id == nordwind.pk


def test_whoever_is_invited_already_gets_no_second_mail(
    winter: Cohort, frida: Membership, nordwind: Partner, now: datetime
) -> None:
    from prm.invitations.services import invite

    invite(
        actor=Actor.of(frida),
        inviter=frida,
        kind="partner",
        email="tom@nordwind.example",
        target_id=nordwind.pk,
        now=now,
    )
    _nominate(winter, frida, "tom@nordwind.example", now, nordwind)
    assert list(Message.objects.values_list("kind", flat=True)) == ["invitations.invited"]
    assert Nomination.objects.get().state == "open"


@pytest.mark.parametrize(
    ("email", "codes"),
    [
        ("alice@acme.example", {"not_a_partner"}),
        ("nobody@nowhere.example", {"no_partner"}),
    ],
)
def test_whom_one_cannot_nominate(
    winter: Cohort, alice: Membership, frida: Membership, now: datetime, email: str, codes: set[str]
) -> None:
    with pytest.raises(Refused) as refusal:
        _nominate(winter, frida, email, now)
    assert refusal.value.codes == codes
    assert not Nomination.objects.exists()
    assert not Message.objects.exists()


def test_once_and_not_who_has_applied(
    winter: Cohort, lena: Membership, paul: Membership, frida: Membership, now: datetime
) -> None:
    _nominate(winter, frida, lena.person.email, now)
    with pytest.raises(Refused) as refusal:
        _nominate(winter, frida, lena.person.email, now)
    assert refusal.value.codes == {"nominated"}
    factories.application(winter, paul)
    with pytest.raises(Refused) as refusal:
        _nominate(winter, frida, paul.person.email, now)
    assert refusal.value.codes == {"applied"}


def test_passing_it_on_nominates_the_colleague_instead(
    winter: Cohort, lena: Membership, frida: Membership, nordwind: Partner, now: datetime
) -> None:
    first = _nominate(winter, frida, lena.person.email, now)
    second = pass_nomination_on(
        actor=Actor.of(lena), nomination=first, email="tom@nordwind.example", name="Tom", domains=DOMAINS, now=now
    )
    first.refresh_from_db()
    assert (first.state, first.answered_at) == ("passed_on", now)
    assert (second.passed_on_from_id, second.nominated_by_id, second.partner_id) == (first.pk, frida.pk, nordwind.pk)
    assert Invitation.objects.get().email == "tom@nordwind.example"


def test_it_is_not_passed_on_to_another_company(
    winter: Cohort, lena: Membership, paul: Membership, frida: Membership, now: datetime
) -> None:
    first = _nominate(winter, frida, lena.person.email, now)
    with pytest.raises(Refused) as refusal:
        pass_nomination_on(
            actor=Actor.of(lena), nomination=first, email=paul.person.email, name="", domains=DOMAINS, now=now
        )
    assert refusal.value.codes == {"other_company"}
    first.refresh_from_db()
    assert first.state == "open"
    assert Nomination.objects.count() == 1


def test_a_colleague_who_cannot_be_nominated_leaves_the_nomination_open(
    winter: Cohort, lena: Membership, frida: Membership, nordwind: Partner, now: datetime
) -> None:
    tom = factories.applicant("Tom Weiß", nordwind)
    factories.application(winter, tom)
    first = _nominate(winter, frida, lena.person.email, now)
    with pytest.raises(Refused) as refusal:
        pass_nomination_on(
            actor=Actor.of(lena), nomination=first, email=tom.person.email, name="", domains=DOMAINS, now=now
        )
    assert refusal.value.codes == {"applied"}
    first.refresh_from_db()
    assert first.state == "open"


def test_declined_or_withdrawn_once(winter: Cohort, lena: Membership, frida: Membership, now: datetime) -> None:
    made = _nominate(winter, frida, lena.person.email, now)
    decline_nomination(nomination=made, now=now + timedelta(hours=1))
    with pytest.raises(Refused):
        withdraw_nomination(actor=Actor.of(frida), nomination=made, now=now)
    made.refresh_from_db()
    assert made.state == "declined"
    # The way is free for another try.
    _nominate(winter, frida, lena.person.email, now)


def test_a_newcomer_passes_it_on_by_the_invitation(
    winter: Cohort, frida: Membership, nordwind: Partner, now: datetime
) -> None:
    made = _nominate(winter, frida, "tom@nordwind.example", now, nordwind)
    invitation = Invitation.objects.get()
    with pytest.raises(Refused) as refusal:
        pass_on(invitation=invitation, name="Pia", email="pia@elsewhere.example", now=now)
    assert (refusal.value.codes, refusal.value.problems[0].field) == ({"other_company"}, "email")
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.OPEN, "a refusal leaves nothing behind"
    pass_on(invitation=invitation, name="Ole Berg", email="ole@nordwind.example", now=now)
    made.refresh_from_db()
    following = Nomination.objects.open().get()
    assert (made.state, following.email, following.passed_on_from_id) == (
        Nomination.State.PASSED_ON, "ole@nordwind.example", made.pk,
    )  # fmt: skip
    assert Invitation.objects.get(state=Invitation.State.OPEN).target_id == following.pk
    assert not Message.objects.filter(kind="invitations.passed_on").exists()


def test_a_newcomer_who_names_nobody_declines_and_the_nominator_hears_of_it(
    winter: Cohort, frida: Membership, nordwind: Partner, now: datetime
) -> None:
    made = _nominate(winter, frida, "tom@nordwind.example", now, nordwind)
    pass_on(invitation=Invitation.objects.get(), name="", email="", now=now)
    made.refresh_from_db()
    assert made.state == Nomination.State.DECLINED
    assert Message.objects.get(kind="invitations.passed_on").recipient_id == frida.pk


def test_nobody_joins_by_a_nomination_that_was_taken_back(
    winter: Cohort, frida: Membership, nordwind: Partner, now: datetime
) -> None:
    first = _nominate(winter, frida, "tom@nordwind.example", now, nordwind)
    second = _nominate(factories.cohort("open"), frida, "tom@nordwind.example", now, nordwind)
    invitation = Invitation.objects.get()
    withdraw_nomination(actor=Actor.of(frida), nomination=first, now=now)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.target_id) == (Invitation.State.OPEN, second.pk), "the other one still waits"
    withdraw_nomination(actor=Actor.of(frida), nomination=second, now=now)
    invitation.refresh_from_db()
    assert invitation.state == Invitation.State.WITHDRAWN
