"""Practice 1: wrong answers with a part of the hint that each must draw, and other right ones."""

from types import SimpleNamespace

import numpy as np
import pandas as pd


def prepare(space: dict) -> None:
    """What else a student has at hand: the data, and the step of the notebook."""
    space["data"] = SimpleNamespace(num_users=943, num_items=1682, mean=3.53)
    space["genres"], space["genre_ids"] = list("abcdefgh"), [[0, 3], [2], [1, 2, 5]]
    space["W"] = np.arange(16.0).reshape(8, 2)
    space["item_ids"] = np.arange(1000) % 300
    space["theirs"] = pd.DataFrame({"item": [3, 8, 5], "rating": [4.0, 1.0, 2.0]})
    space["before"], space["after"] = np.zeros((30, 1)), np.arange(30.0)[:, None] % 2


COUNT, MOST = "(max(ids) + 1) * num_factors", "(max(ids) + 1)"
HOT, SET = "return multi_hot @ W", "multi_hot[film, ids] = 1"
MOVED, ANY = "after != before", "np.any(after != before, axis=1)"
STARS = "mean + before[moved] - slopes * len(moved) / 2"

# fmt: off
WRONG = {
    "film_vectors": [
        ("returns nothing; expected the vectors of the films, an array", (HOT, "multi_hot @ W")),
        ("these are the multi-hot vectors;", (HOT, "return multi_hot")),
        ("multi-hot vectors, each as a column", (HOT, "return multi_hot.T")),
        ("mean of the rows", "return np.array([W[ids].mean(axis=0) for ids in genre_ids])"),
        ("mean of the rows", (SET, "multi_hot[film, ids] = 1 / len(ids)")),
        ("the first genre", "return np.array([W[ids[0]] for ids in genre_ids])"),
        ("the last genre", "vectors = []\nfor ids in genre_ids:\n    for j in ids:\n        q = W[j]\n    vectors.append(q)\nreturn vectors"),
        ("element by element", (HOT, "return multi_hot * W")),
        ("as long as the largest id", "n = max(max(ids) for ids in genre_ids) + 1\nhot = np.zeros((len(genre_ids), n))\n"
            "for k, ids in enumerate(genre_ids):\n    hot[k, ids] = 1\nreturn hot @ W"),
        ("uses `TABLE`, a variable", "TABLE = W\n\n\ndef film_vectors(genre_ids, W):\n    return np.array([TABLE[ids].sum(axis=0) for ids in genre_ids])"),
        ("uses `genres`, a variable", ("len(W)))", "len(genres)))")),
        ("uses `data`, a variable", ("np.zeros((len(genre_ids)", "np.zeros((data.num_items")),
        ("cut to whole numbers", (HOT, "return (multi_hot @ W).astype(int)")),
        ("changes its argument `W`", "out = np.array([W[ids].sum(axis=0) for ids in genre_ids])\nW *= 0\nreturn out"),
        ("changes its argument `W`", "vectors = []\nfor ids in genre_ids:\n    q = W[ids[0]]\n    for j in ids[1:]:\n        q += W[j]\n"
            "    vectors.append(q)\nreturn np.array(vectors)"),
        ("changes its argument `genre_ids`", "out = []\nfor ids in genre_ids:\n    q = W[ids.pop()].copy()\n    while ids:\n        q += W[ids.pop()]\n"
            "    out.append(q)\nreturn out"),
        ("the result is random", "layer = layers.Embedding(*W.shape)\nreturn np.array([layer(np.array(ids)).numpy().sum(axis=0) for ids in genre_ids])"),
        ("no number is below 0", "dense = layers.Dense(W.shape[1], activation='relu', use_bias=False)\ndense.build((None, len(W)))\n"
            "dense.set_weights([W])\nhot = np.array([np.isin(np.arange(len(W)), ids) for ids in genre_ids])\nreturn dense(hot).numpy()"),
        ("rows and columns are exchanged", (HOT, "return (multi_hot @ W).T")),
        ("different numbers of genres make no array", "return [W[ids] for ids in genre_ids]"),
        ("one vector for all films", (HOT, "return multi_hot.sum(axis=0) @ W")),
        ("one number for each film", "return np.array([W[ids].sum() for ids in genre_ids])"),
        ("the sum goes on from film to film", "q, out = np.zeros(W.shape[1]), []\nfor ids in genre_ids:\n    for j in ids:\n        q = q + W[j]\n"
            "    out.append(q)\nreturn np.array(out)"),
        ("row j - 1", "return np.array([W[np.array(ids) - 1].sum(axis=0) for ids in genre_ids])"),
        ("the largest number|maximum", "return np.array([W[ids].max(axis=0) for ids in genre_ids])"),
        ("multiplied with each other", "return np.array([np.prod(W[ids], axis=0) for ids in genre_ids])"),
        ("with ValueError: matmul", (HOT, "return multi_hot.T @ W")),
        ("ValueError.*broadcast", "out = np.zeros((len(genre_ids), 2))\nfor k, ids in enumerate(genre_ids):\n    out[k] += W[ids].sum(axis=0)\nreturn out"),
        ("NameError: name 'multihot' is not defined", (HOT, "return multihot @ W")),
        ("the films are sorted", "return np.array([W[ids].sum(axis=0) for ids in sorted(genre_ids)])"),
        ("different numbers of genres make no array", "return W[genre_ids].sum(axis=1)"),
    ],
    "num_parameters": [
        ("expected one number, found an Embedding",
            "return layers.Embedding(int(max(ids)) + 1, num_factors)"),
        ("found a tuple", "return max(ids) + 1, num_factors"),
        ("then id 16 has no row", (MOST, "len(np.unique(ids))")),
        ("the table has 16 rows: 0 to 15", (MOST, "max(ids)")),
        ("the table begins with id 2", (MOST, "(max(ids) - min(ids) + 1)")),
        ("you count a row for each rating", (MOST, "len(ids)")),
        ("you count the rows", (" * num_factors", "")),
        ("rows and columns are added", (" * num_factors", " + num_factors")),
        ("only the 1 is multiplied", (COUNT, "max(ids) + 1 * num_factors")),
        ("as a Dense layer has", (COUNT, f"{COUNT} + num_factors")),
        ("the ids are added up", (MOST, "sum(ids)")),
        ("uses `data`", (MOST, "data.num_items")),
        ("AttributeError: 'numpy.ndarray' object", ("max(ids)", "ids.maximum()")),
        ("the last id of the array.*not the largest", "return (ids[-1] + 1) * num_factors"),
        ("found a float, not a whole one", "return float((max(ids) + 1) * num_factors)"),
        ("uses `item_ids`|uses `mine`", "mine = item_ids\n\n\ndef num_parameters(ids, num_factors):\n    return (mine.max() + 1) * num_factors"),
        ("one row too many", "layer = layers.Embedding(int(max(ids)) + 2, num_factors)\nlayer.build()\nreturn layer.count_params()"),
        ("one-hot vectors, a row for each rating", "one_hot = np.eye(max(ids) + 1)[ids]\nreturn one_hot.shape[0] * one_hot.shape[1] * num_factors"),
        ("changes its argument `ids`: it is sorted", "ids.sort()\nreturn (ids[-1] + 1) * num_factors"),
        ("position of the largest", "return (np.argmax(ids) + 1) * num_factors"),
        ("the argument `num_factors`", "return (max(ids) + 1) * 32"),
    ],
    "films_in_batch": [
        ("expected the ids of several films, found an int", "return int(np.any(after != before, axis=1).sum())"),
        ("True or False", f"return {ANY}"),
        ("only rows that have moved up", "return np.flatnonzero((after > before).any(axis=1))"),
        ("only rows that have moved down", "return np.flatnonzero((after - before < 0).any(axis=1))"),
        ("only the first column", "return np.flatnonzero(after[:, 0] != before[:, 0])"),
        ("in all columns", ("np.any", "np.all")),
        ("cancel", "return np.flatnonzero((after - before).sum(axis=1))"),
        ("cancel", "return np.flatnonzero(after.sum(axis=1) != before.sum(axis=1))"),
        ("stay, the opposite", ("np.any(after != before, axis=1)", "np.all(after == before, axis=1)")),
        ("one too high", f"return np.flatnonzero({ANY}) + 1"),
        ("more than once", "return np.nonzero(after != before)[0]"),
        ("places in the table, cell by cell|several", "return np.flatnonzero(after != before)"),
        ("expected the ids of several films, found", "return np.argwhere(after != before)"),
        ("expected the ids of several films, found a tuple", f"return np.where({ANY})"),
        (r"found an array of the shape \(6, 3\)", f"return after[{ANY}]"),
        ("little|small", "return np.flatnonzero((np.abs(after - before) > 0.01).any(axis=1))"),
        ("little|small", "return np.flatnonzero((after.round(2) != before.round(2)).any(axis=1))"),
        ("columns, not", ("axis=1", "axis=0")),
        ("uses `theirs`, a variable", "return set(theirs['item'])"),
        ("uses `new`, a variable", "new, old = after, before\n\n\ndef films_in_batch(before, after):\n"
            "    return np.flatnonzero(np.any(new != old, axis=1))"),
        ("changes its argument `after`", "after -= before\nreturn np.flatnonzero(after.any(axis=1))"),
        ("all films", "return np.arange(len(before))"),
        ("uses `data`", "return [i for i in range(data.num_items) if np.any(after[i] != before[i])]"),
        ("ValueError: The truth value", "return [i for i in range(len(before)) if after[i] != before[i]]"),
        ("expected ids, whole numbers", "return np.abs(after - before).max(axis=1)"),
        ("expected the ids of several films, found an int64|found an int", "return np.abs(after - before).sum(axis=1).argmax()"),
        (r"\[0\] is missing", "return [i for i in range(1, len(before)) if any(before[i] != after[i])]"),
        (r"\[13\] is missing", "return [i for i in range(len(before) - 1) if any(before[i] != after[i])]"),
    ],
    "stars_in_batch": [
        ("returns nothing; expected", (f"return {STARS}", STARS)),
        ("the mean is missing|centred", ("mean + before", "before")),
        ("b_i is missing", ("before[moved] - ", "- ")),
        ("after the step|b_i'", ("before[moved] -", "after[moved] -")),
        ("wrong direction|sign", ("] - slopes", "] + slopes")),
        ("sign|wrong direction", ("(before - after)", "(after - before)")),
        ("the 2|twice", (" / 2", "")),
        ("of all films|the whole table", ("len(moved)", "len(before)")),
        ("n is missing|the number of films", ("slopes * len(moved) / 2", "slopes / 2")),
        ("divided by n|divided", ("* len(moved) / 2", "/ len(moved) / 2")),
        ("learning rate", ("[moved] / rate", "[moved]")),
        ("learning rate", ("[moved] / rate", "[moved] * rate")),
        ("argument `rate`", ("/ rate", "/ 0.1")),
        ("uses `data`", ("mean +", "data.mean +")),
        ("argument `mean`", ("mean +", "3.53 +")),
        ("uses `theirs`", ("len(moved)", "len(theirs)")),
        ("rounded", (STARS, f"np.round({STARS})")),
        ("cut off", (STARS, f"np.clip({STARS}, 1, 5)")),
        ("for every film|all films", "y = before + (after - before) * np.sum(after != before) / (2 * rate)\nreturn mean + y"),
        ("sorted", (f"return {STARS}", f"return np.sort({STARS})")),
        ("opposite order", (f"return {STARS}", f"return ({STARS})[::-1]")),
        ("a column", (f"return {STARS}", f"return ({STARS})[:, None]")),
        ("changes its argument", "k = after != before\nbefore -= (before - after) / rate * k.sum() / 2\nreturn mean + before[k]"),
        ("the ids", (f"return {STARS}", "return moved")),
        ("NameError: name 'mu' is not defined", ("mean +", "mu +")),
        ("new numbers", (f"return {STARS}", "return mean + after[moved]")),
    ],
}
RIGHT = {
    "film_vectors": [
        "return np.array([W[ids].sum(axis=0) for ids in genre_ids])",
        "return [sum(W[j] for j in ids) for ids in genre_ids]",
        "out = np.zeros((len(genre_ids), W.shape[1]))\nfor k, ids in enumerate(genre_ids):\n    for j in ids:\n        out[k] += W[j]\nreturn out",
        "hot = np.array([np.isin(np.arange(len(W)), ids) for ids in genre_ids])\nreturn np.dot(hot, W)",
        "hot = np.array([[int(j in ids) for j in range(len(W))] for ids in genre_ids])\nreturn hot @ W",
        "from sklearn.preprocessing import MultiLabelBinarizer\nreturn MultiLabelBinarizer(classes=range(len(W))).fit_transform(genre_ids) @ W",
        "places = np.repeat(np.arange(len(genre_ids)), [len(ids) for ids in genre_ids])\nout = np.zeros((len(genre_ids), W.shape[1]))\n"
            "np.add.at(out, places, W[np.concatenate(genre_ids)])\nreturn out",
        "from scipy.sparse import csr_matrix\nends = np.cumsum([0] + [len(ids) for ids in genre_ids])\nj = np.concatenate(genre_ids)\n"
            "return csr_matrix((np.ones(len(j)), j, ends), shape=(len(genre_ids), len(W))) @ W",
        "layer = layers.Embedding(*W.shape)\nlayer.build()\nlayer.set_weights([W])\n"
            "return keras.ops.stack([keras.ops.sum(layer(np.array(ids)), axis=0) for ids in genre_ids])",
        "return pd.DataFrame([pd.DataFrame(W).iloc[ids].sum() for ids in genre_ids])",
        "film_vectors = lambda genre_ids, W: np.stack([np.sum(W[ids], axis=0) for ids in genre_ids])",
    ],
    "num_parameters": [
        "return num_factors * (np.max(ids) + 1)",
        "layer = layers.Embedding(int(ids.max() + 1), num_factors)\nlayer.build()\nreturn layer.count_params()",
        "return np.zeros((ids.max() + 1, num_factors)).size",
        "return len(np.bincount(ids)) * num_factors",
        "return int(sorted(ids)[-1] + 1) * num_factors",
        "return sum(num_factors for row in range(max(ids) + 1))",
    ],
    "films_in_batch": [
        "return set(np.nonzero(before != after)[0])",
        "return [i for i in range(len(before)) if not np.array_equal(before[i], after[i])]",
        "return np.where((before != after).any(axis=1))[0]",
        "moves = np.abs(after - before).sum(axis=1)\nreturn np.flatnonzero(moves > 0)",
        "return np.flatnonzero(np.linalg.norm(after - before, axis=1)).tolist()",
        "return np.unique(np.argwhere(before != after)[:, 0])",
        "frame = pd.DataFrame(after - before)\nreturn frame.index[(frame != 0).any(axis=1)]",
        "return np.flatnonzero(~np.isclose(before, after).all(axis=1))",
        "films = set()\nfor i, (old, new) in enumerate(zip(before, after)):\n    if any(old != new):\n        films.add(i)\nreturn films",
        "films_in_batch = lambda before, after: {i for i in range(len(after)) if (after[i] - before[i]).any()}",
    ],
    "stars_in_batch": [
        "k = before != after\nreturn mean + before[k] + (after[k] - before[k]) * k.sum() / (2 * rate)",
        "ids = films_in_batch(before[:, None], after[:, None])\nids = sorted(ids)\n"
            "return [mean + before[i] + (after[i] - before[i]) * len(ids) / (2 * rate) for i in ids]",
        "move = after - before\nn = np.count_nonzero(move)\nreturn (mean + before + move * n / rate / 2)[move != 0]",
        "frame = pd.DataFrame({'old': before, 'new': after}).query('old != new')\n"
            "return mean + frame['old'] + (frame['new'] - frame['old']) * len(frame) / 2 / rate",
        "stars = []\nn = sum(after != before)\nfor old, new in zip(before, after):\n    if old != new:\n"
            "        error = (old - new) * n / (2 * rate)\n        stars.append(old - error + mean)\nreturn np.array(stars)",
        "moved, = np.nonzero(after - before)\nn, b, c = moved.size, before[moved], after[moved]\nreturn b + mean + 0.5 * n * (c - b) / rate",
        [(STARS, "np.array(mean + before[moved] - slopes * len(moved) / 2, dtype='float32')")],
    ],
}
# fmt: on
