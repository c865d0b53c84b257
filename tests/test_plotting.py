"""The figures: what they show, not only that they can be drawn."""

import base64
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest

from utils import plotting
from utils.plotting import (
    plot_embedding,
    plot_learning_curve,
    plot_long_tail,
    plot_network,
    plot_ratings,
    plot_results,
    progress,
    show,
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


# ---------------------------------------------------------------- ratings


@pytest.fixture
def ratings():
    return pd.DataFrame(
        {
            "user": [0, 0, 0, 0, 1, 1, 2, 3],
            "item": [5, 6, 7, 8, 5, 6, 5, 5],
            "rating": [4.0] * 4 + [3.0, 3, 5, 1],
        }
    )


def test_bars_are_shares_of_ratings(ratings):
    for data in (ratings, ratings["rating"]):
        ax = plot_ratings(data)
        assert [bar.get_height() for bar in ax.patches] == [12.5, 25, 50, 12.5]
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "3", "4", "5"]
        assert texts(ax) == ["1", "2", "4", "1"]
        assert "stars" in ax.get_xlabel() and "%" in ax.get_ylabel()


def test_tail_is_sorted_and_half_is_marked(ratings):
    ax = plot_long_tail(ratings)
    tail, half = ax.lines
    assert list(tail.get_ydata()) == [4, 2, 1, 1] and list(tail.get_xdata()) == [1, 2, 3, 4]
    assert list(half.get_xdata()) == [1, 1] and half.get_linestyle() == "--"
    assert texts(ax) == ["the 1 most-rated of 4 items\nhold half of the 8 ratings"]
    assert ax.get_yscale() == "log" and "count" in ax.get_ylabel() and "rank" in ax.get_xlabel()
    assert "users" in plot_long_tail(ratings, "user").get_xlabel()


def test_half_needs_as_many_items_as_it_takes():
    even = pd.DataFrame({"item": np.repeat(np.arange(10), 3)})
    assert list(plot_long_tail(even).lines[1].get_xdata()) == [5, 5]


def test_ratings_errors(ratings):
    with pytest.raises(ValueError, match=r"no column 'rating'.*user"):
        plot_ratings(ratings[["user"]])
    with pytest.raises(ValueError, match=r"no column 'film'.*item"):
        plot_long_tail(ratings, "film")
    for plot in (plot_ratings, plot_long_tail):
        with pytest.raises(ValueError, match="no ratings"):
            plot(ratings[:0])


# ---------------------------------------------------------------- training

CURVE = {
    "rmse": [1.2, 1.0, 0.8, 0.7],
    "val_rmse": [1.1, 0.95, 0.97, 1.0],
    "loss": [2.0, 1.5, 1.2, 1.1],
}


def test_learning_curve_marks_the_best_epoch():
    class History:
        history = CURVE

    for history in (CURVE, History()):
        ax = plot_learning_curve(history)
        train, valid, best = ax.lines
        assert list(train.get_xdata()) == [1, 2, 3, 4] and list(train.get_ydata()) == CURVE["rmse"]
        assert list(valid.get_ydata()) == CURVE["val_rmse"]
        assert (best.get_xdata()[0], best.get_ydata()[0]) == (2, 0.95)
        assert texts(ax) == ["0.950 in epoch 2"]
        assert [text.get_text() for text in ax.get_legend().get_texts()][:2] == [
            "train",
            "validation",
        ]
        assert (
            train.get_linestyle() != valid.get_linestyle()
            and train.get_marker() != valid.get_marker()
        )
        assert ax.get_xlabel() == "epoch" and ax.get_ylabel() == "RMSE (stars)"


def test_learning_curve_of_accuracy_marks_the_highest():
    ax = plot_learning_curve(
        {"accuracy": [0.5, 0.7, 0.9], "val_accuracy": [0.5, 0.8, 0.6]}, "accuracy"
    )
    assert texts(ax) == ["0.800 in epoch 2"]


def test_learning_curve_without_validation():
    ax = plot_learning_curve(CURVE, "loss")
    assert len(ax.lines) == 1 and not texts(ax)


def test_one_epoch_has_one_tick():
    ax = plot_learning_curve({"loss": [1.0], "val_loss": [1.0]}, "loss")
    assert [x for x in ax.get_xticks() if 0.5 < x < 1.5] == [1]


