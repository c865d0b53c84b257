"""What a reader needs who sees no colours, little contrast, or nothing at all.

Headings of notebooks are tested in test_notebooks.py, alt texts and the borders of the boxes in
drawings of networks in test_plotting.py, and the slides in test_slides.py. All other figures of
notebooks are measured in test_colab.py.
"""

import re

import contrast
import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from test_notebooks import PATHS, code_cells, name_of, prose

from utils import plotting


def test_contrast_of_known_colours():
    for colour, ratio in {"black": 21, "white": 1, "none": 1, "#767676": 4.54}.items():
        assert contrast.contrast(colour) == pytest.approx(ratio, abs=0.01)
    assert contrast.contrast("black", 0.0) == pytest.approx(1)


POINTS = np.random.RandomState(0).normal(size=(16, 3))
GROUPS = [f"kind {k % 8}" for k in range(16)]
CURVE = {"rmse": [1.0, 0.9, 0.8], "val_rmse": [1.1, 1.0, 1.05]}
TABLE = pd.DataFrame({"RMSE": [1.1, 0.9], "sd": [0.0, 0.01]}, index=["mean", "MF"])
TABLE.attrs["floor"] = 0.8
FIGURES = [
    (plotting.plot_learning_curve, CURVE, {"user + item means": 0.95}),
    (plotting.plot_results, TABLE),
    (plotting.plot_embedding, POINTS, {0: "a film"}, GROUPS),
]


@pytest.mark.parametrize(("draw", "given"), [(draw, given) for draw, *given in FIGURES])
def test_figures_have_contrast_large_letters_and_more_than_colours(draw, given, monkeypatch):
    published = []
    keep = contrast.measured(lambda ax, alt: published.append(ax))
    monkeypatch.setattr(plotting, "show", keep)
    draw(*given)
    plt.close("all")
    assert len(published) == 1


def drawn(**look) -> plt.Axes:
    ax = plt.figure().add_subplot(xlabel="words", ylabel="words", title="words")
    ax.plot([0, 1], color=look.pop("line", "black"), label="one")
    ax.plot([1, 0], color="blue", ls=look.pop("style", "--"), label="two")
    ax.bar([0, 1], [1, 1], color=look.pop("bar", "black"))
    ax.scatter([0, 1], [0, 1], c=look.pop("marks", ["black", "blue"]), ec=look.pop("edge", "none"))
    ax.text(0, 0, "words", **{"color": "black", **look})
    ax.legend()
    return ax


PALE = "#BBBBBB"
BAD = {
    "pale text": {"color": PALE},
    "text that is half transparent": {"alpha": 0.4},
    "small text": {"size": 8},
    "a pale line": {"line": PALE},
    "pale bars": {"bar": PALE},
    "one pale mark among others": {"marks": ["black", PALE]},
    "a legend of colours alone": {"style": "-"},
}


@pytest.mark.parametrize("what", BAD)
def test_a_figure_with_a_fault_is_not_published(what):
    published = []
    show = contrast.measured(lambda ax, alt: published.append(alt))
    show(drawn(), "right")
    show(drawn(marks=["black", PALE], edge="black"), "the edge counts")
    with pytest.raises(AssertionError):
        show(drawn(**BAD[what]), what)
    plt.close("all")
    assert published == ["right", "the edge counts"]


@pytest.fixture(params=PATHS, ids=name_of)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def test_figures_of_notebooks_take_colours_with_contrast(notebook):
    dark = {"BLACK", "BLUE", "VERMILION", "GREY"}
    assert all(contrast.contrast(getattr(plotting, name)) >= 3 for name in dark)
    for cell in code_cells(notebook):
        assert set(re.findall(r"plotting\.([A-Z]{3,})\b", cell.source)) <= dark, cell.id
        own = re.search(r"\b(colors?|c|palette)=[\"'\[]|\bhue=", cell.source)
        assert not own, f"{cell.id}: take a colour of utils.plotting"
        maps = re.findall(r"\bcmap\"?[=:] ?\"(\w+)\"", cell.source)
        assert set(maps) <= {"Blues", "PuOr_r", "cividis"}, f"{cell.id}: not for all eyes"


def test_links_say_where_they_lead(notebook):
    for words in re.findall(r"(?<!\!)\[([^\]\[]+)\]\([^)]+\)", prose(notebook)):
        assert words.lower() not in ("here", "this", "link", "click", "see", "more"), words


def test_tables_have_headers(notebook):
    for output in (output for cell in code_cells(notebook) for output in cell.outputs):
        html = "".join(output.get("data", {}).get("text/html", ""))
        assert "<table" not in html or "<th" in html
