"""The comparison of lecture 8: `make lists`, about half an hour on one core.

1. Search: each model may try the same number of settings. It begins at START, tries the next lower
   and the next higher value of each of its settings, and goes on from the best so far. Each try
   learns, with seed 0, from all but two films of each user, and is scored by NDCG@10 over all
   unseen films on the validation film. The last film is not looked at.
2. Runs: each winner learns, with three seeds, from all but the test film of each user, and is
   scored once: against all unseen films, and against 99 sampled ones.
3. Both for two hold-outs: random films of each user, and the latest.

The models are those of lectures 6 and 8: their cells are executed. What has been computed is kept
in .comparison/, so the command goes on where it was stopped. The result is utils/lists.csv, one
line a run, and utils/lists.json: settings, standard errors over users, differences, versions.
"""

import json
import sys
import time
from contextlib import redirect_stdout
from datetime import date
from functools import cache
from types import SimpleNamespace

import compare
from compare import ROOT, defined_in, kept

LECTURE = ROOT / "lectures" / "08_from_ratings_to_a_list.ipynb"
CELLS = """imports hold-out ranks metrics parts models training build-all-films fit-all-films draw
    fit-sampled ease"""
ORDERS, TRIES, SEEDS = ("random", "latest"), 16, range(3)
REFERENCES = ("EASE", "dot + biases")
SCALES = {
    "num_factors": [8, 16, 32, 64, 128, 256, 512],
    "mlp_factors": [1, 2, 4, 8, 16, 32, 64, 128],
    "penalty": [3e-9, 1e-8, 3e-8, 1e-7, 3e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3],
    "epochs": [1, 2, 4, 7, 10, 15, 20, 30, 45, 60, 90],
    "learning_rate": [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1],
    "dropout": [0.0, 0.2, 0.4, 0.6],
    "neighbours": [10, 20, 50, 100, 200, 400],
    "shrink": [0, 5, 10, 20, 50, 100, 200],
    "ridge": [25, 50, 100, 200, 400, 800],
}
SCALES["mlp_penalty"] = SCALES["penalty"]
NATURAL_ENDS = {"dropout": 0.0, "shrink": 0, "epochs": 1, "mlp_factors": 1}
TOWER = [64, 32]  # the hidden layers of every MLP
START = {  # the models, and where their search begins; its first settings are tried first
    "popularity": {},
    "ItemKNN": {"neighbours": 50, "shrink": 10},
    "EASE": {"ridge": 200},
    "MF-mean, stars": {"penalty": 1e-4, "epochs": 7, "learning_rate": 0.02, "num_factors": 64},
    "ANCF, stars": {"penalty": 1e-4, "mlp_penalty": 3e-5, "dropout": 0.2, "epochs": 7}
    | {"learning_rate": 0.02, "num_factors": 64, "mlp_factors": 8},
    "MF, all films": {"penalty": 3e-7, "num_factors": 64, "learning_rate": 0.05, "epochs": 30},
    "dot + biases": {"penalty": 3e-6, "epochs": 10, "num_factors": 32, "learning_rate": 0.01},
    "GMF": {"penalty": 3e-6, "epochs": 10, "num_factors": 32, "learning_rate": 0.01},
    "MLP": {"penalty": 3e-6, "dropout": 0.2, "epochs": 10, "num_factors": 32}
    | {"learning_rate": 0.01},
    "NeuMF": {"penalty": 3e-6, "mlp_penalty": 3e-6, "dropout": 0.2, "epochs": 10}
    | {"num_factors": 32, "mlp_factors": 32, "learning_rate": 0.01},
}
BUILDERS = {"MF-mean, stars": "mf_mean", "ANCF, stars": "ancf", "MF, all films": "all_films"}
BUILDERS |= {"dot + biases": "mf_mean", "GMF": "gmf", "MLP": "ncf1", "NeuMF": "neural_ncf"}
TRAINING = ["epochs", "learning_rate"]


def on_the_edge(settings: dict) -> list[str]:
    """The names of settings whose value is an end of its scale, but for ends that are natural."""
    ends = {key: (SCALES[key][0], SCALES[key][-1]) for key in settings}
    return [k for k, v in settings.items() if v in ends[k] and v != NATURAL_ENDS.get(k)]


