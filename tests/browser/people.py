"""People in front of a real browser, for the tests: each has a context of their own, as on a computer of their own.

    caller = people("police", "call_taker")
    caller.open("/desk/new/")
    caller.type("楼下烧烤摊油烟太大")
    caller.keys("Control+Enter")
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.city import City

__all__ = ["CITIZEN", "PHONE", "WIDE", "Person"]

#: Somebody without an account, at the pages that are open to everybody.
CITIZEN = "citizen"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
#: Where pictures are put for whoever wants to look at them; nowhere unless asked.
SHOTS = os.environ.get("LIANDONG_SHOTS", "")
#: Counts every press of a mouse, so that a test can say that there was none.
COUNT_MOUSE = "window.mouse = 0; addEventListener('mousedown', () => { window.mouse++; }, true);"
#: What the console may say: a refusal is a normal answer, and a node that is stopped cannot be reached.
EXPECTED_IN_CONSOLE = ("Failed to load resource", "net::ERR", "htmx:", "Response Status Error Code 4")


class Person:
    """Somebody of the demonstration at a screen of a node."""

    def __init__(self, browser: Browser, city: City, node: str, role: str, *, username: str = "", phone: bool = False, english: bool = False) -> None:
        self.base = city.url(node)
        self.browser = browser
        self.context = browser.new_context(viewport=PHONE if phone else WIDE, is_mobile=phone, has_touch=phone, reduced_motion="reduce")
        self.context.set_default_timeout(15_000)
        if english:
            self.context.add_cookies([{"name": "liandong_language", "value": "en", "url": self.base}])
        self.context.add_init_script(COUNT_MOUSE)
        #: Errors of scripts and refusals of the content policy on any page of this person.
        self.troubles: list[str] = []
        self.page = self._page()
        self._card = f'.person-card[value="{username}"]' if username else f'.person-card[data-role="{role}"]'
        if role != CITIZEN:
            self._come_in(username, role)

    def _page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        return page

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith(EXPECTED_IN_CONSOLE):
            self.troubles.append(text)

    def _come_in(self, username: str, role: str) -> None:
        """Come with a session that was begun before, and open the page one lands on."""
        with httpx.Client(base_url=self.base, timeout=30, trust_env=False) as client:
            page = client.get("/sign-in/").text
            found = username or re.findall(rf'data-role="{role}"[^>]*value="([^"]+)"', page)[0]
            token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
            answer = client.post("/sign-in/demonstration/", data={"username": found, "csrfmiddlewaretoken": token})
            assert answer.status_code == 302, answer.text[:300]
            self.context.add_cookies([{"name": name, "value": value, "url": self.base} for name, value in client.cookies.items()])
        self.page.goto(self.base + answer.headers["location"])
        expect(self.page.locator(".top-menu")).to_be_visible()

    def sign_in(self) -> None:
        """Sign in with the one click of the demonstration."""
        self.page.goto(self.base + "/sign-in/")
        self.page.locator(self._card).first.click()
        self.page.wait_for_url(lambda address: "/sign-in/" not in address)
        expect(self.page.locator(".top-menu")).to_be_visible()

    def open(self, path: str) -> Any:
        """Open an address; return the response. From here on the document must not be loaded again unless asked."""
        answer = self.page.goto(self.base + path)
        self.page.evaluate("window.loadedOnce = true")
        return answer

    def never_reloaded(self) -> bool:
        """Tell whether the document is still the one that ``open`` loaded."""
        return bool(self.page.evaluate("window.loadedOnce === true"))

    def another_page(self, path: str) -> Page:
        """Open a further tab of the same person."""
        page = self._page()
        page.goto(self.base + path)
        page.evaluate("window.loadedOnce = true")
        return page

    def at(self, selector: str) -> Locator:
        """Return what is at a place of the page."""
        return self.page.locator(selector)

    def sees(self, selector: str, text: str = "") -> Locator:
        """Wait until something stands on the page, with words in it; return it."""
        found = self.page.locator(selector).filter(has_text=text).first if text else self.page.locator(selector).first
        expect(found).to_be_visible()
        return found

    def type(self, words: str) -> None:
        """Type where the focus is."""
        self.page.keyboard.type(words)

    def keys(self, *names: str) -> None:
        """Press keys, one after the other."""
        for each in names:
            self.page.keyboard.press(each)

    def _pressed(self, command: str) -> bool:
        """Press the button of an act; return whether that was all. News may renew the card under the hand, which looks again then."""
        for last in (False, False, True):
            button = self.at(f'[data-act="{command}"]:visible').first
            try:
                if not button.count():
                    self.at("details.more-acts summary:visible").first.click(timeout=5_000)
                bare = bool(button.evaluate("each => Boolean(each.form && each.form.getAttribute('hx-post'))", timeout=5_000))
                button.click(timeout=5_000)
                return bare
            except PlaywrightTimeout:
                if last:
                    raise
        raise AssertionError(command)

    def act(self, command: str, **fields: str) -> None:
        """Press the button of an act and, where it has a form, fill and send it."""
        if self._pressed(command):
            return
        form = self.sees("[data-act-form]")
        for name, value in fields.items():
            self.fill(form, name, value)
        form.locator(".act-send button").click()
        expect(form).to_have_count(0)

    def does(self, command: str, fact: str, **fields: str) -> None:
        """Do an act and see on the time line that it happened once more than before."""
        line = self.at(f'[data-fact="{fact}"]')
        before = line.count()
        self.act(command, **fields)
        expect(line.nth(before)).to_be_visible()

    def looked(self, name: str) -> None:
        """See that nothing is wider than the window; keep a picture where somebody asked for them."""
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if SHOTS:
            self.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)

    def fill(self, form: Locator, name: str, value: str) -> None:
        """Fill one field of a form as a person would."""
        field = form.locator(f'[name="{name}"]').first
        kind = field.evaluate("each => each.tagName === 'SELECT' ? 'select' : each.type")
        if kind == "select":
            field.select_option(value)
        elif kind == "radio":
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            field.check()
        else:
            field.fill(value)

    def facts(self, page: Page | None = None) -> list[str]:
        """Return the facts of the time line that is shown, in order."""
        return [str(each) for each in (page or self.page).locator(".timeline-both li[data-fact]").evaluate_all("all => all.map(each => each.dataset.fact)")]

    def close(self) -> None:
        """Leave."""
        self.context.close()
