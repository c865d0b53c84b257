"""Figures of the course: learning curves, networks, embeddings and results.

Every `plot_...` function draws a figure, publishes it, and describes in words what it drew, for
readers who do not see it (the alt text). `show` does that for a figure which a notebook draws
itself. Importing this module sets the style of all figures. The colours are the Okabe-Ito palette,
which colour-blind readers can tell apart (https://jfly.uni-koeln.de/color/); markers, line styles
and borders repeat what the colours say.
"""

import base64
import io
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython import get_ipython
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.text import Text

from utils.alt_text import describe
from utils.network_diagram import draw_network

BLACK, BLUE, VERMILION, GREY = "#000000", "#0072B2", "#D55E00", "#444444"
PALETTE = (BLUE, VERMILION, "#009E73", "#CC79A7", BLACK, "#E69F00", "#56B4E9", "#F0E442")
MARKERS, DPI = "ov^sDP*X", 110  # dots per inch
_STYLE = {"figure.figsize": (7, 4), "figure.dpi": DPI, "grid.color": "#DDDDDD"}
sns.set_theme(style="whitegrid", palette=PALETTE, font="DejaVu Sans", rc=_STYLE)


def show(ax: Axes | None = None, alt: str | None = None) -> None:
    """Publish the figure of `ax`, or the current one, as a PNG with an alt text, and close it.

    Without `alt` the text is made from what is drawn: title, axes, bars, lines, points and words
    of each panel. The tests compare it. Raises ValueError if nothing is drawn.
    """
    figure = plt.gcf() if ax is None else ax.figure
    panels = [panel for panel in figure.axes if panel.get_label() != "<colorbar>"]
    if not any(panel.has_data() for panel in panels):
        plt.close(figure)
        raise ValueError("there is nothing to show: draw a figure first")
    for panel in panels:
        for text in [*panel.get_xticklabels(), *panel.get_yticklabels(), *panel.findobj(Text)]:
            try:
                text.get_window_extent()
            except ValueError:  # "$_$" is no formula: write it as it stands
                text.set_parse_math(False)
    alt = alt or " ".join(map(describe, panels))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    if get_ipython() is None:  # a script has no place for a picture
        return print(alt)
    data = {"image/png": base64.b64encode(buffer.getvalue()).decode(), "text/plain": alt}
    display(data, raw=True, metadata={"image/png": {"alt": alt}})