def test_learning_curve_names_the_metrics_that_there_are():
    with pytest.raises(ValueError, match=r"no metric 'mae'.*\['loss', 'rmse'\]"):
        plot_learning_curve(CURVE, "mae")


def fit(callbacks=(), metrics=("mae",), epochs=12, **arguments):
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=list(metrics))
    x = np.arange(8.0)[:, None] / 8
    return model.fit(
        x, 2 * x, epochs=epochs, verbose=0, callbacks=[progress(), *callbacks], **arguments
    ).history


def test_progress_ends_with_one_line(capsys):
    history = fit(validation_split=0.5)
    line = f"epoch 12 of 12   train mae {history['mae'][-1]:.3f}"
    line += f"   validation mae {history['val_mae'][-1]:.3f}   done\n"
    assert capsys.readouterr() == (line, "")
    history = fit(metrics=(), epochs=3)
    assert (
        capsys.readouterr().out == f"epoch 3 of 3   train loss {history['loss'][-1]:.3f}   done\n"
    )


def test_progress_prefers_rmse_to_other_metrics(capsys):
    import keras

    rmse = keras.metrics.RootMeanSquaredError(name="rmse")
    for metrics in (("mae", rmse), (rmse, "mae")):
        history = fit(metrics=metrics, epochs=2)
        line = f"epoch 2 of 2   train rmse {history['rmse'][-1]:.3f}   done\n"
        assert capsys.readouterr().out == line


def test_progress_after_early_stopping(capsys):
    import keras

    fit([keras.callbacks.EarlyStopping("loss", patience=2, min_delta=100)])
    assert capsys.readouterr().out.startswith("epoch  3 of 12   train mae ")


def test_progress_updates_one_display(monkeypatch, capsys):
    seen = []

    class Handle:
        def update(self, data, raw):
            seen.append(data["text/plain"])

    monkeypatch.setattr(plotting, "get_ipython", lambda: True)
    monkeypatch.setattr(
        plotting, "display", lambda data, **_: seen.append(data["text/plain"]) or Handle()
    )
    fit(epochs=2)
    assert seen[0] == seen[-1] == ""  # what nbval sees is what a notebook stores
    assert [line[:20] for line in seen[1:-1]] == ["epoch 1 of 2   train", "epoch 2 of 2   train"]
    assert capsys.readouterr().out == seen[-2] + "   done\n"


NOTEBOOK = """
import sys, types
keras = types.SimpleNamespace(callbacks=types.SimpleNamespace(Callback=object))
sys.modules["keras"] = keras  # the real one takes seconds
from utils.plotting import plot_learning_curve, progress, show
line = progress("lambda 0")
line.params = {"epochs": 2}
line.on_train_begin()
for epoch in range(2):
    line.on_epoch_end(epoch, {"loss": 1.0, "rmse": 0.5 - epoch / 10})
line.on_train_end()
show(plot_learning_curve({"rmse": [2, 1]}), "Learning curve: it falls.")
"""


def test_a_notebook_stores_the_last_line_and_nbval_agrees(tmp_path):
    nbclient = pytest.importorskip("nbclient")
    root = str(Path(plotting.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(NOTEBOOK)])
    nbclient.NotebookClient(notebook, kernel_name="python3").execute(env=environment)
    outputs = notebook.cells[0].outputs
    assert [output.output_type for output in outputs].count(
        "display_data"
    ) == 2  # the empty line, the figure
    assert [output.text for output in outputs if "text" in output] == [
        "lambda 0   epoch 2 of 2   train rmse 0.400   done\n"
    ]
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert [figure.metadata["image/png"]["alt"] for figure in figures] == [
        "Learning curve: it falls."
    ]
    notebook.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, tmp_path / "figure.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--nbval",
        "--nbval-current-env",
        "figure.ipynb",
    ]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "1 passed" in run.stdout, run.stdout + run.stderr


# ---------------------------------------------------------------- networks


