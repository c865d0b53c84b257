"""Practice 1: wrong answers with a part of the hint that each must draw, and other right ones."""

from types import SimpleNamespace

import numpy as np
import pandas as pd


def prepare(space: dict) -> None:
    """What else a student has at hand: the data, and a batch."""
    space["data"] = SimpleNamespace(num_users=943, num_items=1682)
    space["batch"] = pd.DataFrame({"item": np.arange(1000) % 300, "rating": 3.0})


EYE = "np.eye(len(W))[ids]"
HOT = "return one_hot @ W"
COUNT, MOST = "(max(ids) + 1) * num_factors", "(max(ids) + 1)"
STEP = "return b - rate * (slopes @ one_hot)"
SLOPES = "2 * (b[ids] - targets) / len(ids)"
SUMS = "np.bincount(ids, weights=2 * (b[ids] - targets), minlength=len(b)) / len({})"
KERAS_STEP = """table = layers.Embedding(len(b), 1)
network = keras.Sequential([table])
network.compile(keras.optimizers.{}(rate), 'mse', run_eagerly=True)
table.build()
table.set_weights([b[:, None]])
network.train_on_batch(ids, targets[:, None])
return table.get_weights()[0][:, 0]"""

# fmt: off
WRONG = {
    "look_up": [
        ("returns nothing; expected an array", (HOT, "one_hot @ W")),
        ("picked, not multiplied", "return W[ids]"),
        ("picked, not multiplied", "return np.take(W, ids, axis=0)"),
        ("picked, not multiplied", (HOT, "return W[one_hot.argmax(axis=1)]")),
        ("picked, not multiplied", "return pd.DataFrame(W).loc[ids]"),
        ("picked, not multiplied", "t = layers.Embedding(*W.shape)\nt.build()\nt.set_weights([W])\nreturn t(ids)"),
        ("these are the one-hot vectors;", (HOT, "return one_hot")),
        ("one-hot vectors, each as a column", (HOT, "return one_hot.T")),
        ("with ValueError: matmul", (HOT, "return one_hot.T @ W")),
        ("element by element", (HOT, "return one_hot * W")),
        ("element by element", f"return keras.ops.multiply({EYE}, W)"),
        ("rows and columns are exchanged", (HOT, "return (one_hot @ W).T")),
        ("row j - 1 of the", ("np.arange(len(W))", "np.arange(len(W)) + 1")),
        ("row j - 1 of the", "return np.eye(len(W))[ids - 1] @ W"),
        ("row j . 1 of the table", "return np.eye(len(W))[(ids + 1) % len(W)] @ W"),
        ("that of the first id", (HOT, "return one_hot[0] @ W")),
        ("that of the first id", "for j in ids:\n    return np.eye(len(W))[j] @ W"),
        ("that of the last id", "for j in ids:\n    row = np.eye(len(W))[j] @ W\nreturn row"),
        ("the rows of the table are added up", (HOT, "return one_hot.sum(axis=0) @ W")),
        ("the rows of the table are added up", "one_hot = np.zeros(len(W))\nfor j in ids:\n    one_hot[j] += 1\nreturn one_hot @ W"),
        ("added up, each once", "one_hot = np.zeros(len(W))\none_hot[ids] = 1\nreturn one_hot @ W"),
        ("the sum of the rows of all ids", "one_hot = np.zeros((len(ids), len(W)))\none_hot[:, ids] = 1\nreturn one_hot @ W"),
        ("IndexError: index 6 is out of bounds for axis 0 with size 5", "one_hot = np.zeros((len(ids), len(W)))\none_hot[ids] = 1\nreturn one_hot @ W"),
        ("its row only once", ("ids[:, None]", "np.unique(ids)[:, None]")),
        ("the rows are sorted", ("ids[:, None]", "np.sort(ids)[:, None]")),
        ("the whole table", "return np.eye(len(W)) @ W"),
        ("with IndexError", "return np.eye(5)[ids] @ W"),
        ("uses `my_ids`, a variable", "my_ids = ids\n\n\ndef look_up(ids, W):\n    return np.eye(len(W))[my_ids] @ W"),
        ("with IndexError", "return np.eye(len(ids))[ids] @ W"),
        ("every number is 2 times", (HOT, "return 2 * one_hot @ W")),
        (r"one id, an array of shape \(1,\), at index 0, 0 should be", (HOT, "return one_hot[:5] @ W if len(ids) > 1 else W[:1]")),
        ("NameError: name 'onehot' is not defined", (HOT, "return onehot @ W")),
        ("as long as the largest id", "one_hot = np.eye(ids.max() + 1)[ids]\nreturn one_hot @ W"),
        ("as long as the largest id", "return np.dot(keras.utils.to_categorical(ids), W)"),
        ("uses `TABLE`, a variable", "TABLE = W\n\n\ndef look_up(ids, W):\n    return np.eye(len(TABLE))[ids] @ TABLE"),
        ("cut to whole numbers", "one_hot = np.zeros((len(ids), len(W)), dtype=int)\none_hot[range(len(ids)), ids] = 1\n"
            "return (one_hot @ W).astype(int)"),
        ("changes its argument `W`", f"out = {EYE} @ W\nW *= 0\nreturn out"),
        ("the result is random", "layer = keras.layers.Embedding(W.shape[0], W.shape[1])\nreturn layer(ids).numpy()"),
        ("no number is below 0", "x = keras.utils.to_categorical(ids, num_classes=len(W))\n"
            "dense = keras.layers.Dense(W.shape[1], activation='relu', use_bias=False)\ndense.build((None, len(W)))\n"
            "dense.set_weights([W])\nreturn dense(x).numpy()"),
        ("changes its argument `ids`: it is sorted", "ids.sort()\nreturn np.eye(len(W))[ids] @ W"),
    ],
    "num_parameters": [
        ("expected the number of parameters, a whole number; found an Embedding",
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
        ("a whole number; found a float", "return float((max(ids) + 1) * num_factors)"),
        ("uses `batch`|uses `mine`", "mine = ids\n\n\ndef num_parameters(ids, num_factors):\n    return (mine.max() + 1) * num_factors"),
        ("one row too many", "layer = layers.Embedding(int(max(ids)) + 2, num_factors)\nlayer.build()\nreturn layer.count_params()"),
        ("one-hot vectors, a row for each rating", "one_hot = np.eye(max(ids) + 1)[ids]\nreturn one_hot.shape[0] * one_hot.shape[1] * num_factors"),
        ("changes its argument `ids`: it is sorted", "ids.sort()\nreturn (ids[-1] + 1) * num_factors"),
        ("position of the largest", "return (np.argmax(ids) + 1) * num_factors"),
        ("the argument `num_factors`", "return (max(ids) + 1) * 32"),
    ],
    "rows_that_move": [
        ("expected the ids of several rows, found an int", "return len(set(ids))"),
        ("some are listed more than once", "return ids"),
        ("the places in the batch, not the ids", "return np.arange(len(ids))"),
        ("the places where an id comes first", "return np.unique(ids, return_index=True)[1]"),
        ("those are the rows that stay", "return np.setdiff1d(np.arange(10), ids)"),
        ("those are the rows that stay", "return set(range(max(ids) + 1)) - set(ids)"),
        ("you say: all rows", "return np.arange(13)"),
        ("all rows from the smallest id to the largest", "return np.arange(min(ids), max(ids) + 1)"),
        ("yours are one too high", "return np.unique(ids) + 1"),
        ("yours are one too low", "return np.unique(ids) - 1"),
        ("found 10 times True or False", "return np.isin(np.arange(10), ids)"),
        (r"come more than once, \[1, 4\], are missing", "v, counts = np.unique(ids, return_counts=True)\nreturn v[counts == 1]"),
        ("expected ids, whole", "return [f'row {j}' for j in set(ids)]"),
        ("found a tuple", "return np.unique(ids, return_counts=True)"),
        ("expected the ids of several rows, found a dict", "return {j: 1 for j in ids}"),
        ("TypeError", "return set(id)"),
        ("come more than once", "ids = list(ids)\nreturn [i for i in ids if ids.count(i) == 1]"),
        (r"come only once, \[6, 9, 12\], are missing", "v, counts = np.unique(ids, return_counts=True)\nreturn v[counts > 1]"),
        ("uses `W`, a variable", "return [i for i in range(len(W)) if i in ids]"),
        ("uses `W`, a variable", "return W[np.unique(ids)]"),
        ("how often an id comes, not the ids", "return pd.Series(ids).value_counts()"),
        ("it is sorted", "ids.sort()\nreturn np.unique(ids)"),
    ],
    "sgd_step": [
        ("changes its argument `b`", f"b[ids] -= rate * {SLOPES}\nreturn b"),
        ("only one of them counts", f"b = b.copy()\nb[ids] -= rate * {SLOPES}\nreturn b"),
        ("the step goes uphill", ("b - rate", "b + rate")),
        ("goes uphill", ("b[ids] - targets", "targets - b[ids]")),
        ("the sum of the squared errors is taken", (" / len(ids)", "")),
        ("half of what it should be", ("2 * (b", "(b")),
        ("neither the 2", ("2 * (b", "(b"), (" / len(ids)", "")),
        ("a mean over its own ratings", "new = b.copy()\nfor j in set(ids):\n"
            "    new[j] -= rate * np.mean(2 * (b[j] - targets[ids == j]))\nreturn new"),
        ("divided by the number of rows", ("len(ids)", "len(b)")),
        ("the learning rate has no effect", ("rate * ", "")),
        ("these are the slopes", ("b - rate * ", "")),
        ("these are the moves; the new table", ("b - rate", "-rate")),
        ("the moves, turned round", ("b - rate", "rate")),
        ("nothing moves", (STEP, "return b")),
        ("every row moves by the same amount", (STEP, "return b - rate * slopes.sum()")),
        ("one number comes back for each rating", (STEP, "return (b - rate * (slopes @ one_hot))[ids]")),
        ("for each rating: the slopes", (STEP, "return slopes")),
        ("errors themselves are squared", ("(b[ids] - targets)", "(b[ids] - targets) ** 2")),
        ("changes its argument `b`", f"np.subtract.at(b, ids, rate * {SLOPES})\nreturn b"),
        ("earlier ratings of the batch have already moved", "b = b.copy()\nfor j, y in zip(ids, targets, strict=True):\n"
            "    b[j] -= rate * 2 * (b[j] - y) / len(ids)\nreturn b"),
        ("NameError: name 'target' is not defined", ("targets)", "target)")),
        ("uses `batch`", f"return b - rate * {SUMS.format('batch')}"),
        ("is not in the batch, so it should stay", f"return b - rate * ({SUMS.format('ids')} + 2 * 1e-4 * b)"),
        ("only the sign of the error", f"return b - rate * {SUMS.format('ids').replace('2 * (', 'np.sign(')}"),
        ("a step of Adam", KERAS_STEP.format("Adam")),
        (r"a column, \(7, 1\)", f"return (b - rate * {SUMS.format('ids')})[:, None]"),
        (r"row \d goes from .* to .*; it should be", ("- targets", "+ targets")),
    ],
}
RIGHT = {
    "look_up": [
        f"return {EYE} @ W",
        "one_hot = np.zeros((len(ids), len(W)))\nfor k, j in enumerate(ids):\n    one_hot[k, j] = 1\nreturn np.dot(one_hot, W)",
        "one_hot = np.zeros((ids.size, W.shape[0]), dtype=int)\none_hot[np.arange(ids.size), ids] = 1\nreturn np.matmul(one_hot, W)",
        f"return np.einsum('nj,jr->nr', {EYE}, W)",
        "return np.array([(np.arange(len(W)) == j) @ W for j in ids])",
        f"return ({EYE}[:, :, None] * W).sum(axis=1)",
        "return keras.ops.one_hot(ids, len(W)) @ W.astype('float32')",
        "return pd.get_dummies(pd.Categorical(ids, range(len(W)))).to_numpy(dtype=float) @ W",
        "rows = []\nfor j in ids:\n    rows.append(list(np.eye(len(W))[j] @ W))\nreturn rows",
        "from scipy.sparse import csr_matrix\nplaces = np.arange(len(ids)), ids\n"
            "return csr_matrix((np.ones(len(ids)), places), shape=(len(ids), len(W))) @ W",
        "look_up = lambda ids, W: np.eye(len(W))[ids].dot(W)",
    ],
    "num_parameters": [
        "return num_factors * (np.max(ids) + 1)",
        "layer = layers.Embedding(int(ids.max() + 1), num_factors)\nlayer.build()\nreturn layer.count_params()",
        "return np.zeros((ids.max() + 1, num_factors)).size",
        "return len(np.bincount(ids)) * num_factors",
        "return int(sorted(ids)[-1] + 1) * num_factors",
        "return sum(num_factors for row in range(max(ids) + 1))",
    ],
    "rows_that_move": [
        "return set(ids)",
        "return sorted(set(ids.tolist()))",
        "return pd.unique(ids)",
        "return list(dict.fromkeys(ids))",
        "return pd.Series(ids).drop_duplicates()",
        "hit = np.zeros(max(ids) + 1, dtype=bool)\nhit[ids] = True\nreturn np.flatnonzero(hit)",
        "rows = []\nfor j in ids:\n    if j not in rows:\n        rows.append(j)\nreturn rows",
        "table = layers.Embedding(int(max(ids) + 1), 1)\nnetwork = keras.Sequential([table])\n"
            "network.compile('sgd', 'mse', run_eagerly=True)\ntable.build()\nbefore = table.get_weights()[0]\n"
            "network.train_on_batch(ids, np.ones((len(ids), 1)))\nreturn np.flatnonzero((table.get_weights()[0] != before)[:, 0])",
    ],
    "sgd_step": [
        f"new = b.copy()\nnp.subtract.at(new, ids, rate * {SLOPES})\nreturn new",
        f"return b - rate * np.bincount(ids, weights={SLOPES}, minlength=len(b))",
        "new = b.copy()\nfor j, y in zip(ids, targets, strict=True):\n    new[j] -= rate * 2 * (b[j] - y) / len(ids)\nreturn new",
        "new = list(b)\nfor j in range(len(b)):\n    new[j] -= rate * 2 * sum(b[j] - targets[ids == j]) / len(ids)\nreturn new",
        f"sums = pd.Series({SLOPES}).groupby(ids).sum()\n"
            "return b - rate * sums.reindex(range(len(b)), fill_value=0).to_numpy()",
        KERAS_STEP.format("SGD"),
    ],
}
# fmt: on
