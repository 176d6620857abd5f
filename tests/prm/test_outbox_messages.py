"""Storing messages, and what becomes of them on the way to a mail server that takes everything."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Value

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.outbox import services
from prm.outbox.kinds import AT_MOST_ONCE, Mail
from prm.outbox.models import Attention, Message, Preference
from prm.outbox.rendering.masking import MASK
from prm.outbox.sender import claims
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import ScopeRequired, scope
from tests.prm.mails import DECISION, NOTICE, NUDGE, Kinds
from tests.wakeups import woken_at

type Deliver = Callable[[datetime], list[Any]]
pytestmark = pytest.mark.usefixtures("kinds")


def post(recipient: Membership, kind: str = DECISION.name, subject_id: int = 1, **fields: Any) -> Message:
    services.post(kind=kind, subject_id=subject_id, recipient=recipient, **fields)
    occasion = {"recipient": recipient, "kind": kind, "subject_id": subject_id, "slot": fields.get("slot", "")}
    found: Message = Message.objects.get(**occasion)
    return found


class TestStoring:
    def test_an_occasion_is_one_message(self, in_acme: Organization, lena: Membership, now: datetime) -> None:
        for _again in range(3):
            services.post(kind=DECISION.name, subject_id=7, slot="2026-11-24", recipient=lena, now=now)
        services.post(kind=DECISION.name, subject_id=7, slot="2026-11-25", recipient=lena, now=now)
        services.post(kind=NUDGE.name, subject_id=7, slot="2026-11-24", recipient=lena, now=now)
        assert Message.objects.count() == 3

    def test_so_is_one_to_an_address(self, in_acme: Organization, lena: Membership, now: datetime) -> None:
        for address in ("New@Nordwind.example", " new@nordwind.example "):
            services.post(kind=DECISION.name, subject_id=7, address=address, name="New\r\nBcc: x", now=now)
        message = Message.objects.get()
        assert (message.address, message.name, message.recipient) == ("new@nordwind.example", "New Bcc: x", None)

    def test_the_constraint_has_the_last_word(self, in_acme: Organization, lena: Membership, now: datetime) -> None:
        services.post(kind=DECISION.name, subject_id=7, address="a@b.example", now=now)
        double = Message(kind=DECISION.name, subject_id=7, address="a@b.example", not_before=now, created_at=now)
        with pytest.raises(IntegrityError), transaction.atomic():
            double.save()

    def test_a_message_needs_a_known_kind_and_somebody(self, in_acme: Organization, now: datetime) -> None:
        with pytest.raises(KeyError):
            services.post(kind="tests.unknown", subject_id=1, address="a@b.example", now=now)
        with pytest.raises(ValueError, match="recipient"):
            services.post(kind=DECISION.name, subject_id=1, now=now)
        for wrong in ("nobody", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example"):
            with pytest.raises(ValidationError):
                services.post(kind=DECISION.name, subject_id=1, address=wrong, now=now)

    def test_without_a_scope_nothing_is_stored(self, lena: Membership, now: datetime) -> None:
        with pytest.raises(ScopeRequired):
            services.post(kind=DECISION.name, subject_id=1, recipient=lena, now=now)

    def test_what_is_not_committed_is_not_sent(self, in_acme: Organization, lena: Membership, now: datetime) -> None:
        with transaction.atomic():
            services.post(kind=DECISION.name, subject_id=1, recipient=lena, now=now)
            transaction.set_rollback(True)
        assert not Message.objects.exists()

    def test_the_outbox_is_woken_when_the_message_is_due(
        self, in_acme: Organization, lena: Membership, now: datetime
    ) -> None:
        post(lena, now=now, not_before=now + timedelta(days=3))
        assert woken_at("outbox") == now + timedelta(days=3)
        post(lena, subject_id=2, now=now)
        assert woken_at("outbox") == now

    def test_many_messages_ring_once(
        self, in_acme: Organization, lena: Membership, django_capture_on_commit_callbacks: Any
    ) -> None:
        past = datetime(2020, 1, 1, tzinfo=UTC)
        with django_capture_on_commit_callbacks() as bells:
            for subject_id in range(20):
                post(lena, subject_id=subject_id, now=past)
        assert len(bells) == 1


class TestPlanningByOneStatement:
    def due(self, slot: str, now: datetime) -> Any:
        rows = Membership.objects.in_organization(Organization.objects.get(slug="acme")).filter(kind="partner")
        return rows.annotate(slot=Value(slot), at=Value(now)).values_list("pk", F("person_id") * 0 + 5, "slot", "at")

    def test_each_row_becomes_a_message_once(
        self, in_acme: Organization, lena: Membership, paul: Membership, now: datetime
    ) -> None:
        assert services.post_due(kind=NUDGE.name, due=self.due("monday", now), now=now) == 2
        assert services.post_due(kind=NUDGE.name, due=self.due("monday", now), now=now) == 0
        assert services.post_due(kind=NUDGE.name, due=self.due("tuesday", now), now=now) == 2
        first, *_others = Message.objects.order_by("id")
        assert (first.subject_id, first.slot, first.state, first.not_before) == (5, "monday", "queued", now)
        assert len(set(Message.objects.values_list("nonce", flat=True))) == 4
        assert len(set(Message.objects.values_list("public_id", flat=True))) == 4
        assert len(first.public_id) == 12

    def test_what_a_service_posted_is_not_planned_again(
        self, in_acme: Organization, lena: Membership, paul: Membership, now: datetime
    ) -> None:
        post(lena, NUDGE.name, 5, slot="monday", now=now)
        assert services.post_due(kind=NUDGE.name, due=self.due("monday", now), now=now) == 1

    def test_one_statement_however_many_rows(
        self, in_acme: Organization, lena: Membership, paul: Membership, now: datetime, django_assert_num_queries: Any
    ) -> None:
        due = self.due("monday", now)
        services.post_due(kind=NUDGE.name, due=due, now=now)
        with django_assert_num_queries(1):
            services.post_due(kind=NUDGE.name, due=due, now=now)

    def test_it_is_sent_like_any_other(
        self, in_acme: Organization, lena: Membership, paul: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        services.post_due(kind=NUDGE.name, due=self.due("monday", now), now=now)
        assert sorted(mail.to[0] for mail in render_outbox(now)) == [
            "Lena Brandt <lena@nordwind.example>",
            "Paul Ortega <paul@kestrel.example>",
        ]


class TestSending:
    def test_a_mail_goes_out_as_the_organization_and_is_kept_as_a_copy(
        self, acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        acme.reply_to = "alice@acme.example"
        acme.save()
        with scope(acme):
            post(lena, NUDGE.name, now=now, parameters={"context": {"name": "Lena"}})
        (mail,) = render_outbox(now)
        assert mail.subject == "Hello 1"
        assert mail.from_email == "Acme Cloud <canopy@localhost>"
        assert mail.reply_to == ["alice@acme.example"]
        assert mail.body.startswith("Hello **Lena**,\n\nGood to see you.\n\nOpen:\nhttps://x.example/\n\n-- \n")
        with scope(acme):
            message = Message.objects.get()
            assert mail.extra_headers["Message-ID"] == f"<{message.public_id}.{acme.pk}@localhost>"
            assert (message.state, message.settled_at, message.sent_to) == ("sent", now, "lena@nordwind.example")
            assert (message.lease_until, message.crashes, message.subject) == (None, 0, "Hello 1")
            assert message.copy["sender"] == "Acme Cloud"

    def test_a_sent_message_is_not_sent_again(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        post(lena, now=now)
        assert len(render_outbox(now)) == 1
        post(lena, now=now)
        assert render_outbox(now + timedelta(days=1)) == []

    def test_nothing_goes_out_before_its_time(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        post(lena, now=now, not_before=now + timedelta(hours=1))
        assert render_outbox(now + timedelta(minutes=59)) == []
        assert len(render_outbox(now + timedelta(hours=1))) == 1

    def test_longest_waiting_first(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        for subject_id, hours in ((1, 1), (2, 3), (3, 2)):
            post(lena, subject_id=subject_id, now=now - timedelta(hours=hours))
        assert [mail.subject for mail in render_outbox(now)] == ["Hello 2", "Hello 3", "Hello 1"]

    def test_links_of_the_copy_are_masked(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver, kinds: Kinds
    ) -> None:
        def word(message: Message) -> Mail:
            link = f"https://x.example/o/acme/answer/{message.token('answer')}/"
            return Mail("tests/hello", {"text": link, "subject": f"At {link}"}, button=("Answer", link))

        kinds.make("tests.linked", word)
        message = post(lena, "tests.linked", now=now)
        token = message.token("answer")
        (mail,) = render_outbox(now)
        assert mail.body.count(token) == 2
        message.refresh_from_db()
        assert token not in str(message.copy) + message.subject
        assert MASK in message.copy["source"]
        assert message.copy["button"] == ["Answer", f"https://x.example/o/acme/answer/{MASK}/"]

    def test_tokens_are_never_stored_and_prove_one_purpose(
        self, in_acme: Organization, lena: Membership, now: datetime
    ) -> None:
        message, other = post(lena, now=now), post(lena, subject_id=2, now=now)
        token = message.token("answer")
        assert len(token) == 44
        assert token not in {str(value) for value in Message.objects.values().get(pk=message.pk).values()}
        assert message.proves("answer", token)
        assert not message.proves("unsubscribe", token)
        assert not other.proves("answer", token)

    def test_words_are_made_in_the_language_and_zone_of_the_reader(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver, kinds: Kinds
    ) -> None:
        from django.utils import timezone, translation

        said: list[tuple[str, str]] = []

        def word(message: Message) -> Mail:
            said.append((timezone.get_current_timezone_name(), translation.get_language()))
            return Mail("tests/hello", {"subject": "s"})

        kinds.make("tests.zoned", word)
        lena.person.zone, lena.person.language = "Asia/Kathmandu", "de"
        lena.person.save()
        post(lena, "tests.zoned", now=now)
        services.post(kind="tests.zoned", subject_id=1, address="x@y.example", now=now)
        render_outbox(now)
        assert said == [("Asia/Kathmandu", "de"), ("Europe/Berlin", "en")]

    def test_only_its_own_organizations_messages(
        self, acme: Organization, umbrella: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        with scope(acme):
            post(lena, now=now)
        with scope(umbrella):
            services.post(kind=DECISION.name, subject_id=1, address="x@umbrella.example", now=now)
            assert [mail.to for mail in render_outbox(now)] == [["x@umbrella.example"]]
        assert len(render_outbox(now)) == 1

    def test_statements_for_each_message_stay_few(
        self,
        in_acme: Organization,
        lena: Membership,
        now: datetime,
        render_outbox: Deliver,
        django_assert_num_queries: Any,
    ) -> None:
        for subject_id in range(10):
            post(lena, subject_id=subject_id, now=now)
        with django_assert_num_queries(36):  # 20 of them the savepoints around ten wordings
            assert len(render_outbox(now)) == 10


class TestNotSending:
    """Everything is asked again when it would be sent."""

    def ends(self, message: Message) -> tuple[str, str]:
        message.refresh_from_db()
        return message.state, message.reason

    @pytest.mark.parametrize("state", ["suspended", "removed"])
    def test_to_somebody_who_left(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver, state: str
    ) -> None:
        message = post(lena, NOTICE.name, now=now)
        lena.state = state
        lena.save()
        assert render_outbox(now) == []
        assert self.ends(message) == ("suppressed", "no_member")

    def test_to_a_closed_account(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        message = post(lena, now=now)
        lena.person.is_active = False
        lena.person.save()
        assert render_outbox(now) == []
        assert self.ends(message) == ("suppressed", "no_member")

    @pytest.mark.parametrize(("choice", "reason"), [("off", "turned_off"), ("in_app", "bell_only")])
    def test_what_was_turned_off(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver, choice: str, reason: str
    ) -> None:
        services.set_preferences(membership=lena, choices={"sessions": choice}, now=now)
        message, service, other = post(lena, now=now), post(lena, NOTICE.name, now=now), post(lena, NUDGE.name, now=now)
        assert len(render_outbox(now)) == 2
        assert self.ends(message) == ("suppressed", reason)
        assert self.ends(service)[0] == self.ends(other)[0] == "sent"

    def test_the_choice_of_one_holds_for_one(
        self, in_acme: Organization, lena: Membership, paul: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        services.set_preferences(membership=lena, choices={"sessions": "off"}, now=now)
        post(lena, now=now), post(paul, now=now)
        assert [mail.to for mail in render_outbox(now)] == [["Paul Ortega <paul@kestrel.example>"]]

    def test_what_an_address_said_holds_when_it_becomes_a_member(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        said = {"address": lena.person.email, "category": "sessions", "choice": "off", "changed_at": now}
        Preference.objects.create(**said)
        post(lena, now=now)
        assert render_outbox(now) == []
        services.set_preferences(membership=lena, choices={"sessions": "mail"}, now=now)
        post(lena, subject_id=2, now=now)
        assert len(render_outbox(now)) == 1

    def test_what_is_no_longer_wanted(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver, kinds: Kinds
    ) -> None:
        asked: list[datetime] = []

        def still_wanted(message: Message, at: datetime) -> bool:
            asked.append(at)
            return False

        kinds.make("tests.moved", still_wanted=still_wanted)
        message = post(lena, "tests.moved", now=now)
        later = now + timedelta(hours=2)
        assert render_outbox(later) == []
        assert asked == [later]
        assert self.ends(message) == ("suppressed", "not_needed")

    def test_a_kind_whose_app_is_gone(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        message = post(lena, now=now)
        Message.objects.filter(pk=message.pk).update(kind="gone.for_good")
        assert render_outbox(now) == []
        assert self.ends(message) == ("suppressed", "no_such_kind")

    def test_an_address_that_is_none(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        message = post(lena, now=now)
        lena.person.email = "not-an-address"
        lena.person.save()
        assert render_outbox(now) == []
        assert self.ends(message) == ("suppressed", "no_address")

    def test_what_cannot_be_worded_is_tried_again_and_stops_nothing_else(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver, kinds: Kinds
    ) -> None:
        def word(message: Message) -> Mail:
            list(Message.objects.raw("SELECT 1/0 AS id"))
            raise AssertionError

        kinds.make("tests.broken", word)
        broken = post(lena, "tests.broken", now=now - timedelta(hours=1))
        post(lena, now=now)
        assert len(render_outbox(now)) == 1
        at = now
        for wait in claims.BACKOFF:
            assert self.ends(broken) == ("queued", "wording_failed")
            assert broken.not_before == at + wait
            assert render_outbox(at + wait - timedelta(seconds=1)) == []
            at += wait
            render_outbox(at)
        assert self.ends(broken) == ("failed", "wording_failed")
        assert broken.attempts == claims.ATTEMPTS


class TestQuietHours:
    @pytest.fixture(autouse=True)
    def night(self, in_acme: Organization, lena: Membership) -> None:
        services.set_quiet_hours(membership=lena, starts=time(22), ends=time(7))

    evening = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    morning = datetime(2026, 11, 24, 6, tzinfo=UTC)

    def test_what_can_wait_arrives_in_the_morning(self, lena: Membership, render_outbox: Deliver) -> None:
        message = post(lena, NUDGE.name, now=self.evening)
        assert render_outbox(self.evening) == []
        message.refresh_from_db()
        assert (message.state, message.reason, message.not_before) == ("queued", "quiet_hours", self.morning)
        assert len(render_outbox(self.morning)) == 1

    def test_decisions_do_not_wait(self, lena: Membership, render_outbox: Deliver) -> None:
        post(lena, DECISION.name, now=self.evening)
        assert len(render_outbox(self.evening)) == 1

    def test_nor_does_what_says_that_it_cannot(self, lena: Membership, render_outbox: Deliver, kinds: Kinds) -> None:
        kinds.make("tests.starting", delivery=AT_MOST_ONCE, keeps_quiet=False)
        post(lena, "tests.starting", now=self.evening)
        assert len(render_outbox(self.evening)) == 1

    def test_it_is_the_readers_zone_that_counts(self, lena: Membership, render_outbox: Deliver) -> None:
        lena.person.zone = "America/New_York"
        lena.person.save()
        post(lena, NUDGE.name, now=self.evening)
        assert len(render_outbox(self.evening)) == 1

    def test_equal_or_missing_ends_mean_no_quiet(self, lena: Membership, render_outbox: Deliver) -> None:
        services.set_quiet_hours(membership=lena, starts=time(22), ends=None)
        post(lena, NUDGE.name, now=self.evening)
        assert len(render_outbox(self.evening)) == 1


class TestFooter:
    def test_a_member_can_choose_and_stop(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        message = post(lena, now=now)
        (mail,) = render_outbox(now)
        stop = f"http://localhost/o/acme/unsubscribe/{message.token('unsubscribe')}/"
        assert "You get this because you belong to Acme Partners (lena@nordwind.example)." in mail.body
        assert "What we mail you: http://localhost/o/acme/preferences/" in mail.body
        assert f"No more mails about “Sessions”: {stop}" in mail.body
        assert mail.extra_headers["List-Unsubscribe"] == f"<{stop}>"
        assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_a_service_mail_says_that_it_is_one(
        self, in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        post(lena, NOTICE.name, now=now)
        (mail,) = render_outbox(now)
        assert "part of the service" in mail.body
        assert "List-Unsubscribe" not in mail.extra_headers

    def test_a_stranger_is_told_who_wrote(self, in_acme: Organization, now: datetime, render_outbox: Deliver) -> None:
        services.post(kind=DECISION.name, subject_id=1, address="new@nordwind.example", now=now)
        (mail,) = render_outbox(now)
        assert "somebody at Acme Partners wrote to new@nordwind.example" in mail.body
        assert "/preferences/" not in mail.body


class TestStaff:
    def test_retry_sends_what_failed_once_more(
        self, in_acme: Organization, alice: Membership, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        message = post(lena, now=now)
        Message.objects.update(state="failed", attempts=5, reason="550 no such user", settled_at=now)
        message.refresh_from_db()
        services.retry_message(actor=Actor.of(alice), message=message, now=now)
        assert len(render_outbox(now)) == 1
        assert AuditEntry.objects.get().verb == "outbox.message_retried"

    def test_cancel_keeps_it_from_being_sent(
        self, in_acme: Organization, alice: Membership, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        message = post(lena, now=now)
        services.cancel_message(actor=Actor.of(alice), message=message, now=now)
        assert render_outbox(now) == []
        assert (message.state, message.reason) == ("cancelled", "by_staff")

    def test_what_was_sent_can_be_neither_cancelled_nor_retried(
        self, in_acme: Organization, alice: Membership, lena: Membership, now: datetime, render_outbox: Deliver
    ) -> None:
        message = post(lena, now=now)
        render_outbox(now)
        for verb in (services.cancel_message, services.retry_message):
            with pytest.raises(Refused):
                verb(actor=Actor.of(alice), message=message, now=now)
        assert not AuditEntry.objects.exists()


def test_attention_counts_what_was_not_mandatory(
    in_acme: Organization, lena: Membership, now: datetime, render_outbox: Deliver
) -> None:
    for kind in (NUDGE, DECISION, NOTICE):
        post(lena, kind.name, now=now)
    render_outbox(now)
    rows = Attention.objects.values_list("person", "at", "category").order_by("category")
    assert list(rows) == [(lena.person_id, now, "recall"), (lena.person_id, now, "sessions")]