def _write(ax, notes):
    """Write each (text, (x, y)) at the free place nearest to its point: off lines, points, texts.

    A thin line leads to the point; if x is None, any x is as good. The Axes are divided into
    cells of 4 pixels, and a place is free if nothing is in its cells.
    """
    ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim())
    seen = [ax.transData.transform(marks.get_offsets()) for marks in ax.collections]
    for line in ax.lines:
        course = line.get_transform().transform(line.get_xydata())
        seen += [course, *(np.linspace(a, b, 99) for a, b in pairwise(course))]
    frame, cell, margin = ax.get_window_extent(), 4, 9
    edges = [np.arange(0, length + cell, cell) for length in frame.size]
    taken = np.histogram2d(*(np.vstack(seen) - frame.min).T, bins=edges)[0]
    look = {"xytext": (0, 0), "textcoords": "axes pixels", "va": "bottom", "zorder": 4}
    look |= {"bbox": {"fc": "white", "alpha": 0.75, "pad": 0.5, "lw": 0}, "parse_math": False}
    for text, (x, y) in notes:
        text = text if len(text) <= 40 else text[:39] + "…"
        anchor = (ax.get_xlim()[0] if x is None else x, y)
        line = None if x is None else {"arrowstyle": "-", "color": GREY, "shrinkB": 5}
        note = ax.annotate(text, anchor, arrowprops=line, **look)
        size = Text.get_window_extent(note).size + 2 * margin
        width, height = np.minimum(np.ceil(size / cell).astype(int), taken.shape)
        sums = np.pad(taken.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        sums = sums[width:] - sums[:-width]
        covered = sums[:, height:] - sums[:, :-height]  # from each place of the lower left corner
        across, up = (ax.transData.transform(anchor) - frame.min) / cell
        left, low = np.indices(covered.shape)
        aside = 0 if x is None else np.minimum(abs(left - across), abs(left + width - across))
        best = np.argmin(1e6 * covered + np.hypot(aside, low + height / 2 - up))
        left, low = np.unravel_index(best, covered.shape)
        taken[left : left + width, low : low + height] += 1
        note.set_position((left * cell + margin, low * cell + margin))


# ---------------------------------------------------------------- training


def _metric(history):
    """The metric to show: rmse, or else the first one, or else the loss."""
    names = [n for n in history if not n.startswith("val_") and n not in ("loss", "learning_rate")]
    return "rmse" if "rmse" in names else next(iter(names), "loss")


def plot_learning_curve(history: Any, baseline: Mapping[str, float] | None = None) -> None:
    """Lines: a metric on training and validation data after each epoch, the best one marked.

    `history` is what `model.fit` returns, or its `.history`. The metric is rmse, else the first
    one, else the loss. `baseline` {name: value} is a dashed line, in the metric's unit. With
    `validation_freq=k` the validation values stand at every k-th epoch. Best is the lowest value,
    or the highest if the metric's name says accuracy or AUC. Raises ValueError if there are no
    epochs or no finite values.
    """
    history = getattr(history, "history", history)
    metric = _metric(history)
    if not history.get(metric):
        raise ValueError("this history has no epochs: run model.fit first")
    curves = {"train": history[metric], "validation": history.get(f"val_{metric}", [])}
    if not all(np.isfinite(values).any() for values in curves.values() if len(values)):
        raise ValueError(f"{metric} is never a finite number: the training diverged from the start")
    epochs, ax, notes = len(curves["train"]), plt.subplots()[1], []
    for name, value in (baseline or {}).items():
        notes.append((f"{name} {value:.3f}", (None, value)))
        ax.axhline(value, color=BLACK, ls="--", lw=1.5, label=notes[-1][0])
    for (name, values), look in zip(curves.items(), ("o--", "s-"), strict=True):
        x, y = np.arange(1, len(values) + 1) * (epochs // max(len(values), 1)), np.array(values)
        known = np.isfinite(y)
        if known.any():
            name += "" if known.all() else f", not finite in epoch {x[~known][0]}"
            ax.plot(x[known], y[known], look, ms=5, lw=2, label=name)
            notes.append((name, (x[known][-1], y[known][-1])))
    if len(curves["validation"]):
        best = (np.argmax if re.search("acc|auc", metric) else np.argmin)(y[known])
        x, y = x[known][best], y[known][best]
        notes.insert(len(baseline or {}), (f"best: {y:.3f} in epoch {x}", (x, y)))
        ax.plot(x, y, "*", color=BLACK, ms=17, label=f"best: {y:.3f} in epoch {x}")
    label = {"rmse": "RMSE (stars)", "mae": "MAE (stars)", "accuracy": "accuracy (share)"}
    ax.set(xlabel="epoch", ylabel=label.get(metric, metric.replace("_", " ")))
    ax.set(xlim=(0.5, 1.18 * epochs + 0.5))
    ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    ax.set_xticks([tick for tick in ax.get_xticks() if 1 <= tick <= epochs])
    ax.margins(y=0.15)
    _write(ax, notes)
    show(ax, f"Learning curve. {describe(ax)}")


def progress(label: str = "") -> Any:
    """A Keras callback that keeps one line of text up to date while a model trains.

    Use it as `model.fit(..., verbose=0, callbacks=[progress()])`. The line has the epoch and the
    metric that `plot_learning_curve` draws; `label` stands before it. At the end, also after early
    stopping, it is printed with the word `done` and without times: the same text in every run.

    While training, the line is a display that is updated. nbval compares the first version of a
    display with what is stored, which is the last one, so it begins and ends empty.
    """
    import keras

    empty = {"text/plain": "", "text/html": ""}

    class Progress(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.line = ""
            self.live = display(empty, raw=True, display_id=True) if get_ipython() else None

        def on_epoch_end(self, epoch, logs=None):
            total, name = self.params["epochs"], _metric(logs)
            self.line = f"{label}   " if label else ""
            self.line += f"epoch {epoch + 1:{len(str(total))}} of {total}"
            for key, part in ((name, "train"), (f"val_{name}", "validation")):
                if key in logs:
                    metric = name.replace("root_mean_squared_error", "rmse")
                    self.line += f"   {part} {metric} {logs[key]:.3f}"
            if self.live:
                html = f"<pre>{self.line}</pre>"
                self.live.update({"text/plain": self.line, "text/html": html}, raw=True)

        def on_train_end(self, logs=None):
            if self.live:
                self.live.update(empty, raw=True)
            if self.line:
                print(f"{self.line}   done")

    return Progress()


def plot_network(model: Any, hidden: Sequence[str] = ()) -> None:
    """Diagram of a functional Keras model, drawn from the model itself, left to right.

    A box for each layer: name, kind, output shape, number of parameters (if there are any); an
    arrow for each tensor that goes from one layer to another. A layer that is used twice has two
    boxes. Layers named in `hidden` show only "?". Raises TypeError for a model without a graph
    (subclassed or Sequential), ValueError if `hidden` names a layer that is not there.
    """
    show(*draw_network(model, hidden))


# ---------------------------------------------------------------- embeddings and results


def plot_embedding(
    vectors: np.ndarray,
    labels: Mapping[int, str] | None = None,
    groups: Sequence[str] | None = None,
) -> None:
    """Map of an embedding: its first two principal components.

    `vectors` has shape (n, r), n vectors of r >= 2 finite numbers; `labels` {row: text} are written
    beside their points; `groups`, n strings of at most 8 kinds, give colours and markers. Each
    component's sign makes its largest loading positive, so the map is the same in every run.
    Raises ValueError for other shapes, numbers that are not finite, unknown rows, more groups.
    """
    vectors, labels = np.asarray(vectors, dtype=float), dict(labels or {})
    groups = np.full(len(vectors), "") if groups is None else np.asarray(groups, dtype=str)
    kinds = sorted(set(groups))
    if vectors.ndim != 2 or min(vectors.shape) < 2:
        raise ValueError(f"a map needs 2 or more rows and columns, not the shape {vectors.shape}")
    if not np.isfinite(vectors).all():
        count = (~np.isfinite(vectors).all(axis=1)).sum()
        raise ValueError(f"{count} vectors are not finite numbers: did the training diverge?")
    if len(groups) != len(vectors) or len(kinds) > len(PALETTE):
        raise ValueError(f"groups need {len(vectors)} names of at most {len(PALETTE)} kinds")
    if not set(labels) <= set(range(len(vectors))):
        raise ValueError(f"the rows that labels name are numbers from 0 to {len(vectors) - 1}")
    centred = vectors - vectors.mean(axis=0)
    _, scale, loadings = np.linalg.svd(centred, full_matrices=False)
    largest = [row[np.argmax(np.abs(row))] for row in loadings[:2]]
    points = centred @ (loadings[:2] * np.sign(largest)[:, None]).T  # shape (n, 2)
    share = scale**2 / max((scale**2).sum(), np.finfo(float).tiny)
    ax = plt.subplots(figsize=(7, 4.6))[1]
    # the dark edge makes marks of light colours stand out from the paper
    look = {"s": 60 if len(vectors) <= 200 else 30, "alpha": 0.75, "ec": GREY, "lw": 0.7}
    for kind, colour, marker in zip(kinds, PALETTE, MARKERS, strict=False):
        ax.scatter(*points[groups == kind].T, c=colour, marker=marker, label=kind, **look)
    across, up = (f"component {k + 1} ({share[k]:.2f} of the variance)" for k in (0, 1))
    ax.set(xlabel=across, ylabel=up)
    ax.margins(0.15)
    words = [f"Map of {len(points)} vectors", f"across: {across}", f"up: {up}"]
    if len(kinds) > 1:
        place = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "ncols": min(4, len(kinds))}
        ax.legend(frameon=False, **place)
        means = [f"{kind} {points[groups == kind, 0].mean():.2f}" for kind in kinds]
        words.append(f"means of component 1: {', '.join(means)}")
    named = points[list(labels)]
    _write(ax, zip(labels.values(), named, strict=True))
    ax.plot(*named.T, "o", ms=11, mfc="none", mec=BLACK, mew=1.5)
    sides = (("left", 0, 1), ("right", 0, -1), ("down", 1, 1), ("up", 1, -1))
    for side, column, sign in sides if labels else ():
        away = sign * named[:, column]
        ends = np.flatnonzero(away <= away.min() + 0.05 * np.ptp(points[:, column]))
        words.append(f"furthest {side}: {', '.join(list(labels.values())[k] for k in ends)}")
    show(ax, ". ".join(words) + ".")


def plot_results(results: pd.DataFrame) -> None:
    """Dot plot of the table of results: the RMSE of each model, in the table's order.

    `results` is indexed by the models' names; column `RMSE` in stars; column `sd`, if there is one,
    is the spread over seeds and becomes an error bar; a number `results.attrs["floor"]`, if there
    is one, is drawn as the noise floor. The lowest RMSE, to three decimals, has a star and bold
    text. Models without a finite RMSE are left out. Raises ValueError if none is left.
    """
    if "RMSE" not in results or not np.isfinite(results["RMSE"].astype(float)).any():
        raise ValueError(f"no numbers in a column 'RMSE'; the columns are {list(results.columns)}")
    floor, results = results.attrs.get("floor"), results[np.isfinite(results["RMSE"].astype(float))]
    ax, words = plt.subplots(figsize=(7, 1.2 + 0.45 * len(results)))[1], []
    for row, (name, model) in enumerate(results.iterrows()):
        value, sd = float(model["RMSE"]), float(model.get("sd", 0))
        text, look = f"{value:.3f}", {"color": BLUE, "marker": "o", "ms": 11}
        if sd > 0:
            text += f" ± {sd:.3f}"
        if round(value, 3) == round(float(results["RMSE"].min()), 3):
            text, look = f"{text}, lowest", {"color": VERMILION, "marker": "*", "ms": 19}
        words.append(f"{name} {text}")
        ax.plot(value, row, mfc="white", mew=2, **look)
        if sd > 0:  # above the mark, so that a short bar is seen, too
            ax.errorbar(value, row, xerr=sd, color=BLACK, capsize=5, capthick=2, lw=2, zorder=5)
        place = {"xytext": (13, 0), "textcoords": "offset points", "va": "center"}
        place["bbox"] = {"fc": "white", "pad": 1, "lw": 0}  # hides the dotted guide
        weight = "bold" if "lowest" in text else "normal"
        ax.annotate(text, (value + max(sd, 0), row), fontweight=weight, **place)
    ax.margins(x=0.08)
    if floor is not None:
        ax.axvline(floor, color=BLACK, ls="--", lw=1.8)
        words.append(f"noise floor {floor:.3f}")
        ax.text(floor, -0.7, words[-1], ha="center")
    low, high = ax.get_xlim()
    ax.set(xlim=(low, high + 0.35 * (high - low)), xlabel="RMSE (stars)")
    ax.locator_params(axis="x", nbins=5)
    ax.set_ylim(len(results) - 0.4, -0.6)
    ax.set_yticks(range(len(results)), list(map(str, results.index)), parse_math=False)
    ax.grid(axis="y", ls=":")
    show(ax, f"Dot plot of the RMSE (stars), from top to bottom: {'; '.join(words)}.")
