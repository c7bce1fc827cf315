"""A unit presses 收到 on a phone while news comes: the press counts, whatever is drawn anew around it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Route

from tests.browser.conftest import People
from tests.browser.people import Person
from tests.city import City, eventually

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

GAS = "我们楼道里一股很浓的煤气味，呛得头晕，好像是老管子漏了"
#: What a list that comes anew does to the form that was just sent.
TAKEN_AWAY = """document.body.addEventListener("htmx:beforeRequest", sent => {
  if (sent.detail.elt.matches("form")) setTimeout(() => document.querySelector("#asking-alerts").replaceChildren(), 0);
})"""


def ringing(company: Person, city: City, place: str) -> tuple[str, Locator]:
    """Return an alert that rings on a phone, and its button."""
    api = city.api("police", "call_taker")
    appeal = api.take(GAS, place=place, course="auto")["appeal"]["id"]
    alert = str(eventually(lambda: next((each["id"] for each in api.all("alerts") if each["appeal"] == appeal), None), what="an alert"))
    company.open("/unit/")
    return alert, company.sees(f'#asking-alerts [data-alert="{alert}"] button')


def test_news_does_not_renew_the_key_between_press_and_release(people: People, city: City) -> None:
    company = people("hotline", "unit_staff", username="xc-rq1", phone=True)
    alert, _button = ringing(company, city, "元和街道采莲路661号")
    page = company.page
    # Each time the key of that moment: until the finger is down, news may well renew it.
    key = f"document.querySelector('#asking-alerts [data-alert=\"{alert}\"] button')"
    x, y = page.evaluate(f"(box => [box.x + box.width / 2, box.y + box.height / 2])({key}.getBoundingClientRect())")
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(f"{key}.dataset.same = 'yes'")
    with page.expect_response(lambda answer: "/alerts/asking/" in answer.url):
        page.evaluate("htmx.trigger(document.body, 'live-kind-alert')")
    page.evaluate("new Promise(done => setTimeout(done, 100))")
    assert page.evaluate(f"{key}.dataset.same") == "yes", "it stays while the finger is on it"
    page.mouse.up()
    page.wait_for_url(f"**/alerts/{alert}/")


def test_the_page_opens_though_its_key_is_gone_when_the_answer_comes(people: People, city: City) -> None:
    company = people("hotline", "unit_staff", username="xc-rq1", phone=True)
    alert, button = ringing(company, city, "元和街道采莲路662号")
    company.page.evaluate(TAKEN_AWAY)
    button.click()
    company.page.wait_for_url(f"**/alerts/{alert}/")
    assert city.api("hotline", "unit_staff", "xc-rq").one("alerts", alert)["data"]["lines"]["xc-rq"].get("acknowledged_at")


def test_who_goes_on_at_once_gets_the_next_form_though_news_comes_first(people: People, city: City) -> None:
    company = people("hotline", "unit_staff", username="xc-rq1", phone=True)
    alert, button = ringing(company, city, "元和街道采莲路663号")
    button.click()
    company.page.wait_for_url(f"**/alerts/{alert}/")
    company.does("set_out", "RecipientSetOut")
    company.at(".act-place").first.evaluate("place => { place.innerHTML = '<div class=\"alert done\"></div>'; }")
    # The form is asked for, its answer is still on the way, and the page is drawn anew meanwhile.
    held: list[Route] = []
    company.page.route("**/act/reach/", lambda route: held.append(route))
    with company.page.expect_request("**/act/reach/"):
        company.at('[data-act="reach"]').click()
    with company.page.expect_response(lambda answer: answer.url.endswith("/parts/")):
        company.page.evaluate("htmx.trigger(document.body, 'live-back')")
    eventually(lambda: held, what="the form is asked for")[0].continue_()
    company.sees("[data-act-form]", "到场")
