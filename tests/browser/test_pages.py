"""What holds for every page: its headers, its English, a thousand rows and none."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from functools import cache

import httpx
import pytest
from playwright.sync_api import expect

from liandong.adapters.packs import load_pack
from liandong.application.world import MACHINES
from liandong.domain.appeals.particulars import read
from liandong.domain.appeals.particulars_masking import mask_text
from tests.browser.conftest import People
from tests.city import City

pytestmark = [pytest.mark.browser, pytest.mark.nodes]

CHINESE = re.compile("[\u3400-\u9fff]")
#: Numbers are shown whole or masked: told apart here from words only.
DIGITS = re.compile(r"[\d*]+")
NUMBERS = re.compile(r"[诉警工联商哨督](?=\d{6})")
#: Text of a page a person can read, one line each; what a language is called is said in that language.
READ_TEXT = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent && !parent.closest('script, style, .language-form, .brand-words small') && walk.currentNode.data.trim()) found.push(walk.currentNode.data.trim());
  }
  document.querySelectorAll('[title], [placeholder], [aria-label]').forEach(each => ['title', 'placeholder', 'aria-label'].forEach(name => { if (each.getAttribute(name) && !each.closest('.language-form')) found.push(each.getAttribute(name)); }));
  return found;
}"""


@cache
def _pack_words() -> frozenset[str]:
    """Return what the pack and the tables say."""
    pack = load_pack("xiangcheng")
    words: set[str] = {each.name for each in pack.catalogue.items} | {each.name for each in pack.units} | {each.name for each in pack.users}
    for each in (*pack.catalogue.items, *pack.catalogue.doors, *pack.catalogue.rulings):
        words.update((each.clause.document, each.clause.place, each.clause.text))
    for rule in pack.clocks:
        words.update((rule.name, rule.source, rule.applies))
    for door in pack.catalogue.doors:
        words.update((door.name, door.words))
    words.update(pack.texts.values())
    for machine in MACHINES.values():
        words.update(row.source for row in machine.rows)
    return frozenset(words)


def _data(city: City, node: str) -> list[str]:
    """Return every Chinese text that is data: the pack's names and clauses, people, and what records say."""
    words = set(_pack_words())

    def gather(value: object) -> None:
        if isinstance(value, str):
            words.add(value)
        elif isinstance(value, dict):
            for name, inner in value.items():
                words.add(name)
                gather(inner)
        elif isinstance(value, list):
            for inner in value:
                gather(inner)

    with city.database(node) as database:
        for row in database.execute("select data from stream union all select data from journal union all select fields from draft").fetchall():
            gather(row[0])
    words.update(("110 报警服务台", "12345 政务服务便民热线", "县级 110 报警服务台"))
    words |= {_masked(each) for each in words if len(each) > 12}
    return sorted({DIGITS.sub("#", each) for each in words if CHINESE.search(each)}, key=len, reverse=True)


@cache
def _masked(words: str) -> str:
    """Return words as who may not see numbers sees them: what stands around the numbers as it was said."""
    return mask_text(words, read(words).spans)


def _left(text: str, data: list[str]) -> str:
    """Return what is Chinese in a text and no data, whole or cut short."""
    text = DIGITS.sub("#", NUMBERS.sub("", text))
    rest, cut = text, text.rstrip("…. ")
    if any(cut in each for each in data):
        return ""
    for each in data:
        if not CHINESE.search(rest):
            return ""
        rest = rest.replace(each, "")
    rest = rest.replace("#", " ")
    pieces = [each.strip(" …·") for each in re.split(r"[^\u3400-\u9fff，。、；：？！（）《》〔〕“”\w ·\-/]+", rest)]
    return " ".join(each for each in pieces if CHINESE.search(each) and not any(each in known for known in data))


