"""The runs of lecture 9: `make history`, about half an hour; it goes on where it was stopped.

Each model and each control of the lecture is trained with three seeds on split 1 of MovieLens 100K;
the main ones also on the other splits, on two splits by time (of the second also the RMSE for users
who have training ratings), and on the planted ratings. A blend takes its weights from validation
ratings, a tenth of the training ratings of split 1, on which its models are trained once more
without these.

The models are those of the lecture: its cells are executed. What has been computed is kept in
.comparison/history/ (delete that after a change to the models). The result is utils/history.csv,
one line a run: model, split, seed, RMSE, and the seconds of one core that `fit` took; for a blend
these are the seconds of all its models, validation included.
"""

import os
import resource
import time
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from compare import ROOT, defined_in

LECTURE = ROOT / "lectures" / "09_who_rated_what_and_when.ipynb"
CELLS = """imports parts network fit choices history build-w build-w-plus features
session-mean build-session controls splits-by-time""".split()
SEEDS, SPLITS, BY_TIME = range(3), ["u1", "u2", "u3", "u4", "u5"], ["last tenth", "by date"]
VALIDATION, PLANTED, KNOWN = "u1, validation", "planted", "by date, known users"

PLUS = {"own_pair": False}
SIDE = PLUS | {"side": "own"}
STEPS = {  # what goes into the network, and how the session mean is taken
    "MF-mean": {"history": None},
    "W without history biases": {"bias": False},
    "W": {},
    "W+": PLUS,
    "W+ and side": SIDE,
    "MF-mean and session": {"history": None, "session": "around"},
    "W and session, linear": {"session": "around", "mlp": False},
    "W and session": {"session": "around"},
    "W+, side, session": SIDE | {"session": "around"},
    "W of stars": {"history": "stars"},
    "W+ of stars": PLUS | {"history": "stars"},
    "W+ of stars, side, session": SIDE | {"history": "stars", "session": "around"},
}
CONTROLS = {
    "W, histories of others": {"history": "of others"},
    "W+ and side of other films": PLUS | {"side": "of others"},
    "W and session, times shuffled": {"session": "shuffled"},
    "W and session, strictly past": {"session": "strictly_past"},
    "W and session, past and same second": {"session": "past_and_same_second"},
    "W and session, same second": {"session": "same_second"},
    "W and session, own rating left in": {"session": "own"},
}
MODELS = STEPS | CONTROLS
MAIN = ["MF-mean", "W", "W+ and side", "W and session"]
DATED = ["MF-mean", "W", "W+", "W+ and side", "W and session", "W and session, strictly past"]
ALIKE = ["W, histories of others", "W and session, times shuffled", "W and session, strictly past"]
BLENDED = [*MAIN[2:], "W+, side, session", "W+ of stars, side, session"]


def lecture() -> SimpleNamespace:
    """What lecture 9 defines."""
    return defined_in(LECTURE, tuple(CELLS))


@cache
def ratings(split: str) -> tuple:
    """What was loaded, and its training and test ratings."""
    course, number = lecture(), int(split[1]) if split.startswith("u") else 1
    name = "synthetic-choices" if split == PLANTED else "ml-100k"
    with redirect_stdout(None):
        data = course.load_ratings(name, split=number, fallback=False)
    train, test, cut = data.train, data.test, len(data.train) * 9 // 10
    if split == VALIDATION:
        train, test = train[:cut], train[cut:]
    elif split in BY_TIME:
        divide = course.last_tenth if split == BY_TIME[0] else course.by_date
        train, test = divide(course.pd.concat([train, test], ignore_index=True))
    return data, train.reset_index(drop=True), test.reset_index(drop=True)


def mixed(table):
    """The same rows, dealt out anew: each belongs to another user or film."""
    return table[lecture().np.random.RandomState(0).permutation(len(table))]


def network(data, train, history="choices", own_pair=True, side=None, bias=True):
    """The network of these settings, but for the session."""
    course = lecture()
    R = course.choices(train)
    if history == "stars":
        R[tuple(course.pairs(train))] = train["rating"] - course.user_item_means(train, train)
    elif history == "of others":
        R = mixed(mixed(R).T).T
    if history is None:
        return course.build_mf_mean()
    tables = [course.features(data.items)] if side else []
    tables = [mixed(table) for table in tables] if side == "of others" else tables
    model = course.build_w(R) if own_pair else course.build_w_plus(R, *tables)
    for layer in [] if bias else [model.get_layer("a_u_1"), model.get_layer("b_i_1")]:
        layer.set_weights([0 * kernel for kernel in layer.get_weights()])
        layer.trainable = False
    return model


