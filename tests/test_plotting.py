"""The figures: what they show and what their alt texts say, not only that they can be drawn."""

import base64
import subprocess
import sys
from itertools import pairwise
from types import SimpleNamespace

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from conftest import ROOT
from matplotlib.patches import FancyArrowPatch

from utils import network_diagram, plotting
from utils.alt_text import plain
from utils.plotting import plot_embedding, plot_learning_curve, plot_network, plot_results, show

NAN, INF = float("nan"), float("inf")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def draw(monkeypatch):
    """Call a function that publishes one figure, and return its Axes and its alt text."""
    seen, published, publish = [], [], plotting.show

    def keep(ax=None, alt=None):
        seen.append(ax or plt.gca())
        publish(ax, alt)

    monkeypatch.setattr(plotting, "show", keep)
    monkeypatch.setattr(plotting, "get_ipython", lambda: True)
    monkeypatch.setattr(plotting, "display", lambda data, **_: published.append(data["text/plain"]))

    def call(function, *arguments):
        assert function(*arguments) is None
        assert len(published) == len(seen)
        return seen[-1], published[-1]

    return call


def texts(ax):
    return [text.get_text() for text in ax.texts]


def covered(ax, points):
    """The words in the Axes that cover one of the points, in pixels, or other words."""
    ax.figure.draw_without_rendering()
    frames = [plotting.Text.get_window_extent(text) for text in ax.texts]
    marks = [
        text for text, frame in zip(texts(ax), frames, strict=True) if frame.count_contains(points)
    ]
    words = [text for k, text in enumerate(texts(ax)) if any(map(frames[k].overlaps, frames[:k]))]
    return marks + words


def test_show_publishes_the_figure_with_its_description(monkeypatch):
    published = []
    monkeypatch.setattr(plotting, "get_ipython", lambda: True)
    monkeypatch.setattr(plotting, "display", lambda *data, **look: published.append((data, look)))
    pd.Series([1, 2]).plot()
    assert show() is None and plt.get_fignums() == []
    ((((data,), look)),) = published
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    alt = "Line from 1 at 0 to 2 at 1."
    assert set(data) == {"image/png", "text/plain"} and data["text/plain"] == alt
    assert look == {"raw": True, "metadata": {"image/png": {"alt": alt}}}


def test_show_without_a_figure_or_a_notebook(capsys):
    with pytest.raises(ValueError, match="nothing to show: draw"):
        show()
    show(pd.Series([1, 2]).plot(), "Said by hand.")
    assert capsys.readouterr().out == "Said by hand.\n"


def test_bars_are_described_by_name_and_value(draw):
    shares = pd.Series({"great": 2.4567, "cold": -0.7})
    for plot in (shares.plot.bar, shares.plot.barh):
        assert draw(plotting.show, plot(title="One review"))[1].startswith("One review. ")
    ax = shares.plot.barh(xlabel="share of the score")
    assert (
        draw(plotting.show, ax)[1] == "Across: share of the score. 2 bars: great 2.46, cold -0.700."
    )
    stars = np.repeat([1, 2, 5], [1, 2, 1])
    ax = sns.histplot(x=stars, discrete=True, stat="percent")
    assert draw(plotting.show, ax)[1] == "Up: Percent. 5 bars: 1 25, 2 50, 3 0, 4 0, 5 25."
    ax = pd.Series(range(1000)).plot.bar()
    assert draw(plotting.show, ax)[1] == "1000 bars: 0 0, longest 999 999, 999 999."


def test_lines_points_and_words_are_described(draw):
    ax = pd.DataFrame({"MLP": [0, 1.5, 0.25], "_hidden": [1, 2, 3]}).plot(xlabel="pace $q_i$")
    ax.axvline(0.5, label="half")
    ax.scatter([1, 2.5], [0, 1])
    ax.text(0, 0, "here")
    assert draw(plotting.show, ax)[1] == (
        "Across: pace q_i. Line 'MLP' from 0 at 0 to 0.250 at 2, highest 1.50 at 1. "
        "Line from 1 at 0 to 3 at 2. Straight line 'half' at 0.500. "
        "2 points, across from 1.00 to 2.50, up from 0.00 to 1.00. Here."
    )


