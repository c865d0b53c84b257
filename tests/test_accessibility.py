"""What a reader needs who sees no colours, little contrast, or nothing at all.

Alt texts and headings of notebooks are tested in test_notebooks.py, the borders of the boxes in
drawings of networks in test_plotting.py, and the slides in test_slides.py.
"""

import re
from itertools import combinations, pairwise

import nbformat
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgba
from matplotlib.legend import Legend
from matplotlib.text import Text
from test_notebooks import PATHS, code_cells, name_of, prose

from utils import plotting

# Contrast -----------------------------------------------------------------------------------------


def on_white(colour: tuple, alpha: float | None = None) -> np.ndarray:
    """Red, green and blue of a colour that white paper shines through."""
    *rgb, opacity = to_rgba(colour, alpha)
    return opacity * np.array(rgb) + (1 - opacity)


def contrast(colour: tuple, alpha: float | None = None) -> float:
    """The ratio with white of WCAG 2: (L1 + 0.05) / (L2 + 0.05), from 1 to 21.

    Source: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    """
    rgb = on_white(colour, alpha)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)


def test_contrast_of_known_colours():
    assert contrast("black") == pytest.approx(21) and contrast("white") == pytest.approx(1)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)
    assert contrast("black", 0.0) == pytest.approx(1)


def learning_curve() -> plt.Axes:
    return plotting.plot_learning_curve({"rmse": [1.0, 0.9, 0.8], "val_rmse": [1.1, 1.0, 1.05]})


def results() -> plt.Axes:
    table = pd.DataFrame({"RMSE": [1.1, 0.9], "sd": [0.0, 0.01]}, index=["mean", "MF"])
    table.attrs["floor"] = 0.8
    return plotting.plot_results(table)


def embedding() -> plt.Axes:
    points = np.random.RandomState(0).normal(size=(16, 3))
    groups = [f"kind {k % 8}" for k in range(16)]
    return plotting.plot_embedding(points, labels={0: "a film"}, groups=groups)


def ratings() -> plt.Axes:
    return plotting.plot_ratings(pd.DataFrame({"rating": [1.0, 2.0, 2.0, 5.0]}))


def long_tail() -> plt.Axes:
    return plotting.plot_long_tail(pd.DataFrame({"item": [0, 0, 0, 1, 1, 2]}))


def hand_plot() -> plt.Axes:
    """The one figure with several curves that a notebook draws by itself, in lecture 4."""
    cells = nbformat.read(ROOT / "lectures" / "04_ncf1_mlp.ipynb", as_version=4).cells
    (source,) = [cell.source for cell in cells if cell.id == "hand-plot"]
    names = {"np": np, "pd": pd, "plotting": plotting}
    exec(source.partition("plotting.show(")[0], names)
    return names["ax"]


FIGURES = [learning_curve, results, embedding, ratings, long_tail, hand_plot]


@pytest.fixture(params=FIGURES, ids=lambda draw: draw.__name__)
def ax(request: pytest.FixtureRequest):
    yield request.param()
    plt.close("all")


def test_text_has_a_contrast_of_4_5(ax):
    texts = [t for t in ax.figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    assert len(texts) >= 3
    assert not [t for t in texts if contrast(t.get_color(), t.get_alpha()) < 4.5]
    assert min(t.get_fontsize() for t in texts) >= 9


def test_marks_and_lines_have_a_contrast_of_3(ax):
    for line in ax.lines:
        assert contrast(line.get_color(), line.get_alpha()) >= 3, line
    for patch in ax.patches:
        assert contrast(patch.get_facecolor()) >= 3, patch
    for marks in ax.collections:  # the edge counts: it is what the mark ends with
        edges = [*marks.get_edgecolor(), *marks.get_facecolor()]
        assert max(map(contrast, edges)) >= 3, marks


def test_what_has_a_legend_differs_in_more_than_its_colour(ax):
    handles = [entry for legend in ax.findobj(Legend) for entry in legend.legend_handles]
    looks = [
        (str(h.get_linestyle()), str(h.get_marker())) for h in handles if hasattr(h, "get_marker")
    ]
    shapes = [h.get_paths()[0].vertices for h in handles if hasattr(h, "get_paths")]
    assert len(set(looks)) == len(looks)
    assert not [1 for one, two in combinations(shapes, 2) if np.array_equal(one, two)]


# The notebooks' own figures and words ---------------------------------------------------------


@pytest.fixture(params=PATHS, ids=name_of)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def test_figures_of_notebooks_take_colours_with_contrast(notebook):
    dark = {"BLACK", "BLUE", "VERMILION", "GREY"}
    assert all(contrast(getattr(plotting, name)) >= 3 for name in dark)
    for cell in code_cells(notebook):
        assert set(re.findall(r"plotting\.([A-Z]{3,})\b", cell.source)) <= dark, cell.id
        own = re.search(r"\b(colors?|c|palette|cmap)=[\"'\[]|\bhue=", cell.source)
        assert not own, f"{cell.id}: take a colour of utils.plotting"


LINK = r"(?<!\!)\[([^\]\[]+)\]\([^)]+\)"


@pytest.mark.parametrize("source", ["README.md", *map(name_of, PATHS)])
def test_links_say_where_they_lead(source):
    text = (ROOT / source).read_text(encoding="utf-8")
    if source.endswith(".ipynb"):
        text = prose(nbformat.reads(text, as_version=4))
    for words in re.findall(LINK, text):
        assert words.lower() not in ("here", "this", "link", "click", "see", "more"), words
    assert not re.findall(r"!\[\s*\]", text), "a picture without words"


def test_headings_of_the_readme_are_in_order():
    text = re.sub(r"^```.*?^```", "", (ROOT / "README.md").read_text("utf-8"), flags=re.M | re.S)
    levels = [len(hashes) for hashes in re.findall(r"^(#+) ", text, re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_tables_have_headers(notebook):
    for output in (output for cell in code_cells(notebook) for output in cell.outputs):
        html = "".join(output.get("data", {}).get("text/html", ""))
        assert "<table" not in html or "<th" in html