@pytest.fixture(scope="module")
def models():
    import keras
    from keras import layers

    keras.backend.clear_session()  # names are counted: what ran before must not make it "sum_1"

    def start():
        user, item = (
            keras.Input((), name="user", dtype="int32"),
            keras.Input((), name="item", dtype="int32"),
        )

        def embed(name, factors):
            side, size = (user, 943) if name[-1] == "u" else (item, 1682)
            return layers.Embedding(size, factors, name=name)(side)

        return [user, item], embed

    made = {}
    inputs, embed = start()
    made["MF"] = keras.Model(
        inputs, layers.Dot(1, name="dot")([embed("p_u", 32), embed("q_i", 32)])
    )

    inputs, embed = start()
    dot = layers.Dot(1, name="dot")([embed("p_u", 32), embed("q_i", 32)])
    biases = [layers.Flatten()(embed(name, 1)) for name in ("a_u", "b_i")]
    made["MF-mean"] = keras.Model(inputs, layers.Add(name="rating")([dot, *biases]))

    inputs, embed = start()
    product = layers.Multiply(name="product")([embed("p_u", 16), embed("q_i", 16)])
    hidden = layers.Concatenate(name="pair")([embed("s_u", 32), embed("t_i", 32)])
    for k, units in enumerate((64, 32, 16), 1):
        hidden = layers.Dense(units, "relu", name=f"psi_{k}")(hidden)
    hidden = layers.Dropout(0.2, name="dropout")(hidden)
    made["NeuMF"] = keras.Model(
        inputs, layers.Dense(1, name="phi")(layers.Concatenate(name="both")([product, hidden]))
    )

    inputs, embed = start()
    p, q = embed("p_u", 8), embed("q_i", 8)
    made["operators"] = keras.Model(
        inputs, keras.ops.sum(p * q, axis=-1, keepdims=True) + embed("a_u", 1) + 3.5
    )

    inputs, embed = start()
    branch = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.Dense(1)], name="phi")
    made["nested"] = keras.Model(
        inputs, branch(layers.Concatenate()([embed("p_u", 4), embed("q_i", 4)]))
    )

    inputs, embed = start()  # an arrow past a box, and another one past the box's other side
    a, b = embed("p_u", 4), embed("q_i", 4)
    step = layers.Dense(4, name="step")(a)
    made["skip"] = keras.Model(
        inputs, layers.Add()([a, step, b, layers.Dense(4, name="next")(step)])
    )
    return made


def boxes_and_arrows(ax):
    named = {patch.get_gid(): patch for patch in ax.patches}
    return tuple(
        {gid.split(":")[1]: patch for gid, patch in named.items() if gid.startswith(kind)}
        for kind in ("box:", "arrow:")
    )


def lines(ax, name):
    return [text.get_text() for text in ax.texts if text.get_gid() == f"text:{name}"]


def test_every_layer_has_a_box_and_every_edge_an_arrow(models):
    for model in models.values():
        boxes, arrows = boxes_and_arrows(plot_network(model))
        assert set(boxes) == {operation.name for operation in model.operations}
        edges = {
            f"{tensor._keras_history.operation.name}->{operation.name}"
            for operation in model.operations
            for node in operation._inbound_nodes
            for tensor in node.input_tensors
        }
        assert set(arrows) == edges
        plt.close("all")


def test_the_arrows_of_neumf(models):
    arrows = set(boxes_and_arrows(plot_network(models["NeuMF"]))[1])
    assert arrows == {
        *(
            "user->p_u",
            "user->s_u",
            "item->q_i",
            "item->t_i",
            "p_u->product",
            "q_i->product",
            "s_u->pair",
            "t_i->pair",
        ),
        *(
            "pair->psi_1",
            "psi_1->psi_2",
            "psi_2->psi_3",
            "psi_3->dropout",
            "product->both",
            "dropout->both",
            "both->phi",
        ),
    }


def test_the_texts_of_the_boxes(models):
    ax = plot_network(models["NeuMF"])
    assert lines(ax, "user") == ["user", "Input", "(batch,)"]
    assert lines(ax, "p_u") == [
        r"$\mathbf{p}_u$",
        "Embedding 943 × 16",
        "(batch, 16)",
        "15,088 parameters",
    ]
    assert lines(ax, "psi_1") == [
        r"$\psi_{1}$",
        "Dense 64, relu",
        "(batch, 64)",
        "4,160 parameters",
    ]
    assert lines(ax, "dropout") == ["dropout", "Dropout 0.2", "(batch, 16)"]
    assert lines(ax, "phi") == [r"$\phi$", "Dense 1", "(batch, 1)", "33 parameters"]
    ax = plot_network(models["MF-mean"])
    assert lines(ax, "a_u")[0] == "$a_u$" and lines(ax, "dot") == ["dot", "Dot", "(batch, 1)"]
    ax = plot_network(models["operators"])
    assert lines(ax, "sum") == ["sum", "Sum", "(batch, 1)"]
    assert "Add 3.5" in texts(ax)
    assert lines(plot_network(models["nested"]), "phi") == [
        r"$\phi$",
        "Model",
        "(batch, 1)",
        "41 parameters",
    ]


