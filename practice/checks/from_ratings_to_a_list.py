"""Checks of practice 8: places and NDCG, a proof against a metric, negatives, folding in."""

import functools
from collections.abc import Callable, Iterator

import numpy as np

from practice.checks import _engine
from practice.checks._engine import Facet, Practice, array, difference, kind, require

practice = Practice("08_from_ratings_to_a_list", given=["imports"])
summary = practice.summary


# 1 -----------------------------------------------------------------------------------------

STAGES = ["no film is seen and no scores are the same", "films are seen", "scores are tied"]
STAGES += ["all scores are the same"]


def places_facets(places_of: Callable, draw: int) -> Iterator[Facet]:
    """The places: at first without ties and seen films, in the end with nothing but ties."""
    rng, size = np.random.RandomState(10 * draw), (26, 37)[draw]
    for stage, when in enumerate(STAGES):
        scores = rng.randint(-1, 3, size) * 0.5 if stage > 1 else rng.permutation(size) * 0.5 - 6
        seen = (rng.rand(size) < 0.4) & (stage > 0)
        seen[2:5], scores[2] = stage > 0, scores.max() + 0.25  # a seen film at the top
        films = rng.permutation(np.flatnonzero(~seen))[: (5, 6, 7, 1)[stage]]
        found = array(places_of(films, scores * (stage < 3), seen))
        yield Facet(f"the places when {when}", found, functools.partial(say_places, when))


def say_places(when: str, found: np.ndarray, right: np.ndarray) -> tuple[str, str]:
    """The hint for other places."""
    if found.shape == right.shape and when in STAGES[2:] and np.all(found % 1 == 0):
        return "tied films have different places, one above the other", HALF
    how = "Take one film: who is above it, who beside it, and who is not in the list?"
    return difference(f"the places when {when}", found, right)[0], how


def places(above: str = "unseen", beside: str = "unseen", film: int = 0, sign: int = 1) -> Callable:
    """An answer that counts those of `above`, half of those `beside`, and `film` itself."""

    def places_of(films, scores, seen):
        lists = {"unseen": scores[~seen], "all": scores, "films": scores[films], "": []}
        lists["zeros"] = scores * ~seen
        lists["levels"], mine = np.unique(scores[~seen]), scores[films][:, np.newaxis]
        higher = (sign * np.array(lists[above]) > sign * mine).sum(axis=1)
        return 1 + film + higher + ((lists[beside] == mine).sum(axis=1) - bool(beside)) / 2

    return places_of


