"""What an organization says in its mails in its own words: saving, sending, testing, putting back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.outbox import services
from prm.outbox.models import Message, OwnWording
from prm.outbox.queries import own_words
from prm.outbox.rendering.defaults import Words, default_words
from prm.outbox.wordings import trial
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.prm.mails import DECISION, NOTICE, NUDGE, Kinds

type SignIn = Callable[[Membership], Client]
type Deliver = Callable[[datetime], list[Any]]

RECAP = "cohorts/emails/recap"
EDIT = "/o/acme/studio/messages/wording/cohorts.recap/"
OURS = Words("After {{session}}", "Short", "{{greeting}}\n\nThis is what we did.\n\n{{body}}")


def save(actor: Actor, now: datetime, words: Words = OURS, revision: int = 0) -> OwnWording:
    return services.save_wording(actor=actor, template=RECAP, words=words, revision=revision, now=now)


class TestSaving:
    def test_it_is_said_from_now_on_and_noted(self, in_acme: Organization, bob: Membership, now: datetime) -> None:
        row = save(Actor.of(bob), now)
        assert own_words() == {RECAP: OURS}
        entry = AuditEntry.objects.get(verb="outbox.wording_changed")
        assert entry.object_label == "Recap"
        assert entry.changes["subject"] == [default_words(RECAP).subject, "After {{session}}"]
        save(Actor.of(bob), now, Words("Anew", "", "Text"), revision=row.revision)
        assert own_words()[RECAP].subject == "Anew"

    @pytest.mark.parametrize(
        ("words", "field", "message"),
        [
            (Words("", "", "Text"), "subject", "A mail needs a subject and a text."),
            (Words("S", "", " \n "), "subject", "A mail needs a subject and a text."),
            (
                Words("{{sesion}}", "", "x"),
                "subject",
                "Line 1: {{sesion}} is not known here. Did you mean {{session}}?",
            ),
            (Words("S", "{{/body}}", "x"), "preheader", "Line 1: {{/body}} ends what has not begun."),
            (Words("S", "", "Hello\n\n{{tier}}"), "body", "Line 3: {{tier}} is not known here."),
        ],
    )
    def test_what_does_not_fit_changes_nothing(
        self, in_acme: Organization, bob: Membership, now: datetime, words: Words, field: str, message: str
    ) -> None:
        with pytest.raises(Refused) as refusal:
            save(Actor.of(bob), now, words)
        assert [(one.field, one.message.split(" Did")[0]) for one in refusal.value.problems] == [
            (field, message.split(" Did")[0])
        ]
        assert not OwnWording.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_the_second_of_two_is_told(self, in_acme: Organization, bob: Membership, now: datetime) -> None:
        row = save(Actor.of(bob), now)
        save(Actor.of(bob), now, Words("Second", "", "Text"), revision=row.revision)
        with pytest.raises(Refused) as refusal:
            save(Actor.of(bob), now, Words("Third", "", "Text"), revision=1)
        assert refusal.value.codes == {"changed_meanwhile"}
        assert own_words()[RECAP].subject == "Second"

    def test_put_back_and_used_again(self, in_acme: Organization, bob: Membership, now: datetime) -> None:
        row = save(Actor.of(bob), now)
        services.put_wording_back(actor=Actor.of(bob), row=row, now=now)
        services.put_wording_back(actor=Actor.of(bob), row=row, now=now)
        assert own_words() == {}
        assert AuditEntry.objects.filter(verb="outbox.wording_put_back").count() == 1
        services.use_wording_again(actor=Actor.of(bob), row=row)
        assert own_words() == {RECAP: OURS}

    def test_words_that_no_longer_fit_do_not_come_back(
        self, in_acme: Organization, bob: Membership, now: datetime
    ) -> None:
        row = OwnWording.objects.create(template=RECAP, subject="{{gone}}", body="x", changed_at=now, put_back_at=now)
        with pytest.raises(Refused):
            services.use_wording_again(actor=Actor.of(bob), row=row)
        assert own_words() == {}


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once(acme: Organization, bob: Membership, now: datetime) -> None:
    start, ends = Barrier(2), []

    def begin(subject: str) -> None:
        try:
            start.wait(10)
            with scope(acme):
                save(Actor.of(bob), now, Words(subject, "", "Text"))
            ends.append("saved")
        except Refused as refusal:
            ends.extend(refusal.codes)
        finally:
            connection.close()

    threads = [Thread(target=begin, args=(subject,)) for subject in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(ends) == ["changed_meanwhile", "saved"]


class TestSending:
    def test_mails_that_wait_say_it_too(
        self, kinds: Kinds, acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        with scope(acme):
            services.post(kind=DECISION.name, subject_id=1, recipient=lena, now=now)
            OwnWording.objects.create(
                template="tests/hello",
                subject="Our own: {{subject}}",
                preheader="",
                body="Dear *{{name}}*, {{#text}}we say: {{text}}{{/text}}{{#note}}never{{/note}}",
                changed_at=now,
            )
        (mail,) = render_outbox(now)
        assert mail.subject == "Our own: Hello 1"
        assert "Dear *you*, we say: Good to see you." in mail.body
        with scope(acme):
            assert Message.objects.get(kind=DECISION.name).subject == "Our own: Hello 1"

    def test_several_in_one_mail_say_it_as_well(
        self, kinds: Kinds, acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        kinds.make("tests.first", delivery=NUDGE.delivery)
        kinds.make("tests.second", delivery=NUDGE.delivery)
        with scope(acme):
            for kind in ("tests.first", "tests.second"):
                services.post(kind=kind, subject_id=1, recipient=lena, now=now)
            OwnWording.objects.create(template="tests/hello", subject="Ours", body="In our words.", changed_at=now)
        (mail,) = render_outbox(now + timedelta(hours=1))
        assert mail.body.count("In our words.") == 2

    def test_another_organizations_words_are_its_own(
        self,
        kinds: Kinds,
        acme: Organization,
        umbrella: Organization,
        lena: Membership,
        now: datetime,
        render_outbox: Deliver,
    ) -> None:
        with scope(umbrella):
            OwnWording.objects.create(template="tests/hello", subject="Umbrella", body="x", changed_at=now)
        with scope(acme):
            services.post(kind=NOTICE.name, subject_id=1, recipient=lena, now=now)
        (mail,) = render_outbox(now)
        assert mail.subject == "Hello 1"

    def test_a_test_goes_to_oneself_with_samples(
        self, acme: Organization, bob: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        with scope(acme):
            services.post_wording_test(membership=bob, template=RECAP, words=OURS, now=now)
            assert not OwnWording.objects.exists()
        (mail,) = render_outbox(now)
        assert bob.person.email in mail.to[0]
        assert mail.subject.startswith("Test: After Session 2")
        assert "This is what we did." in mail.body


def test_links_beside_the_button_and_length_are_told(in_acme: Organization) -> None:
    words = Words("S", "", "Look [here](https://acme.example/) and [there](https://acme.example/x). " + "word " * 130)
    tried = trial(RECAP, words)
    assert "2 links" in tried.asks
    assert tried.preview.is_long
    assert not trial(RECAP, Words("S", "", "Short.")).asks


class TestPages:
    def test_the_list_says_whose_words_hold(
        self, acme: Organization, bob: Membership, now: datetime, sign_in: SignIn, django_assert_num_queries: Any
    ) -> None:
        client = sign_in(bob)
        assert "your words" not in client.get("/o/acme/studio/messages/wording/").content.decode()
        with scope(acme):
            save(Actor.of(bob), now)
        page = client.get("/o/acme/studio/messages/wording/").content.decode()
        assert page.count("your words") == 1
        assert "for those who were not there" in page

    def test_the_editor_begins_with_the_houses_words_and_saves(
        self, acme: Organization, bob: Membership, sign_in: SignIn
    ) -> None:
        client = sign_in(bob)
        page = client.get(EDIT).content.decode()
        assert "{{session}}: what we did, what comes next" in page
        assert "The session" in page
        said = {"subject": "Our {{session}}", "preheader": "", "body": "Hello\n\n{{body}}", "revision": ""}
        assert client.post(EDIT, said).status_code == 303
        page = client.get(EDIT).content.decode()
        assert "Our {{session}}" in page
        assert "Our Session 2: the first conversation" in page

    def test_wrong_words_are_kept_with_their_line(self, acme: Organization, bob: Membership, sign_in: SignIn) -> None:
        answer = sign_in(bob).post(EDIT, {"subject": "S", "preheader": "", "body": "Mine\n{{nobody}}", "revision": ""})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Line 2: {{nobody}} is not known here." in page
        assert "Mine" in page

    def test_the_preview_saves_nothing_and_escapes(self, acme: Organization, bob: Membership, sign_in: SignIn) -> None:
        said = {"subject": "<b>S</b>", "body": "<script>alert(1)</script> **{{session}}** {{", "preheader": ""}
        page = sign_in(bob).post(f"{EDIT}preview/", said).content.decode()
        assert "<script>alert" not in page
        assert "&lt;b&gt;S" in page
        assert "This cannot be saved yet" in page
        with scope(acme):
            assert not OwnWording.objects.exists()

    def test_back_and_again(self, acme: Organization, bob: Membership, now: datetime, sign_in: SignIn) -> None:
        with scope(acme):
            save(Actor.of(bob), now)
        client = sign_in(bob)
        assert client.post(f"{EDIT}back/").status_code == 303
        assert "Use them again" in client.get(EDIT).content.decode()
        assert client.post(f"{EDIT}again/").status_code == 303
        assert "After {{session}}" in client.get(EDIT).content.decode()

    def test_a_test_says_where_it_went_and_keeps_what_was_typed(
        self, acme: Organization, bob: Membership, sign_in: SignIn
    ) -> None:
        said = {"subject": "Typed", "preheader": "", "body": "{{body}}", "revision": "", "test": "1"}
        page = sign_in(bob).post(EDIT, said).content.decode()
        assert "A test to bob@" in page
        assert "Typed" in page
        with scope(acme):
            assert Message.objects.get().kind == "outbox.wording_test"

    def test_unknown_mails(self, acme: Organization, bob: Membership, sign_in: SignIn) -> None:
        client = sign_in(bob)
        for key in ("cohorts.unknown", "outbox.test_mail", "..%2fx", "x"):
            assert client.get(f"/o/acme/studio/messages/wording/{key}/").status_code == 404