def test_names_as_on_the_slides():
    names = {
        "s_u": r"$\mathbf{s}_u$",
        "b_i": "$b_i$",
        "phi_1": r"$\phi_{1}$",
        "psi_out": r"$\psi$ out",
        "dense_1": "dense_1",
    }
    names |= {
        "p_u_flat": r"$\mathbf{p}_u$ flat",
        "mlp_q_i": r"mlp $\mathbf{q}_i$",
        "t_item": "t_item",
    }
    assert {name: plotting._math(name) for name in names} == names


def test_roles_differ_in_colour_and_in_border(models):
    boxes, _ = boxes_and_arrows(plot_network(models["NeuMF"], hidden=["psi_2"]))
    looks = {name: boxes[name] for name in ("user", "p_u", "both", "phi", "dropout", "psi_2")}
    assert (
        len({box.get_facecolor() for box in looks.values()}) == 5
    )  # hidden is as white as dropout
    borders = {
        (box.get_linestyle(), box.get_linewidth(), type(box.get_boxstyle()))
        for box in looks.values()
    }
    assert len(borders) == len(looks)


@pytest.mark.parametrize("name", ["MF", "MF-mean", "NeuMF", "operators", "nested", "skip"])
def test_nothing_overlaps(models, name):
    """Boxes are apart, texts inside them; arrows run left to right and past foreign boxes."""
    ax = plot_network(models[name])
    ax.figure.canvas.draw()
    boxes, arrows = boxes_and_arrows(ax)
    frames = {key: box.get_window_extent() for key, box in boxes.items()}
    for key, frame in frames.items():
        assert not any(frame.overlaps(other) for rest, other in frames.items() if rest != key)
        assert ax.figure.bbox.x0 < frame.x0 and frame.x1 < ax.figure.bbox.x1
        assert ax.figure.bbox.y0 < frame.y0 and frame.y1 < ax.figure.bbox.y1
    for text in ax.texts:
        frame, box = text.get_window_extent(), frames[text.get_gid().split(":")[1]]
        assert box.x0 < frame.x0 and frame.x1 < box.x1 and box.y0 < frame.y0 and frame.y1 < box.y1
        assert text.get_fontsize() >= 11
    for edge, arrow in arrows.items():
        source, target = edge.split("->")
        path = ax.transData.transform_path(arrow._path_original).interpolated(1)
        curve = np.vstack(path.to_polygons(closed_only=False)) if len(path.vertices) else []
        curve = np.vstack([np.linspace(a, b, 30) for a, b in pairwise(curve)])
        assert curve[0, 0] == pytest.approx(frames[source].x1, abs=3)
        assert curve[-1, 0] == pytest.approx(frames[target].x0, abs=3)
        assert (np.diff(curve[:, 0]) > -1e-6).all()
        for key, frame in frames.items():
            if key not in (source, target):
                assert not frame.count_contains(curve), f"{edge} runs through {key}"


def test_hidden_boxes_show_only_a_question_mark(models):
    ax = plot_network(models["MF-mean"], hidden=("a_u", "b_i", "rating"))
    boxes, arrows = boxes_and_arrows(ax)
    assert all(
        lines(ax, name) == ["?"] and boxes[name].get_linestyle() == "--"
        for name in ("a_u", "b_i", "rating")
    )
    assert texts(ax).count("?") == 3 and "user->a_u" in arrows
    assert not any("a_u" in text or "1,682 parameters" in text for text in texts(ax))
    with pytest.raises(ValueError, match=r"no layers.*c_u.*there are.*a_u"):
        plot_network(models["MF-mean"], hidden=["c_u"])


