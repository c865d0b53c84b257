"""Checks of practice 9: histories without the answer in them, sessions, and a control."""

from collections.abc import Callable, Iterator

import keras
import numpy as np
import pandas as pd
from keras.initializers import RandomNormal

from practice.checks._engine import Facet, Practice, array, flat, kind, require, shapes

practice = Practice("09_who_rated_what_and_when", given=["imports"])
summary = practice.summary
SIZES = [(7, 11), (9, 6)]  # users, films


def some_ratings(draw: int) -> pd.DataFrame:
    """Pairs in no order, with an index of their own; the last user is not among them."""
    users, items = SIZES[draw]
    rng = np.random.RandomState(draw + 1)
    user, item = (x.ravel() for x in np.indices((users, items)))
    keep = (3 * user + item**2 + draw) % 5 < 3
    keep &= (user != users - 1) & ((user != 2) | (item == 4))  # user 2 rated one film
    frame = pd.DataFrame({"user": user[keep], "item": item[keep]})
    frame["rating"] = rng.randint(1, 6, size=len(frame)).astype(float)
    frame = frame.iloc[rng.permutation(len(frame))]
    return frame.set_axis(rng.permutation(len(frame)) * 3 + 40)


def histories(draw: int) -> np.ndarray:
    """The rows that exercise 1 looks up, of shape (users, items)."""
    ratings, rows = some_ratings(draw), np.zeros(SIZES[draw])
    rows[ratings["user"], ratings["item"]] = 1
    return rows / np.sqrt(np.maximum(rows.sum(axis=1, keepdims=True), 1))


# 1 -----------------------------------------------------------------------------------------
def history_facets(history_layer: Callable, draw: int) -> Iterator[Facet]:
    users, items = SIZES[draw]
    layer, other = (history_layer(some_ratings(draw), users, items) for _ in range(2))
    embedding = isinstance(layer, keras.layers.Embedding)
    what = f"expected an Embedding layer, found {kind(layer)}"
    require(embedding, what, "layers.Embedding(...) makes it; other cells apply it to users.")
    size = (layer.input_dim, layer.output_dim)
    yield Facet("the table", size, lambda *both: (shapes("the table", *both)[0], SIZE))
    rows, again = (array(one(np.arange(users))) for one in (layer, other))
    yield Facet("frozen", len(layer.trainable_weights), FROZEN)
    yield Facet("given", np.array_equal(rows, again, equal_nan=True), RANDOM)
    yield Facet("nobody", bool(np.isnan(rows[-1]).any()), NOBODY)
    yield Facet("the rows", rows, "Take a user with 4 films by hand: four numbers of one half.")


FROZEN = ("training would change the table: it is not frozen", "Which argument freezes a layer?")
RANDOM = ("the numbers are random: the table is not given to the layer", "Where does an Embedding get its numbers from?")  # fmt: skip
SIZE = "A row for each user, also for who is not in the ratings, and a number for each film."
NOBODY = ("in the row of a user who rated nothing there are nan; expected zeros", "0 divided by 0 is no number. What should the root of a count of 0 be?")  # fmt: skip
ROOT = "Divided by the square root of n, a row has the length 1."
ROWS, COUNT = 'rows[ratings["user"], ratings["item"]] = 1', "np.sqrt(np.maximum(count, 1))"
STARS, WHETHER = (ROWS, ROWS[:-1] + 'ratings["rating"]'), "A rated film counts 1."
HISTORY = [
    ("the numbers are 0 and 1: they are not divided", ROOT, (f"rows / {COUNT}", "rows")),
    ("the numbers are 1/n; expected 1 over the square root of n", ROOT, (COUNT, "np.maximum(count, 1)")),
    ("the numbers are multiplied with the square root of n, not divided by it", ROOT, (f"rows / {COUNT}", f"rows * {COUNT}")),
    ("n counts the users of each film; expected the films of each user", "Which axis of the table is the films?", ("sum(axis=1, keepdims=True)", "sum(axis=0)")),
    ("n counts all ratings, not the films of each user", "Which axis of the table is the films?", ("rows.sum(axis=1, keepdims=True)", "rows.sum()")),
    ("the table holds stars, not divided; expected which films were rated, whatever the stars", WHETHER, STARS, (f"rows / {COUNT}", "rows")),
    ("the table holds stars over the root of their sum; expected which films were rated", WHETHER, STARS),
    ("the table holds stars that are divided; expected which films were rated", WHETHER, STARS, ("rows.sum(", "(rows > 0).sum(")),
    ("rows of stars are divided by their length; expected which films were rated", WHETHER, STARS, ("rows.sum(", "(rows**2).sum(")),
    ("1 is added to n before the root", "Only a user without films needs help there.", ("np.maximum(count, 1)", "count + 1")),
    ("the films that were *not* rated have the numbers", "Where does the 1 go, and where the 0?", (ROWS, ROWS + "\n    rows = 1 - rows")),
]  # fmt: skip
check_history = practice.exercise("history_layer", "ex-history", history_facets, HISTORY, "a layer")