def test_panels_are_described_one_after_the_other(draw):
    figure, (left, right) = plt.subplots(1, 2)
    left.plot([0, 1])
    right.plot([5, 6])
    figure.colorbar(right.imshow([[1, 2]]))
    assert draw(plotting.show, left)[1] == "Line from 0 at 0 to 1 at 1. Line from 5 at 0 to 6 at 1."


@pytest.mark.parametrize("title", ["$_$", "$ and % and $", "5$"])
def test_a_dollar_is_no_formula(draw, title):
    table = pd.DataFrame({"RMSE": [1.0]}, index=[title])
    draw(plot_results, table)
    ax, alt = draw(plotting.show, table["RMSE"].plot.barh(title=title))
    assert title in alt and ax.get_title() == title
    ax, alt = draw(plot_embedding, cloud(), {0: title})
    assert title in texts(ax) and f"furthest left: {title}." in alt


CURVE = {"loss": [2.0] * 4, "rmse": [1.2, 1.0, 0.8, 0.7], "val_rmse": [1.1, 0.95, 0.97, 1.0]}


def test_learning_curve_marks_the_best_epoch_and_the_baseline(draw):
    for history in (CURVE, SimpleNamespace(history=CURVE)):
        ax, alt = draw(plot_learning_curve, history, {"means": 0.98})
        means, train, valid, best = ax.lines
        assert list(train.get_xdata()) == [1, 2, 3, 4] and list(train.get_ydata()) == CURVE["rmse"]
        assert list(valid.get_ydata()) == CURVE["val_rmse"] and means.get_ydata()[0] == 0.98
        assert best.get_xydata().tolist() == [[2, 0.95]]
        assert texts(ax) == ["means 0.980", "best: 0.950 in epoch 2", "train", "validation"]
        assert train.get_linestyle() != valid.get_linestyle()
        assert train.get_marker() != valid.get_marker()
        assert alt == (
            "Learning curve. Across: epoch. Up: RMSE (stars). Straight line 'means 0.980' at 0.980."
            " Line 'train' from 1.20 at 1 to 0.700 at 4. Line 'validation' from 1.10 at 1 "
            "to 1 at 4, lowest 0.950 at 2. Mark 'best: 0.950 in epoch 2'."
        )


CURVES = [  # of accuracies, of one loss, without validation, at each second epoch, diverged
    ({"accuracy": [0.5, 0.7, 0.9], "val_accuracy": [0.5, 0.8, 0.6]}, ["best: 0.800 in epoch 2"]),
    ({"loss": [1.0], "val_loss": [1.0], "learning_rate": [0.1]}, ["Up: loss. Mark 'train'. "]),
    ({"loss": [2.0, 1.0]}, ["Up: loss. Line 'train' from 2 at 1 to 1 at 2."]),
    (
        {"rmse": [1.0] * 7, "val_rmse": [0.9, 0.7, 0.8]},
        ["from 0.900 at 2 to 0.800 at 6, lowest 0.700 at 4. Mark 'best: 0.700 in epoch 4'"],
    ),
    (
        {"rmse": [1.0, 50.0, 1e30, NAN], "val_rmse": [1.1, INF, NAN, NAN]},
        ["finite in epoch 4' from 1 at 1 to 1.0e+30 at 3", "'validation, not finite in epoch 2'"],
    ),
]


@pytest.mark.parametrize(("history", "words"), CURVES)
def test_learning_curves_of_all_kinds(draw, history, words):
    ax, alt = draw(plot_learning_curve, {"loss": [1] * 9, **history})
    assert not [word for word in words if word not in alt], alt
    epochs = len(next(iter(history.values())))
    assert set(ax.get_xticks()) <= {*range(1, epochs + 1)}


