"""Browser tests run in the system's own Chromium on one real city; without a browser they are skipped, and say so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.adviser_stub import Stub
from tests.browser.people import Person
from tests.city import City, running_city, stop_other_cities
from tests.own_settings import own_settings

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from screenshots import FLAGS, chromium  # noqa: E402

People = Callable[..., Person]
#: Machines are slow when they are shared.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session", autouse=True)
def alone() -> None:
    """Stop what other folders left running: this one comes after them."""
    stop_other_cities()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine: install the package chromium to play the stories on screens")
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One browser for all tests; people have contexts of their own."""
    found = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield found
    found.close()


@pytest.fixture(scope="session")
def adviser() -> Iterator[Stub]:
    """The endpoint that advises at the police node of the city."""
    found = Stub()
    yield found
    found.close()


@pytest.fixture(scope="session")
def city(playwright: Playwright, adviser: Stub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """City police, city hotline and a county's police. Tests share it: make your own records, look for nothing else."""
    subprocess.run([sys.executable, str(ROOT / "scripts" / "messages.py")], check=True, capture_output=True)
    with running_city(county=True, own=own_settings(adviser, tmp_path_factory.mktemp("own"))) as found:
        yield found


@pytest.fixture
def people(browser: Browser, city: City) -> Iterator[People]:
    """Give people at screens; afterwards nobody may have had an error of a script or a refusal of the content policy."""
    came: list[Person] = []
    for node in city.names:
        with city.database(node) as database:
            database.execute("delete from draft where slot <> '_calls'")

    def come(node: str, role: str, **wishes: object) -> Person:
        came.append(Person(wishes.pop("browser", browser), city, node, role, **wishes))  # type: ignore[arg-type]
        return came[-1]

    yield come
    troubles = [each for person in came for each in person.troubles]
    for person in came:
        person.close()
    assert troubles == []
