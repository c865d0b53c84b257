"""README and the pages of the folders: short, linked, and in step with the notebooks."""

import re
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from PIL import Image

sys.path.insert(0, str(ROOT / ".tools"))

import picture

BUDGETS = {  # in lines
    "README.md": 110,
    "lectures/README.md": 400,  # a run sheet for each of eight lectures
    "practice/README.md": 65,
    "utils/README.md": 72,
    ".github/CONTRIBUTING.md": 70,
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOTEBOOKS = [path.relative_to(ROOT) for path in sorted(ROOT.glob("[lp][er]*/*.ipynb"))]


def headings(page: Path) -> list[tuple[str, str]]:
    """The hashes and the text of each heading."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return re.findall(r"^(#+) (.+)$", prose, re.M)


def anchors(page: Path) -> list[str]:
    """The names by which GitHub links to the headings."""
    return [re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for _, text in headings(page)]


@pytest.mark.parametrize("name", BUDGETS)
def test_pages_are_short_and_their_headings_in_order(name):
    levels = [len(hashes) for hashes, _ in headings(ROOT / name)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= BUDGETS[name]


@pytest.mark.parametrize("name", BUDGETS)
def test_links_lead_somewhere_and_say_where(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for words, target in re.findall(r"\[([^][]*)\]\(([^)\s]+)\)", text):
        assert words.lower() not in ("", "here", "this", "link", "click", "see", "more"), target
        if not target.startswith("https://"):
            path, _, anchor = target.partition("#")
            found = (ROOT / name).parent / path if path else ROOT / name
            assert found.exists(), target
            assert not anchor or anchor in anchors(found), target


@pytest.mark.parametrize("path", NOTEBOOKS, ids=Path.as_posix)
def test_each_notebook_has_its_two_badges(path):
    colab = "https://colab.research.google.com/github/"
    first = nbformat.read(ROOT / path, as_version=4).cells[0].source
    address = re.search(rf"\]\({colab}(\S+/blob/main/{path})\)", first)[1]
    (row,) = [line for line in README.splitlines() if line.startswith("|") and f"]({path})" in line]
    kaggle = "https://kaggle.com/kernels/welcome?src=https://github.com/"
    for host, before in {"Colab": colab, "Kaggle": kaggle}.items():
        alt = f"Open {path.parent.name.removesuffix('s')} {int(path.stem[:2])} in {host}"
        label = re.search(rf"\[!\[{alt}\]\[{host}\]\]\[(.+?)\]", row)[1]
        assert f"\n[{label}]: {before}{address}\n" in README


def test_the_course_can_be_cited_and_its_slides_are_credited():
    text = " ".join(README.split())
    assert "*Neural Matrix Factorization, an executable course* (2026)" in text
    assert "Ben Dai, *Neural Matrix Factorization*, [STAT3009 Recommender Systems]" in text
    assert "(CUHK), 6 November 2024" in text


def test_the_picture_and_the_words_below_it_say_what_lecture_6_stores():
    results = picture.stored_results()
    alt = picture.alt_text(results)
    assert f"![{alt}](.github/results.png)" in README, "run make picture"
    assert Image.open(picture.PICTURE).text["Description"] == alt, "run make picture"
    gain = results.RMSE["MF-mean"] - results.RMSE  # over MF with biases
    assert -gain["MF"] > gain["ANCF"] > results.sd["ANCF"]
    assert max(gain["NCF #1"], gain["Neural-NCF"]) <= results.sd["Neural-NCF"]


@pytest.mark.parametrize("name", BUDGETS)
def test_commands_that_pages_name_are_there(name):
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = "".join(re.findall(r"^```\n.*?^```", text, re.M | re.S))
    named = re.findall(r"^make ([a-z]+)", blocks, re.M) + re.findall(r"`make\s([a-z]+)", text)
    assert set(named) <= {*targets}