# 2 -----------------------------------------------------------------------------------------
def own_facets(without_own: Callable, draw: int) -> Iterator[Facet]:
    rows, items = histories(draw).astype("float32"), SIZES[draw][1]
    user = np.random.RandomState(draw).permutation(np.repeat(np.arange(len(rows)), 3))
    item = np.random.RandomState(draw + 7).randint(0, items, size=len(user))
    item[(user == 2) & (np.arange(len(user)) % 2 == 0)] = 4
    both = keras.Input((items + 1,))  # one input, so that Keras 3.13 sees that it is read
    found = without_own(both[:, :items], keras.ops.cast(both[:, items], "int32"))
    tensor = "expected a tensor, one row for each pair; found {found}"
    yield Facet("the kind", kind(found).replace("KerasTensor", "tensor"), (tensor, "See the text."))
    given = np.hstack([rows[user], item[:, None].astype("float32")])
    found = array(keras.Model(both, found)(given))
    right = (len(user), items)
    require(found.shape == right, *shapes("the rows", found.shape, right))
    own = np.arange(len(user)), item
    had, alone = rows[user][own] > 0, user == 2
    yield Facet("own entries that are not 0", int((np.abs(found[own]) > 1e-6).sum()), OWN)
    nan = "there are nan in the row of a user whose only film is the own one"
    yield Facet("nan", bool(np.isnan(found[alone]).any()), (nan, "0 divided by 0 is no number."))
    yield Facet("rows of other pairs", found[~had & ~alone], STAYS)
    yield Facet("a user with one film", found[alone], "Without that film nothing is left: zeros.")
    yield Facet("rows without their own pair", found, "The row of a user with 4 others: one half.")


OWN = ("{found} rows still have their own entry; expected 0 there", "one_hot(item, ...) is 1 at the film of each row. What takes it out?")  # fmt: skip
STAYS = "The film was not in that history, as in the test: nothing to remove, nothing to rescale."
STILL = "The others are 1/sqrt(n), so n can be read from them. What would they be for n - 1?"
OTHERS = "ops.sum(others, axis=1, keepdims=True)"
SCALED = "others / ops.sqrt(ops.maximum(count, 1))"
CAST = 'ops.cast(others > 0, "float32")'
WITHOUT = [
    ("the other numbers are as before: they still say that the user rated n films", STILL, (CAST, "others"), (SCALED, "others")),
    ("the other numbers are 1: they are not divided", STILL, (SCALED, "others")),
    ("the others, which come as 1/sqrt(n), are divided by n once more", STILL, (CAST, "others"), (OTHERS, f"ops.sum({CAST}, axis=1, keepdims=True)"), (SCALED, "others / ops.maximum(count, 1)")),
    ("the others are 1 over their count: the root is missing, or it is taken twice", "They come to you as 1/sqrt(n), not as 1.", (SCALED, "others / ops.maximum(count, 1)")),
    ("the sum of a row is taken for its count: the numbers in it are 1/sqrt(n), not 1", "What do four numbers of one half add up to?", (CAST, "others"), ("(count, 1))", "(count, 1e-9))")),
    ("n is that of the whole batch", "Each row has its own: axis=1, keepdims=True.", (OTHERS, "ops.sum(others)")),
    ("n counts the rows of each film; expected the films of each row", "Which axis is the films?", (OTHERS, "ops.sum(others, axis=0)")),
    ("the films of all pairs are taken out of every row", "Each row loses the film of its own pair alone.", ("(1 - ops.one_hot(item, rows.shape[1]))", "(1 - ops.max(ops.one_hot(item, rows.shape[1]), axis=0))")),
    ("n is one less in every row, also where there was no own pair to remove", STAYS, (CAST, "others"), (SCALED, f"{CAST} / ops.sqrt(ops.maximum(ops.sum(ops.cast(rows > 0, 'float32'), axis=1, keepdims=True) - 1, 1))")),
]  # fmt: skip
check_own = practice.exercise("without_own", "ex-own", own_facets, WITHOUT, "a tensor")


