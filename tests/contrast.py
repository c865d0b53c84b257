"""What is measured of every figure: contrast, the size of its letters, and more than colours.

test_accessibility.py measures the figures of utils.plotting; test_colab.py puts `measured` into
each notebook that it runs, and so measures all that the notebooks publish.
"""

import functools
from collections.abc import Callable

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text


def contrast(colour: tuple, alpha: float | None = None) -> float:
    """The ratio with white of WCAG 2: (L1 + 0.05) / (L2 + 0.05), from 1 to 21.

    Source: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    """
    *rgb, opacity = to_rgba(colour, alpha)
    rgb = opacity * np.array(rgb) + (1 - opacity)  # white paper shines through
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)


def check(figure: Figure) -> None:
    """Letters have a contrast of 4.5 and 9 points, marks of 3; legends are not colours alone."""
    figure.draw_without_rendering()  # which writes the numbers at the axes
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    assert len(texts) >= 3, "a figure says what its axes are"
    for text in texts:
        assert contrast(text.get_color(), text.get_alpha()) >= 4.5, f"pale: {text}"
        assert text.get_fontsize() >= 9, f"small: {text}"
    for ax in (panel for panel in figure.axes if panel.get_label() != "<colorbar>"):
        for what, colours, alpha in marks(ax):
            best = max(contrast(colour, alpha) for colour in colours)
            assert best >= 3, f"pale: {what}, {colours}"
    for legend in figure.findobj(Legend):
        looks = [look(handle) for handle in legend.legend_handles]
        assert len(set(looks)) == len(looks), f"told apart by colour alone: {looks}"


def marks(ax: Axes):
    """All lines, bars, boxes and marks: what it is, the colours inside and at its edge, alpha."""
    for line in ax.lines:
        ends = [line.get_markerfacecolor(), line.get_markeredgecolor()]
        yield line, ends if line.get_linestyle() == "None" else [line.get_color()], line.get_alpha()
    written = [ax.transData.transform(text.get_position()) for text in ax.texts]
    for patch in ax.patches:
        if any(patch.get_window_extent().contains(*place) for place in written):
            continue  # a cell with its number in it
        edge = [patch.get_edgecolor()] if patch.get_linewidth() else []
        yield patch, [patch.get_facecolor(), *edge], None
    for points in ax.collections:  # it repeats its colours until every mark has some
        if isinstance(points, QuadMesh) and written:
            continue  # a heat map with its numbers in it
        there = [c for c in (points.get_facecolor(), points.get_edgecolor()) if len(c)]
        longest = max(map(len, there), default=0)
        every = [map(tuple, np.resize(colours, (longest, 4))) for colours in there]
        yield from ((points, colours, None) for colours in set(zip(*every, strict=True)))


def look(handle) -> tuple:
    """How an entry of a legend looks, apart from its colour."""
    if hasattr(handle, "get_marker"):
        return str(handle.get_linestyle()), str(handle.get_marker())
    if hasattr(handle, "get_paths"):
        return tuple(path.vertices.tobytes() for path in handle.get_paths())
    return str(handle.get_linestyle()), str(handle.get_hatch())


def measured(show: Callable) -> Callable:
    """`plotting.show`, which now measures the figure first."""

    @functools.wraps(show)
    def measure_and_show(ax: Axes | None = None, alt: str | None = None) -> None:
        check(plt.gcf() if ax is None else ax.figure)
        show(ax, alt)

    return measure_and_show
