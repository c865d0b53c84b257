"""How the notebooks are tested: strictly where the real data is at hand, otherwise only run."""

import functools
import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import NoReturn

import pytest
from nbval.plugin import IPyNbCell

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / ".tools")]
ADDRESS = re.search(r"^ADDRESS := (\S+)", (ROOT / "Makefile").read_text("utf-8"), re.M)[1]

import browser  # noqa: E402

from utils.data import DataError, load_ratings, load_reviews  # noqa: E402


def no_network(*_, **__) -> NoReturn:
    raise socket.gaierror("the tests ask for what is at hand")


@functools.cache
def real_data_at_hand() -> bool:
    """Whether the two data sets that the stored outputs were made on are there without network."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(None):
        patch.setattr(socket, "getaddrinfo", no_network)
        try:
            load_ratings(fallback=False), load_reviews(fallback=False)
        except DataError:
            return False
    return True


# Networks with ReLU and dropout repeat on one machine; another processor or version of TensorFlow
# moves the last digits. In a cell with the tag "approximate" that much is not a difference, by the
# number of printed decimals. Texts, whole numbers and numbers with one decimal must be the same.
TOLERANCE = {2: 0.05, 3: 0.005}


class Approximate(str):
    """A text that equals another one which differs from it only in decimals, and by little."""

    def __eq__(self, other: object) -> bool:
        number = r"(-?\d+\.\d+)"
        mine, others = (re.split(number, re.sub(r"\s+", " ", text)) for text in (self, str(other)))
        if mine[::2] != others[::2]:
            return False
        for a, b in zip(mine[1::2], others[1::2], strict=True):
            decimals = max(len(a.split(".")[1]), len(b.split(".")[1]))
            if abs(float(a) - float(b)) > TOLERANCE.get(decimals, 0) + 1e-9:
                return False
        return True

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


exact = IPyNbCell.sanitize


def sanitize(cell: IPyNbCell, text: object) -> object:
    """What nbval compares: the text of an output after tests/sanitize.cfg."""
    text = exact(cell, text)
    tagged = "approximate" in cell.cell.metadata.get("tags", [])
    return Approximate(text) if tagged and isinstance(text, str) else text


IPyNbCell.sanitize = sanitize


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("COURSE_DATA"):  # kernels start in the folder of their notebook
        os.environ["COURSE_DATA"] = str(Path(os.environ["COURSE_DATA"]).resolve())
    if getattr(config.option, "nbval", False) and not real_data_at_hand():
        config.option.nbval, config.option.nbval_lax = False, True


def pytest_report_header(config: pytest.Config) -> str:
    if not getattr(config.option, "nbval_lax", False):
        return "notebooks: run and their outputs COMPARED with the stored ones, on real data"
    why = "since --nbval-lax asks for it"
    if not real_data_at_hand():
        why = "since MovieLens 100K or the restaurant reviews are not at hand (make data)"
    return f"notebooks: run WITHOUT comparing their outputs, {why}"


def missing(what: str) -> NoReturn:
    """Skip a test in the browser; with COURSE_BROWSER=must, as `make browser` sets it, fail."""
    if os.environ.get("COURSE_BROWSER") == "must":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """A headless Chromium, as Playwright drives it: that of CHROME_PATH, or the first found."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("no playwright: make browser")
    if not (path := browser.find()):
        missing(f"no browser, none of {', '.join(browser.BROWSERS)}; CHROME_PATH can name one")
    with sync_playwright() as started:
        yield started.chromium.launch(executable_path=path, args=browser.FLAGS)
