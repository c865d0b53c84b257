"""Practice 1: wrong answers with the hint that each must draw, right ones written differently."""

from types import SimpleNamespace

PRACTICE = "01_embedding_layers"
GIVEN = ["imports", "table"]  # cells that the exercises need
CHECKS = {  # function of the exercise: its cell, its check
    "look_up": ("ex-look-up", "check_look_up"),
    "num_parameters": ("ex-parameters", "check_num_parameters"),
    "rows_that_move": ("ex-rows", "check_rows"),
    "sgd_step": ("ex-step", "check_step"),
}


def prepare(namespace: dict) -> None:
    """What else a student has at hand: the sizes of the data."""
    namespace["data"] = SimpleNamespace(num_users=943, num_items=1682)


def function(head: str):
    """A maker of functions with this first line."""
    return lambda body: f"def {head}:\n    " + body.replace("\n", "\n    ") + "\n"


look_up = function("look_up(ids, W)")
num_parameters = function("num_parameters(ids, num_factors)")
rows_that_move = function("rows_that_move(ids)")
sgd_step = function("sgd_step(b, ids, targets, rate)")

EYE = "np.eye(len(W))[ids]"
RETURN = "return one_hot @ W"
COUNT = "(max(ids) + 1) * num_factors"
STEP = "return b - rate * (slopes @ one_hot)"
SLOPES = "2 * (b[ids] - targets) / len(ids)"