@pytest.mark.parametrize(("node", "role"), [("police", "call_taker"), ("hotline", "agent"), ("police", "reviewer"), ("hotline", "supervisor"), ("hotline", "administrator"), ("police", "officer"), ("hotline", "unit_staff")])
def test_english_pages_have_no_chinese_but_names_and_what_people_said(people: People, city: City, node: str, role: str) -> None:
    api = city.api("police", "call_taker")
    appeal = api.take("采莲路的路灯坏了一排", place="采莲路", course="hand_over")["appeal"]["id"]
    person = people(node, role, english=True)
    paths = person.at(".top-link").evaluate_all("all => all.map(each => each.getAttribute('href'))")
    if node == "police" and role != "officer":
        paths.append(f"/records/{appeal}/")
    left = {}
    for path in [*paths, "/no-such-page/", "/unit/" if role == "agent" else "/desk/", "/offline/"]:
        person.open(path)
        if person.at("#text").count():
            person.at("#text").fill("楼下烧烤摊油烟太大")
            person.sees("#verdict .verdict-head")
        row = person.at("main a.row-link").first
        if row.count() and row.get_attribute("hx-get"):
            row.click()
            person.sees("#order .record-grid")
        data = [*_data(city, node), "楼下烧烤摊油烟太大", *(DIGITS.sub("#", each) for each in person.at("#verdict .read li, #verdict .ask b, #verdict .hint, #verdict .verdict-item").all_inner_texts())]
        found = [rest for each in person.page.evaluate(READ_TEXT) if (rest := _left(each, data))]
        if found:
            left[path] = found
        if person.at("#call").count():
            person.page.evaluate("fetch(document.getElementById('call').dataset.draftUrl, {method: 'DELETE', headers: {'X-CSRFToken': screens.token()}})")
    assert left == {}


def test_refusal_in_english_has_no_chinese(people: People, city: City) -> None:
    person = people("hotline", "agent", english=True)
    taken = city.api("hotline", "agent").take("井盖没了", place="蠡太路", course="keep")["appeal"]
    order = next(each for each in city.api("hotline", "agent").all("workorders") if each["appeal"] == taken["id"])
    person.open(f"/records/{taken['id']}/")
    person.at('[data-act="dispatch"]:visible').first.click()
    form = person.sees("[data-act-form]")
    form.locator('[name="unit"]').select_option("")
    form.locator(".act-send button").click()
    assert not CHINESE.search(person.sees(".refusal").inner_text())
    assert city.api("hotline", "agent").one("workorders", order["id"])["phase"] == "received"


@pytest.mark.parametrize("path", ["/sign-in/", "/no-such-page/", "/offline/", "/records/"])
def test_page_may_load_its_own_files_only_and_stands_in_no_frame(city: City, path: str) -> None:
    headers = httpx.get(city.url("police") + path, trust_env=False).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"


def test_cookies_are_for_this_node_only_and_no_script_reads_the_session(people: People) -> None:
    person = people("police", "call_taker")
    person.context.clear_cookies()
    person.sign_in()
    cookies = {each["name"]: each for each in person.context.cookies()}
    session = cookies["liandong_police"]
    assert session["httpOnly"]
    assert session["sameSite"] == "Lax"
    assert cookies["liandong_csrf_police"]["httpOnly"], "the page carries the token, no script needs the cookie"


def test_files_are_kept_by_the_browser_and_their_address_changes_with_them(city: City) -> None:
    page = httpx.get(city.url("police") + "/sign-in/", trust_env=False).text
    found = re.findall(r'(?:href|src)="(/static/[^"#]+)"', page)
    assert found
    for each in found:
        answer = httpx.get(city.url("police") + each, trust_env=False)
        assert answer.status_code == 200, each
        assert "immutable" in answer.headers["cache-control"], each


def test_thousand_rows_are_shown_a_page_at_a_time(people: People, city: City) -> None:
    now = datetime.now(UTC)
    with city.database("police-county") as database, database.cursor() as cursor:
        for kind in ("appeal", "alarm"):
            cursor.executemany(
                "insert into stream (id, kind, number, phase, seq, head, data, appeal, urgent, side, item, unit, summary, place, phone, opened_at, updated_at)"
                " values (%s, %s, %s, 'taken', 1, '', '{}', null, false, 'police', '', '', %s, '某路', '', %s, %s)",
                [(uuid.uuid4(), kind, f"{'诉' if kind == 'appeal' else '警'}20200101{each:04}", "长" * 200, now, now) for each in range(1000)],
            )
    person = people("police-county", "call_taker")
    person.open("/records/")
    expect(person.at("#rows tr.row-link")).to_have_count(30)
    person.sees(".more a", "更早的").click()
    expect(person.at("#rows tr.row-link")).to_have_count(30)
    person.open("/orders/?tab=dispatch")
    expect(person.at(".order-list a")).to_have_count(50)
    expect(person.at(".tab.active .count")).to_have_text("1000")
    person.sees(".list-end", "50")
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"


@pytest.mark.parametrize("path", ["/desk/new/", "/orders/", "/records/", "/exchange/", "/review/", "/overview/"])
def test_no_page_sticks_out_of_a_phone(people: People, path: str) -> None:
    person = people("police", "dispatcher", phone=True)
    person.open(path)
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
