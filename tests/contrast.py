"""What is measured of every figure: contrast, the size of its letters, and more than colours.

test_accessibility.py measures the figures of utils.plotting. `measured` does it in a notebook, to
all that it publishes: test_colab.py puts it into each that runs.
"""

import functools
from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text


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


def check_text(figure: Figure) -> None:
    """Every text has a contrast of 4.5 and at least 9 points."""
    figure.draw_without_rendering()  # which writes the numbers at the axes
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    assert len(texts) >= 3, "a figure says what its axes are"
    for text in texts:
        assert contrast(text.get_color(), text.get_alpha()) >= 4.5, f"pale: {text}"
        assert text.get_fontsize() >= 9, f"small: {text}"


def check_marks(figure: Figure) -> None:
    """Every line, bar, box and mark has a contrast of 3, inside or at its edge."""
    for ax in figure.axes:
        for line in ax.lines:
            ends = [line.get_markerfacecolor(), line.get_markeredgecolor()]
            drawn = ends if line.get_linestyle() == "None" else [line.get_color()]
            best = max(contrast(colour, line.get_alpha()) for colour in drawn)
            assert best >= 3, f"pale: {line}"
        for patch in ax.patches:
            edge = [patch.get_edgecolor()] if patch.get_linewidth() else []
            best = max(map(contrast, [patch.get_facecolor(), *edge]))
            assert best >= 3, f"pale: {patch}"
        for marks in ax.collections:
            for colours in mark_colours(marks.get_facecolor(), marks.get_edgecolor()):
                assert max(map(contrast, colours)) >= 3, f"pale: {marks}, {colours}"


def mark_colours(faces: np.ndarray, edges: np.ndarray) -> set[tuple]:
    """The colours of each mark of a collection, which repeats them until every mark has some."""
    there = [colours for colours in (faces, edges) if len(colours)]
    longest = max(map(len, there), default=0)
    every = [map(tuple, np.resize(colours, (longest, 4))) for colours in there]
    return set(zip(*every, strict=True))


def check_legends(figure: Figure) -> None:
    """What has a legend differs in more than its colour: in line, mark or hatching."""
    for legend in figure.findobj(Legend):
        looks = [look(handle) for handle in legend.legend_handles]
        assert len(set(looks)) == len(looks), f"told apart by colour alone: {looks}"


def look(handle) -> tuple:
    """How an entry of a legend looks, apart from its colour."""
    if hasattr(handle, "get_marker"):
        return str(handle.get_linestyle()), str(handle.get_marker())
    if hasattr(handle, "get_paths"):
        return tuple(path.vertices.tobytes() for path in handle.get_paths())
    return str(handle.get_linestyle()), str(handle.get_hatch())


def check(figure: Figure) -> None:
    for measure in (check_text, check_marks, check_legends):
        measure(figure)


def measured(show: Callable[[Axes, str], None]) -> Callable[[Axes, str], None]:
    """`plotting.show`, which now measures the figure first."""

    @functools.wraps(show)
    def measure_and_show(ax: Axes, alt: str) -> None:
        check(ax.figure)
        show(ax, alt)

    return measure_and_show