def curve_points(ax):
    lines = [line.get_transform().transform(line.get_xydata()) for line in ax.lines]
    return np.vstack([np.linspace(a, b, 30) for line in lines for a, b in pairwise(line)])


@pytest.mark.parametrize("turn", [2, 5, 9, 19])
def test_no_word_covers_a_curve_or_a_word(draw, turn):
    epochs = np.arange(20)
    valid = 0.92 + 0.001 * (epochs - turn) ** 2
    history = {"rmse": 0.7 + 0.4 * np.exp(-epochs / 5), "val_rmse": valid}
    ax, _ = draw(plot_learning_curve, {k: list(v) for k, v in history.items()}, {"means": 0.94})
    assert covered(ax, curve_points(ax)) == []


def fit(callbacks=(), metrics=("mae",), **arguments):
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=list(metrics))
    x, callbacks = np.arange(8.0)[:, None] / 8, [plotting.progress(), *callbacks]
    return model.fit(x, 2 * x, epochs=12, verbose=0, callbacks=callbacks, **arguments).history


def test_progress_ends_with_one_line(capsys):
    import keras

    rmse = keras.metrics.RootMeanSquaredError(name="rmse")
    for name, metrics, more in (
        ("mae", ["mae"], {"validation_split": 0.5}),
        ("loss", [], {}),
        ("rmse", ["mae", rmse], {}),
    ):
        history = fit(metrics=metrics, **more)
        line = f"epoch 12 of 12   train {name} {history[name][-1]:.3f}"
        line += f"   validation {name} {history[f'val_{name}'][-1]:.3f}" if more else ""
        assert capsys.readouterr() == (f"{line}   done\n", "")
    fit([keras.callbacks.EarlyStopping("loss", patience=2, min_delta=100)])
    assert capsys.readouterr().out.startswith("epoch  3 of 12   train mae ")


@pytest.fixture(scope="module")
def models():
    built()  # from here on Keras counts the layers without a name further: that must not show
    return built()


def built():
    import keras
    from keras import layers

    user, item = (keras.Input((), name=name, dtype="int32") for name in ("user", "item"))

    def embed(name, factors):
        side, size = (user, 943) if name[-1] == "u" else (item, 1682)
        return layers.Embedding(size, factors, name=name)(side)

    made = {}
    dot = layers.Dot(1, name="dot")([embed("p_u", 32), embed("q_i", 32)])
    made["MF"] = keras.Model([user, item], dot)
    both = layers.Add(name="rating")([dot, embed("a_u", 1), embed("b_i", 1)])
    made["MF-mean"] = keras.Model([user, item], both)

    product = layers.Multiply(name="product")([embed("p_u", 16), embed("q_i", 16)])
    hidden = layers.Concatenate(name="pair")([embed("s_u", 32), embed("t_i", 32)])
    for k, units in enumerate((64, 32), 1):
        hidden = layers.Dense(units, "relu", name=f"psi_{k}")(hidden)
    hidden = layers.Concatenate(name="both")([product, layers.Dropout(0.2, name="drop")(hidden)])
    made["NeuMF"] = keras.Model([user, item], layers.Dense(1, name="phi")(hidden))

    p, q = embed("p_u", 8), embed("q_i", 8)
    sums = keras.ops.sum(p * q, axis=-1, keepdims=True)
    made["operators"] = keras.Model([user, item], sums + embed("a_u", 1) + 3.5)

    x, late = keras.Input((8,), name="x"), keras.Input((3,), name="late")
    step = x
    for k in range(2):  # arrows past boxes, layers without names, and two outputs
        step = layers.Add()([step, layers.Dense(8, name=f"dense_out_{k}")(step)])
    ends = [layers.Dense(1, name="mu")(step), layers.Concatenate(name="end")([step, late])]
    made["skips"] = keras.Model([x, late], ends)

    tower = keras.Sequential([keras.Input((4,)), layers.Dense(4)], name="tower_1")
    one, two = keras.Input((4,), name="one"), keras.Input((4,), name="two$")
    dot = layers.Dot(1, name="dot")([tower(one), tower(two)])
    made["shared"] = keras.Model([one, two], dot)
    return made


