"""The fair comparison of lecture 6: `make comparison`, about an hour on two cores.

1. Search, from coarse to fine: for every model the same number of random draws of settings, half
   from the ranges below, half from a third of each range around the best of these. Each is trained
   on 90 % of split 1's training ratings with seed 0 and scored on the other 10 %.
2. Runs: with the settings of the lowest validation RMSE every model is trained on all training
   ratings of each of the five splits, with three seeds, and scored once on the test ratings. (The
   planted ratings have a search of their own, and one split.)
3. Intervals: paired bootstrap over users of the difference to MF-mean.

The models are those of lecture 6: its cells are executed. What has been computed is kept in
.comparison/, so the command goes on where it was stopped. The result is utils/comparison.csv, one
line a run, and utils/comparison.json: settings, ranges, intervals, versions.
"""

import json
import math
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
LECTURE = ROOT / "lectures" / "06_ncf3_neural.ipynb"
CELLS = ["imports", "parts", "models-product", "models-mlp", "build", "fit"]
DRAWS, SEEDS, RESAMPLES = 100, range(3), 2000
SPLITS = {"ml-100k": range(1, 6), "synthetic": range(1, 2)}
REFERENCE, BASELINE = "MF-mean", "user + item means"

RANGES = {  # lowest and highest value; drawn evenly on a logarithmic scale, dropout on a plain one
    "num_factors": (8, 128),
    "penalty": (1e-5, 2e-3),
    "bias_penalty": (1e-7, 1e-3),
    "mlp_factors": (4, 64),
    "mlp_penalty": (1e-6, 5e-3),
    "layers": (1, 3),  # hidden layers of the MLP, each half as wide as the one before
    "width": (8, 256),  # of its first layer
    "dropout": (0.0, 0.7),
    "phi_layers": (1, 3),
    "phi_width": (4, 128),
    "phi_dropout": (0.0, 0.7),
    "epochs": (3, 40),
    "learning_rate": (0.002, 0.03),
}
WIDENED = {  # where a winner stood on the edge of a range
    ("ml-100k", "NCF #1"): {"layers": (1, 5), "width": (8, 512), "learning_rate": (0.002, 0.06)},
    ("ml-100k", "Neural-NCF"): {"mlp_penalty": (1e-6, 5e-2)},
    ("synthetic", "NCF #1"): {"layers": (1, 5), "width": (8, 512), "learning_rate": (0.002, 0.06)},
    ("synthetic", "Neural-NCF"): {"mlp_penalty": (1e-6, 5e-2), "num_factors": (1, 128)},
}
NATURAL_ENDS = {"num_factors": 1, "layers": 1, "phi_layers": 1, "dropout": 0.0, "phi_dropout": 0.0}
PRODUCT, TRAINING = ["num_factors", "penalty"], ["epochs", "learning_rate"]
MLP, BESIDE = ["layers", "width", "dropout"], ["mlp_factors", "mlp_penalty"]
PHI = ["phi_layers", "phi_width", "phi_dropout"]
MODELS = {  # the function that builds it, and what is drawn for it
    "MF": ("build_mf", [*PRODUCT, *TRAINING]),
    "MF-mean": ("build_mf_mean", [*PRODUCT, "bias_penalty", *TRAINING]),
    "GMF": ("build_gmf", [*PRODUCT, *TRAINING]),
    "NCF #1": ("build_ncf1", [*PRODUCT, *MLP, *TRAINING]),
    "ANCF": ("build_ancf", [*PRODUCT, *BESIDE, *MLP, *TRAINING]),
    "Neural-NCF": ("build_neural_ncf", [*PRODUCT, *BESIDE, *MLP, *TRAINING]),
    "Neural-NCF, nonlinear φ": ("build_neural_ncf", [*PRODUCT, *BESIDE, *MLP, *PHI, *TRAINING]),
}


def ranges_of(name: str, model: str) -> dict:
    """The ranges from which the settings of a model are drawn, for a set of ratings."""
    return {each: RANGES[each] for each in MODELS[model][1]} | WIDENED.get((name, model), {})


