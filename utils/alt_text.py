"""What is drawn in Matplotlib's Axes, in words: the alt texts of the course's figures."""

import re

import numpy as np
from matplotlib.axes import Axes


def describe(ax: Axes) -> str:
    """What is drawn in the Axes, in words."""
    axes = {"across": ax.get_xlabel(), "up": ax.get_ylabel()}
    parts = [ax.get_title(), *(f"{way}: {label}" for way, label in axes.items() if label)]
    bars = [group for group in ax.containers if hasattr(group, "datavalues")]
    parts += [_describe_bars(ax, group) for group in bars]
    parts += [_describe_line(ax, line) for line in ax.lines]
    for marks in ax.collections:
        places = np.ma.filled(marks.get_offsets(), np.nan)
        if len(places) > 1:
            (left, low), (right, high) = np.nanmin(places, axis=0), np.nanmax(places, axis=0)
            ends = f"across from {left:.2f} to {right:.2f}, up from {low:.2f} to {high:.2f}"
            parts.append(f"{len(places):,} points{_label(marks)}, {ends}")
    known = [line.get_label() for line in ax.lines]
    parts += [text.get_text() for text in ax.texts if not bars and text.get_text() not in known]
    parts = [" ".join(part.split()) for part in parts if part.strip()]
    return plain(". ".join(part[0].upper() + part[1:] for part in parts)) + "."


def _describe_bars(ax, bars):
    """The name and the length of each bar; of more than 15, of the first, longest and last."""
    side, axis = (0, ax.xaxis) if bars.orientation == "vertical" else (1, ax.yaxis)
    labels = [label.get_text() for label in axis.get_ticklabels()]
    names = dict(zip(np.round(axis.get_ticklocs(), 3), labels, strict=True))
    middles = [round(bar.get_center()[side], 3) for bar in bars]
    names = [names.get(middle) or _number(middle) for middle in middles]
    words = [f"{n} {_number(v)}" for n, v in zip(names, bars.datavalues, strict=True)]
    if len(words) > 15:
        words = [words[0], f"longest {words[int(np.nanargmax(bars.datavalues))]}", words[-1]]
    return f"{len(bars)} bars{_label(bars)}: {', '.join(words)}"


def _describe_line(ax, line):
    """Where a line begins and ends, and its lowest and highest point between."""
    x, y = line.get_xydata()[np.isfinite(line.get_xydata()).all(axis=1)].T

    def at(k):
        return f"{_number(y[k])} at {_number(x[k])}"

    if line.get_transform() != ax.transData:  # drawn by axvline or axhline
        return f"straight line{_label(line)} at {_number(x[0] if x[0] == x[-1] else y[0])}"
    if len(x) < 2:
        return f"mark{_label(line)}"
    turns = {"lowest": np.argmin(y), "highest": np.argmax(y)}
    turns = [f", {word} {at(k)}" for word, k in turns.items() if y[k] not in y[[0, -1]]]
    return f"line{_label(line)} from {at(0)} to {at(-1)}" + "".join(turns)


def _label(artist):
    label = str(artist.get_label())
    return "" if label.startswith("_") or label == "None" else f" {label!r}"


def _number(value):
    if abs(value) >= 1e6 or not np.isfinite(value):
        return f"{value:.1e}"
    decimals = 0 if value == round(value) else 3 if abs(value) < 1 else 2
    return f"{value + 0.0:,.{decimals}f}"  # + 0.0 makes 0 of -0


def plain(text: str) -> str:
    """A text without the signs of its formulas."""
    formula = r"\$([^$\s]*[a-zA-Z][^$\s]*)\$"
    return re.sub(formula, lambda found: re.sub(r"\\math\w+|[{}\\]", "", found[1]), text)