def boxes_and_arrows(ax):
    """Boxes {name: (frame, lines of text)}, and arrows {(from, to): points}, as they are drawn."""
    ax.figure.draw_without_rendering()
    frames = [p.get_window_extent() for p in ax.patches if not isinstance(p, FancyArrowPatch)]
    boxes, arrows = {}, {}
    for frame in frames:
        inside = [t for t in ax.texts if frame.contains(*t.get_window_extent().p0)]
        assert all(frame.contains(*text.get_window_extent().p1) for text in inside)
        lines = [text.get_text() for text in inside]
        boxes[lines[0] if lines[0] not in boxes else f"{lines[0]} again"] = frame, lines
    for arrow in (patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)):
        path = ax.transData.transform_path(arrow._path_original)
        curve = np.vstack(path.to_polygons(closed_only=False))
        (x0, y0), (x1, y1) = curve[0], curve[-1]
        near = {k: (f.x0 - x1, f.x1 - x0, f.y0, f.y1) for k, (f, _) in boxes.items()}
        source = [k for k, (_, gap, low, high) in near.items() if abs(gap) < 3 and low < y0 < high]
        target = [k for k, (gap, _, low, high) in near.items() if abs(gap) < 3 and low < y1 < high]
        arrows[(*source, *target)] = np.vstack([np.linspace(*ab, 30) for ab in pairwise(curve)])
    return boxes, arrows


@pytest.mark.parametrize("name", ["MF", "MF-mean", "NeuMF", "operators", "skips", "shared"])
def test_every_layer_has_a_box_and_every_tensor_an_arrow_past_the_others(draw, models, name):
    ax, alt = draw(plot_network, models[name])
    boxes, arrows = boxes_and_arrows(ax)
    nodes = [(o, node) for o in models[name].operations for node in o._inbound_nodes]
    assert len(boxes) == len(nodes) and len(ax.texts) == sum(len(ls) for _, ls in boxes.values())
    pairs = [(t._keras_history.operation, o) for o, node in nodes for t in node.input_tensors]
    shown = network_diagram._without_counters(models[name].get_config()["layers"])
    letters = {key: network_diagram._letters(name) for key, name in shown.items()}
    names = sorted((letters[a.name], letters[b.name]) for a, b in pairs)
    drawn = sorted(tuple(end.removesuffix(" again") for end in arrow) for arrow in arrows)
    assert drawn == names
    frames = {key: frame for key, (frame, _) in boxes.items()}
    for key, frame in frames.items():
        assert not any(frame.overlaps(other) for rest, other in frames.items() if rest != key)
        assert ax.figure.bbox.x0 < frame.x0 and frame.x1 < ax.figure.bbox.x1
        assert ax.figure.bbox.y0 < frame.y0 and frame.y1 < ax.figure.bbox.y1
    for ends, curve in arrows.items():
        assert (np.diff(curve[:, 0]) > -1e-6).all()
        others = {key: frame for key, frame in frames.items() if key not in ends}
        assert not [key for key, frame in others.items() if frame.count_contains(curve)]
    assert min(text.get_fontsize() for text in ax.texts) >= 11
    assert all(plain(line) in alt for _, lines in boxes.values() for line in lines)


def test_networks_in_words(draw, models):
    """The words are also the texts of the boxes, as the test above has found."""
    assert draw(plot_network, models["MF"])[1] == (
        "Network, from input to output. user, Input, (batch,). item, Input, (batch,). "
        "p_u from user, Embedding 943 × 32, (batch, 32), 30,176 parameters. "
        "q_i from item, Embedding 1,682 × 32, (batch, 32), 53,824 parameters. "
        "dot from p_u and q_i, Dot, (batch, 1)."
    )
    words = draw(plot_network, models["NeuMF"])[1].split(". ")
    assert "psi_1 from pair, Dense 64, relu, (batch, 64), 4,160 parameters" in words
    assert "drop from psi_2, Dropout 0.2, (batch, 32)" in words
    words = draw(plot_network, models["operators"])[1].split(". ")
    assert "sum from multiply, Sum, (batch, 1)" in words and "Add 3.5" in words[-1]
    words = draw(plot_network, models["skips"])[1].split(". ")
    assert "add_2 from add_1 and dense_out_1, Add, (batch, 8)" in words
    words = draw(plot_network, models["shared"])[1].split(". ")
    assert "tower_1 from one, Model, (batch, 4), 20 parameters" in words
    assert "tower_1 from two, Model, (batch, 4), the same weights" in words


