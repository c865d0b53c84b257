"""How outputs are compared: exactly, or in a tagged cell but for the last digits of decimals."""

import json
import re
from types import SimpleNamespace

import compare
import compare_history
import compare_lists
import nbformat
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, Approximate, sanitize

STORED = "epoch 12 of 12   4.0 stars   train rmse 0.850   share 0.47\nANCF  0.914  <td>127089</td>"


LITTLE = [("", ""), ("0.850", "0.854"), ("0.914", "0.909"), ("0.47", "0.51"), ("  ", " ")]
MUCH = [("0.850", "0.857"), ("0.914", "0.920"), ("0.47", "0.53"), ("4.0", "4.1"), (STORED, "")]
MUCH += [("12 of", "11 of"), ("127089", "127090"), ("ANCF", "NCF"), ("0.850", "-0.850")]
MUCH += [("0.850", "nan"), ("</td>", "</td>\none line more 0.1")]


@pytest.mark.parametrize(("old", "new"), LITTLE + MUCH)
def test_only_the_last_digits_may_differ(old, new):
    """A column may be wider, too."""
    computed = Approximate(STORED.replace(old, new))
    assert (Approximate(STORED) == computed) == ((old, new) in LITTLE)
    assert (Approximate(STORED) != computed) == ((old, new) in MUCH)


@pytest.mark.parametrize("tags", [[], ["approximate"]])
def test_only_cells_with_the_tag_are_compared_so(tags):
    parent = SimpleNamespace(sanitize_patterns={re.compile("source of the day"): "SOURCE"})
    cell = SimpleNamespace(cell=nbformat.v4.new_code_cell(metadata={"tags": tags}), parent=parent)
    text = sanitize(cell, "RMSE 0.850 from the source of the day")
    assert text == "RMSE 0.850 from the SOURCE"
    assert (text == "RMSE 0.851 from the SOURCE") == (tags == ["approximate"])
    assert sanitize(cell, 12) == 12


