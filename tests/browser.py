"""How Chromium is started and how large its windows are; for journeys and pictures, without Django."""

from playwright.sync_api import ViewportSize

PHONE: ViewportSize = {"width": 375, "height": 740}
DESK: ViewportSize = {"width": 1440, "height": 900}
CHROMIUM_ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