def neighbours(settings: dict) -> list[dict]:
    """The settings that differ in one value, by one step of its scale, in the order of the keys."""
    found = []
    for key, value in settings.items():
        place = SCALES[key].index(value)
        for step in (place - 1, place + 1):
            if 0 <= step < len(SCALES[key]):
                found.append(settings | {key: SCALES[key][step]})
    return found


def lecture() -> SimpleNamespace:
    """What lecture 8 defines."""
    return defined_in(LECTURE, tuple(CELLS.split()))


def item_knn(X, neighbours: int, shrink: float):
    """Weights, (films, films): cosines of the nearest films. Scores are X @ weights."""
    np = lecture().np
    counts = X.sum(axis=0)
    similarity = X.T @ X / (np.sqrt(np.outer(counts, counts)) + shrink + 1e-9)
    np.fill_diagonal(similarity, 0)
    least = np.sort(similarity, axis=1)[:, -min(neighbours, len(counts))]  # of the nearest ones
    return np.where(similarity < least[:, None], 0, similarity).T


def sampled_ranks(scores, seen, held_out, size: int = 99):
    """The places of the held-out films, each among `size` unseen films drawn by chance."""
    np, pairs = lecture().np, lecture().pairs
    random, places = np.random.RandomState(0), []
    for user, item in zip(*pairs(held_out), strict=True):
        others = np.setdiff1d(np.flatnonzero(~seen[user]), item)
        others = scores[user, random.choice(others, min(size, len(others)), replace=False)]
        above, equal = others > scores[user, item], others == scores[user, item]
        places.append(above.sum() + equal.sum() / 2)
    return np.array(places)


@cache
def parts(name: str, order: str) -> tuple:
    """Sizes, and the ratings to learn from, to choose with, and of the test, one for each user."""
    course = lecture()
    with redirect_stdout(None):
        data = course.load_ratings(name, fallback=False)
    ratings = course.pd.concat([data.train, data.test], ignore_index=True)
    return (data.num_users, data.num_items), *course.hold_out(ratings, order)


def scores_of(model: str, settings: dict, seed: int, sizes: tuple, ratings) -> tuple:
    """Scores of all pairs of a user and a film, and the number of parameters."""
    course = lecture()
    seen = course.seen_films(ratings, sizes)
    X = seen.astype("float32")
    if model not in BUILDERS:
        if model == "popularity":
            return course.np.tile(X.sum(axis=0), (len(X), 1)), sizes[1]
        weights = item_knn if model == "ItemKNN" else course.ease
        return X @ weights(X, *settings.values()), sizes[1] ** 2
    course.keras.backend.clear_session()
    course.keras.utils.set_random_seed(seed)
    chosen = {key: value for key, value in settings.items() if key not in TRAINING}
    chosen |= {"hidden": TOWER} if "dropout" in chosen else {}
    builder = f"build_{BUILDERS[model]}"
    network = (compare.lecture().names | course.names)[builder](sizes, **chosen)
    last = [settings[key] for key in TRAINING]
    if "stars" in model:
        course.fit_stars(network, ratings, ratings["rating"].mean(), *last)
    elif model == "MF, all films":
        course.fit_all_films(network, seen, *last)
        return network.predict(course.np.arange(sizes[0]), verbose=0), network.count_params()
    else:
        course.fit_sampled(network, seen, *last)
    return course.all_scores(network, sizes), network.count_params()


def run(name: str, order: str, model: str, settings: dict, seed: int, search: bool) -> dict:
    """Train and score once; of a test, also the places of each user's held-out film."""
    course = lecture()
    sizes, train, valid, test = parts(name, order)
    ratings, held_out = (train, valid) if search else (course.pd.concat([train, valid]), test)
    started = time.process_time()
    scores, parameters = scores_of(model, settings, seed, sizes, ratings)
    result = {"seconds": time.process_time() - started, "parameters": parameters}
    seen = course.seen_films(ratings, sizes)
    full = course.ranks(scores, seen, held_out)
    if search:
        return result | {"ndcg": course.ndcg(full).mean()}
    sampled = sampled_ranks(scores, seen, held_out)
    return result | {"full": full.tolist(), "99 sampled": sampled.tolist()}


