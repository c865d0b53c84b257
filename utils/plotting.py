"""Figures of the course: ratings, learning curves, networks, embeddings and results.

Every `plot_...` function draws into `ax`, or into a new figure, and returns the Axes.
A notebook ends a figure with `show(ax, alt)`, which also stores the description `alt`
for readers who do not see it. Colours are the Okabe-Ito palette, which colour-blind
readers can tell apart (https://jfly.uni-koeln.de/color/); markers, line styles and
borders repeat what the colours say.
"""

import base64
import io
import re
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
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
from matplotlib.textpath import TextPath
from matplotlib.transforms import Bbox

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW, BLACK)
MARKERS, GREY = "ov^sDP*X", "#444444"
FONT, DPI = 12, 110  # points; dots per inch of what `show` publishes

_STYLE = {"font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "grid.color": "#DDDDDD"}
_STYLE |= dict.fromkeys(("font.size", "axes.labelsize", "axes.titlesize", "legend.fontsize"), FONT)
_STYLE |= dict.fromkeys(("xtick.labelsize", "ytick.labelsize"), FONT)


@contextmanager
def _axes(ax, size=(7, 4)):
    """The given Axes, or new ones of `size` inches, with the course's style while drawing."""
    with sns.axes_style("whitegrid"), plt.rc_context(_STYLE):
        yield plt.subplots(figsize=size)[1] if ax is None else ax


def _note(ax, text, at, offset, **options):
    """A text `offset` points away from the point `at`."""
    return ax.annotate(text, at, offset, textcoords="offset points", **options)


def _column(frame, name):
    if name not in frame:
        raise ValueError(f"there is no column {name!r}; the columns are {list(frame.columns)}")
    return frame[name]


# ---------------------------------------------------------------- ratings


def plot_ratings(ratings: pd.DataFrame | pd.Series, ax: Axes | None = None) -> Axes:
    """Bars: the share of each rating value in %, with the count written above.

    `ratings` is a Series of ratings or a DataFrame with a column `rating`, one row a rating.
    Raises ValueError if the column is missing or there are no ratings.
    """
    if isinstance(ratings, pd.DataFrame):
        ratings = _column(ratings, "rating")
    counts = ratings.value_counts().sort_index()
    if counts.empty:
        raise ValueError("there are no ratings to plot")
    with _axes(ax) as ax:
        shares = 100 * counts / counts.sum()
        bars = ax.bar([f"{value:g}" for value in counts.index], shares, color=BLUE)
        ax.bar_label(bars, [f"{count:,}" for count in counts], padding=2, fontsize=FONT - 1)
        ax.set(xlabel="rating (stars)", ylabel="share of ratings (%)")
        ax.set_title(f"{counts.sum():,} ratings")
        ax.margins(y=0.12)
        ax.grid(False, axis="x")
    return ax


def plot_long_tail(ratings: pd.DataFrame, column: str = "item", ax: Axes | None = None) -> Axes:
    """Line: the number of ratings of each item (or user), most-rated first, on a log scale.

    `ratings` has one row a rating; `column` is the column with the ids, "item" or "user".
    A dashed line marks how many of the most-rated ones hold half of all ratings.
    Raises ValueError if the column is missing or empty.
    """
    counts = _column(ratings, column).value_counts().to_numpy()
    if not len(counts):
        raise ValueError("there are no ratings to plot")
    half = int(np.searchsorted(counts.cumsum(), counts.sum() / 2)) + 1
    with _axes(ax) as ax:
        ax.plot(np.arange(1, len(counts) + 1), counts, color=BLUE, lw=2.5)
        ax.axvline(half, color=VERMILION, ls="--", lw=2)
        text = f"the {half:,} most-rated of {len(counts):,} {column}s\n"
        text += f"hold half of the {counts.sum():,} ratings"
        side, ha = (-8, "right") if half > 0.4 * len(counts) else (8, "left")  # where there is room
        at = {"xycoords": ax.get_xaxis_transform(), "va": "top", "ha": ha}
        _note(ax, text, (half, 0.95), (side, 0), **at)
        ax.set(xlabel=f"{column}s, most-rated first (rank)", yscale="log")
        ax.yaxis.set_major_formatter("{x:,.0f}")
        ax.set_ylabel(f"ratings per {column} (count)")
        ax.set_ylim(0.8, counts[0] * 4)
    return ax


# ---------------------------------------------------------------- training


def plot_learning_curve(history: Any, metric: str = "rmse", ax: Axes | None = None) -> Axes:
    """Lines: a metric on training and validation data after each epoch.

    `history` is what `model.fit` returns, or its `.history`, a dict of lists with one value
    an epoch. The best validation epoch is marked: the lowest value, or the highest if the
    metric's name says accuracy or AUC. Raises ValueError, with the names that there are,
    if the metric is missing.
    """
    history = getattr(history, "history", history)
    if not history.get(metric):
        there = sorted(name for name in history if not name.startswith("val_"))
        raise ValueError(f"no metric {metric!r} in this history; there are {there}")
    label = {"rmse": "RMSE (stars)", "mae": "MAE (stars)"}
    label = (label | {"accuracy": "accuracy (share)"}).get(metric, metric.replace("_", " "))
    epochs = np.arange(1, len(history[metric]) + 1)
    with _axes(ax) as ax:
        ax.plot(epochs, history[metric], color=BLUE, ls="--", marker="o", ms=5, lw=2, label="train")
        valid = history.get(f"val_{metric}")
        if valid:
            pick = np.nanargmax if re.search("acc|auc", metric.lower()) else np.nanargmin
            best = int(pick(valid))
            ax.plot(epochs, valid, color=VERMILION, marker="s", ms=5, lw=2, label="validation")
            top, text = (epochs[best], valid[best]), f"{valid[best]:.3f} in epoch {epochs[best]}"
            ax.plot(*top, "*", color=BLACK, ms=17, label="best validation epoch")
            frame = {"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1}
            ha = _side(best, len(epochs))
            aside = (0, -24 if pick is np.nanargmin else 14)  # where the curve does not go
            _note(ax, text, top, aside, ha=ha, fontweight="bold", bbox=frame)
        ax.set(xlabel="epoch", ylabel=label, xlim=(0.5, len(epochs) + 0.5))
        ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        ax.margins(y=0.15)
        ax.legend()
    return ax


def _side(index, length):
    """Where to anchor a text so that it stays inside the Axes."""
    return "left" if index < 0.2 * length else "right" if index >= 0.8 * length else "center"


def progress(label: str = "") -> Any:
    """A Keras callback that keeps one line of text up to date while a model trains.

    Use it as `model.fit(..., verbose=0, callbacks=[progress()])`. The line has the epoch and
    the metric rmse, or else the first one, or else the loss; it says `done` at the end, also
    after early stopping. It holds no times, so that the last line is the same in every run.
    `label` stands before it, to tell the lines of several trainings apart.

    While training, the line is a display that is updated. nbval keeps the first version of a
    display and ignores the updates, so the display begins and ends empty, and the last line
    is printed: that is what a notebook stores and what the tests compare.
    """
    import keras

    empty = {"text/plain": "", "text/html": ""}

    class Progress(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.line = ""
            self.live = display(empty, raw=True, display_id=True) if get_ipython() else None

        def on_epoch_end(self, epoch, logs=None):
            logs, total = logs or {}, self.params["epochs"]
            train = [name for name in logs if not name.startswith("val_")]
            train = [name for name in train if name not in ("loss", "learning_rate")]
            name = "rmse" if "rmse" in train else next(iter(train), "loss")
            metric = {"root_mean_squared_error": "rmse"}.get(name, name)
            self.line = f"{label}   " if label else ""
            self.line += f"epoch {epoch + 1:{len(str(total))}} of {total}"
            for key, part in ((name, "train"), (f"val_{name}", "validation")):
                if key in logs:
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

_COMBINING = {"Dot", "Add", "Subtract", "Multiply", "Divide", "Sum", "Average", "Concatenate"}
_COMBINING |= {"Maximum", "Minimum"}
_ROLES = {  # role: fill, and the border's style, width and corners
    "input": ("#E8E8E8", "-", 1.2, "round,pad=0,rounding_size=16"),
    "embedding": ("#CFE8F8", "-", 3.0, "square,pad=0"),
    "combining": ("#C6E9DE", "-.", 1.8, "round,pad=0,rounding_size=6"),
    "dense": ("#FBE3B5", "-", 1.2, "square,pad=0"),
    "other": ("#FFFFFF", ":", 1.8, "square,pad=0"),
    "hidden": ("#FFFFFF", "--", 1.8, "square,pad=0"),
}
_SIZES = (FONT + 1, FONT - 1, FONT - 1, FONT - 1)  # points: the lines of a box
_LINE, _PAD, _GAP, _LANE = 17, 8, 33, 6  # points: height of a line, padding, gap, half a lane


def plot_network(model: Any, hidden: Sequence[str] = (), ax: Axes | None = None) -> Axes:
    """Diagram of a functional Keras model, drawn from the model itself, left to right.

    A box for each layer: name, kind, output shape, number of parameters (if there are any);
    an arrow for each tensor that goes from one layer to another. A layer that is used twice
    has two boxes. Layers named in `hidden` show only "?". Without `ax`, the figure takes the
    size that the network needs. Raises TypeError for a model without a graph (subclassed or
    Sequential), ValueError if `hidden` names a layer that is not there.
    """
    boxes, edges = _read_graph(model)
    names = {name for name, _ in boxes}
    if not set(hidden) <= names:
        missing = sorted(set(hidden) - names)
        raise ValueError(f"no layers {missing} to hide; there are {sorted(names)}")
    for name, call in boxes:
        if name in hidden:
            boxes[name, call] = {"lines": ["?"], "role": "hidden"}
    own = ax is None
    with _axes(ax) as ax:
        for box in boxes.values():
            widths = [_text_width(*line) for line in zip(box["lines"], _SIZES, strict=False)]
            box["width"] = max(44, *widths) + 2 * _PAD
            box["height"] = _LINE * max(3, len(widths)) + 2 * _PAD
        columns, chains = _arrange(boxes, edges)
        y = _heights(columns, chains, boxes)
        span, right = {}, -_GAP  # left and right end of each box and lane, in points
        for column in columns:
            left = right + _GAP
            right = left + max(boxes[key]["width"] for key in column if key in boxes)
            span.update(dict.fromkeys(column, (left, right)))
        for chain in chains.values():
            before = [other[-2] for other in chains.values() if other[-1] == chain[-1]]
            port = sorted(before, key=y.get).index(chain[-2]) - (len(before) - 1) / 2
            _draw_arrow(ax, chain, span, y, 12 * port)
        for key, box in boxes.items():
            _draw_box(ax, box, span[key], y[key], _gid(key))
        half = {key: boxes[key]["height"] / 2 if key in boxes else _LANE for key in y}
        top = min(y[key] - half[key] for key in y) - 6
        bottom = max(y[key] + half[key] for key in y) + 6
        ax.set(xlim=(-6, right + 6), ylim=(bottom, top), aspect="equal")
        ax.axis("off")
        if own:
            ax.figure.set_size_inches((right + 12) / 72, (bottom - top) / 72)
            ax.set_position((0, 0, 1, 1))
    return ax


def _text_width(text, size):
    return TextPath((0, 0), text, size=size).get_extents().width


def _read_graph(model):
    """Boxes {(layer, call): what to write} and edges [(from, to)] of a functional model."""
    config = model.get_config() if hasattr(model, "get_config") else {}
    layers = config.get("layers", [])
    if not layers or "inbound_nodes" not in layers[0] or not hasattr(model, "operations"):
        raise TypeError(
            "plot_network draws a functional model, keras.Model(inputs, outputs), and a "
            f"{type(model).__name__} has no graph to draw. Build it from keras.Input layers: "
            "output = layer(input), and so on."
        )
    counts = {layer.name: layer.count_params() for layer in model.layers}
    boxes, edges, shapes = {}, {}, {}
    for layer in layers:
        for call, node in enumerate(layer["inbound_nodes"] or [{}]):
            target = (layer["name"], call)
            for source, shape in _tensors([node.get("args"), node.get("kwargs")]):
                edges[source, target] = None  # a dict keeps the order and no doubles
                shapes[source] = shape
            kind, role = _kind(layer["class_name"], layer["config"], node.get("args", ()))
            boxes[target] = {"lines": [_math(layer["name"]), kind], "role": role}
    ends = {operation.name: operation.output for operation in model.operations}
    for (name, call), box in boxes.items():
        shape = shapes.get((name, call)) or getattr(ends[name], "shape", ())
        sizes = ["batch" if size is None else str(size) for size in shape]
        box["lines"].append(f"({', '.join(sizes)}{',' * (len(sizes) == 1)})")
        if counts.get(name):
            box["lines"].append("the same weights" if call else f"{counts[name]:,} parameters")
    return boxes, list(edges)


def _tensors(tree):
    """All ((layer, call), shape) of the Keras tensors in a nested configuration."""
    if isinstance(tree, dict):
        if "keras_history" in tree:
            yield tuple(tree["keras_history"][:2]), tree.get("shape")
        else:
            for branch in tree.values():
                yield from _tensors(branch)
    elif isinstance(tree, (list, tuple)):
        for branch in tree:
            yield from _tensors(branch)


def _kind(class_name, config, args):
    """The kind of a layer in words, and its role in the picture."""
    if class_name == "InputLayer":
        return "Input", "input"
    if class_name == "Embedding":
        return f"Embedding {config['input_dim']:,} × {config['output_dim']:,}", "embedding"
    if class_name == "Dense":
        activation = config["activation"]
        plain = activation if isinstance(activation, str) else "custom"
        return f"Dense {config['units']}" + (f", {plain}" if plain != "linear" else ""), "dense"
    if class_name in ("Functional", "Sequential"):
        return "Model", "dense"
    if class_name in _COMBINING:
        number = [f" {value:g}" for value in args if isinstance(value, (int, float))]
        return class_name + "".join(number), "combining"
    return class_name + (f" {config['rate']:g}" if "rate" in config else ""), "other"


def _math(name):
    """The name of a layer as on the slides: p_u and q_i are vectors, a_u and b_i numbers."""
    greek = re.fullmatch(r"(phi|psi|lambda|mu|sigma)(?:_(\w+))?", name)
    if greek:
        letter, rest = greek.groups(default="")
        if rest.isdigit():
            return rf"$\{letter}_{{{rest}}}$"
        return rf"$\{letter}$ {rest.replace('_', ' ')}".strip()
    letter = re.fullmatch(r"(\w+_)?([pqstab])_([ui])(_\w+)?", name)
    if letter:
        before, symbol, index, after = letter.groups(default="")
        symbol = symbol if symbol in "ab" else rf"\mathbf{{{symbol}}}"
        return f"{before} ${symbol}_{index}$ {after}".replace("_ ", " ").replace(" _", " ").strip()
    return name


def _arrange(boxes, edges):
    """Columns by longest path, few crossings; long edges get a lane in each column between."""
    depth: dict = {}

    def column_of(key):
        if key not in depth:
            before = [source for source, target in edges if target == key]
            depth[key] = max((column_of(source) + 1 for source in before), default=0)
        return depth[key]

    columns: list = [[] for _ in range(max(map(column_of, boxes)) + 1)]
    for key in boxes:
        columns[depth[key]].append(key)
    chains = {}
    for source, target in edges:
        lanes = [(source, target, d) for d in range(depth[source] + 1, depth[target])]
        chains[source, target] = [source, *lanes, target]
        for lane in lanes:
            columns[lane[2]].append(lane)
    steps = [step for chain in chains.values() for step in pairwise(chain)]
    best = [list(column) for column in columns]
    for sweep in range(12):
        order = columns[1:] if sweep % 2 == 0 else columns[-2::-1]
        for column in order:
            place = {key: rank / len(c) for c in columns for rank, key in enumerate(c)}
            pairs = [(b, a) if sweep % 2 == 0 else (a, b) for a, b in steps]
            near = {key: [place[b] for a, b in pairs if a == key] or [place[key]] for key in column}
            column.sort(key=lambda key: sum(near[key]) / len(near[key]))
        if _crossings(columns, steps) < _crossings(best, steps):
            best = [list(column) for column in columns]
    return best, chains


def _crossings(columns, steps):
    place = {key: (depth, rank) for depth, c in enumerate(columns) for rank, key in enumerate(c)}
    ranks = [(*place[a], place[b][1]) for a, b in steps]
    return sum(p[0] == q[0] and (p[1] - q[1]) * (p[2] - q[2]) < 0 for p in ranks for q in ranks)


def _heights(columns, chains, boxes):
    """The y of every box and lane, in points downwards: near its neighbours, never overlapping.

    In the last round only what comes before counts, so that single chains are straight.
    """
    steps = [step for chain in chains.values() for step in pairwise(chain)]
    y = {key: 90.0 * rank for column in columns for rank, key in enumerate(column)}
    for last in [False] * 40 + [True]:
        for column in columns[last:]:
            size = [boxes[key]["height"] if key in boxes else 2 * _LANE for key in column]
            offset = np.cumsum([0] + [(a + b) / 2 + 14 for a, b in pairwise(size)])
            groups: list = []  # isotonic regression: [mean wish, members]
            for key, start in zip(column, offset, strict=False):
                near = [y[a] for a, b in steps if b == key]
                near += [y[b] for a, b in steps if a == key and not last]
                groups.append([(np.mean(near) if near else y[key]) - start, 1])
                while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
                    (low, n), (high, m) = groups[-1], groups.pop(-2)
                    groups[-1] = [(low * n + high * m) / (n + m), n + m]
            base = np.repeat(*zip(*groups, strict=False))
            y.update(zip(column, base + offset, strict=False))
    return y


def _gid(key):
    return key[0] + (f"#{key[1]}" if key[1] else "")


def _draw_box(ax, box, span, y, gid):
    fill, style, width, corners = _ROLES[box["role"]]
    look = {"boxstyle": corners, "fc": fill, "ec": BLACK, "ls": style, "lw": width, "zorder": 2}
    corner, size = (span[0], y - box["height"] / 2), (span[1] - span[0], box["height"])
    ax.add_patch(FancyBboxPatch(corner, *size, gid=f"box:{gid}", **look))
    place = {"ha": "center", "va": "center", "gid": f"text:{gid}", "zorder": 3}
    for rank, (text, size) in enumerate(zip(box["lines"], _SIZES, strict=False)):
        line = y + (rank - (len(box["lines"]) - 1) / 2) * _LINE
        ax.text(sum(span) / 2, line, text, size=size, **place)


def _draw_arrow(ax, chain, span, y, port):
    """A curve in each gap between columns, a straight line through each lane."""
    points, codes = [(span[chain[0]][1], y[chain[0]])], [Path.MOVETO]
    for key in chain[1:]:
        end = y[key] + (port if key == chain[-1] else 0)
        middle = (points[-1][0] + span[key][0]) / 2
        points += [(middle, points[-1][1]), (middle, end), (span[key][0], end)]
        codes += [Path.CURVE4] * 3
        if key != chain[-1]:
            points.append((span[key][1], end))
            codes.append(Path.LINETO)
    look = {"arrowstyle": "-|>", "mutation_scale": 13, "color": GREY, "lw": 1.5, "zorder": 1}
    gid = f"arrow:{_gid(chain[0])}->{_gid(chain[-1])}"
    ax.add_patch(FancyArrowPatch(path=Path(points, codes), gid=gid, **look))


# ---------------------------------------------------------------- embeddings and results


def plot_embedding(
    vectors: np.ndarray,
    labels: Mapping[int, str] | None = None,
    groups: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Map of an embedding: its first two principal components.

    `vectors` has shape (n, r), n vectors of r >= 2 numbers; `labels` {row: text} are written
    beside their points; `groups`, n strings of at most 8 kinds, give colours and markers.
    Each component's sign makes its largest loading positive, so the map is the same in every
    run. Raises ValueError for other shapes, unknown rows and too many groups.
    """
    vectors, labels = np.asarray(vectors, dtype=float), dict(labels or {})
    if vectors.ndim != 2 or min(vectors.shape) < 2:
        raise ValueError(
            f"a map needs an array of n >= 2 rows and r >= 2 columns, not of shape {vectors.shape}"
        )
    groups = None if groups is None else np.asarray(groups, dtype=str)
    if groups is not None and groups.shape != (len(vectors),):
        raise ValueError(f"there are {len(vectors)} vectors, but groups has shape {groups.shape}")
    kinds = sorted(set(groups)) if groups is not None else []
    if len(kinds) > len(PALETTE):
        raise ValueError(f"at most {len(PALETTE)} groups can be told apart, not {len(kinds)}")
    unknown = [row for row in labels if not 0 <= row < len(vectors)]
    if unknown:
        raise ValueError(f"labels for rows {unknown}, but the rows are 0 to {len(vectors) - 1}")

    centred = vectors - vectors.mean(axis=0)
    _, scale, loadings = np.linalg.svd(centred, full_matrices=False)
    largest = [row[np.argmax(np.abs(row))] for row in loadings[:2]]
    loadings = loadings[:2] * np.sign(largest)[:, None]
    points = centred @ loadings.T  # shape (n, 2)
    share = 100 * scale**2 / max((scale**2).sum(), np.finfo(float).tiny)
    with _axes(ax, (7, 5)) as ax:
        # the dark edge makes marks of light colours stand out from the paper
        look = {"s": 60 if len(vectors) <= 200 else 30, "alpha": 0.75, "ec": GREY, "lw": 0.7}
        for kind, colour, marker in zip(kinds or [None], PALETTE, MARKERS, strict=False):
            rows = slice(None) if kind is None else groups == kind
            ax.scatter(*points[rows].T, c=colour, marker=marker, label=kind, **look)
        ax.set_xlabel(f"component 1 ({share[0]:.0f} % of variance)")
        ax.set_ylabel(f"component 2 ({share[1]:.0f} % of variance)")
        ax.margins(0.1)
        if kinds:
            ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
        _write_labels(ax, points, labels)
    return ax


def _write_labels(ax, points, labels):
    """Each text at the first place around its point that is free, and inside the Axes."""
    ax.set(xlim=ax.get_xlim(), ylim=ax.get_ylim())
    steps = [(far, up) for far in range(0, 91, 15) for up in (0, 1, -1) if up or not far]
    places = [(x * (9 + far / 3), up * (9 + far)) for far, up in steps for x in (1, -1)]
    frame, taken = ax.get_window_extent(), []
    for row in labels:
        ax.plot(*points[row], "o", ms=11, mfc="none", mec=BLACK, mew=1.5)
        x, y = ax.transData.transform(points[row])
        taken.append(Bbox.from_extents(x - 6, y - 6, x + 6, y + 6))
    for row, text in labels.items():
        paper = {"fc": "white", "ec": "none", "alpha": 0.75, "pad": 0.5}
        look = {"va": "center", "fontsize": FONT - 1, "bbox": paper, "zorder": 4}
        note = _note(ax, text, points[row], (0, 0), **look)

        def put(place, note=note):
            note.set(position=place, ha="left" if place[0] > 0 else "right")
            return note.get_window_extent()

        cost = []
        for place in places:
            box = put(place)
            outside = not np.allclose(Bbox.union([box, frame]).extents, frame.extents)
            cost.append(outside + sum(box.overlaps(other) for other in taken))
        best = places[int(np.argmin(cost))]
        taken.append(put(best))
        if abs(best[1]) > 9:
            _note(ax, "", points[row], best, arrowprops={"arrowstyle": "-", "color": GREY})


def plot_results(results: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Dot plot of the table of results: the RMSE of each model, in the table's order.

    `results` is indexed by the models' names; column `RMSE` in stars; column `sd`,
    if there is one, is the spread over seeds and becomes an error bar; a number
    `results.attrs["floor"]`, if there is one, is drawn as the noise floor. The lowest RMSE
    has a star and bold text. Raises ValueError if `RMSE` is missing or has no values.
    """
    rmse = _column(results, "RMSE").to_numpy(dtype=float)
    if not np.isfinite(rmse).any():
        raise ValueError("the column 'RMSE' has no values yet")
    sd = results.get("sd", pd.Series(0.0, results.index)).fillna(0).to_numpy(dtype=float)
    lowest, floor = int(np.nanargmin(rmse)), results.attrs.get("floor")
    with _axes(ax, (7, 1.2 + 0.45 * len(results))) as ax:
        for row, (value, spread) in enumerate(zip(rmse, sd, strict=False)):
            text, look, weight = f"{value:.3f}", {"color": BLUE, "fmt": "o", "ms": 8}, "normal"
            if spread:
                text += f" ± {spread:.3f}"
            if row == lowest:
                text, look, weight = (
                    f"{text}, lowest",
                    {"color": VERMILION, "fmt": "*", "ms": 16},
                    "bold",
                )
            ax.errorbar(value, row, xerr=spread or None, capsize=4, lw=2, **look)
            _note(ax, text, (value + spread, row), (11, 0), va="center", fontweight=weight)
        ax.margins(x=0.08)
        if floor is not None:
            ax.axvline(floor, color=BLACK, ls="--", lw=1.8)
            at = {"xycoords": ax.get_xaxis_transform(), "ha": "center"}
            _note(ax, f"noise floor {floor:.3f}", (floor, 1), (0, 4), **at)
        low, high = ax.get_xlim()
        ax.set(xlim=(low, high + 0.35 * (high - low)), xlabel="RMSE (stars)")
        ax.set_ylim(len(rmse) - 0.4, -0.6)
        ax.set_yticks(range(len(rmse)), [str(name) for name in results.index])
        ax.grid(axis="y", ls=":")
    return ax


# ---------------------------------------------------------------- the end of a figure


def show(ax: Axes, alt: str) -> None:
    """Publish the figure of `ax` as a PNG with the description `alt`, and close it.

    `alt` is for readers who do not see the figure: the kind of figure, what its axes are, and
    what there is to notice. Leave out numbers that change from run to run: `alt` is stored and
    compared by the tests. Raises ValueError if it is empty or not a string.
    """
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError("alt says what is seen: the kind of figure, its axes, what to notice")
    buffer = io.BytesIO()
    ax.figure.savefig(
        buffer, format="png", dpi=DPI, bbox_inches="tight", metadata={"Software": None}
    )
    plt.close(ax.figure)
    data = {"image/png": base64.b64encode(buffer.getvalue()).decode(), "text/plain": alt}
    display(data, raw=True, metadata={"image/png": {"alt": alt}})
