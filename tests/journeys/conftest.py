"""People in real browsers.

Every page that a journey looks at is checked: no accessibility violation by axe-core in light and dark, no report
of the content security policy, no error in the console, no horizontal scrolling.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from prm.accounts.models import Membership
from tests.browser import CHROMIUM_ARGUMENTS, DESK, PHONE

WATCH = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + (event.sample || '')));
"""

# Only colors differ between the themes; everything else is looked at once.
AXE = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/journeys/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if not item.get_closest_marker("xdist_group"):
                item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = os.environ.get("CANOPY_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    launch = {**browser_type_launch_args, "args": CHROMIUM_ARGUMENTS}
    return {**launch, "executable_path": found} if found else launch


class Visitor:
    """One person with one browser window. `look` is called on every page that matters."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.complaints: list[str] = []
        self.context.add_init_script(WATCH)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _hear(self, message: Any) -> None:
        # The browser itself logs each 4xx answer; those are checked where they are expected.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str, status: int = 200) -> "Visitor":
        answer: Response | None = self.page.goto(path if path.startswith("http") else self.address + path)
        assert answer is not None
        assert answer.status == status, f"{path} answers {answer.status}\n{self.page.inner_text('body')[:800]}"
        self.look()
        return self

    def look(self, axe: dict[str, Any] = AXE) -> None:
        """Check the page that is open, in both themes or those that `axe` names rules for."""
        self.page.wait_for_load_state("load")
        for scheme, rules in axe.items():
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            found = Axe().run(self.page, options=rules)
            broken = [
                f"{self.page.url} ({scheme}) {violation['id']}: {violation['nodes'][0]['html'][:160]}"
                for violation in found.response["violations"]
            ]
            assert not broken, "\n".join(broken)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} px"
        assert not self.complaints, self.complaints

    def click(self, name: str, role: str = "button") -> "Visitor":
        """Press the button (or `link`) of this name and look at what comes."""
        self.page.get_by_role(role, name=name, exact=False).first.click()  # type: ignore[arg-type]
        self.page.wait_for_load_state("load")
        self.page.locator(".htmx-request").first.wait_for(state="detached")
        self.look()
        return self

    def fill(self, **fields: str) -> "Visitor":
        """Type into fields by their form names."""
        for name, value in fields.items():
            self.page.locator(f"[name={name}]:visible").first.fill(value)
        return self

    def reads(self, text: str) -> bool:
        return text in self.page.inner_text("body")

    def sees(self, text: str) -> "Visitor":
        """Wait until the page says `text`: what a press brings may still be on its way."""
        try:
            expect(self.page.locator("body")).to_contain_text(text, use_inner_text=True, timeout=10_000)
        except AssertionError:
            body = self.page.inner_text("body")[:1500]
            raise AssertionError(f"{text!r} is not on {self.page.url}:\n{body}") from None
        return self


@pytest.fixture
def visitor(browser: Browser, live_server: Any) -> Iterator[Callable[..., Visitor]]:
    """`visitor(membership, phone=True)`: a new window in which this member (or nobody) has signed in."""
    contexts: list[BrowserContext] = []

    def arrive(membership: Membership | None = None, phone: bool = False) -> Visitor:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            locale="en-US",
            timezone_id="Europe/Berlin",
            has_touch=phone,
        )
        contexts.append(context)
        if membership is not None:
            # A client of its own: whoever signs in there next would sign this member out.
            client = Client()
            client.force_login(membership.person, backend="prm.accounts.backends.AuthenticationBackend")
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return Visitor(context, live_server.url)

    yield arrive
    for context in contexts:
        context.close()
