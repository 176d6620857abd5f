"""Takes the README's pictures from a running `make run`: `python -m tests.pictures`.

Writes docs/pictures/*.png.
"""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser import CHROMIUM_ARGUMENTS, DESK, PHONE

FOLDER = Path("docs/pictures")


@dataclass(frozen=True)
class Picture:
    """`who` is a key of demo.json ("" for nobody), `path` a page, `follow` a link to press on it first."""

    name: str
    who: str
    path: str
    follow: str = ""
    phone: bool = False
    dark: bool = False
    whole: bool = False


PICTURES = (
    Picture("first-page", "", "/"),
    Picture("studio-home", "alice", "/o/stratus/studio/"),
    Picture("partners", "bob", "/o/stratus/studio/partners/"),
    Picture("cohorts", "frida", "/o/stratus/studio/cohorts/"),
    Picture("portal-home-phone", "lena", "/o/stratus/", phone=True),
    Picture("cohort-page-phone", "lena", "/o/stratus/cohorts/", follow="Security conversations, winter", phone=True),
    Picture("recall-phone", "lena", "/o/stratus/practice/", phone=True),
)


def main() -> int:
    home = Path(os.environ.get("CANOPY_HOME", ".canopy"))
    demo = json.loads((home / "demo.json").read_text("utf-8"))
    people = {person["key"]: person for person in demo["people"]}
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = os.environ.get("CANOPY_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
        for picture in PICTURES:
            take(browser, demo["address"], people.get(picture.who), picture)
            print(f"{FOLDER / picture.name}.png")
        browser.close()
    return 0


def take(browser: Browser, address: str, person: dict[str, Any] | None, picture: Picture) -> None:
    context = browser.new_context(
        viewport=PHONE if picture.phone else DESK,
        color_scheme="dark" if picture.dark else "light",
        reduced_motion="reduce",
        timezone_id="Europe/Berlin",
        locale="en-US",
    )
    page = context.new_page()
    if person:
        page.goto(address + "/")
        page.get_by_role("button", name=person["name"]).first.click()
        page.wait_for_load_state("networkidle")
    page.goto(address + picture.path)
    if picture.follow:
        page.get_by_role("link", name=picture.follow).first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{picture.name}.png", full_page=picture.whole)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