def test_names_as_on_the_slides():
    names = {"s_u": r"$\mathbf{s}_u$", "b_i": "$b_i$", "phi_1": r"$\phi_{1}$", "phi": r"$\phi$"}
    names |= {"psi_out": r"$\psi$ out", "dense_1": "dense_1", "t_item": "t_item", "muse": "muse"}
    names |= {"p_u_flat": r"$\mathbf{p}_u$ flat", "mlp_q_i": r"mlp $\mathbf{q}_i$"}
    assert {name: network_diagram._letters(name) for name in names} == names


def test_roles_differ_in_colour_and_in_border(draw, models):
    ax, _ = draw(plot_network, models["NeuMF"], ["psi_2"])
    looks = [p for p in ax.patches if not isinstance(p, FancyArrowPatch)]
    assert len({look.get_facecolor() for look in looks}) == 5  # hidden is as white as dropout
    borders = {(p.get_linestyle(), p.get_linewidth(), type(p.get_boxstyle())) for p in looks}
    assert len(borders) == 6


def test_hidden_boxes_show_only_a_question_mark(draw, models):
    ax, alt = draw(plot_network, models["MF-mean"], ("a_u", "b_i", "rating"))
    assert texts(ax).count("?") == 3 and "? from user." in alt
    for text in (*texts(ax), alt):
        assert not any(word in text for word in ("a_u", "b_i", "rating", "1,682 parameters"))
    with pytest.raises(ValueError, match=r"not there; there are.*a_u"):
        plot_network(models["MF-mean"], hidden=["c_u"])


def test_a_model_without_a_graph_is_refused():
    import keras

    class Own(keras.Model):
        def call(self, x):
            return x

    for model in (Own(), keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), "model"):
        with pytest.raises(TypeError, match=r"keras.Model\(inputs, outputs\).*keras.Input"):
            plot_network(model)


def cloud(rows=40, columns=6):
    return np.random.RandomState(0).randn(rows, columns) * np.arange(columns, 0, -1)


def points(ax):
    return np.vstack([marks.get_offsets() for marks in ax.collections])


def test_map_is_the_first_two_principal_components(draw, monkeypatch):
    ax, _ = draw(plot_embedding, cloud())
    values, axes = np.linalg.eigh(np.cov(cloud().T, ddof=0))
    projected = (cloud() - cloud().mean(axis=0)) @ axes[:, [-1, -2]]
    assert np.allclose(np.abs(points(ax)), np.abs(projected))
    assert ax.get_xlabel() == f"component 1 ({values[-1] / values.sum():.2f} of the variance)"
    u, s, v = np.linalg.svd(cloud() - cloud().mean(axis=0), full_matrices=False)
    monkeypatch.setattr(np.linalg, "svd", lambda *args, **kwargs: (-u, s, -v))
    assert np.allclose(points(draw(plot_embedding, cloud())[0]), points(ax))
    loadings = np.linalg.lstsq(cloud() - cloud().mean(axis=0), points(ax), rcond=None)[0].T
    assert all(loading[np.argmax(np.abs(loading))] > 0 for loading in loadings)


def test_map_of_two_columns_and_of_equal_rows(draw):
    assert points(draw(plot_embedding, cloud(10, 2))[0]).shape == (10, 2)
    assert np.allclose(points(draw(plot_embedding, np.ones((4, 3)), {1: "x"})[0]), 0)