def test_a_layer_used_twice_has_two_boxes():
    import keras

    one, two, tower = (
        keras.Input((4,), name="one"),
        keras.Input((4,), name="two"),
        keras.layers.Dense(4, name="tower"),
    )
    ax = plot_network(
        keras.Model([one, two], keras.layers.Dot(1, name="dot")([tower(one), tower(two)]))
    )
    assert set(boxes_and_arrows(ax)[1]) == {
        "one->tower",
        "two->tower#1",
        "tower->dot",
        "tower#1->dot",
    }
    assert (
        lines(ax, "tower")[-1] == "20 parameters" and lines(ax, "tower#1")[-1] == "the same weights"
    )


def test_a_model_without_a_graph_is_refused():
    import keras

    class Own(keras.Model):
        def call(self, x):
            return x

    for model in (Own(), keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), "model"):
        with pytest.raises(
            TypeError, match=r"functional model, keras.Model\(inputs, outputs\).*keras.Input"
        ):
            plot_network(model)


# ---------------------------------------------------------------- embeddings and results


def cloud(rows=40, columns=6):
    return np.random.RandomState(0).randn(rows, columns) * np.arange(columns, 0, -1)


def drawn(ax):
    return np.vstack([points.get_offsets() for points in ax.collections])


def test_map_is_the_first_two_principal_components():
    vectors = cloud()
    ax = plot_embedding(vectors)
    values, axes = np.linalg.eigh(np.cov(vectors.T, ddof=0))
    assert np.allclose(drawn(ax).var(axis=0), values[[-1, -2]])
    assert np.allclose(
        np.abs(drawn(ax)), np.abs((vectors - vectors.mean(axis=0)) @ axes[:, [-1, -2]])
    )
    share = 100 * values[-1] / values.sum()
    assert (
        ax.get_xlabel() == f"component 1 ({share:.0f} % of variance)"
        and "component 2" in ax.get_ylabel()
    )


def test_map_does_not_depend_on_the_sign_of_the_decomposition(monkeypatch):
    vectors, svd = cloud(), np.linalg.svd
    before = drawn(plot_embedding(vectors))
    monkeypatch.setattr(
        np.linalg,
        "svd",
        lambda *args, **kwargs: (lambda u, s, v: (-u, s, -v))(*svd(*args, **kwargs)),
    )
    assert np.allclose(drawn(plot_embedding(vectors)), before)
    loadings = np.linalg.lstsq(vectors - vectors.mean(axis=0), before, rcond=None)[0].T
    assert all(loading[np.argmax(np.abs(loading))] > 0 for loading in loadings)


def test_map_of_two_columns_and_of_equal_rows():
    assert drawn(plot_embedding(cloud(10, 2))).shape == (10, 2)
    assert np.allclose(drawn(plot_embedding(np.ones((4, 3)))), 0)


def test_groups_have_colours_markers_and_a_legend():
    ax = plot_embedding(cloud(), groups=["drama", "comedy"] * 20)
    one, two = ax.collections
    assert len(one.get_offsets()) == len(two.get_offsets()) == 20
    assert not np.array_equal(one.get_facecolor(), two.get_facecolor())
    assert not np.array_equal(one.get_paths()[0].vertices, two.get_paths()[0].vertices)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["comedy", "drama"]


def test_labels_do_not_overlap():
    ax = plot_embedding(
        cloud() / 100, labels={row: f"Some film ({1980 + row})" for row in range(12)}
    )
    notes = [text for text in ax.texts if text.get_text()]
    assert len(notes) == 12 and "Some film (1983)" in texts(ax)
    assert all(np.allclose(note.xy, drawn(ax)[row]) for row, note in enumerate(notes))
    frames = [note.get_window_extent() for note in notes]
    assert sum(a.overlaps(b) for k, a in enumerate(frames) for b in frames[:k]) <= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"vectors": np.ones((5, 1))}, r"r >= 2 columns, not of shape \(5, 1\)"),
        ({"vectors": np.ones(5)}, r"shape \(5,\)"),
        ({"vectors": cloud(), "groups": ["a"]}, "40 vectors, but groups"),
        ({"vectors": cloud(), "groups": [str(k % 9) for k in range(40)]}, "at most 8 groups"),
        ({"vectors": cloud(), "labels": {40: "x"}}, "rows are 0 to 39"),
    ],
)
def test_map_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        plot_embedding(**arguments)