WRONG = {
    "look_up": {
        "returns None": (look_up("one_hot = 1"), "returns nothing; expected an array"),
        "no return": ([(RETURN, "one_hot @ W")], "returns nothing; expected an array"),
        "picked": (look_up("return W[ids]"), "picked, not multiplied"),
        "picked with take": (look_up("return np.take(W, ids, axis=0)"), "picked, not multiplied"),
        "picked by the one": (
            [(RETURN, "return W[one_hot.argmax(axis=1)]")],
            "picked, not multiplied",
        ),
        "the one-hot vectors": ([(RETURN, "return one_hot")], "these are the one-hot vectors;"),
        "the one-hot vectors as columns": (
            [(RETURN, "return one_hot.T")],
            "these are the one-hot vectors, each as a column",
        ),
        "one-hot transposed": ([(RETURN, "return one_hot.T @ W")], "with ValueError: matmul"),
        "element by element": ([(RETURN, "return one_hot * W")], "with ValueError: operands"),
        "turned on its side": ([(RETURN, "return (one_hot @ W).T")], "turned on its side"),
        "counted from 1": ([("np.arange(len(W))", "np.arange(len(W)) + 1")], "row j - 1 of the"),
        "counted from -1": (
            look_up("return np.eye(len(W))[(ids + 1) % len(W)] @ W"),
            "row j + 1 of the table",
        ),
        "the first id only": ([(RETURN, "return one_hot[0] @ W")], "that of the first id"),
        "return inside the loop": (
            look_up("for j in ids:\n    return np.eye(len(W))[j] @ W"),
            "that of the first id",
        ),
        "overwritten in the loop": (
            look_up("for j in ids:\n    row = np.eye(len(W))[j] @ W\nreturn row"),
            "that of the last id",
        ),
        "added up over the batch": (
            [(RETURN, "return one_hot.sum(axis=0) @ W")],
            "the rows of the table are added up",
        ),
        "one matrix with all ones": (
            look_up(
                "one_hot = np.zeros(len(W))\nfor j in ids:\n    one_hot[j] += 1\nreturn one_hot @ W"
            ),
            "the rows of the table are added up",
        ),
        "ones for all ids in each row": (
            look_up(
                "one_hot = np.zeros((len(ids), len(W)))\none_hot[:, ids] = 1\nreturn one_hot @ W"
            ),
            "the sum of the rows of all ids",
        ),
        "ones for whole rows": (
            look_up("one_hot = np.zeros((len(ids), len(W)))\none_hot[ids] = 1\nreturn one_hot @ W"),
            "with IndexError: index 6 is out of bounds for axis 0 with size 5",
        ),
        "each id once": ([("ids[:, None]", "np.unique(ids)[:, None]")], "its row only once"),
        "sorted": ([("ids[:, None]", "np.sort(ids)[:, None]")], "the rows are sorted"),
        "the whole table": (look_up("return np.eye(len(W)) @ W"), "the whole table"),
        "the size of the notebook's table": (
            look_up("return np.eye(5)[ids] @ W"),
            "with IndexError",
        ),
        "the notebook's ids": (
            "my_ids = ids\n" + look_up("return np.eye(len(W))[my_ids] @ W"),
            "give the shape (3, 4); expected (5, 4)",
        ),
        "as many places as ids": (
            look_up("return np.eye(len(ids))[ids] @ W"),
            "with IndexError",
        ),
        "twos in place of ones": ([(RETURN, "return 2 * one_hot @ W")], "row 0 of the result"),
        "only for this batch": (
            [(RETURN, "return one_hot[:5] @ W if len(ids) > 1 else W[0]")],
            "one id, as an array of shape (1,), gives",
        ),
        "raises": ([(RETURN, "return onehot @ W")], "NameError: name 'onehot' is not defined"),
    },
    "num_parameters": {
        "returns None": (num_parameters("n = 1"), "returns nothing; expected the number"),
        "a layer": (
            num_parameters("return layers.Embedding(int(max(ids)) + 1, num_factors)"),
            "expected the number of parameters; found a",
        ),
        "a shape": (num_parameters("return max(ids) + 1, num_factors"), "found a tuple"),
        "different ids": ([("(max(ids) + 1)", "len(np.unique(ids))")], "then id 9 has no row"),
        "the largest id": ([("(max(ids) + 1)", "max(ids)")], "the table has 9 rows: 0 to 8"),
        "from the smallest id": (
            [("(max(ids) + 1)", "(max(ids) - min(ids) + 1)")],
            "the table begins with id 2",
        ),
        "ratings": ([("(max(ids) + 1)", "len(ids)")], "you count a row for each rating"),
        "rows": ([(" * num_factors", "")], "you count the rows"),
        "added": ([(" * num_factors", " + num_factors")], "rows and columns are added"),
        "no brackets": ([(COUNT, "max(ids) + 1 * num_factors")], "your function says 16"),
        "as a Dense layer": ([(COUNT, f"{COUNT} + num_factors")], "as a Dense layer has"),
        "the sum of the ids": ([("(max(ids) + 1)", "sum(ids)")], "the ids are added up"),
        "the notebook's data": (
            [("(max(ids) + 1)", "data.num_items")],
            "there are 70 parameters; your function says 11774",
        ),
        "raises": ([("max(ids)", "ids.maximum()")], "AttributeError: 'numpy.ndarray' object"),
    },
    "rows_that_move": {
        "returns None": (rows_that_move("set(ids)"), "returns nothing; expected the ids"),
        "a count": (rows_that_move("return len(set(ids))"), "found a int"),
        "ids more than once": (rows_that_move("return ids"), "some are listed more than once"),
        "places in the batch": (
            rows_that_move("return np.arange(len(ids))"),
            "the places in the batch, not the ids",
        ),
        "first places of each id": (
            rows_that_move("return np.unique(ids, return_index=True)[1]"),
            "you say [0 1 3]",
        ),
        "those that stay": (
            rows_that_move("return np.setdiff1d(np.arange(10), ids)"),
            "those are the rows that stay",
        ),
        "all rows": (rows_that_move("return np.arange(10)"), "you say: all rows"),
        "from the smallest to the largest": (
            rows_that_move("return np.arange(min(ids), max(ids) + 1)"),
            "all rows from the smallest id to the largest",
        ),
        "one too high": (rows_that_move("return np.unique(ids) + 1"), "yours are one too high"),
        "one too low": (rows_that_move("return np.unique(ids) - 1"), "yours are one too low"),
        "a mask": (
            rows_that_move("return np.isin(np.arange(10), ids)"),
            "found 10 times True or False",
        ),
        "only ids that come once": (
            rows_that_move(
                "values, counts = np.unique(ids, return_counts=True)\nreturn values[counts == 1]"
            ),
            "you say [1 7]",
        ),
        "words": (rows_that_move("return [f'row {j}' for j in set(ids)]"), "expected ids, whole"),
        "with their counts": (
            rows_that_move("return np.unique(ids, return_counts=True)"),
            "found a tuple",
        ),
        "the rows of a table": (
            rows_that_move("return {j: 1 for j in ids}"),
            "expected the ids of several rows, found a dict",
        ),
        "raises": (rows_that_move("return set(id)"), "TypeError"),
    },
    "sgd_step": {
        "returns None": ([(STEP, "b - rate * (slopes @ one_hot)")], "returns nothing"),
        "the last one counts": (
            sgd_step(f"b = b.copy()\nb[ids] -= rate * {SLOPES}\nreturn b"),
            "id 2 comes 3 times in the batch, but only one of them counts",
        ),
        "uphill": ([("b - rate", "b + rate")], "the step goes uphill"),
        "errors turned round": ([("b[ids] - targets", "targets - b[ids]")], "goes uphill"),
        "no mean": ([(" / len(ids)", "")], "the sum of the squared errors is taken"),
        "no 2": ([("2 * (b", "(b")], "half of what it should be"),
        "no mean, no 2": ([("2 * (b", "(b"), (" / len(ids)", "")], "neither the 2"),
        "a mean for each row": (
            sgd_step(
                "new = b.copy()\nfor j in set(ids):\n"
                "    new[j] -= rate * np.mean(2 * (b[j] - targets[ids == j]))\nreturn new"
            ),
            "a mean over its own ratings",
        ),
        "divided by the rows": ([("len(ids)", "len(b)")], "divided by the number of rows"),
        "no rate": ([("rate * ", "")], "the learning rate has no effect"),
        "the slopes": ([("b - rate * ", "")], "these are the slopes"),
        "the moves": ([("b - rate", "-rate")], "these are the moves; the new table"),
        "the moves, turned round": ([("b - rate", "rate")], "the moves, turned round"),
        "nothing": ([(STEP, "return b")], "nothing moves"),
        "all rows alike": (
            [(STEP, "return b - rate * slopes.sum()")],
            "every row moves by the same amount",
        ),
        "the rows of the batch": (
            [(STEP, "return (b - rate * (slopes @ one_hot))[ids]")],
            "5 numbers come back",
        ),
        "the slopes of the ratings": ([(STEP, "return slopes")], "comes back with the shape (5,)"),
        "squares": ([("(b[ids] - targets)", "(b[ids] - targets) ** 2")], "row 2 goes from 2.000"),
        "the table changed too": (
            sgd_step(f"np.subtract.at(b, ids, rate * {SLOPES})\nreturn b"),
            "the table that was passed in is changed",
        ),
        "one after the other": (
            sgd_step(
                "b = b.copy()\nfor j, y in zip(ids, targets, strict=True):\n"
                "    b[j] -= rate * 2 * (b[j] - y) / len(ids)\nreturn b"
            ),
            "earlier ratings of the batch have already moved",
        ),
        "raises": ([("targets)", "target)")], "NameError: name 'target' is not defined"),
    },
}

