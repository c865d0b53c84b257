"""Diagrams of functional Keras models, drawn from the model itself with Matplotlib alone."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from utils.alt_text import plain

BLACK, GREY = "#000000", "#444444"
_COMBINING = "Dot Add Subtract Multiply Divide Sum Average Concatenate Maximum Minimum".split()
_LOOKS = {  # by kind: fill, and the border's style, width and corners
    "Input": ("#E8E8E8", "-", 1.2, "round,pad=0,rounding_size=16"),
    "Embedding": ("#CFE8F8", "-", 3.0, "square,pad=0"),
    **dict.fromkeys(_COMBINING, ("#C6E9DE", "-.", 1.8, "round,pad=0,rounding_size=6")),
    **dict.fromkeys(["Dense", "Model"], ("#FBE3B5", "-", 1.2, "square,pad=0")),
    "?": ("#FFFFFF", "--", 1.8, "square,pad=0"),
    "other": ("#FFFFFF", ":", 1.8, "square,pad=0"),
}


def draw_network(model: Any, hidden: Sequence[str] = ()) -> tuple[Axes, str]:
    """Draw a functional Keras model; returns the Axes and what is drawn, in words.

    Raises TypeError for a model without a graph, ValueError for unknown names in `hidden`.
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
        words.append(plain(", ".join([f"{name} from {before}" if before else name, *lines])))
    return ax, ". ".join(words) + "."


def _read_graph(model):
    """Boxes {(layer, call): lines of text} and edges [(from, to)] of a functional model."""
    layers = model.get_config().get("layers", []) if hasattr(model, "get_config") else []
    if not layers or "inbound_nodes" not in layers[0] or not hasattr(model, "operations"):
        raise TypeError(
            "plot_network draws a functional model, keras.Model(inputs, outputs), built from "
            f"keras.Input and output = layer(input); a {type(model).__name__} has no graph to draw"
        )
    counts = {layer.name: layer.count_params() for layer in model.layers}
    shown, boxes, edges, shapes = _without_counters(layers), {}, {}, {}
    for layer in layers:
        for call, node in enumerate(layer["inbound_nodes"] or [{}]):
            key = layer["name"], call
            for source, shape in _tensors([node.get("args"), node.get("kwargs")]):
                edges[source, key] = None  # a dict keeps the order and no doubles
                shapes[source] = shape
            boxes[key] = [_letters(shown[layer["name"]]), _kind(layer, node.get("args", ()))]
    ends = {operation.name: operation.output for operation in model.operations}
    for (name, call), lines in boxes.items():
        shape = shapes.get((name, call)) or getattr(ends[name], "shape", ())
        sizes = ["batch" if size is None else str(size) for size in shape]
        lines.append(f"({', '.join(sizes)}{',' * (len(sizes) == 1)})")
        if counts.get(name):
            lines.append("the same weights" if call else f"{counts[name]:,} parameters")
    return boxes, list(edges)


def _without_counters(layers):
    """{name: name to show}: Keras numbers the layers without a name by what was built before.

    Such a layer shows its kind alone, or with a number of its own if the model has several.
    """
    plain_names = {layer["name"]: re.sub(r"_\d+$", "", layer["name"]) for layer in layers}
    kinds, shown = {}, {layer["name"]: layer["name"] for layer in layers}
    for layer in layers:
        kind = plain_names[layer["name"]]
        if kind.replace("_", "") == layer["class_name"].lower():
            kinds.setdefault(kind, []).append(layer["name"])
    for kind, names in kinds.items():
        for number, name in enumerate(names, start=1):
            shown[name] = kind if len(names) == 1 else f"{kind}_{number}"
    return shown


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