def result_of(*task) -> dict:
    """The result of a task, computed unless it is kept already."""
    path = kept(ROOT / ".comparison", ("lists", *task))
    if not path.is_file():
        result = run(*task)
        path.with_suffix(".part").write_text(json.dumps(result), encoding="utf-8")
        path.with_suffix(".part").replace(path)
    return json.loads(path.read_text(encoding="utf-8"))


def search(name: str, order: str, model: str) -> dict:
    """The best settings of a walk of TRIES tries at most, and the NDCG of each try."""
    best, tried = START[model], {}

    def ndcg(settings: dict) -> float:
        key = json.dumps(settings)
        if key not in tried and len(tried) < TRIES:
            tried[key] = result_of(name, order, model, settings, 0, True)["ndcg"]
            print(f"{name}, {order}, {model}: {tried[key]:.4f} {settings}", flush=True)
        return tried.get(key, -1)

    moved = ndcg(best) > 0
    while moved:
        moved = False
        for key in best:  # setting by setting
            nearby = [one for one in neighbours(best) if one[key] != best[key]]
            better = max(nearby, key=ndcg)
            if ndcg(better) > ndcg(best):
                best, moved = better, True
    return {"validation NDCG": round(ndcg(best), 4), "settings": best, "tries": len(tried)}


def standard_error(values) -> float:
    """Of the mean over users."""
    return values.std(ddof=1) / len(values) ** 0.5


def main() -> None:
    (ROOT / ".comparison").mkdir(exist_ok=True)
    course, lines, about = lecture(), [], {}
    np, names = course.np, sys.argv[1:] or ["ml-100k"]
    measures = {"HR": course.hit, "NDCG": course.ndcg}
    for name, order in [(name, order) for name in names for order in ORDERS]:
        here = about.setdefault(name, {}).setdefault(order, {})
        per_user = {}
        for model in START:
            found = here[model] = search(name, order, model)
            if edges := on_the_edge(found["settings"]):
                print(f"  On the edge of its scale, widen it: {', '.join(edges)}", flush=True)
            seeds = SEEDS if model in BUILDERS else [0]
            runs = [result_of(name, order, model, found["settings"], s, False) for s in seeds]
            for seed, one in zip(seeds, runs, strict=True):
                line = [name, order, model, seed, one["parameters"], round(one["seconds"], 1)]
                for against in ("full", "99 sampled"):
                    values = [measure(np.array(one[against])) for measure in measures.values()]
                    line += [round(value.mean(), 5) for value in values]
                lines.append(line)
            for measure, against in [(m, a) for m in measures for a in ("full", "99 sampled")]:
                values = [measures[measure](np.array(one[against])) for one in runs]
                per_user[model, f"{measure} {against}"] = np.mean(values, axis=0)
        for (model, measure), values in per_user.items():
            numbers = {"se": standard_error(values)}
            for other in REFERENCES:
                apart = values - per_user[other, measure]
                numbers |= {f"minus {other}": apart.mean(), f"se to {other}": standard_error(apart)}
            here[model][measure] = {key: round(float(value), 5) for key, value in numbers.items()}
    columns = ["data", "hold-out", "model", "seed", "parameters", "seconds"]
    columns += ["HR", "NDCG", "HR, 99 sampled", "NDCG, 99 sampled"]
    table = course.pd.DataFrame(lines, columns=columns)
    table.to_csv(ROOT / "utils/lists.csv", index=False)
    versions = f"keras {course.keras.__version__}, numpy {np.__version__}"
    about = {"made by": f"make lists, {date.today()}, {versions}", "tries": TRIES, "models": about}
    text = json.dumps(about, indent=1, ensure_ascii=False)
    (ROOT / "utils/lists.json").write_text(text + "\n", encoding="utf-8")
    print(table.groupby(["data", "hold-out", "model"], sort=False)[columns[6:]].mean().round(3))


if __name__ == "__main__":
    main()