# 3 -----------------------------------------------------------------------------------------
LEAKS = {  # what a network sees of a pair itself, and by how much that changes its score
    "its own entry": 1,
    "nothing of its own pair": 1e-6,  # as rounding does
    "its own entry, with a weight of 0.0001": -1e-4,
}


class Network:
    """Scores pairs by the user's other films, with weights that are drawn when it is made."""

    def __init__(self, ratings: pd.DataFrame, leak: float, draw: int) -> None:
        self.known = set(zip(ratings["user"], ratings["item"], strict=True))
        self.leak, self.asked, self.seen = leak, set(), np.zeros(SIZES[draw])
        self.seen[ratings["user"], ratings["item"]] = 1
        self.w, self.q = array(RandomNormal()((2, SIZES[draw][1]))) * 20

    def predict(self, inputs: list, *_: object, **__: object) -> np.ndarray:
        user, item = (array(x).reshape(-1).astype(int) for x in inputs)
        self.asked |= set(zip(user, item, strict=True))
        own = self.seen[user, item]
        others = self.seen[user] @ self.w - own * self.w[item]
        return (others * self.q[item] + self.leak * own)[:, None]

    def __call__(self, inputs: list, training: bool = False) -> object:
        return keras.ops.convert_to_tensor(self.predict(inputs))


def leaks_facets(leaks: Callable, draw: int) -> Iterator[Facet]:
    ratings = some_ratings(draw)
    ratings.index = ratings.index // 6  # labels that repeat
    for sees, leak in LEAKS.items():
        made = []
        said = leaks(lambda frame: made.append(Network(frame, leak, draw)) or made[-1], ratings)  # noqa: B023
        boolean = isinstance(said, bool | np.bool_)
        require(boolean, f"expected True or False; found {kind(said)}", "bool(...) makes one.")
        yield Facet("built", min(len(made), 2), BUILT)
        pairs = [[a.known ^ b.known for b in made[:k]] for k, a in enumerate(made) if k]
        apart = [min(each, key=len) for each in pairs]
        yield Facet("apart", sorted({len(one) for one in apart} - {0}), say_apart)
        yield Facet("asked", all(set().union(*apart) & one.asked for one in made), ASKED)
        starts = [one.w.tobytes() for one in made]
        yield Facet("start", all(starts.count(one) > 1 for one in starts), START)
        what, company = f"a network that sees {sees}", max(len(one.asked) for one in made) > 1
        yield Facet(what, bool(said), lambda found, _: say_leak(found, what, company, leak))  # noqa: B023


BUILT = ("calls of `build`: {found}; expected two networks to compare", "With the pair in the ratings, and without.")  # fmt: skip
ASKED = ("the score of the pair that was taken away is not asked for", "Which pair may not change?")
START = ("the two networks start from different random numbers, so they differ for another reason", "The same seed of Keras right before each of the two: the second network goes on where the first one stopped.")  # fmt: skip


def say_apart(found: list, right: list) -> tuple[str, str]:
    if not found:
        same = "the networks are made from the same pairs, so no history differs"
        return same, "Stars are not in a history. Take a rating away."
    return f"the ratings differ in {max(found)} pairs; expected one", "One entry, nothing else."


def say_leak(found: bool, what: str, company: bool, leak: float) -> tuple[str, str]:
    if not found:
        changes = f"Its score is {abs(leak):g} higher or lower: is that not above your limit?"
        return f"{what} leaks, and you say that it does not", changes
    not_so = f"{what} does not leak, and you say that it does"
    if company:
        return not_so, "Scores of other pairs may change, and do. Compare those of the pair alone."
    small = "From which difference on are two scores not the same?"
    return f"{not_so}: its score differs by 0.000001", small


check_leaks = practice.exercise("leaks", "ex-leaks", leaks_facets, returns="True or False")


