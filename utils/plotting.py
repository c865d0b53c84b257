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
from functools import cache
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from IPython import get_ipython
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.textpath import TextPath

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
    alt = alt or " ".join(map(_describe, panels))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    if get_ipython() is None:  # a script has no place for a picture
        return print(alt)
    data = {"image/png": base64.b64encode(buffer.getvalue()).decode(), "text/plain": alt}
    display(data, raw=True, metadata={"image/png": {"alt": alt}})


def _describe(ax):
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
    return _plain(". ".join(part[0].upper() + part[1:] for part in parts)) + "."


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


def _plain(text):
    """A text without the signs of its formulas."""
    formula = r"\$([^$\s]*[a-zA-Z][^$\s]*)\$"
    return re.sub(formula, lambda found: re.sub(r"\\math\w+|[{}\\]", "", found[1]), text)


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
    show(ax, f"Learning curve. {_describe(ax)}")


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


# ---------------------------------------------------------------- networks

_COMBINING = "Dot Add Subtract Multiply Divide Sum Average Concatenate Maximum Minimum".split()
_LOOKS = {  # by kind: fill, and the border's style, width and corners
    "Input": ("#E8E8E8", "-", 1.2, "round,pad=0,rounding_size=16"),
    "Embedding": ("#CFE8F8", "-", 3.0, "square,pad=0"),
    **dict.fromkeys(_COMBINING, ("#C6E9DE", "-.", 1.8, "round,pad=0,rounding_size=6")),
    **dict.fromkeys(["Dense", "Model"], ("#FBE3B5", "-", 1.2, "square,pad=0")),
    "?": ("#FFFFFF", "--", 1.8, "square,pad=0"),
    "other": ("#FFFFFF", ":", 1.8, "square,pad=0"),
}


def plot_network(model: Any, hidden: Sequence[str] = ()) -> None:
    """Diagram of a functional Keras model, drawn from the model itself, left to right.

    A box for each layer: name, kind, output shape, number of parameters (if there are any); an
    arrow for each tensor that goes from one layer to another. A layer that is used twice has two
    boxes. Layers named in `hidden` show only "?". Raises TypeError for a model without a graph
    (subclassed or Sequential), ValueError if `hidden` names a layer that is not there.
    """
    boxes, edges = _read_graph(model)
    names = sorted({name for name, _ in boxes})
    if not set(hidden) <= set(names):
        raise ValueError(f"hidden names layers that are not there; there are {names}")
    boxes |= {key: ["?"] for key in boxes if key[0] in hidden}
    tall = {key: 17 * max(3, len(lines)) + 16 for key, lines in boxes.items()}  # points
    columns, chains, y = _layout(tall, edges)
    ax, span, right = plt.subplots()[1], {}, -33  # left and right end of each box and long arrow
    for column in columns:
        left = right + 33
        texts = [text for key in column for text in enumerate(boxes.get(key, []))]
        widths = [TextPath((0, 0), text, _size(rank)).get_extents().width for rank, text in texts]
        right = left + max(44, *widths) + 16
        span |= dict.fromkeys(column, (left, right))
    for chain in chains:
        rivals = sorted(y[other[-2]] for other in chains if other[-1] == chain[-1])
        port = rivals.index(y[chain[-2]]) - (len(rivals) - 1) / 2
        _draw_arrow(ax, chain, span, {**y, chain[-1]: y[chain[-1]] + 12 * port})
    for key, lines in boxes.items():
        _draw_box(ax, lines, *span[key], y[key], tall[key])
    top = min(y[key] - tall[key] / 2 for key in tall)
    bottom = max(y[key] + tall[key] / 2 for key in tall)
    ax.set(xlim=(-6, right + 6), ylim=(bottom + 6, top - 6), position=(0, 0, 1, 1))
    ax.axis("off")
    ax.figure.set_size_inches((right + 12) / 72, (bottom - top + 12) / 72)
    words = ["Network, from input to output"]
    for key, (name, *lines) in boxes.items():
        before = " and ".join(boxes[source][0] for source, target in edges if target == key)
        words.append(_plain(", ".join([f"{name} from {before}" if before else name, *lines])))
    show(ax, ". ".join(words) + ".")


def _read_graph(model):
    """Boxes {(layer, call): lines of text} and edges [(from, to)] of a functional model."""
    layers = model.get_config().get("layers", []) if hasattr(model, "get_config") else []
    if not layers or "inbound_nodes" not in layers[0] or not hasattr(model, "operations"):
        raise TypeError(
            "plot_network draws a functional model, keras.Model(inputs, outputs), built from "
            f"keras.Input and output = layer(input); a {type(model).__name__} has no graph to draw"
        )
    counts = {layer.name: layer.count_params() for layer in model.layers}
    boxes, edges, shapes = {}, {}, {}
    for layer in layers:
        for call, node in enumerate(layer["inbound_nodes"] or [{}]):
            key = layer["name"], call
            for source, shape in _tensors([node.get("args"), node.get("kwargs")]):
                edges[source, key] = None  # a dict keeps the order and no doubles
                shapes[source] = shape
            boxes[key] = [_letters(layer["name"]), _kind(layer, node.get("args", ()))]
    ends = {operation.name: operation.output for operation in model.operations}
    for (name, call), lines in boxes.items():
        shape = shapes.get((name, call)) or getattr(ends[name], "shape", ())
        sizes = ["batch" if size is None else str(size) for size in shape]
        lines.append(f"({', '.join(sizes)}{',' * (len(sizes) == 1)})")
        if counts.get(name):
            lines.append("the same weights" if call else f"{counts[name]:,} parameters")
    return boxes, list(edges)


