"""The lectures as slides: what stands where, and in a browser whether it can be read."""

import os
import re
import sys
from copy import deepcopy
from pathlib import Path

import make_slides
import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, missing

from utils import plotting

LECTURES = sorted(ROOT.glob("lectures/*.ipynb"))
TYPES = {"slide", "subslide", "fragment", "skip", "notes"}
DATA = {"size": {"small", "large"}, "output": {"next", "each"}, "code": {"hide"}}


@pytest.fixture(params=LECTURES, ids=lambda path: path.stem, scope="module")
def lecture(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(scope="module")
def soup(lecture) -> BeautifulSoup:
    return BeautifulSoup(make_slides.html_of(deepcopy(lecture)), "html.parser")


def test_every_cell_says_where_it_is_shown(lecture):
    for cell in lecture.cells:
        shown = cell.metadata.slideshow
        assert shown.slide_type in TYPES, cell.id
        heading = cell.cell_type == "markdown" and re.match("##? ", cell.source)
        assert (shown.slide_type == "slide") == bool(heading), cell.id
        for key, value in shown.get("data", {}).items():
            assert value in DATA[key], cell.id
            assert key != "size" or "slide" in shown.slide_type, "the first cell says the size"
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            assert shown.slide_type == "skip" or cell.outputs, f"{cell.id}: nothing to see"


def test_code_is_not_wrapped(lecture):
    room = 100
    for cell in lecture.cells:
        kind, data = cell.metadata.slideshow.slide_type, cell.metadata.slideshow.get("data", {})
        if "slide" in kind:
            room = 84 if data.get("size") == "large" else 100
        if cell.cell_type == "code" and kind != "skip" and "code" not in data:
            assert max(map(len, cell.source.splitlines())) <= room, cell.id


def test_a_question_is_alone_until_the_next_key(soup):
    questions = [tag for tag in soup.select(".jp-MarkdownCell") if "Predict first" in tag.text]
    assert questions
    for question in questions:
        step = question.find_parent(class_=["fragment", "page"])
        for later in question.find_all_next(class_=["jp-Cell", "jp-OutputArea"]):
            assert later.find_parent(class_=["fragment", "page"]) is not step, question.text


def test_nothing_is_loaded_from_the_network(soup):
    assets = {f"assets/{Path(name).name}" for name in [*make_slides.ASSETS, "slides.css"]}
    styles = [tag.text for tag in soup.select("style")] + [make_slides.STYLE.read_text()]
    inside = re.findall(r"(?:url\(|@import)\s*['\"]?([^)'\"]+)", "\n".join(styles))
    loaded = [tag.get("src") or tag["href"] for tag in soup.select("[src], link[href]")]
    for address in loaded + [f"assets/{path}" for path in inside]:
        assert address in assets or address.startswith("data:"), address
    pages = {f"{path.stem}.html" for path in LECTURES}
    assert all(tag["href"] in pages or "://" in tag["href"] for tag in soup.select("a[href]"))
    assert all(len(figure["alt"]) > 30 for figure in soup.select("img"))


def test_run_sheets_to_print_are_on_pages_of_their_own():
    page = "# Teaching\n\nno\n\n## When something goes wrong\n\n| a | b |\n|---|---|\n| c | d |\n"
    page += "\n<details><summary>Run sheet of lecture 1</summary>\n\nask\n\n</details>\n"
    sheets = BeautifulSoup(make_slides.run_sheets(page), "html.parser")
    headings = [tag.text.rstrip("¶") for tag in sheets.select("h2")]
    assert headings == ["When something goes wrong", "Run sheet of lecture 1"]
    assert sheets.select("table") and "ask" in sheets.text
    assert "Teaching" not in sheets.text and not sheets.select("details")


SMALLEST = 11 / 72 * plotting.DPI  # pixels of a figure: the smallest letters that plotting writes

# What a browser shows, when all of a slide is shown. Lengths are in pixels of 1280 x 720.
LOOK = """() => {
  const page = Reveal.getCurrentSlide().querySelector('.page');
  const all = [...page.querySelectorAll('*')].filter(e => !e.closest('mjx-container'));
  const boxes = all.filter(e => e.matches('p, li, pre, td, th, h1, h2, h3'))
    .map(e => e.getBoundingClientRect());
  const own = e => [...e.childNodes].filter(n => n.nodeType == 3).map(n => n.data).join('').trim();
  const texts = all.filter(own);
  return {
    says: page.innerText.slice(0, 60), height: page.getBoundingClientRect().height,
    low: Math.max(0, ...boxes.map(b => b.bottom)), right: Math.max(0, ...boxes.map(b => b.right)),
    scrolls: page.scrollHeight > page.clientHeight || page.scrollWidth > page.clientWidth,
    font: Math.min(99, ...texts.map(e => parseFloat(getComputedStyle(e).fontSize))),
    raw: texts.filter(e => own(e).includes('$') && !e.closest('pre, code')).map(own),
    wrong: page.querySelectorAll('mjx-merror, mtext[mathcolor=red]').length,
    images: [...page.querySelectorAll('img')].map(i => {
      const scale = Math.min(i.clientWidth / i.naturalWidth, i.clientHeight / i.naturalHeight);
      return { scale, width: i.naturalWidth * scale, alt: i.alt };
    }),
  };
}"""


@pytest.fixture(scope="module")
def built() -> Path:
    packages = Path(sys.prefix) / "slides"  # make slides
    if not packages.is_dir():
        missing(f"no packages in {packages}: make slides")
    make_slides.main(packages)
    return make_slides.SLIDES


@pytest.mark.browser
@pytest.mark.parametrize("name", [path.stem for path in LECTURES])
def test_slides_can_be_read_without_a_network(name, built, chromium, tmp_path):
    pictures = Path(os.environ.get("COURSE_SCREENSHOTS") or tmp_path)
    page = chromium.new_page(viewport={"width": 1280, "height": 720})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((built / f"{name}.html").as_uri())
    page.wait_for_function("Reveal.isReady() && MathJax.startup.promise.then(() => true)")
    page.evaluate("document.fonts.ready.then(() => 0)")
    assert page.evaluate("[...document.fonts].filter(f => f.status == 'loaded').length") >= 4
    assert page.locator("mjx-container").count() > 5
    number = page.evaluate("Reveal.getTotalSlides()")
    for k in range(1, number + 1):
        while page.evaluate("Reveal.availableFragments().next"):
            page.keyboard.press("ArrowRight")
        seen = page.evaluate(LOOK)
        page.screenshot(path=pictures / f"slides-{name}-{k:02}.png")
        assert seen["height"] == 720, seen
        assert seen["low"] <= 682 and seen["right"] <= 1226 and not seen["scrolls"], seen
        assert seen["font"] >= 20 and not seen["raw"] and not seen["wrong"], seen
        for image in seen["images"]:
            least = 14.4 if image["width"] >= 1200 else 18  # a wide network has no more room
            assert image["scale"] * SMALLEST >= least, seen
        assert seen["says"].strip() or seen["images"], f"slide {k} is empty"
        page.keyboard.press("ArrowRight")
    assert k == number > 20 and page.evaluate("Reveal.isLastSlide()")
    assert complaints == []
    assert all(url.startswith(("file:", "data:")) for url in asked), asked
    page.close()
