"""A call-taker never needs the mouse: from the sign-in to the end of a call, and back to the record."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People

pytestmark = [pytest.mark.browser, pytest.mark.nodes]


def test_a_call_is_taken_judged_handed_over_and_followed_without_a_mouse(people: People) -> None:
    caller = people("police", "call_taker")
    caller.open("/sign-in/")
    caller.open("/")
    expect(caller.at("#text")).to_be_focused()
    caller.type("春申路的路灯坏了一排，晚上一片黑，电话13900000032")
    caller.sees("#verdict .side-is-hotline")
    caller.keys("Alt+f", "Alt+l")
    expect(caller.at("#place")).to_be_focused()
    caller.keys("Control+a")
    caller.type("黄埭镇春申路")
    caller.keys("Alt+3")
    expect(caller.at('input[name="course"][value="hand_over"]')).to_be_checked()
    caller.keys("Control+Enter")
    caller.sees(".calling")
    caller.keys("5")
    caller.sees(".finished")
    expect(caller.at("[data-next]")).to_be_focused()
    caller.keys("?")
    caller.sees("dialog#help[open]")
    caller.keys("Escape")
    caller.keys("g", str(caller.at(".top-link[href='/records/']").get_attribute("data-key"))[1:])
    caller.page.wait_for_url("**/records/**")
    caller.keys("/")
    expect(caller.at("#q")).to_be_focused()
    caller.type("春申路的路灯")
    caller.sees("#rows tr.row-link", "春申路")
    caller.keys("Escape", "j", "Enter")
    caller.sees(".record-head")
    assert caller.page.evaluate("window.mouse") == 0


def test_every_control_that_has_the_focus_shows_it(people: People) -> None:
    caller = people("police", "call_taker")
    caller.open("/desk/new/")
    caller.at("#text").focus()
    unseen = []
    for _ in range(25):
        caller.keys("Tab")
        ring = caller.page.evaluate(
            "(() => { const at = document.activeElement; if (!at || at === document.body) return 'none';"
            " const shown = at.matches('.course input') ? at.nextElementSibling : at; const style = getComputedStyle(shown);"
            " return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none' ? '' : at.outerHTML.slice(0, 90); })()"
        )
        if ring and ring != "none":
            unseen.append(ring)
    assert unseen == []