def test_groups_have_colours_markers_and_a_legend(draw):
    ax, alt = draw(plot_embedding, cloud(), None, ["drama", "comedy"] * 20)
    one, two = ax.collections
    assert len(one.get_offsets()) == len(two.get_offsets()) == 20
    assert not np.array_equal(one.get_facecolor(), two.get_facecolor())
    assert not np.array_equal(one.get_paths()[0].vertices, two.get_paths()[0].vertices)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["comedy", "drama"]
    assert f"means of component 1: comedy {one.get_offsets()[:, 0].mean():.2f}, drama" in alt


def test_labels_cover_no_points_and_the_ends_are_named(draw):
    names = {row: f"Film ({1980 + row})" for row in range(12)}
    ax, alt = draw(plot_embedding, cloud(400) / 100, names)
    assert texts(ax) == list(names.values())
    assert all(np.allclose(note.xy, points(ax)[row]) for row, note in enumerate(ax.texts))
    assert covered(ax, ax.transData.transform(points(ax))) == []
    assert f"furthest left: {names[int(np.argmin(points(ax)[:12, 0]))]}" in alt
    assert f"furthest up: {names[int(np.argmax(points(ax)[:12, 1]))]}" in alt


def test_results_in_the_order_of_the_table(draw):
    table = {"RMSE": [1.12, 0.941, 0.9302, 0.9298, NAN], "sd": [NAN, 0.002, 0.003, 0, 0]}
    results = pd.DataFrame(table, ["global mean", "MF", "NeuMF", "ANCF", "to do"], dtype=object)
    results.attrs["floor"] = 0.9
    ax, alt = draw(plot_results, results)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["global mean", "MF", "NeuMF", "ANCF"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row is on top
    words = ["1.120", "0.941 ± 0.002", "0.930 ± 0.003, lowest", "0.930, lowest"]
    assert texts(ax) == [*words, "noise floor 0.900"]
    assert "global mean 1.120; MF 0.941 ± 0.002; NeuMF 0.930 ± 0.003, lowest; ANCF" in alt
    marks = [line for line in ax.lines if line.get_marker() in ("o", "*")]
    assert [mark.get_xdata()[0] for mark in marks] == table["RMSE"][:4]
    bar = ax.containers[0].lines[2][0]
    assert np.allclose(bar.get_segments()[0][:, 0], [0.939, 0.943])
    assert bar.get_zorder() > marks[0].get_zorder()  # also a short bar is seen


DIVERGED = {"rmse": [1.0, 2.0], "val_rmse": [INF, NAN]}
ERRORS = [
    (plot_learning_curve, [DIVERGED], "rmse is never a finite number: the training diverged"),
    (plot_learning_curve, [{}], r"no epochs: run model\.fit first"),
    (plot_embedding, [np.ones((5, 1))], r"2 or more rows and columns, not the shape \(5, 1\)"),
    (plot_embedding, [np.ones(5)], r"shape \(5,\)"),
    (plot_embedding, [np.where(np.eye(5), NAN, 1)], "5 vectors are not finite numbers: did the"),
    (plot_embedding, [cloud(), None, ["a"]], "groups need 40 names"),
    (plot_embedding, [cloud(), None, [str(k % 9) for k in range(40)]], "at most 8 kinds"),
    (plot_embedding, [cloud(), {40: "x"}], "from 0 to 39"),
    (plot_results, [pd.DataFrame({"rmse": [1.0]})], "no numbers in a column 'RMSE'.*rmse"),
    (plot_results, [pd.DataFrame({"RMSE": [NAN]})], "no numbers in a column 'RMSE'"),
]


@pytest.mark.parametrize(("plot", "arguments", "message"), ERRORS)
def test_what_cannot_be_drawn_is_said_in_one_sentence(plot, arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        plot(*arguments)
    assert "\n" not in str(error.value) and plt.get_fignums() == []


def test_figures_need_neither_the_data_nor_the_checks():
    code = "import sys, utils.plotting; print({'utils.data', 'practice'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True)
    assert run.stdout == b"set()\n", run.stderr