def settings_of(name: str, model: str, draw: int, best: dict | None = None) -> dict:
    """Draw number `draw` for a model, near the settings `best`: the same on every machine."""
    import numpy as np

    random = np.random.RandomState([list(MODELS).index(model), draw])
    drawn, centre = {}, flat(best or {})
    for key, (low, high) in ranges_of(name, model).items():
        share = random.random_sample()
        if key in centre and key.endswith("dropout"):
            sixth = (high - low) / 6
            low, high = max(low, centre[key] - sixth), min(high, centre[key] + sixth)
        elif key in centre:
            kind, sixth = type(low), (high / low) ** (1 / 6)
            low, high = max(low, centre[key] / sixth), min(high, centre[key] * sixth)
            low, high = (math.ceil(low), math.floor(high)) if kind is int else (low, high)
        if key.endswith("dropout"):
            drawn[key] = round(low + share * (high - low), 2)
        elif isinstance(low, int):  # each whole number has its place on the scale
            drawn[key] = min(high, math.floor(low * ((high + 1) / low) ** share))
        else:
            drawn[key] = float(f"{low * (high / low) ** share:.2g}")
    for prefix, wanted in (("", "hidden"), ("phi_", "phi")):
        if f"{prefix}layers" in drawn:
            layers, width = drawn.pop(f"{prefix}layers"), drawn.pop(f"{prefix}width")
            drawn[wanted] = [max(1, width // 2**k) for k in range(layers)]
    return drawn


def flat(settings: dict) -> dict:
    """The same settings, with number and width of hidden layers in place of their list."""
    values = dict(settings)
    for prefix, wanted in (("", "hidden"), ("phi_", "phi")):
        if wanted in values:
            hidden = values.pop(wanted)
            values |= {f"{prefix}layers": len(hidden), f"{prefix}width": hidden[0]}
    return values


def on_the_edge(name: str, model: str, settings: dict) -> list[str]:
    """The names of settings whose value is an end of its range, but for ends that are natural."""
    edges = []
    for key, value in flat(settings).items():
        low, high = ranges_of(name, model)[key]
        near = 0.01 * (high - low) if key.endswith("dropout") else 0
        if (value <= low * 1.01 + near or value >= high / 1.01 - near) and (
            value != NATURAL_ENDS.get(key)
        ):
            edges.append(f"{key} {value:g}")
    return edges


@cache
def defined_in(path: Path, cells: tuple[str, ...]) -> SimpleNamespace:
    """The names that cells of a lecture define; one thread, and training prints nothing here."""
    os.environ["OMP_NUM_THREADS"] = "1"
    import nbformat

    import utils  # noqa: F401  # quiets TensorFlow

    sources = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    names = {}
    exec("\n\n".join(sources[name] for name in cells), names)
    from tensorflow import config  # after Keras: only now are its messages quiet

    config.threading.set_intra_op_parallelism_threads(1)
    config.threading.set_inter_op_parallelism_threads(1)
    names["plotting"] = SimpleNamespace(progress=lambda _: names["keras"].callbacks.Callback())
    return SimpleNamespace(**names, names=names)


def lecture() -> SimpleNamespace:
    """What lecture 6 defines."""
    return defined_in(LECTURE, tuple(CELLS))


@cache
def ratings(name: str, split: int):
    with redirect_stdout(None):
        return lecture().load_ratings(name, split=split, fallback=False)


def run(name: str, model: str, settings: dict, split: int, seed: int, search: bool) -> dict:
    """Train and score once; of a test, also every predicted rating."""
    course, data = lecture(), ratings(name, split)
    cut = len(data.train) * 9 // 10 if search else len(data.train)
    train, scored = data.train[:cut], data.train[cut:] if search else data.test
    course.keras.backend.clear_session()
    course.keras.utils.set_random_seed(seed)
    chosen = {name: value for name, value in settings.items() if name not in TRAINING}
    network = course.names[MODELS[model][0]]((data.num_users, data.num_items), **chosen)
    started = time.perf_counter()
    course.fit(network, train, data.mean, *[settings[name] for name in TRAINING])
    result = {"seconds": time.perf_counter() - started, "parameters": network.count_params()}
    inputs = [course.tf.constant(ids) for ids in course.pairs(scored)]
    stars = data.mean + course.np.ravel(network(inputs))
    result["rmse"] = course.rmse(stars, scored)
    return result if search else result | {"stars": [round(float(star), 4) for star in stars]}


def kept(folder: Path, task: tuple) -> Path:
    """Where the result of a task is kept: its name follows from everything that it depends on."""
    import hashlib

    return folder / f"{hashlib.sha256(json.dumps(task).encode()).hexdigest()[:24]}.json"


def work(job: tuple) -> None:
    path, task = job
    text = json.dumps(run(*task))
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def results(title: str, tasks: list[tuple], folder: Path) -> list[dict]:
    """The results of all tasks, in their order; computes those that are not kept yet."""
    paths = [kept(folder, task) for task in tasks]
    jobs = [(path, task) for path, task in zip(paths, tasks, strict=True) if not path.is_file()]
    started, done = time.monotonic(), len(tasks) - len(jobs)
    workers = min(os.cpu_count() or 1, 8)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for count, _ in enumerate(pool.map(work, jobs), start=1):
            minutes = (time.monotonic() - started) / 60
            left = minutes / count * (len(jobs) - count)
            line = f"{title}: {done + count} of {len(tasks)}, about {left:.0f} min to go"
            print(line, end="\n" if count == len(jobs) else "\r", flush=True)
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def intervals(squared: dict, users) -> dict[str, list[float]]:
    """For each model its RMSE minus that of MF-mean: value, 2.5 % and 97.5 % of the bootstrap.

    Users are drawn with replacement, each with all of her test ratings: ratings of one user are
    not independent. `squared` holds, for each model, the squared error of each test rating.
    """
    import numpy as np
    import pandas as pd

    sums = pd.DataFrame(squared).groupby(np.asarray(users)).sum()
    counts = pd.Series(users).value_counts().reindex(sums.index)
    drawn = np.random.RandomState(0).randint(len(sums), size=(RESAMPLES, len(sums)))
    found = {}
    for model in sums:
        both = []
        for name in (model, REFERENCE):
            total = sums[name].to_numpy()
            means = total[drawn].sum(axis=1) / counts.to_numpy()[drawn].sum(axis=1)
            both.append(np.sqrt(np.append(total.sum() / counts.sum(), means)))
        difference = both[0] - both[1]
        low, high = np.quantile(difference[1:], [0.025, 0.975])
        found[model] = [round(float(value), 5) for value in (difference[0], low, high)]
    return found


def search(name: str, folder: Path) -> dict[str, dict]:
    """For each model the best of its draws on the validation ratings of split 1."""
    chosen = {}
    for model in MODELS:
        score, best = math.inf, None
        for half in (range(DRAWS // 2), range(DRAWS // 2, DRAWS)):  # coarse, then fine
            drawn = [settings_of(name, model, draw, best) for draw in half]
            tasks = [(name, model, settings, 1, 0, True) for settings in drawn]
            tried = results(f"{name}, {model}, search", tasks, folder)
            for settings, result in zip(drawn, tried, strict=True):
                if result["rmse"] < score:
                    score, best = result["rmse"], settings
        chosen[model] = {"validation RMSE": round(score, 4), "settings": best}
        print(f"  {score:.4f} with {best}", flush=True)
        if edges := on_the_edge(name, model, best):
            print(f"  On the edge of its range, widen it: {', '.join(edges)}", flush=True)
    return chosen


def scores_on_test(name: str, chosen: dict, folder: Path) -> tuple[list[list], dict]:
    """A line of comparison.csv for each run, and each model's squared errors, split by split."""
    import numpy as np

    lines, squared = [], {}
    for split in SPLITS[name]:
        data = ratings(name, split)
        stars = lecture().user_item_means(data.train, data.test)
        score, size = lecture().rmse(stars, data.test), 1 + data.num_users + data.num_items
        lines.append([name, BASELINE, split, 0, size, "", round(score, 5)])
        error = (stars - data.test["rating"].to_numpy()) ** 2
        squared.setdefault(BASELINE, []).append(error)
    for model, found in chosen.items():
        for split in SPLITS[name]:
            tasks = [(name, model, found["settings"], split, seed, False) for seed in SEEDS]
            runs = results(f"{name}, {model}, split {split}", tasks, folder)
            for seed, scored in zip(SEEDS, runs, strict=True):
                row = [scored["parameters"], round(scored["seconds"], 1), round(scored["rmse"], 5)]
                lines.append([name, model, split, seed, *row])
            stars = np.array([scored["stars"] for scored in runs])
            truth = ratings(name, split).test["rating"].to_numpy()
            squared.setdefault(model, []).append(((stars - truth) ** 2).mean(axis=0))
    return lines, squared


def main() -> None:
    import keras
    import numpy as np
    import pandas as pd
    import tensorflow as tf

    folder = ROOT / ".comparison"
    folder.mkdir(exist_ok=True)
    versions = f"tensorflow {tf.__version__}, keras {keras.__version__}"
    about = {"made by": f"make comparison, {date.today()}, {versions}", "draws": DRAWS}
    about |= {
        "ranges": {},
        "models": {},
        f"difference to {REFERENCE}": {},
    }
    lines = []
    for name, splits in SPLITS.items():
        about["ranges"][name] = {model: ranges_of(name, model) for model in MODELS}
        about["models"][name] = chosen = search(name, folder)
        found, squared = scores_on_test(name, chosen, folder)
        lines += found
        users = [ratings(name, split).test["user"].to_numpy() for split in splits]
        pieces = {f"split {split}": [k] for k, split in enumerate(splits)}
        pieces["all splits"] = list(range(len(splits)))  # the test sets share no rating
        about[f"difference to {REFERENCE}"][name] = {
            piece: intervals(
                {model: np.concatenate([each[k] for k in ks]) for model, each in squared.items()},
                np.concatenate([users[k] for k in ks]),
            )
            for piece, ks in pieces.items()
        }
    columns = ["data", "model", "split", "seed", "parameters", "seconds", "rmse"]
    table = pd.DataFrame(lines, columns=columns)
    table.to_csv(ROOT / "utils/comparison.csv", index=False)
    text = json.dumps(about, indent=1, ensure_ascii=False)
    (ROOT / "utils/comparison.json").write_text(text + "\n", encoding="utf-8")
    print(table.groupby(["data", "model"], sort=False)["rmse"].agg(["mean", "std"]).round(4))


if __name__ == "__main__":
    main()