def test_results_in_the_order_of_the_table():
    results = pd.DataFrame(
        {"RMSE": [1.12, 0.941, 0.93], "sd": [np.nan, 0.002, 0.003]},
        index=["global mean", "MF", "NeuMF"],
    )
    results.attrs["floor"] = 0.9
    ax = plot_results(results)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == list(results.index)
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row is on top
    assert texts(ax) == ["1.120", "0.941 ± 0.002", "0.930 ± 0.003, lowest", "noise floor 0.900"]
    dots = [bar.lines[0] for bar in ax.containers]
    assert [(dot.get_xdata()[0], dot.get_ydata()[0]) for dot in dots] == [
        (1.12, 0),
        (0.941, 1),
        (0.93, 2),
    ]
    assert [dot.get_marker() for dot in dots] == ["o", "o", "*"]
    reach = ax.containers[1].lines[2][0].get_segments()[0][:, 0]
    assert np.allclose(reach, [0.939, 0.943])
    floor = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert len(floor) == 1 and list(floor[0].get_xdata()) == [0.9, 0.9]
    assert ax.get_xlabel() == "RMSE (stars)"


def test_results_without_sd_and_floor():
    ax = plot_results(pd.DataFrame({"RMSE": [1.0, 0.9]}, index=["a", "b"]))
    assert texts(ax) == ["1.000", "0.900, lowest"]
    with pytest.raises(ValueError, match=r"no column 'RMSE'.*rmse"):
        plot_results(pd.DataFrame({"rmse": [1.0]}))
    with pytest.raises(ValueError, match="no values"):
        plot_results(pd.DataFrame({"RMSE": []}))


# ---------------------------------------------------------------- all figures


def test_show_publishes_the_figure_with_its_description(monkeypatch):
    published = []
    monkeypatch.setattr(
        plotting, "display", lambda data, **options: published.append((data, options))
    )
    ax = plot_results(pd.DataFrame({"RMSE": [1.0]}, index=["a"]))
    assert show(ax, "Dot plot with one dot.") is None
    ((data, options),) = published
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert set(data) == {"image/png", "text/plain"}
    assert data["text/plain"] == "Dot plot with one dot."
    assert options == {"raw": True, "metadata": {"image/png": {"alt": "Dot plot with one dot."}}}
    assert plt.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "  ", None, 3])
def test_show_wants_a_description(alt):
    ax = plt.subplots()[1]
    with pytest.raises(ValueError, match="says what is seen"):
        show(ax, alt)


def test_given_axes_are_used_and_no_style_is_left_behind(ratings, models):
    before = dict(plt.rcParams)
    calls = [
        lambda ax: plot_ratings(ratings, ax=ax),
        lambda ax: plot_long_tail(ratings, ax=ax),
        lambda ax: plot_learning_curve(CURVE, ax=ax),
        lambda ax: plot_network(models["MF"], ax=ax),
        lambda ax: plot_embedding(cloud(), ax=ax),
        lambda ax: plot_results(pd.DataFrame({"RMSE": [1.0]}), ax=ax),
    ]
    for call in calls:
        figure, ax = plt.subplots(figsize=(7, 4))
        assert call(ax) is ax and tuple(figure.get_size_inches()) == (7, 4)
    assert len(plt.get_fignums()) == len(calls)
    assert dict(plt.rcParams) == before


def test_fonts_can_be_read_from_the_last_row(ratings):
    for ax in (
        plot_ratings(ratings),
        plot_long_tail(ratings),
        plot_learning_curve(CURVE),
        plot_embedding(cloud(), {0: "x"}),
    ):
        written = [
            ax.xaxis.label,
            ax.yaxis.label,
            *ax.get_xticklabels(),
            *ax.get_yticklabels(),
            *ax.texts,
        ]
        assert min(text.get_fontsize() for text in written) >= 11


def test_keras_is_not_loaded_with_the_module():
    unwanted = {"keras", "tensorflow", "utils.data", "utils.checks"}
    code = f"import sys, utils.plotting; print({unwanted} & set(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(Path(plotting.__file__).parents[1])}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert run.stdout == b"set()\n", run.stderr