# 4 -----------------------------------------------------------------------------------------
def sessions(draw: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ratings of one user to be asked for, and known ones, which share some; on pages."""
    rng = np.random.RandomState(draw + 5)
    n, moments = (23, 19)[draw], np.array([0, 5, 17, 40, 41, 95, 160, 900, 5000]) + 880_000_000
    frame = pd.DataFrame({"item": rng.permutation(60)[:n], "time": rng.choice(moments, n)})
    frame["rating"] = rng.randint(1, 6, n).astype(float)
    frame["left_over"] = rng.uniform(-2, 1.5, n)
    frame.index = rng.permutation(n) * 2 + 30
    asked = frame[: n - 7].set_axis(frame.index[n - 8 :: -1])  # labels of other known ratings
    return asked, frame[5:].sample(frac=1, random_state=draw)


def session_facets(session_mean: Callable, draw: int) -> Iterator[Facet]:
    asked, known = sessions(draw)
    tau, k = ((60, 2), (25, 3.5))[draw]
    hidden = asked.drop(columns=["rating", "left_over"])

    def means(ratings: pd.DataFrame, which: str, k: float = k) -> np.ndarray:
        found = flat(session_mean(ratings, known, which, tau, k))
        require(found.shape == (len(ratings),), *shapes("the means", found.shape, (len(ratings),)))
        return found.astype(float)

    own = asked["item"].isin(known["item"])
    yield Facet("of unknown ratings, with which='all', the means", means(hidden[~own], "all"))
    yield Facet("of known ratings, with which='all', the means", means(asked, "all"))
    for which in ("past", "same second"):
        yield Facet(f"with which={which!r}, the means", means(hidden, which))
    early = hidden.assign(time=hidden["time"] - 10**6)
    nothing = "where nothing counts and k is 0, the means should be 0; found {found}"
    found = np.unique(means(early, "past", 0))
    yield Facet("nothing", [float(x) for x in found], (nothing, "0 / 0 is no number."))
    yield Facet("with k=0, the means", means(asked, "same second", 0))
    defaults = flat(session_mean(asked, known)).astype(float)
    yield Facet("with which, tau and k left out, the means", defaults, "See the first line.")


NOT_OWN = 'counts = asked["item"].to_numpy()[:, None] != known["item"].to_numpy()'
GAP, TOTAL = "np.exp(-np.abs(gap) / tau)", "weights.sum(axis=1) + k"
FORMULA, WHICH = "Write one rating's sum by hand, for two known ones.", "See the list of the text."
SESSION = [
    ("the own rating is in its own mean: a leak", "Which of the known ratings is of the same film?", (NOT_OWN, "counts = gap == gap")),
    ("the own rating is left out above the line of the fraction, but not below it", FORMULA, (TOTAL, f"{GAP}.sum(axis=1) + k")),
    ("all ratings of the same second are left out, not the own rating alone", "What makes a known rating the own one? Not its time.", (NOT_OWN, "counts = gap != 0")),
    ("'past' has ratings of the same second in it; expected strictly before", WHICH, ("gap > 0", "gap >= 0")),
    ("'past' takes what comes after the moment, not before", "Which sign has the gap of an earlier rating?", ("gap > 0", "gap < 0")),
    ("'past' takes what comes after the moment, and the same second", "Which sign has the gap of an earlier rating?", ("gap > 0", "gap <= 0")),
    ("'same second' takes all but the same second", WHICH, ("gap == 0", "gap != 0")),
    ("the gap has a sign: what comes later has a weight above 1", "The bars in the formula are an absolute value.", ("np.abs(gap)", "gap")),
    ("the gap has a sign: what comes earlier has a weight above 1", "The bars in the formula are an absolute value.", ("-np.abs(gap)", "gap")),
    ("the gap is multiplied with tau, not divided by it", FORMULA, (GAP, "np.exp(-np.abs(gap) * tau)")),
    ("the gap is squared", FORMULA, (GAP, "np.exp(-((gap / tau) ** 2))")),
    ("the weight is 1/(1 + gap/tau), not an exponential", FORMULA, (GAP, "1 / (1 + np.abs(gap) / tau)")),
    ("all that count have the weight 1, near or far", FORMULA, (GAP, "1.0")),
    ("what is within tau has the weight 1, all else 0", FORMULA, (GAP, "(np.abs(gap) <= tau)")),
    ("k is not added to the weights", FORMULA, (TOTAL, "weights.sum(axis=1)")),
    ("the sum is divided by the number of ratings that count plus k, not by the weights", FORMULA, (TOTAL, "counts.sum(axis=1) + k")),
    ("the sum is not divided", FORMULA, (" / np.where(total > 0, total, 1)", "")),
    ("it is the mean of stars, not of what is left over", "Which column of `known`?", ("known[\"left_over\"]", "known[\"rating\"]")),
    ("`which` makes no difference", WHICH, ('which == "past"', "False"), ('which == "same second"', "False")),
    ("where k is 0 and nothing counts there are nan", "0 / 0 is no number.", ("np.where(total > 0, total, 1)", "total")),
]  # fmt: skip
check_session = practice.exercise("session_mean", "ex-session", session_facets, SESSION, "an array")


# 5 -----------------------------------------------------------------------------------------
def control_facets(control: Callable, draw: int) -> Iterator[Facet]:
    rng = np.random.RandomState(draw + 2)
    users = rng.permutation(np.repeat([3, 8, 5, 40, 11], [1, 9, 30, 14, 9]) + draw)
    times = 880_000_000 + users * 7 + rng.randint(0, 25, len(users)) * (60 + draw)
    found = array(control(times, users, 4))
    require(found.shape == times.shape, *shapes("the times", found.shape, times.shape))
    own = [np.flatnonzero(users == user) for user in np.unique(users)]
    whole = not np.array_equal(np.sort(found), np.sort(times))
    yield Facet("all", whole, lambda *_: say_other_times(found, times))
    mixed = sum(not np.array_equal(np.sort(found[one]), np.sort(times[one])) for one in own)
    a, b = (x[np.lexsort((x, u))] for x, u in ((found, np.sort(users)), (times, users)))
    yield Facet("of each", mixed, ORDERED if np.array_equal(a, b) else MIXED)
    kept = [len(one) for one in own[1:] if np.mean(found[one] == times[one]) > 0.6]
    yield Facet("moved", len(kept), STAYED if len(kept) < 4 else UNTOUCHED)
    yield Facet("again", np.array_equal(array(control(times, users, 4)), found), CHANCE)
    yield Facet("seed", np.array_equal(array(control(times, users, 10)), found), SEED)
    clock = np.arange(len(users)) * 10 + 5  # no time comes twice
    runs = np.array([array(control(clock, users, seed))[own[3]] for seed in range(40)])
    steps = [np.abs(np.diff(np.searchsorted(clock[own[3]], run))) for run in runs]
    yield Facet("still", bool(np.mean(runs == clock[own[3]]) > 0.3), STILL_THERE)
    yield Facet("neighbours", bool(np.mean(np.isin(steps, [1, len(own[3]) - 1])) > 0.35), NEXT)
    spread = runs.mean(axis=0) - clock[own[3]].mean()
    yield Facet("fair", bool(np.abs(spread).max() > 0.3 * np.ptp(clock[own[3]])), FAIR)


def say_other_times(found: np.ndarray, times: np.ndarray) -> tuple[str, str]:
    new = len(np.setdiff1d(found, times))
    if new:
        return f"times that nobody had: {new}", "Shuffled: the same numbers, other places."
    often = "some times come more often than before, and others are gone"
    return often, "Drawn with replacement? Each time is dealt out once."


WITHIN = "Do it for one user after the other. What is the same user's stays so."
MIXED = ("{found} users have times of other users now; expected the own ones of each", WITHIN)
ORDERED = ("each user's times are there, but one user after the other, not in their places", "Put them back where `users` is that user.")  # fmt: skip
UNTOUCHED = ("hardly a rating has another time than before", "Where is the result of the shuffle?")
STAYED = ("{found} of 4 users with several ratings keep their times in place", WITHIN)
CHANCE = ("the same seed gives another result the second time", "Who is told the seed?")
SEED = ("another seed gives the same result: it is not chance, or the seed is a fixed number", "Sorted or turned round is no shuffle: the moods stay together.")  # fmt: skip
STILL_THERE = ("a part of each user's times stays in its places", "Every rating takes part.")
NEXT = ("times that followed one another still do: they are moved as a block", "All orders of a user's times are equally likely, not only those that are turned.")  # fmt: skip
FAIR = ("not all orders are equally likely: early ratings keep early times, or get late ones", "RandomState(seed).permutation(...) is fair; every rating takes part.")  # fmt: skip
check_control = practice.exercise("control", "ex-control", control_facets, (), "an array of times")
