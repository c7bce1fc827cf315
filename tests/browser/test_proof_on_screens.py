"""Who changed it, on the screens: an auditor sees that a record is whole, and where it was changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import People
from tests.city import City

pytestmark = [pytest.mark.browser, pytest.mark.nodes]


def test_who_changed_it_is_said_on_the_page_of_the_proof(people: People, city: City) -> None:
    """Story 18: an auditor opens a record's proof, whole and then changed."""
    taken: Any = city.api("hotline", "agent").take("春申路681号井盖松动", place="春申路681号", course="keep")["appeal"]
    auditor = people("hotline", "supervisor")
    auditor.open(f"/records/{taken['id']}/")
    auditor.at("[data-proof]").click()
    auditor.sees(".proof-found[data-found='']", "没有改动")
    auditor.open("/proof/")
    auditor.at("[name=q]").fill(taken["number"])
    auditor.keys("Enter")
    auditor.sees(".proof-entries tr[data-seq='1']")
    with city.database("hotline") as database:
        database.execute("UPDATE stream SET place = '别的地方' WHERE id = %s", [taken["id"]])
        auditor.page.reload()
        auditor.sees(".proof-found[data-found='state_differs']", "有人改过")
        database.execute("UPDATE stream SET place = %s WHERE id = %s", [taken["place"], taken["id"]])
    auditor.page.reload()
    auditor.sees(".proof-found[data-found='']")
    phone = people("hotline", "administrator", phone=True, english=True)
    phone.open(f"/proof/{taken['id']}/")
    phone.sees(".proof-found", "nothing was changed")
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