def session_means(train, test, session: str) -> list:
    """The session means of the training and of the test ratings."""
    course = lecture()
    weight, own = course.names.get(session, course.around), session == "own"
    if session == "shuffled":
        train, test = course.shuffled_times(train, test)
    return [course.session_mean(each, train, weight, own) for each in (train, test)]


def run(folder: Path, model: str, split: str, seed: int):
    """RMSE, seconds of `fit` and predicted stars; computed, or as kept in the folder."""
    course, (data, train, test) = lecture(), ratings(split)
    path = folder / f"{model} - {split} - {seed}.npz"
    if not path.is_file():
        settings = dict(MODELS[model])
        session, mlp = settings.pop("session", None), settings.pop("mlp", True)
        course.names["sizes"] = data.num_users, data.num_items
        course.keras.backend.clear_session()
        course.keras.utils.set_random_seed(seed)
        built, inputs = network(data, train, **settings), [course.pairs(train), course.pairs(test)]
        if session:
            built = course.build_session(built, mlp)
            means = session_means(train, test, session)
            inputs = [[*ids, mean] for ids, mean in zip(inputs, means, strict=True)]
        started = time.process_time()
        course.fit(built, inputs[0], train)
        seconds = time.process_time() - started
        stars = course.predict(built, inputs[1], train["rating"].mean())
        course.np.savez(path, seconds=seconds, stars=stars, rmse=course.rmse(stars, test))
        print(f"{course.rmse(stars, test):.4f}  {seconds:4.1f} s  {path.stem}", flush=True)
    return course.np.load(path)


def of_known_users(found) -> float:
    """RMSE of a run by date on the test ratings of users that have training ratings."""
    _, train, test = ratings(BY_TIME[1])
    known = test["user"].isin(train["user"]).to_numpy()
    return float(lecture().rmse(found["stars"][known], test[known]))


def blend(folder: Path, members: list[tuple[str, int]]) -> list[float]:
    """RMSE on u1 and seconds of models with their seeds, together; weights from validation."""
    np, sides = lecture().np, []
    for split in (VALIDATION, "u1"):
        _, train, test = ratings(split)
        runs = [run(folder, model, split, seed) for model, seed in members]
        stars = np.array([each["stars"] for each in runs]).T - train["rating"].mean()
        sides.append((stars, test["rating"] - train["rating"].mean(), runs))
    weights = np.linalg.lstsq(*sides[0][:2], rcond=None)[0]
    stars, truth, _ = sides[1]
    seconds = sum(float(each["seconds"]) for *_, runs in sides for each in runs)
    return [float(np.sqrt(np.mean((stars @ weights - truth) ** 2))), seconds]


def main() -> None:
    folder, lines = ROOT / ".comparison" / "history", []
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [(model, "u1") for model in MODELS]
    tasks += [(model, split) for split in BY_TIME for model in DATED]
    tasks += [(model, split) for split in SPLITS[1:] for model in MAIN]
    tasks += [(model, PLANTED) for model in MAIN + ALIKE]
    for model, split in tasks:
        for seed in SEEDS:
            found = run(folder, model, split, seed)
            lines.append([model, split, seed, float(found["rmse"]), float(found["seconds"])])
            if split == BY_TIME[1]:
                lines.append([model, KNOWN, seed, of_known_users(found), float(found["seconds"])])
    for seed in SEEDS:
        pairs = [(model, seed) for model in BLENDED]
        lines.append(["blend of four", "u1", seed, *blend(folder, pairs)])
    pairs = [(model, seed) for model in BLENDED for seed in SEEDS]
    lines.append(["the four, three seeds each", "u1", 0, *blend(folder, pairs)])
    table = lecture().pd.DataFrame(lines, columns=["model", "split", "seed", "rmse", "seconds"])
    table = table.round({"rmse": 5, "seconds": 1})
    table.to_csv(ROOT / "utils" / "history.csv", index=False)
    print(table.groupby(["split", "model"], sort=False)["rmse"].agg(["mean", "std"]).round(4))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"peak memory {peak:.1f} GB")


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    main()