RIGHT = {
    "look_up": {
        "rows of the identity": look_up(f"return {EYE} @ W"),
        "a loop": look_up(
            "one_hot = np.zeros((len(ids), len(W)))\nfor k, j in enumerate(ids):\n"
            "    one_hot[k, j] = 1\nreturn np.dot(one_hot, W)"
        ),
        "ones put in place": look_up(
            "one_hot = np.zeros((ids.size, W.shape[0]), dtype=int)\n"
            "one_hot[np.arange(ids.size), ids] = 1\nreturn np.matmul(one_hot, W)"
        ),
        "einsum": look_up(f"return np.einsum('nj,jr->nr', {EYE}, W)"),
        "one vector after the other": look_up(
            "return np.array([(np.arange(len(W)) == j) @ W for j in ids])"
        ),
        "multiplied and added": look_up(f"return ({EYE}[:, :, None] * W).sum(axis=1)"),
        "Keras' one-hot": look_up("return keras.ops.one_hot(ids, len(W)) @ W.astype('float32')"),
        "pandas": look_up(
            "one_hot = pd.get_dummies(pd.Categorical(ids, range(len(W))))\n"
            "return one_hot.to_numpy(dtype=float) @ W"
        ),
        "a list of rows": look_up(
            "rows = []\nfor j in ids:\n    rows.append(list(np.eye(len(W))[j] @ W))\nreturn rows"
        ),
    },
    "num_parameters": {
        "NumPy": num_parameters("return num_factors * (np.max(ids) + 1)"),
        "Keras counts": num_parameters(
            "layer = layers.Embedding(int(ids.max() + 1), num_factors)\nlayer.build()\n"
            "return layer.count_params()"
        ),
        "a table": num_parameters("return np.zeros((ids.max() + 1, num_factors)).size"),
        "bincount": num_parameters("return len(np.bincount(ids)) * num_factors"),
        "sorted": num_parameters("return int(sorted(ids)[-1] + 1) * num_factors"),
        "a sum": num_parameters("return sum(num_factors for row in range(max(ids) + 1))"),
    },
    "rows_that_move": {
        "a set": rows_that_move("return set(ids)"),
        "a sorted list": rows_that_move("return sorted(set(ids.tolist()))"),
        "in the batch's order": rows_that_move("return pd.unique(ids)"),
        "a dictionary's keys": rows_that_move("return list(dict.fromkeys(ids))"),
        "a Series": rows_that_move("return pd.Series(ids).drop_duplicates()"),
        "a mask, then its places": rows_that_move(
            "hit = np.zeros(max(ids) + 1, dtype=bool)\nhit[ids] = True\nreturn np.flatnonzero(hit)"
        ),
        "a loop": rows_that_move(
            "rows = []\nfor j in ids:\n    if j not in rows:\n        rows.append(j)\nreturn rows"
        ),
        "a step": rows_that_move(
            "table = layers.Embedding(int(max(ids) + 1), 1)\nnetwork = keras.Sequential([table])\n"
            "network.compile('sgd', 'mse', run_eagerly=True)\ntable.build()\n"
            "before = table.get_weights()[0]\n"
            "network.train_on_batch(ids, np.ones((len(ids), 1)))\n"
            "return np.flatnonzero((table.get_weights()[0] != before)[:, 0])"
        ),
    },
    "sgd_step": {
        "subtract.at": sgd_step(
            f"new = b.copy()\nnp.subtract.at(new, ids, rate * {SLOPES})\nreturn new"
        ),
        "bincount": sgd_step(
            f"return b - rate * np.bincount(ids, weights={SLOPES}, minlength=len(b))"
        ),
        "a loop over the ratings": sgd_step(
            "new = b.copy()\nfor j, y in zip(ids, targets, strict=True):\n"
            "    new[j] -= rate * 2 * (b[j] - y) / len(ids)\nreturn new"
        ),
        "a loop over the rows": sgd_step(
            "new = list(b)\nfor j in range(len(b)):\n"
            "    new[j] -= rate * 2 * sum(b[j] - targets[ids == j]) / len(ids)\nreturn new"
        ),
        "pandas": sgd_step(
            f"sums = pd.Series({SLOPES}).groupby(ids).sum()\n"
            "return b - rate * sums.reindex(range(len(b)), fill_value=0).to_numpy()"
        ),
        "Keras": sgd_step(
            "table = layers.Embedding(len(b), 1)\nnetwork = keras.Sequential([table])\n"
            "network.compile(keras.optimizers.SGD(rate), 'mse', run_eagerly=True)\ntable.build()\n"
            "table.set_weights([b[:, None]])\nnetwork.train_on_batch(ids, targets[:, None])\n"
            "return table.get_weights()[0][:, 0]"
        ),
    },
}
