import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from prm.accounts.models import Membership
from prm.outbox import services
from prm.outbox.models import Message, Notification, Preference, QuietHours
from prm.outbox.notifications import mark_read, notify, unread_count
from prm.outbox.queries import category_choices
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.prm.mails import DECISION, NOTICE, NUDGE, Kinds

type SignIn = Callable[[Membership], Client]
type Deliver = Callable[[datetime], list[Any]]
pytestmark = pytest.mark.usefixtures("kinds")

LIST = "/o/acme/studio/messages/"


def post(to: Membership, now: datetime, number: int = 1, kind: str = DECISION.name, **fields: Any) -> list[Message]:
    with scope(to.organization):
        for subject_id in range(number):
            services.post(kind=kind, subject_id=subject_id, recipient=to, now=now, **fields)
        return list(Message.objects.filter(recipient=to, kind=kind).order_by("id"))


def text_of(response: Any) -> str:
    """What a reader sees of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode().split("<main")[-1]).split())


class TestList:
    def test_newest_first_with_what_became_of_them(
        self, lena: Membership, bob: Membership, now: datetime, sign_in: SignIn, render_outbox: Deliver
    ) -> None:
        post(lena, now, 2)
        render_outbox(now)
        post(lena, now, kind=NUDGE.name)
        page = text_of(sign_in(bob).get(LIST))
        assert page.index("Nudge") < page.index("Hello 1") < page.index("Hello 0")
        assert "Lena Brandt" in page
        assert "Sent" in page

    def test_filters(
        self,
        acme: Organization,
        lena: Membership,
        paul: Membership,
        bob: Membership,
        now: datetime,
        sign_in: SignIn,
        render_outbox: Deliver,
    ) -> None:
        post(lena, now, 2)
        render_outbox(now)
        post(paul, now, kind=NUDGE.name)
        with scope(acme):
            services.post(kind=NOTICE.name, subject_id=1, address="new@harbor.example", name="Nora New", now=now)
        browser = sign_in(bob)

        def shown(**query: str) -> int:
            return browser.get(LIST, query).content.decode().count('class="cn-row-link"')

        assert shown() == 4
        assert shown(state="sent") == 2
        assert shown(state="nonsense") == 4
        assert shown(kind=NUDGE.name) == shown(q="Kestrel") == shown(q="ortega") == shown(q="nora") == 1
        assert shown(q="harbor.example", state="queued") == shown(q="hello 1") == 1
        assert shown(q="%") == shown(q="' OR 1=1 --") == 0
        assert shown(page="x") == 4

    def test_fifty_a_page_under_the_same_few_statements(
        self,
        acme: Organization,
        lena: Membership,
        bob: Membership,
        now: datetime,
        sign_in: SignIn,
        django_assert_max_num_queries: Any,
    ) -> None:
        browser = sign_in(bob)
        post(lena, now)
        browser.get(LIST)
        with django_assert_max_num_queries(11) as few:
            browser.get(LIST)
        post(lena, now, 60, kind=NUDGE.name)
        with django_assert_max_num_queries(11) as many:
            page = browser.get(LIST)
        assert len(few) == len(many)
        assert page.content.decode().count('class="cn-row-link"') == 50
        assert browser.get(LIST, {"page": "2"}).content.decode().count('class="cn-row-link"') == 11

    def test_another_organizations_messages_are_not_there(
        self, lena: Membership, bob: Membership, charlie: Membership, now: datetime, sign_in: SignIn
    ) -> None:
        (foreign,) = post(charlie, now)
        (own,) = post(lena, now)
        browser = sign_in(bob)
        assert browser.get(LIST).content.decode().count('class="cn-row-link"') == 1
        assert browser.get(f"{LIST}{foreign.public_id}/").status_code == 404
        assert browser.get(f"{LIST}{own.public_id}/").status_code == 200

    def test_empty_and_filtered_to_nothing(self, bob: Membership, sign_in: SignIn) -> None:
        browser = sign_in(bob)
        assert "Nothing was mailed yet" in text_of(browser.get(LIST))
        assert "No message like this" in text_of(browser.get(LIST, {"q": "x"}))

    def test_partners_do_not_get_in(self, lena: Membership, sign_in: SignIn) -> None:
        assert sign_in(lena).get(LIST).status_code == 403


class TestDetail:
    def test_what_was_sent_with_its_links_masked(
        self, lena: Membership, bob: Membership, now: datetime, sign_in: SignIn, render_outbox: Deliver
    ) -> None:
        (message,) = post(lena, now, parameters={"context": {"text": "<b>bold</b> https://x.example/t/" + "a2" * 22}})
        render_outbox(now)
        page = sign_in(bob).get(f"{LIST}{message.public_id}/")
        text = text_of(page)
        assert "Sent to lena@nordwind.example" in text
        assert "&lt;b&gt;bold&lt;/b&gt;" in text
        assert "a2" * 22 not in page.content.decode()
        assert "https://x.example/t/•••" in text

    def test_what_will_be_sent_is_shown_as_it_would_be_now(
        self, lena: Membership, bob: Membership, now: datetime, sign_in: SignIn
    ) -> None:
        (message,) = post(lena, now)
        text = text_of(sign_in(bob).get(f"{LIST}{message.public_id}/"))
        assert "As it would be now" in text
        assert "Good to see you." in text
        assert "Not before" in text

    def test_what_cannot_be_worded_any_more_still_has_a_page(
        self, acme: Organization, lena: Membership, bob: Membership, now: datetime, sign_in: SignIn, kinds: Kinds
    ) -> None:
        def word(message: Message) -> Any:
            raise Message.DoesNotExist

        kinds.make("tests.gone", word)
        (message,) = post(lena, now, kind="tests.gone")
        (other,) = post(lena, now)
        with scope(acme):
            Message.objects.filter(pk=other.pk).update(kind="uninstalled.kind", state="failed", attempts=5)
        browser = sign_in(bob)
        assert "There is nothing to show" in text_of(browser.get(f"{LIST}{message.public_id}/"))
        assert "Failed after 5 attempts" in text_of(browser.get(f"{LIST}{other.public_id}/"))

    def test_a_manager_retries_and_cancels(
        self, acme: Organization, lena: Membership, bob: Membership, now: datetime, sign_in: SignIn
    ) -> None:
        (message,) = post(lena, now)
        browser = sign_in(bob)
        here = f"{LIST}{message.public_id}/"
        assert "Do not send" in text_of(browser.get(here))
        done = browser.post(f"{here}cancel/")
        assert (done.status_code, done["Location"]) == (303, here)
        assert browser.post(f"{here}cancel/").status_code == 422
        with scope(acme):
            Message.objects.update(state="failed", attempts=5)
        assert "Send again" in text_of(browser.get(here))
        assert browser.post(f"{here}retry/").status_code == 303
        with scope(acme):
            assert Message.objects.values_list("state", "attempts").get() == ("queued", 0)
        assert browser.post(f"{here}retry/").status_code == 422

    def test_a_facilitator_reads_only(
        self, lena: Membership, frida: Membership, now: datetime, sign_in: SignIn
    ) -> None:
        (message,) = post(lena, now)
        browser = sign_in(frida)
        assert "Do not send" not in text_of(browser.get(f"{LIST}{message.public_id}/"))
        assert browser.post(f"{LIST}{message.public_id}/cancel/").status_code == 403
        assert browser.post(f"{LIST}{message.public_id}/retry/").status_code == 403
        assert browser.get(f"{LIST}{message.public_id}/retry/").status_code in {403, 405}


class TestMailStatus:
    page = "/o/acme/studio/settings/mail/"

    def test_it_says_who_mails_come_from_and_sends_a_test(
        self,
        acme: Organization,
        alice: Membership,
        now: datetime,
        sign_in: SignIn,
        mailoutbox: list[Any],
        render_outbox: Deliver,
        time_machine: Any,
    ) -> None:
        time_machine.move_to(now, tick=False)
        browser = sign_in(alice)
        text = text_of(browser.get(self.page))
        assert "Alice Moreau (Acme Cloud)" in text
        assert "No mail server is connected" in text
        for _twice in range(2):
            assert browser.post(f"{self.page}test/").status_code == 303
        render_outbox(now)
        (mail,) = mailoutbox
        assert mail.subject == "Mails of Acme Cloud arrive"
        assert "Nobody reads answers yet" in mail.body

    def test_with_a_server(self, alice: Membership, sign_in: SignIn, settings: Any) -> None:
        settings.MAIL_CONNECTED = True
        assert "A mail server is connected" in text_of(sign_in(alice).get(self.page))

    def test_only_owners(self, bob: Membership, sign_in: SignIn) -> None:
        assert sign_in(bob).get(self.page).status_code == 403


class TestPreferences:
    page = "/o/acme/preferences/"

    def test_what_is_chosen_holds(
        self, acme: Organization, lena: Membership, now: datetime, sign_in: SignIn, render_outbox: Deliver
    ) -> None:
        browser = sign_in(lena)
        with scope(acme):
            names = [row.category.name for row in category_choices(lena) if not row.is_mandatory]
        assert {"recall", "sessions"} <= set(names)
        form = {**dict.fromkeys(names, "mail"), "recall": "off", "quiet_from": "22:00", "quiet_until": "07:00"}
        assert browser.post(self.page, form).status_code == 303
        with scope(acme):
            assert Preference.objects.get(category="recall").choice == "off"
            assert QuietHours.objects.values_list("starts", "ends").get() == (time(22), time(7))
        post(lena, now, kind=NUDGE.name)
        assert render_outbox(now) == []
        page = browser.get(self.page).content.decode()
        assert '<option value="off" selected>' in page
        assert 'value="22:00"' in page

    def test_half_a_night_is_refused_and_kept(self, lena: Membership, sign_in: SignIn, acme: Organization) -> None:
        page = sign_in(lena).post(self.page, {"quiet_from": "22:00", "recall": "mail", "sessions": "mail"})
        assert page.status_code == 422
        assert "need both ends" in text_of(page)
        assert 'value="22:00"' in page.content.decode()
        with scope(acme):
            assert not Preference.objects.exists()

    def test_what_nobody_offered_is_refused(self, lena: Membership, sign_in: SignIn, acme: Organization) -> None:
        page = sign_in(lena).post(self.page, {"recall": "carrier pigeon", "sessions": "mail", "nonsense": "off"})
        assert page.status_code == 422

    def test_it_is_one_s_own(
        self, acme: Organization, lena: Membership, paul: Membership, now: datetime, sign_in: SignIn
    ) -> None:
        with scope(acme):
            services.set_preferences(membership=paul, choices={"recall": "off"}, now=now)
        assert '<option value="off" selected>' not in sign_in(lena).get(self.page).content.decode()

    def test_staff_have_it_in_the_studio(self, bob: Membership, sign_in: SignIn) -> None:
        assert "cn-sidebar" in sign_in(bob).get(self.page).content.decode()

    def test_what_is_always_mailed_is_marked(self, lena: Membership, sign_in: SignIn, kinds: Kinds) -> None:
        kinds.make("tests.deal", category="deals", mandatory=True)
        page = sign_in(lena).get(self.page)
        assert "Always by e-mail" in text_of(page)
        assert 'name="deals"' not in page.content.decode()


class TestUnsubscribe:
    def link(self, message: Message) -> str:
        return f"/o/acme/unsubscribe/{message.token('unsubscribe')}/"

    @pytest.fixture
    def stranger(self) -> Client:
        """A mail program: no cookies, no token against forgery."""
        return Client(enforce_csrf_checks=True)

    def test_one_click_acts_at_once_and_without_cookies(
        self, acme: Organization, lena: Membership, now: datetime, stranger: Client, render_outbox: Deliver
    ) -> None:
        (message,) = post(lena, now)
        (mail,) = render_outbox(now)
        url = mail.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
        assert url == self.link(message)
        done = stranger.post(url, {"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert "will not mail you about “Sessions”" in text_of(done)
        post(lena, now, kind=NUDGE.name)
        with scope(acme):
            services.post(kind=DECISION.name, subject_id=9, recipient=lena, now=now)
            services.post(kind=NOTICE.name, subject_id=9, recipient=lena, now=now)
        assert [mail.subject for mail in render_outbox(now)] == ["Hello 0", "Hello 9"]
        with scope(acme):
            assert Preference.objects.values_list("membership", "category", "choice").get() == (
                lena.pk,
                "sessions",
                "in_app",
            )

    def test_looking_changes_nothing(
        self, acme: Organization, lena: Membership, now: datetime, stranger: Client
    ) -> None:
        (message,) = post(lena, now)
        for _scanner in range(2):
            assert "will stop mailing you about “Sessions”" in text_of(stranger.get(self.link(message)))
        with scope(acme):
            assert not Preference.objects.exists()

    def test_it_can_be_taken_back(self, acme: Organization, lena: Membership, now: datetime, stranger: Client) -> None:
        (message,) = post(lena, now)
        for _twice in range(2):
            stranger.post(self.link(message))
        stranger.post(self.link(message), {"again": "1"})
        with scope(acme):
            assert Preference.objects.get().choice == "mail"

    def test_somebody_without_a_membership_is_left_alone(
        self, acme: Organization, now: datetime, stranger: Client, render_outbox: Deliver
    ) -> None:
        with scope(acme):
            services.post(kind=DECISION.name, subject_id=1, address="new@harbor.example", now=now)
            message = Message.objects.get()
        assert stranger.post(self.link(message)).status_code == 200
        with scope(acme):
            services.post(kind=DECISION.name, subject_id=2, address="NEW@harbor.example", now=now)
            services.post(kind=DECISION.name, subject_id=2, address="other@harbor.example", now=now)
        assert [mail.to for mail in render_outbox(now)] == [["other@harbor.example"]]

    def test_wrong_foreign_and_other_tokens_lead_nowhere(
        self, lena: Membership, charlie: Membership, now: datetime, stranger: Client
    ) -> None:
        (message,) = post(lena, now)
        (foreign,) = post(charlie, now)
        token = message.token("unsubscribe")
        for wrong in ("x", token[:-1], token[:-1] + "!", token.upper(), message.token("answer"), "ä" * 44):
            assert stranger.get(f"/o/acme/unsubscribe/{wrong}/").status_code == 404
        assert stranger.post(self.link(foreign)).status_code == 404

    def test_a_service_mail_cannot_be_turned_off(
        self, acme: Organization, lena: Membership, now: datetime, stranger: Client
    ) -> None:
        (message,) = post(lena, now, kind=NOTICE.name)
        stranger.post(self.link(message))
        with scope(acme):
            assert not Preference.objects.exists()


class TestNotifications:
    page = "/o/acme/notifications/"

    def put(self, to: Membership, now: datetime, *titles: str, kind: str = DECISION.name) -> None:
        with scope(to.organization):
            for title in titles:
                notify(membership=to, kind=kind, title=title, url=f"/o/acme/cohorts/{title}/", now=now)

    def test_newest_first_and_one_s_own(
        self, lena: Membership, paul: Membership, now: datetime, sign_in: SignIn
    ) -> None:
        self.put(lena, now, "first", "second")
        self.put(paul, now, "other")
        text = text_of(sign_in(lena).get(self.page))
        assert text.index("second") < text.index("first")
        assert "other" not in text

    def test_opening_one_marks_it_and_goes_there(
        self, acme: Organization, lena: Membership, paul: Membership, now: datetime, sign_in: SignIn
    ) -> None:
        self.put(lena, now, "first", "second")
        with scope(acme):
            one = Notification.objects.get(title="first")
        assert sign_in(paul).post(f"{self.page}{one.public_id}/").status_code == 404
        done = sign_in(lena).post(f"{self.page}{one.public_id}/")
        assert (done.status_code, done["Location"]) == (303, "/o/acme/cohorts/first/")
        with scope(acme):
            assert unread_count(lena) == 1

    def test_all_at_once(self, acme: Organization, lena: Membership, now: datetime, sign_in: SignIn) -> None:
        self.put(lena, now, "first", "second")
        assert sign_in(lena).post(f"{self.page}read/").status_code == 303
        with scope(acme):
            assert unread_count(lena) == 0
            assert mark_read(membership=lena, now=now + timedelta(days=1)) == 0

    def test_the_bell_counts(self, lena: Membership, now: datetime, sign_in: SignIn) -> None:
        browser = sign_in(lena)
        bell = browser.get(f"{self.page}bell/", headers={"HX-Request": "true"}).content.decode()
        assert "cn-bell-count" not in bell
        assert f'href="{self.page}"' in bell
        self.put(lena, now, "one", "two")
        bell = browser.get(f"{self.page}bell/").content.decode()
        assert "Notifications: 2 new" in bell
        assert "cn-bell-count" in browser.get(self.page).content.decode()
        self.put(lena, now, *(str(number) for number in range(120)))
        assert ">99+<" in browser.get(f"{self.page}bell/").content.decode()

    def test_a_category_that_is_off_is_quiet_here_too(
        self, acme: Organization, lena: Membership, now: datetime
    ) -> None:
        with scope(acme):
            services.set_preferences(membership=lena, choices={"sessions": "off", "recall": "in_app"}, now=now)
        self.put(lena, now, "decision")
        self.put(lena, now, "nudge", kind=NUDGE.name)
        self.put(lena, now, "notice", kind=NOTICE.name)
        self.put(lena, now, "anything", kind="not.a_message")
        with scope(acme):
            titles = list(Notification.objects.values_list("title", flat=True).order_by("id"))
        assert titles == ["nudge", "notice", "anything"]

    def test_far_too_much_is_cut(self, acme: Organization, lena: Membership, now: datetime) -> None:
        self.put(lena, now, "x" * 500)
        with scope(acme):
            assert len(Notification.objects.get().title) == 200

    def test_nothing_yet(self, lena: Membership, sign_in: SignIn) -> None:
        assert "All quiet" in text_of(sign_in(lena).get(self.page))


def test_the_clock_is_a_page_of_the_embedded_set_up(client: Client, db: None) -> None:
    assert client.get("/dev/clock/").status_code == 200
