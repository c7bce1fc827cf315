"""Photograph the screens of a running city, wide and phone-sized, in both languages, for people who judge looks.

    liandong run &
    python scripts/screenshots.py --police http://127.0.0.1:8110 --hotline http://127.0.0.1:12345 --to /tmp/shots

Signs in as the demonstration's people; writes PNG files; changes nothing but a draft, which it takes away again.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

#: Flags under which a system Chromium runs in a container, without talking to anybody.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: The pictures that the documentation shows, kept in docs/screens.
DOCUMENTED = frozenset(
    ["zh-sign-in", "zh-desk-smoke", "zh-desk-danger", "zh-record", "zh-hotline-orders", "zh-review", "zh-overview", "zh-exchange", "zh-phone-unit_staff", "zh-phone-officer-task", "en-desk-danger", "en-record", "en-overview"]
)
#: Names of the pictures that are written; empty means all.
wanted: set[str] = set()
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SMOKE = "你好，我住阳澄湖中路88号锦绣花园，楼下那个烧烤摊天天晚上冒油烟，呛得窗户都不敢开，管管吧，我电话13812345678"
ROOF = "老板欠我们十几个人工资三个月了，今天再不给我就从这楼顶跳下去，在采莲路工地6号楼"


def chromium() -> str | None:
    """Return the system's Chromium, or None to let Playwright use its own."""
    return next((found for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


@contextmanager
def person(browser: Browser, base: str, role: str, *, phone: bool = False, english: bool = False) -> Iterator[Page]:
    """Give a page on which the first demonstration person of a role is signed in."""
    context = browser.new_context(viewport=PHONE if phone else WIDE, device_scale_factor=2 if phone else 1, is_mobile=phone, has_touch=phone)
    page = context.new_page()
    page.goto(base + "/sign-in/")
    if english:
        page.click(".language-form button")
    page.locator(f'.person-card[data-role="{role}"]').first.click()
    page.wait_for_selector(".top-menu")
    yield page
    context.close()


def shoot(page: Page, to: Path, name: str, *, full: bool = False) -> None:
    """Write one picture, where it is wanted."""
    if wanted and name not in wanted:
        return
    page.wait_for_timeout(500)
    page.screenshot(path=str(to / f"{name}.png"), full_page=full)
    print(name)


def tour(browser: Browser, police: str, hotline: str, to: Path, *, english: bool) -> None:
    """Take all pictures in one language."""
    tongue = "en" if english else "zh"
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.goto(police + "/sign-in/")
    if english:
        page.click(".language-form button")
    shoot(page, to, f"{tongue}-sign-in", full=True)
    page.goto(police + "/no-such-page/")
    shoot(page, to, f"{tongue}-404")
    context.close()
    with person(browser, police, "call_taker", english=english) as page:
        page.goto(police + "/desk/new/")
        shoot(page, to, f"{tongue}-desk-empty")
        for name, words in (("smoke", SMOKE), ("danger", ROOF)):
            page.fill("#text", words)
            page.wait_for_selector("#verdict .verdict-head")
            shoot(page, to, f"{tongue}-desk-{name}")
        page.keyboard.press("F1")
        shoot(page, to, f"{tongue}-help")
        page.keyboard.press("Escape")
        page.fill("#text", "")
        page.evaluate("fetch(document.getElementById('call').dataset.draftUrl, {method: 'DELETE', headers: {'X-CSRFToken': screens.token()}})")
        page.evaluate("localStorage.clear()")
        page.goto(police + "/records/")
        shoot(page, to, f"{tongue}-records")
        first = page.locator("tr.row-link a").first
        if first.count():
            first.click()
            page.wait_for_selector(".record-grid")
            shoot(page, to, f"{tongue}-record", full=True)
        page.goto(police + "/orders/")
        shoot(page, to, f"{tongue}-police-orders")
        page.goto(police + "/exchange/")
        shoot(page, to, f"{tongue}-exchange")
    for base, role, name, path in (
        (police, "reviewer", "review", "/review/"),
        (hotline, "reviewer", "hotline-review", "/review/"),
        (police, "leader", "overview", "/overview/"),
        (police, "dispatcher", "dispatcher", "/"),
        (hotline, "administrator", "administrator", "/"),
    ):
        with person(browser, base, role, english=english) as page:
            page.goto(base + path)
            if name.endswith("review") and page.locator(".review-list a.row-link").count():
                page.keyboard.press("j")
                page.wait_for_selector("#order .record-grid")
            shoot(page, to, f"{tongue}-{name}")
    with person(browser, police, "officer", english=english) as page:
        page.goto(police + "/desk/")
        shoot(page, to, f"{tongue}-403")
    for role, name, path in (("call_taker", "desk", "/desk/new/"), ("call_taker", "orders", "/orders/"), ("leader", "overview", "/overview/"), ("leader", "records", "/records/")):
        with person(browser, police, role, phone=True, english=english) as page:
            page.goto(police + path)
            shoot(page, to, f"{tongue}-phone-{name}")
    with person(browser, hotline, "agent", english=english) as page:
        page.goto(hotline + "/orders/")
        row = page.locator(".order-list a").first
        if row.count():
            row.click()
            page.wait_for_selector("#order .record-grid")
            act = page.locator("#order .act-buttons button:visible").first
            act.click()
            page.wait_for_timeout(300)
        shoot(page, to, f"{tongue}-hotline-orders")
    for base, role in ((hotline, "unit_staff"), (police, "officer")):
        with person(browser, base, role, phone=True, english=english) as page:
            shoot(page, to, f"{tongue}-phone-{role}")
            row = page.locator(".task-list a").first
            if row.count():
                row.click()
                page.wait_for_selector(".task")
                shoot(page, to, f"{tongue}-phone-{role}-task")


def main() -> int:
    """Take the pictures; return 0 when all were taken."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--police", default="http://127.0.0.1:8110")
    asked.add_argument("--hotline", default="http://127.0.0.1:12345")
    asked.add_argument("--to", type=Path, required=True)
    asked.add_argument("--language", choices=("zh", "en", "both"), default="both")
    asked.add_argument("--documented", action="store_true", help="only what docs/screens shows")
    given = asked.parse_args()
    wanted.update(DOCUMENTED if given.documented else ())
    given.to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for english in (False, True):
            if given.language in ("both", "en" if english else "zh"):
                tour(browser, given.police, given.hotline, given.to, english=english)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
