"""An owner starts: three lines, a code by mail, who the partners are, the look, and the portal through a partner's
eyes.
"""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload

from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.outbox.sender import deliver_account_mails
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.journeys.conftest import Visitor
from tests.journeys.letters import Mailbox

type Arrive = Callable[..., Visitor]
ALICE = "alice@halden.example"


def logo() -> FilePayload:
    picture = io.BytesIO()
    Image.new("RGB", (240, 240), "#0a7d4f").save(picture, "PNG")
    return {"name": "logo.png", "mimeType": "image/png", "buffer": picture.getvalue()}


@pytest.mark.parametrize("phone", [False, True])
def test_an_owner_starts(visitor: Arrive, mailoutbox: list[Any], phone: bool) -> None:
    owner = visitor(phone=phone)
    _ask_for_a_code(owner)
    _come_in(owner, Mailbox(mailoutbox))
    _say_who_the_partners_are(owner)
    _give_it_a_look(owner)
    _see_it_as_a_partner(owner)


def _ask_for_a_code(owner: Visitor) -> None:
    owner.open("/").click("Start my own", "link")
    owner.fill(name="Alice Moreau", email="not an address", company="Halden Systems")
    owner.page.get_by_role("button", name="Mail me a code").click()
    assert owner.page.url.endswith("/start/"), "the browser itself refuses what is no address"
    owner.fill(email=ALICE).click("Mail me a code").sees("Look into your mail").sees(ALICE)


def _come_in(owner: Visitor, mailbox: Mailbox) -> None:
    owner.fill(code="BCD-FGH").click("Go on").sees("This is not the code in the newest mail")
    deliver_account_mails()
    mail = mailbox.newest(ALICE)
    assert "Halden Systems" in mail.body
    owner.fill(code=mailbox.code(ALICE)).click("Go on").sees("Who are your partners?")
    member = _owner()
    assert member.roles == ["owner"]
    assert not member.person.has_usable_password()


def _owner() -> Membership:
    organization = Organization.objects.get(name="Halden Systems")
    return Membership.objects.in_organization(organization).staff().select_related("person", "organization").get()


def _say_who_the_partners_are(owner: Visitor) -> None:
    page = owner.page
    page.get_by_role("checkbox", name=re.compile("^Resellers")).check()
    page.get_by_role("checkbox", name="Managed service providers").check()
    assert page.get_by_label("Time zone").input_value() == "Europe/Berlin", "as the browser told"
    owner.click("Go on").sees("How partners will know it is you")


def _give_it_a_look(owner: Visitor) -> None:
    page = owner.page
    page.get_by_label("Logo", exact=True).set_input_files(logo())
    owner.fill(portal_title="Halden Partners", sender_name="Alice Moreau", reply_to="partners@halden.example")
    owner.fill(welcome_text="Good to have you here.")
    said = "Mails come from Alice Moreau (Halden Systems); replies go to partners@halden.example."
    page.get_by_label("Preview").get_by_text(said).wait_for()
    owner.look()
    owner.click("Save and go to the studio").sees("Hello, Alice").sees("See your portal as a partner does")
    organization = _owner().organization
    assert organization.portal_title == "Halden Partners"
    assert organization.sender_name == "Alice Moreau"
    assert organization.reply_to == "partners@halden.example"
    assert organization.logo_key
    assert organization.brand_color == "#0a7d4f", "the logo's"


def _see_it_as_a_partner(owner: Visitor) -> None:
    page, home = owner.page, f"/o/{_owner().organization.slug}/"
    owner.click("See your portal as a partner does", "link")
    owner.click("Look as an example person").sees("You see the portal as").sees("Good to have you here.")
    refused = page.evaluate(
        """async (path) => {
          const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
          const body = new URLSearchParams({csrfmiddlewaretoken: token});
          return (await fetch(path, {method: 'POST', body})).status;
        }""",
        f"{home}notifications/read/",
    )
    assert refused == 403, "looking is not acting"
    owner.click("Back to the studio").sees("Hello, Alice")
    with scope(_owner().organization):
        verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"accounts.see_as_begun", "accounts.see_as_ended"} <= verbs
    owner.open(f"{home}studio/audit/").sees("Alice Moreau")