def test_the_tag_stands_only_where_a_network_with_relu_or_dropout_speaks():
    for path in sorted(ROOT.glob("[ls][eo]*/*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        tagged = [cell for cell in code if "approximate" in cell.metadata.get("tags", [])]
        if tagged:
            assert re.search("relu|Dropout", "".join(cell.source for cell in code)), path
        for cell in tagged:
            text = "".join(str(output) for output in cell.outputs)
            assert re.search(r"\d\.\d\d", text), f"{path.stem}, {cell.id}: nothing to tolerate"


RUNS = pd.read_csv(ROOT / "utils" / "comparison.csv")
ABOUT = json.loads((ROOT / "utils" / "comparison.json").read_text(encoding="utf-8"))
REACHED = {"MF": 0.957, "MF-mean": 0.921, "NCF #1": 0.940, "ANCF": 0.921, "Neural-NCF": 0.925}


def test_every_model_was_searched_and_run_alike():
    runs = RUNS[RUNS["model"] != compare.BASELINE].groupby(["data", "model"])[["split", "seed"]]
    for (name, model), each in runs:
        pairs = {(split, seed) for split in compare.SPLITS[name] for seed in compare.SEEDS}
        assert set(each.itertuples(index=False, name=None)) == pairs, model
    for name in compare.SPLITS:
        assert set(ABOUT["models"][name]) == set(compare.MODELS)
        for model, ranges in ABOUT["ranges"][name].items():
            used = {key: tuple(ends) for key, ends in ranges.items()}
            assert used == compare.ranges_of(name, model)
    assert ABOUT["draws"] == compare.DRAWS >= 40


@pytest.mark.parametrize("name", compare.SPLITS)
@pytest.mark.parametrize("model", compare.MODELS)
def test_no_winner_stands_on_the_edge_of_a_range(name, model):
    assert not compare.on_the_edge(name, model, ABOUT["models"][name][model]["settings"])


def test_an_edge_is_found():
    on_the_edge = compare.on_the_edge
    assert on_the_edge("ml-100k", "MF", {"epochs": compare.RANGES["epochs"][1]})
    assert on_the_edge("ml-100k", "ANCF", {"dropout": compare.RANGES["dropout"][1]})
    assert not on_the_edge("ml-100k", "ANCF", {"dropout": 0.0, "hidden": [32]})  # ends by nature


def test_draws_are_repeated_and_the_fine_ones_stay_near_the_best():
    best, again, other = (compare.settings_of("ml-100k", "ANCF", draw) for draw in (3, 3, 4))
    assert best == again != other
    for draw in range(50, 60):
        near = compare.settings_of("ml-100k", "ANCF", draw, best)
        assert 1 / 2.5 < near["penalty"] / best["penalty"] < 2.5
        assert abs(near["dropout"] - best["dropout"]) < 0.13


def test_intervals_compare_the_same_users():
    users = np.repeat(np.arange(50), 4)
    error = np.random.RandomState(0).uniform(0, 2, size=200)
    found = compare.intervals({"MF-mean": error, "same": error, "worse": error + 0.5}, users)
    assert found["same"] == [0, 0, 0]
    value, low, high = found["worse"]
    assert 0 < low < value < high
    assert value == pytest.approx(np.sqrt((error + 0.5).mean()) - np.sqrt(error.mean()), abs=1e-5)


@pytest.mark.parametrize("model", REACHED)
def test_stored_results_of_the_comparison_are_good(model):
    """The test RMSE of u1, a mean of three seeds."""
    runs = RUNS.query("data == 'ml-100k' and split == 1 and model == @model")
    assert runs["rmse"].mean() <= REACHED[model]


LISTS = pd.read_csv(ROOT / "utils" / "lists.csv")
CHOSEN = json.loads((ROOT / "utils" / "lists.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("order", compare_lists.ORDERS)
@pytest.mark.parametrize("model", compare_lists.START)
def test_no_winner_of_the_lists_stands_on_an_edge_or_had_more_tries(order, model):
    found = CHOSEN["models"]["ml-100k"][order][model]
    assert not compare_lists.on_the_edge(found["settings"])
    assert found["tries"] <= CHOSEN["tries"] == compare_lists.TRIES


def test_a_keras_model_is_level_with_ease_on_the_latest_films():
    found = CHOSEN["models"]["ml-100k"]["latest"]["MF, all films"]
    for measure in ("HR full", "NDCG full"):
        assert abs(found[measure]["minus EASE"]) < found[measure]["se to EASE"]


def test_what_lecture_8_trains_agrees_with_the_stored_runs():
    cells = nbformat.read(compare_lists.LECTURE, as_version=4).cells
    (cell,) = [cell for cell in cells if cell.id == "all-films"]
    (output,) = [one for one in cell.outputs if "data" in one]
    printed = re.search(r"MF, all films\s+(\S+)\s+(\S+)", output.data["text/plain"])
    runs = LISTS[(LISTS["hold-out"] == "random") & (LISTS["model"] == "MF, all films")]
    for value, column in zip(printed.groups(), ("HR", "NDCG"), strict=True):
        assert float(value) == pytest.approx(runs[column].mean(), abs=0.015)


HISTORY = pd.read_csv(ROOT / "utils" / "history.csv")
LECTURE_9 = nbformat.read(compare_history.LECTURE, as_version=4)
MOVIELENS = HISTORY[HISTORY["split"] == "u1"]


REACHED_9 = {"W+ and side": 0.886, "W and session": 0.875}


@pytest.mark.parametrize("model", compare_history.MODELS)
def test_stored_results_of_lecture_9_are_good_and_their_seeds_agree(model):
    runs = MOVIELENS[MOVIELENS["model"] == model]
    assert runs["seed"].tolist() == [*compare_history.SEEDS] and runs["rmse"].std() < 0.003
    assert runs["rmse"].mean() <= REACHED_9.get(model, 1)


def test_what_lecture_9_trains_agrees_with_the_stored_runs():
    outputs = [one for cell in LECTURE_9.cells for one in cell.get("outputs", [])]
    text = "".join(one.get("text", "") for one in outputs)
    trained = dict(re.findall(r"^(.+): test RMSE (0\.\d{3})$", text, re.M))
    assert len(trained) >= 6
    runs = MOVIELENS[MOVIELENS["seed"] == 0].set_index("model")["rmse"]
    for model, rmse in trained.items():
        assert float(rmse) == pytest.approx(runs[model], abs=0.002), model