def _tensors(tree):
    """All ((layer, call), shape) of the Keras tensors in a nested configuration."""
    if isinstance(tree, dict) and "keras_history" in tree:
        yield tuple(tree["keras_history"][:2]), tree.get("shape")
    elif isinstance(tree, (dict, list, tuple)):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from _tensors(branch)


def _kind(layer, args):
    """The kind of a layer in words, of which the first says how its box looks."""
    kind, config = layer["class_name"], layer["config"]
    if kind == "Embedding":
        return f"Embedding {config['input_dim']:,} × {config['output_dim']:,}"
    if kind == "Dense":
        activation = config["activation"] if isinstance(config["activation"], str) else "custom"
        return f"Dense {config['units']}" + f", {activation}" * (activation != "linear")
    numbers = [x for x in [*args, config.get("rate")] if isinstance(x, (int, float))]
    kind = {"InputLayer": "Input", "Functional": "Model", "Sequential": "Model"}.get(kind, kind)
    return " ".join([kind, *(f"{number:g}" for number in numbers)])


def _letters(name):
    """The name of a layer as on the slides: p_u and q_i are vectors, a_u and b_i numbers."""
    name = re.sub(r"(?<![^_])([pqst])_([ui])(?![^_])", r"$\\mathbf{\1}_\2$", name.replace("$", ""))
    name = re.sub(r"(?<![^_])([ab]_[ui])(?![^_])", r"$\1$", name)
    name = re.sub(r"^(phi|psi|lambda|mu|sigma)(?:_(\d+))?(?![^_])", r"$\\\1_{\2}$", name)
    return re.sub(r"_(?=\$)|(?<=\$)_", " ", name.replace("_{}", ""))


def _layout(tall, edges):
    """Columns by longest path, the way of each arrow, and the height of each box, downwards.

    A long arrow has a lane in each column that it passes. A box stands at the mean height of what
    comes before it; the second column is in the order of the model, and the inputs stand at the
    mean height of what they go to.
    """

    @cache
    def depth(key):
        before = [source for source, target in edges if target == key]
        return key[2] if len(key) == 3 else max((depth(source) + 1 for source in before), default=0)

    chains = [[a, *((a, b, k) for k in range(depth(a) + 1, depth(b))), b] for a, b in edges]
    steps = [step for chain in chains for step in pairwise(chain)]
    keys = [*tall, *(lane for chain in chains for lane in chain[1:-1])]
    columns = [[key for key in keys if depth(key) == k] for k in range(max(map(depth, tall)) + 1)]
    y = {}
    for column in [*columns[1:], columns[0]]:
        wish = {}
        for rank, key in enumerate(column):
            near = [y[a] for a, b in steps if b == key and a in y]
            near = near or [y[b] for a, b in steps if a == key and b in y] or [100 * rank]
            wish[key] = sum(near) / len(near)
        column.sort(key=wish.get)
        y |= wish
        for above, key in pairwise(column):
            room = (tall.get(above, 12) + tall.get(key, 12)) / 2 + 14
            y[key] = max(wish[key], y[above] + room)
        shift = sum(y[key] - wish[key] for key in column) / len(column)
        y |= {key: y[key] - shift for key in column}
    return columns, chains, y


def _size(rank):
    return 11 if rank else 13  # points: the name of a layer is larger than what is below it


def _draw_box(ax, lines, left, right, y, tall):
    kind = re.match(r"\w+|\?", lines[min(1, len(lines) - 1)])[0]
    fill, style, width, corners = _LOOKS.get(kind, _LOOKS["other"])
    look = {"boxstyle": corners, "fc": fill, "ec": BLACK, "ls": style, "lw": width, "zorder": 2}
    ax.add_patch(FancyBboxPatch((left, y - tall / 2), right - left, tall, **look))
    for rank, text in enumerate(lines):
        place = (left + right) / 2, y + (rank - (len(lines) - 1) / 2) * 17
        ax.text(*place, text, size=_size(rank), ha="center", va="center", zorder=3)


def _draw_arrow(ax, chain, span, y):
    """A curve in each gap between columns, a straight line through each lane."""
    points, codes = [(span[chain[0]][1], y[chain[0]])], [Path.MOVETO]
    for key in chain[1:]:
        (x, start), (left, right), end = points[-1], span[key], y[key]
        middle = (x + left) / 2
        points += [(middle, start), (middle, end), (left, end), (right, end)]
        codes += [Path.CURVE4] * 3 + [Path.LINETO]
    look = {"arrowstyle": "-|>", "mutation_scale": 13, "color": GREY, "lw": 1.5, "zorder": 1}
    ax.add_patch(FancyArrowPatch(path=Path(points[:-1], codes[:-1]), **look))


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
    ax = plt.subplots(figsize=(7, 5))[1]
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
        weight = "bold" if "lowest" in text else "normal"
        ax.annotate(text, (value + max(sd, 0), row), fontweight=weight, **place)
    ax.margins(x=0.08)
    if floor is not None:
        ax.axvline(floor, color=BLACK, ls="--", lw=1.8)
        words.append(f"noise floor {floor:.3f}")
        ax.text(floor, -0.7, words[-1], ha="center")
    low, high = ax.get_xlim()
    ax.set(xlim=(low, high + 0.35 * (high - low)), xlabel="RMSE (stars)")
    ax.set_ylim(len(results) - 0.4, -0.6)
    ax.set_yticks(range(len(results)), list(map(str, results.index)), parse_math=False)
    ax.grid(axis="y", ls=":")
    show(ax, f"Dot plot of the RMSE (stars), from top to bottom: {'; '.join(words)}.")