def in_order(films: np.ndarray, scores: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """The ids of all films, best first; those that are tied in the order of their ids."""
    return np.argsort(np.where(seen, np.inf, -scores), kind="stable")


MASK = "`~seen` is True for the films that are in the list."
HALF = "Half of the *other* unseen films with the same score stand above it."
TOP = "The film with the highest score is at place 1."
WHICH = "argsort says which film is at a place. Asked for is at which place a film is."
# fmt: off
PLACES = [
    ("the lowest score comes first", TOP, places(sign=-1)),
    ("the places count from 0", TOP, places(film=-1)),
    ("the film itself is counted among those with the same score", HALF, places(film=0.5)),
    ("the seen films still have places", MASK, places("all", "all")),
    ("the films are compared with the seen ones, not with the unseen", MASK, ("scores[~seen]", "scores[seen]")),
    ("a seen film has the score 0, and stands above those with negative scores", MASK, places("zeros", "zeros")),
    ("seen films count among those with the same score", MASK, places(beside="all")),
    ("`films` are compared with each other only", "The list has all unseen films.", places("films", "films")),
    ("films with the same score are not counted", HALF, places(beside="")),
    ("films with the same score count as one film", HALF, places("levels", "")),
    ("all films with the same score stand above the film, not half of them", HALF, ("same / 2", "same")),
    ("half of the tied films is rounded down", HALF, ("same / 2", "same // 2")),
    ("tied films stand one above the other, in the order of their ids", HALF, lambda f, *of: np.argsort(in_order(f, *of))[f] + 1.0),
    ("these are ids of films, and not places", WHICH, lambda f, *of: in_order(f, *of)[f]),
]
# fmt: on
check_places = practice.exercise("places_of", "ex-places", places_facets, PLACES, "the places")


# 2 -----------------------------------------------------------------------------------------

# fmt: off
LISTS = [
    [([1], 5), ([2], 5), ([5, 2, 3], 7), ([9, 2, 30, 4], 6), ([6, 31], 6), ([4, 1, 3, 2, 5], 3),
        ([2, 9, 1, 12, 4, 7], 4), ([4.5, 20.5, 1.5], 10), ([2.5, 2.5, 9], 5), ([11, 12], 10)],
    [([3, 8, 41], 9), ([13, 1, 5, 2, 3, 8, 7], 5), ([2.5, 7], 7)],
]
# fmt: on


def ndcg_facets(ndcg: Callable, draw: int) -> Iterator[Facet]:
    """A number for each list: of one film, of several, with a cut, of more films than k."""
    numbers = []
    for liked, k in LISTS[draw]:
        found = array(ndcg(np.array(liked, float), k))
        said = f"expected one number, found {kind(found)} of the shape {found.shape}"
        one = found.ndim == 0 and found.dtype.kind in "iuf"
        require(one, said, "Two sums, one divided by the other.")
        numbers.append(float(found))
    yield Facet("the NDCG", np.array(numbers), functools.partial(say_ndcg, LISTS[draw]))


def say_ndcg(lists: list, found: np.ndarray, right: np.ndarray) -> tuple[str, str]:
    """The hint for another number: that of the first list."""
    at = next(k for k in range(len(right)) if not _engine.same(found[k], right[k]))
    name = f"for the places {lists[at][0]} and k = {lists[at][1]} the NDCG"
    numbers = "{1}; found {0}".format(*_engine.two(float(found[at]), float(right[at])))
    return f"{name} should be {numbers}", "Take the formula, term by term."


SHORT, COUNT = "places[places <= k]", "min(k, len(places))"
IDEAL = f"np.arange(1, {COUNT} + 1)"
FORMULA = "Place 1 is worth 1, place 3 is worth a half: 1 / log2(1 + place)."
BEST = "The ideal: the liked films at places 1, 2, ..., as many of them as fit into k: min(k, n)."
# fmt: off
NDCG = [
    ("it is the DCG: not divided by the ideal, or by that of one film, which is 1", BEST, ("gain / ideal", "gain")),
    ("the ideal has k films, however few there are", BEST, (COUNT, "k")),
    ("the ideal has all liked films, also those that do not fit into k", BEST, (COUNT, "len(places)")),
    ("the ideal has only the films that are found within k", BEST, (COUNT, "max(1, np.sum(places <= k))")),
    ("a film at place k does not count", "Up to k: k itself is in.", ("<=", "<")),
    ("films below place k count as well", "The sum is cut at k.", ("[places <= k]", "")),
    ("the first k of `places` count: they are not sorted, and may be below place k", "Which films stand at place k or above?", (SHORT, "places[:k]")),
    ("places count from 1 here, not from 0 as in places < k and log2(2 + place)", FORMULA, (f"1 + {SHORT}", "2 + places[places < k]")),
    ("log2(place) is 0 at place 1", FORMULA, ("1 + places", "places")),
    ("places are taken as if they began at 0: log2(2 + place)", FORMULA, ("1 + places", "2 + places")),
    ("the ideal begins at place 0", FORMULA, (IDEAL, f"{IDEAL} - 1")),
    ("the ideal ends one place too early", "np.arange ends before its second argument.", (f"{COUNT} + 1", COUNT)),
    ("the ideal ends one place too early, but for one film", "np.arange ends before its second argument.", (f"{COUNT} + 1", f"max(2, {COUNT})")),
    ("the ideal ends one place too late", "np.arange ends before its second argument.", (f"{COUNT} + 1", f"{COUNT} + 2")),
    ("the logarithms of the two sums differ: log2 in one, log in the other", FORMULA, ("log2(1 + places", "log(1 + places")),
    ("the ideal has the larger of k and the number of films", BEST, (COUNT, "max(k, len(places))")),
    ("the sums are means, of different numbers of films", "A missed film must cost something.", ("np.sum", "np.mean")),
    ("a film is worth 1 / place", FORMULA, (f"np.log2(1 + {SHORT})", SHORT), (f"np.log2(1 + {IDEAL})", IDEAL)),
    ("it is the share of the liked films that are found (recall)", FORMULA, ("gain / ideal", "np.mean(places <= k)")),
    ("it is whether a film is found (HR)", FORMULA, ("gain / ideal", "float(np.any(places <= k))")),
    ("it is the share of the k places with a liked film (precision)", FORMULA, ("gain / ideal", "np.sum(places <= k) / k")),
]
# fmt: on
check_ndcg = practice.exercise("ndcg", "ex-ndcg", ndcg_facets, NDCG, "one number")


# 3 -----------------------------------------------------------------------------------------

# fmt: off
METRICS = {  # how many films there are in the ideal, and a nudge if this metric is let off
    "whose ideal is that of one film": (lambda found, n, k: 1, "What does it give a perfect list of two films?"),
    "whose ideal always has k films": (lambda found, n, k: k, "Which perfect list with few liked films would it not give a 1?"),
    "whose ideal has all liked films, also more than k": (lambda found, n, k: n, "Which perfect list with many liked films would it not give a 1?"),
    "whose ideal has only the films found": (lambda found, n, k: found, "Are there lists that are not perfect, and get 1 or more?"),
    "that is right": (lambda found, n, k: min(n, k), ""),
    "that is right but for rounding": (lambda found, n, k: min(n, k) + 1e-9, ""),
}
# fmt: on


def metric(name: str, places: object, k: int) -> float:
    """The NDCG of places, with an ideal of METRICS."""
    places = np.array(places, float).ravel()
    found = places[places <= k]
    films = METRICS[name][0](len(found), len(places), k)
    ideal = np.sum(1 / np.log2(1 + np.arange(1, int(films) + 1))) - films % 1
    return float(np.sum(1 / np.log2(1 + found)) / ideal) if len(found) else 0.0


def proof_facets(proof: Callable, draw: int) -> Iterator[Facet]:
    """What is proved: of right metrics nothing, of wrong ones that they are wrong."""
    for k in (3, 5) if not draw else (12,):
        for name in METRICS:
            found = proof(functools.partial(metric, name), k)
            several = isinstance(found, list | tuple) and any(map(np.ndim, found))
            one = "Return the places themselves; of several proofs one."
            require(not several, "expected the places of one list; found several lists", one)
            found = array(found)
            good = found.ndim == 1 and (found.dtype.kind in "iuf" or not found.size)
            said = f"expected the places of one list, an array of numbers; found {kind(found)} of "
            said += f"{found.dtype}, of the shape {found.shape}"
            require(good, said, one)
            words = f"the places [{', '.join(f'{place:g}' for place in found[:12])}]"
            whole = np.unique(found[found >= 1]).size == found.size and np.all(found % 1 == 0)
            two = "Places are whole numbers from 1 on, and no two films share one."
            require(bool(whole), f"{words} belong to no list", two)
            score = metric(name, found, k) if len(found) else 0.0
            perfect = {*range(1, min(len(found), k) + 1)} <= {*found.tolist()}
            proves = abs(score - 1) > 1e-6 if perfect else score > 1 - 1e-6
            words += f" are {'' if perfect else 'not '}those of a perfect list, and get {score:.3f}"
            said = f"a metric {name}, k = {k}"
            what = "What gets a perfect list, and what another?"
            hint = f"{said}: {words}, which proves nothing", what
            if not len(found):
                hint = f"a wrong metric is let off: one {name}, k = {k}", METRICS[name][1]
            yield Facet(said, len(found) and (proves or "no proof"), hint)


check_proof = practice.exercise("proof", "ex-proof", proof_facets, [], "places, or an empty array")


# 4 -----------------------------------------------------------------------------------------

MASKS = np.array([[*map(int, mask)] for mask in ("1000101001011010", "0110001011000101")]) > 0


def draw_facets(draw: Callable, turn: int) -> Iterator[Facet]:
    """Films that are unseen, different, and by chance: each as likely as the others."""
    seen, k, new = MASKS[np.random.RandomState(turn).randint(2, size=501)], 3, np.random.RandomState
    found = array(draw(seen, k, new(turn)))
    good = found.dtype.kind in "iu" and found.shape == (len(seen), k)
    twice = (np.diff(np.sort(found), axis=-1) == 0).any(axis=-1).sum() if good else 0
    inside = good and found.min() >= 0 and found.max() < seen.shape[1]
    wrong = seen[np.arange(len(seen))[:, None], found].sum() if inside else 0
    # fmt: off
    for fine, symptom, nudge in (
        (good, f"expected ids, whole numbers of the shape {(len(seen), k)}; found {found.dtype} of the shape {found.shape}", "One row for each user, k ids in each."),
        (inside, f"there are ids outside of 0 to {seen.shape[1] - 1}", "Ids go from 0 to num_items - 1."),
        (not wrong or (found >= (~seen).sum(axis=1)[:, None]).any(), "these are positions among the unseen films of each user, not ids of films", "np.flatnonzero(~row) has the ids: which of them is at a position?"),
        (not wrong, f"{wrong} of {found.size} films drawn have been seen by their user", "Row u of `seen` is that of user u. Is every film looked at again, once it is drawn anew?"),
        (not twice, f"{twice} of {len(seen)} users get a film twice", "k different films: draw without replacement."),
        (_engine.same(found, array(draw(seen, k, new(turn)))), "with the same `random` other films are drawn", "Is there chance that does not come from `random`?"),
        (not _engine.same(found, array(draw(seen, k, new(turn + 5)))), "another `random` draws the same films", "Chance comes from the argument: random.rand(...), for example."),
    ):
        require(fine, symptom, nudge)
    # fmt: on
    for mask in MASKS:
        fair(found[(seen == mask).all(axis=1)], np.flatnonzero(~mask), seen.mean(axis=0))
    few = MASKS | (np.cumsum(~MASKS, axis=1) > k)
    name = f"where each user has {k} unseen films, and k = {k}, the films drawn"
    yield Facet(name, np.sort(array(draw(few, k, new(turn))), axis=1))


def fair(found: np.ndarray, unseen: np.ndarray, often: np.ndarray) -> None:
    """A `Mistake` unless any k of the unseen films are as likely as any other k."""
    (n, k), m = found.shape, len(unseen)
    drawn = (found[:, :, None] == unseen).any(axis=1).astype(float)  # users x unseen films
    share, both = k / m, k * (k - 1) / m / (m - 1)
    off = (drawn.sum(axis=0) - n * share) / (n * share * (1 - share)) ** 0.5
    together = (drawn.T @ drawn)[~np.eye(m, dtype=bool)] - n * both
    together /= (n * both * (1 - both)) ** 0.5
    low, high = unseen[np.argmin(off)], unseen[np.argmax(off)]
    popular = np.corrcoef(often[unseen], off)[0, 1]
    equal = "Each unseen film of a user is as likely as the other, popular or not."
    # fmt: off
    for fine, symptom, nudge in (
        ((np.sort(found) != np.sort(found[0])).any(), "users who have seen the same films always get the same negatives", "Each user's draw is a new one."),
        (abs(off).max() < 5 or abs(popular) < 0.8, f"films that many have seen are drawn {'more' if popular > 0 else 'less'} often", equal),
        (drawn.sum(axis=0).min() > 0, f"some unseen films are never drawn, such as film {low} of the films 0 to {len(often) - 1}", "All that this user has not seen: the first film and the last, too."),
        (abs(off).max() < 5, f"not all unseen films are as likely: film {high} is drawn far more often than film {low}", "Which film is drawn more easily than others? A film beside a seen one?"),
        (abs(together).max() < 6, "some films are drawn together too often", "Any k unseen films are as likely as any other k."),
    ):
        require(fine, symptom, nudge)
    # fmt: on


check_draw = practice.exercise("draw", "ex-draw", draw_facets, [], "ids, an array")


# 5 -----------------------------------------------------------------------------------------


def fold_facets(fold_in: Callable, draw: int) -> Iterator[Facet]:
    """a and p, for more films than factors, for fewer, for one, and for other penalties."""
    rng = np.random.RandomState(draw + 2)
    for n, factors, penalty in ((19, 3, 2.5), (4, 7, 0.5), (1, 5, 3)) if not draw else ((6, 4, 9),):
        found = fold_in(rng.uniform(-2, 2.5, n), rng.normal(size=(n, factors)), penalty)
        what = f"for {n} film{'s' * (n > 1)}, {factors} factors and the penalty {penalty}"
        two = isinstance(found, list | tuple) and len(found) == 2
        said = f"expected two results, a and p; found {kind(found)}"
        require(two, said, "Two results with a comma between them, after `return`.")
        a, p = map(array, found)
        turned = "the two are exchanged: first a, a number, then p, an array"
        require(a.shape != (factors,) or p.ndim, turned, "In which order does the text name them?")
        for name, part, shape in (("a", a, ()), ("p", p, (factors,))):
            said = f"{what}: the shape of {name} is {part.shape}; expected {shape}"
            require(part.shape == shape, said, "a is one number, p has one for each factor.")
        yield Facet(f"{what}: [a, p]", np.append(a, p), RIDGE)


def ridge(left: np.ndarray, q: np.ndarray, penalty: float) -> np.ndarray:
    """p without a."""
    return np.linalg.solve(q.T @ q + penalty * np.eye(q.shape[1]), q.T @ left)


def one_by_one(left: np.ndarray, q: np.ndarray, penalty: float) -> tuple:
    """a is the mean, p fits the rest."""
    return left.mean(), ridge(left - left.mean(), q, penalty)


RIDGE = "Where the sum is lowest, its derivatives are 0: which equations does that give?"
BOTH = "a and p share the ratings: one system of equations for both, 1 + num_factors unknowns."
EACH = "Behind the sum stand a^2 and lambda |p|^2: 1 for a, lambda for each number of p."
DIAGONAL, OF_P = "[1.0] + [penalty] * factors.shape[1]", "[penalty] *"
# fmt: off
FOLD = [
    ("there is no penalty on a", EACH, ("[1.0] +", "[0.0] +")),
    ("the penalty on a is lambda, too", EACH, ("[1.0] +", "[penalty] +")),
    ("the penalty on p is 1, whatever lambda is", EACH, (OF_P, "[1.0] *")),
    ("there is no penalty on p", EACH, (OF_P, "[1e-12] *")),
    ("there are no penalties", EACH, (DIAGONAL, "[1e-12] * (1 + factors.shape[1])")),
    ("the penalties are subtracted", EACH, ("Z + penalties", "Z - penalties")),
    ("the squared errors are averaged, not summed", "A mean of the errors gives the penalties more weight.", ("Z + penalties", "Z + len(left) * penalties")),
    ("the penalty on p is lambda times the number of films", EACH, (OF_P, "[penalty * len(left)] *")),
    ("lambda is added to all of Z.T @ Z, not to its diagonal", "A diagonal matrix: np.diag, np.eye.", (f"np.diag({DIAGONAL})", "penalty")),
    ("the signs are turned round", "left is r - mu - b_i. What is predicted for it?", ("Z.T @ left", "-Z.T @ left")),
    ("there is no a: p does all the work", BOTH, lambda *of: (0.0, ridge(*of))),
    ("a is the mean, and p fits what it leaves", BOTH, one_by_one),
]
# fmt: on
check_fold = practice.exercise("fold_in", "ex-fold", fold_facets, FOLD, "a and p")
