"""Practice 4: wrong answers with the hint that each must draw, right ones written differently."""

from types import SimpleNamespace

import pandas as pd

PRACTICE = "04_ncf1_mlp"
GIVEN = ["imports", "helpers", "factor-table"]  # cells that the exercises need
CHECKS = {  # function of the exercise: its cell, its check
    "phi": ("ex-phi", "check_phi"),
    "build_ncf1": ("ex-build", "check_build"),
    "choose_size": ("ex-choose", "check_choose"),
    "other_order": ("ex-order", "check_order"),
}
NEEDS = {"build_ncf1": "phi"}  # an exercise that calls another one


def prepare(namespace: dict) -> None:
    """What else a student has at hand: some data."""
    test = pd.DataFrame({"user": [0, 900, 3], "item": [5, 2, 1600], "rating": [4.0, 2.0, 5.0]})
    sizes = {"num_users": 943, "num_items": 1682}
    namespace["data"] = SimpleNamespace(test=test, train=test, mean=3.53, **sizes)


def quicker(cell: str, source: str) -> str:
    """A cell of the filled-in practice, with every fourth rating, to save time."""
    if cell == "load":
        fewer = "data = dataclasses.replace(data, train=data.train[:20_000])"
        load, rest = source.split("\n", 1)
        assert load == "data = load_ratings()"
        return f"import dataclasses\n{load}\n{fewer}\n{rest}"
    if cell == "shared-run":
        return source.replace("(1, 2, 32)", "(1, 32)")
    return source.replace("epochs=8", "epochs=3") if cell == "choose-run" else source


DROPOUT = "vector = layers.Dropout(dropout)(vector)"
DENSE = 'vector = layers.Dense(units, activation="relu")(vector)'
LAST = "return layers.Dense(1)(vector)"
BOTH = "[q_i, p_u] if film_first else [p_u, q_i]"
JOIN = 'layers.Concatenate(name="pair")(both)'
PHI = "phi(pair, hidden, dropout)"
P_U = 'factor_table(num_users, num_factors, penalty, "p_u")(user)'
Q_I = 'factor_table(num_items, num_factors, penalty, "q_i")(item)'
SEED = "        keras.utils.set_random_seed(seed)\n"
FIT = 'fit(model, learn, epochs, label=f"hidden {hidden}")'
SCORE = "scores[hidden] = rmse(model, valid)"
RETURN = "return min(scores, key=scores.get), scores"
TURN = "np.concatenate([W[size:], W[:size]])"


def mlp(body: str) -> str:
    return "def phi(vector, hidden, dropout):\n    " + body.replace("\n", "\n    ") + "\n"


def choose(body: str) -> str:
    first = "def choose_size(candidates, build, learn, valid, epochs, seed=0):\n    "
    return first + body.replace("\n", "\n    ") + "\n"


def order(result: str) -> list:
    return [(TURN, result)]


def nothing(function: str) -> str:
    return f"def {function}(*anything, **more):\n    pass\n"


def tables(name: str, options: str, ids: str) -> str:
    return f'layers.Embedding({name}, num_factors, "normal", {options})({ids})'


TRAIN_ONE = """
def one(hidden):
    keras.utils.set_random_seed(seed)
    model = build(hidden)
    fit(model, learn, epochs)
    return rmse(model, valid)
"""
L2 = "keras.regularizers.L2(penalty)"

WRONG = {
    "phi": {
        "returns None": (nothing("phi"), "returns nothing; expected the output"),
        "a layer, not applied": ([(LAST, "return layers.Dense(1)")], "found a Dense, a layer"),
        "a Sequential": (
            mlp("return keras.Sequential([layers.Dense(5), layers.Dense(1)])"),
            "found a Sequential, a layer",
        ),
        "a number": (mlp("return 1.0"), "expected the output of the last layer, found a float"),
        "no ReLU": ([(', activation="relu"', "")], "there is no activation"),
        "ReLU at the end": (
            [("layers.Dense(1)", 'layers.Dense(1, activation="relu")')],
            "there is a ReLU on the last layer, too",
        ),
        "ReLU at the end, and only there": (
            [(', activation="relu"', ""), ("Dense(1)", 'Dense(1, activation="relu")')],
            "and only there",
        ),
        "ReLU on the first layer only": (
            mlp(
                "for k, units in enumerate(hidden):\n"
                "    vector = layers.Dropout(dropout)(vector)\n"
                "    vector = layers.Dense(units, activation=None if k else 'relu')(vector)\n"
                "return layers.Dense(1)(vector)"
            ),
            "the second hidden layer has no activation",
        ),
        "sigmoid": ([('"relu"', '"sigmoid"')], "the activation is sigmoid"),
        "tanh": ([('"relu"', '"tanh"')], "the activation is tanh"),
        "sigmoid at the end": (
            [("layers.Dense(1)", 'layers.Dense(1, activation="sigmoid")')],
            "every score lies between 0 and 1",
        ),
        "an activation that is not known": (
            [('"relu"', '"ReLu!"')],
            "stopped in the line `vector = layers.Dense(units, activation",
        ),
        "no last layer": ([(LAST, "return vector")], "the last layer, of one unit, is missing"),
        "no hidden layer": (mlp(LAST), "the hidden layers are missing"),
        "hidden layers that go nowhere": (
            [(DENSE, DENSE.replace("vector =", "other ="))],
            "the hidden layers are missing",
        ),
        "each layer reads the input": (
            mlp(
                "out = vector\nfor units in hidden:\n"
                "    out = layers.Dropout(dropout)(vector)\n"
                "    out = layers.Dense(units, activation='relu')(vector)\n"
                "return layers.Dense(1)(out)"
            ),
            "the layer of 3 units reads the input",
        ),
        "return inside the loop": (
            [("    " + LAST, "        " + LAST)],
            "it stops after the first size",
        ),
        "last layer inside the loop": (
            [("    " + LAST, "        vector = layers.Dense(1)(vector)\n    return vector")],
            "the layer of one unit comes more than once",
        ),
        "in reverse": ([("in hidden", "in hidden[::-1]")], "the hidden sizes come in reverse"),
        "a size of its own": ([("Dense(units", "Dense(32")], "have [32, 32, 1] units"),
        "two layers, always": (
            mlp(
                "for units in (5, 3):\n    vector = layers.Dropout(dropout)(vector)\n"
                "    vector = layers.Dense(units, activation='relu')(vector)\n"
                "return layers.Dense(1)(vector)"
            ),
            "for 6 numbers and hidden=() the Dense layers have [5, 3, 1] units; expected [1]",
        ),
        "no biases": (
            [("units, ", "units, use_bias=False, "), ("Dense(1", "Dense(1, use_bias=False")],
            "no biases",
        ),
        "an axis too many": (
            [(LAST, "return layers.Reshape((1, 1))(layers.Dense(1)(vector))")],
            "expected (40, 1)",
        ),
        "no dropout": ([(f"        {DROPOUT}\n", "")], "there is no dropout"),
        "dropout in prediction, too": (
            [("(dropout)(vector)", "(dropout)(vector, training=True)")],
            "numbers are dropped in prediction, too",
        ),
        "dropout behind the layers": (
            [(DROPOUT, "pass"), (DENSE, f"{DENSE}\n        {DROPOUT}")],
            "dropout stands behind each hidden layer",
        ),
        "dropout once, in front": (
            [(f"        {DROPOUT}\n", ""), ("    for units", f"    {DROPOUT}\n    for units")],
            "before the first hidden layer only",
        ),
        "dropout once, at the end": (
            [(f"        {DROPOUT}\n", ""), (LAST, f"{DROPOUT}\n    {LAST}")],
            "before the last layer only",
        ),
        "dropout before the last layer, too": (
            [(LAST, f"{DROPOUT}\n    {LAST}")],
            "dropout stands before the last layer, of one unit, too",
        ),
        "the rating dropped": (
            [(LAST, "return layers.Dropout(dropout)(layers.Dense(1)(vector))")],
            "the rating itself is dropped",
        ),
        "a rate of its own": ([("Dropout(dropout)", "Dropout(0.1)")], "are 0.1 and 0.1; expected"),
        "the share that stays": ([("Dropout(dropout)", "Dropout(1 - dropout)")], "are 0.7 and 0.7"),
        "something else": ([(LAST, "return 2 * layers.Dense(1)(vector)")], "should score"),
        "one argument too few": ([(", dropout):", "):")], "TypeError: phi() takes 2"),
    },
    "build_ncf1": {
        "returns None": (nothing("build_ncf1"), "returns nothing; expected a keras.Model"),
        "the output alone": (
            [(f'keras.Model([user, item], {PHI}, name="ncf1")', PHI)],
            "expected a keras.Model, found a KerasTensor",
        ),
        "one input": (
            [("keras.Model([user, item]", "keras.Model(user"), ("(item)", "(user)")],
            "the network takes 1 input",
        ),
        "added": ([(JOIN, "layers.Add()(both)")], "p_u and q_i are added"),
        "multiplied": ([(JOIN, "layers.Multiply()(both)")], "are multiplied factor by factor"),
        "averaged": ([(JOIN, "layers.Average()(both)")], "p_u and q_i are averaged"),
        "subtracted": ([(JOIN, "layers.Subtract()([p_u, q_i])")], "p_u and q_i are subtracted"),
        "the product": ([(JOIN, "layers.Dot(axes=1)(both)")], "phi gets one number, the dot"),
        "concatenated along the batch": (
            [(JOIN, "layers.Concatenate(axis=0)(both)")],
            "there are weights of the shapes",
        ),
        "one table": (
            [
                (P_U, "table(user)"),
                (Q_I, "table(item)"),
                (
                    "    p_u =",
                    '    table = factor_table(num_items, num_factors, penalty, "t")\n    p_u =',
                ),
            ],
            "there is one table, of the shape (7, 3)",
        ),
        "one table for all": (
            [
                (P_U, "table(user)"),
                (Q_I, "table(item + num_users)"),
                ("    p_u =", "    table = factor_table(12, num_factors, penalty, 't')\n    p_u ="),
            ],
            "there is one table, of the shape (12, 3)",
        ),
        "users twice": (
            [("[q_i, p_u] if film_first else [p_u, q_i]", "[p_u, p_u]")],
            "users and items share it",
        ),
        "sizes of the tables swapped": (
            [(P_U, P_U.replace("users", "items")), (Q_I, Q_I.replace("items", "users"))],
            "users are looked up as items",
        ),
        "inputs swapped": (
            [("keras.Model([user, item]", "keras.Model([item, user]")],
            "users are looked up as items",
        ),
        "the user's id in both": (
            [(Q_I, Q_I.replace("(item)", "(user)")), ("Model([user, item]", "Model([user, item]")],
            ("q_i is looked up with the user's id", "not connected to"),
        ),
        "q_i in front": (
            [(BOTH, "[q_i, p_u]")],
            "q_i stands before p_u, without film_first",
        ),
        "film_first the wrong way round": (
            [("if film_first", "if not film_first")],
            "q_i stands before p_u, without film_first",
        ),
        "film_first not used": ([(BOTH, "[p_u, q_i]")], "film_first=True changes nothing"),
        "film_first adds": (
            [(JOIN, "layers.Add()(both) if film_first else layers.Concatenate()(both)")],
            "p_u and q_i are added",
        ),
        "film_first swaps the ids": (
            [
                (BOTH, "[p_u, q_i]"),
                ("Model([user, item]", "Model([item, user] if film_first else [user, item]"),
            ],
            "with film_first=True the scores are not",
        ),
        "both tables with a row too many": (
            [("(num_users, num_f", "(num_users + 1, num_f")],
            "one of (5, 3) for p_u",
        ),
        "vectors too long": (
            [(', num_factors, penalty, "', ', 2 * num_factors, penalty, "')],
            "one of (5, 3) for p_u",
        ),
        "no phi": ([(PHI, "layers.Dense(1)(pair)")], "(4,) for b1"),
        "phi of a size of its own": ([(PHI, "phi(pair, (4,), dropout)")], "one of (4, 8) for W2"),
        "an activation behind phi": (
            [(PHI, f"layers.ReLU()({PHI})")],
            "there is a ReLU behind phi",
        ),
        "a sigmoid behind phi": ([(PHI, f"keras.ops.sigmoid({PHI})")], "no score is below 0"),
        "the product added": (
            [(PHI, f"layers.Add()([{PHI}, layers.Dot(axes=1)([p_u, q_i])])")],
            "the product is added to phi",
        ),
        "the mean added": ([(PHI, f"{PHI} + data.mean")], "off by the same 3.530"),
        "the whole batch": (
            [(PHI, f"keras.ops.sum({PHI}, axis=0)")],
            "the whole batch is added up",
        ),
        "the mean of the batch subtracted": (
            [(PHI, f"{PHI} - keras.ops.mean(pair)")],
            "differently alone and in a batch",
        ),
        "no flatten": ([("Input(()", "Input((1,)")], "(25, 1, 1)"),
        "no dropout": ([(PHI, "phi(pair, hidden, 0)")], "for dropout=0.5 nothing is dropped"),
        "dropout fixed": ([(PHI, "phi(pair, hidden, 0.1)")], "does not reach phi"),
        "no penalty": (
            [(', penalty, "', ', 0, "')],
            "there is no penalty on p_u and q_i",
        ),
        "penalty on p_u alone": ([(Q_I, Q_I.replace("penalty", "0"))], "no penalty on q_i"),
        "ten times the penalty": (
            [(', penalty, "', ', 10 * penalty, "')],
            "2.5 on p_u, 2.5 on q_i",
        ),
        "L1": (
            [
                (
                    P_U,
                    tables(
                        "num_users", "embeddings_regularizer=keras.regularizers.L1(penalty)", "user"
                    ),
                ),
                (
                    Q_I,
                    tables(
                        "num_items", "embeddings_regularizer=keras.regularizers.L1(penalty)", "item"
                    ),
                ),
            ],
            "absolute values (L1)",
        ),
        "penalty on the output": (
            [
                (P_U, tables("num_users", f"activity_regularizer={L2}", "user")),
                (Q_I, tables("num_items", f"activity_regularizer={L2}", "item")),
            ],
            "depends on which pairs are in the batch",
        ),
        "a table of zeros": (
            [
                (
                    P_U,
                    tables("num_users", f"embeddings_regularizer={L2}", "user").replace(
                        "normal", "zeros"
                    ),
                )
            ],
            "a table starts at 0",
        ),
        "a frozen table": (
            [("    both", "    p_u = keras.ops.stop_gradient(p_u)\n    both")],
            "training cannot move p_u",
        ),
        "phi without its arguments": (
            [(PHI, "phi(pair)")],
            "TypeError: phi() missing 2 required positional arguments",
        ),
        "film_first forgotten": (
            [(", film_first=False", ""), (BOTH, "[p_u, q_i]")],
            "'film_first'",
        ),
    },
    "choose_size": {
        "returns None": (nothing("choose_size"), "returns nothing; expected the best"),
        "nothing trained": ([(FIT, "pass")], "no network was trained"),
        "only the best": ([(RETURN, "return min(scores, key=scores.get)")], "found a tuple"),
        "only the scores": ([(RETURN, "return scores")], "found a dict"),
        "the wrong way round": (
            [(RETURN, "return scores, min(scores, key=scores.get)")],
            "the RMSE of each come first",
        ),
        "a list of scores": (
            [
                ("scores = {}", "scores = []"),
                ("scores[hidden] = rmse(model, valid)", "scores.append(rmse(model, valid))"),
                (RETURN, "return candidates[int(np.argmin(scores))], scores"),
            ],
            "in a dict, found a list",
        ),
        "keys that are not the candidates": (
            [("scores[hidden]", "scores[str(hidden)]")],
            "the RMSE are there for ['(3,)'",
        ),
        "the largest": ([("min(", "max(")], "the candidate with the largest RMSE is chosen"),
        "its place": (
            [(RETURN, "return int(np.argmin(list(scores.values()))), scores")],
            "given as the number 2; expected one of",
        ),
        "its RMSE": ([(RETURN, "return min(scores.values()), scores")], "given as the number 1."),
        "the smallest network": ([("key=scores.get", "key=sum")], "chosen is ()"),
        "the last one": ([(RETURN, "return candidates[1], scores")], "chosen is (5, 2)"),
        "no seed": ([(SEED, "")], "start from different random numbers"),
        "seed before the loop": (
            [
                (SEED, ""),
                ("    scores = {}", "    keras.utils.set_random_seed(seed)\n    scores = {}"),
            ],
            "start from different random numbers",
        ),
        "a seed for each": (
            [("set_random_seed(seed)", "set_random_seed(seed + len(scores))")],
            "start from different random numbers",
        ),
        "seed after building": (
            [
                (SEED, ""),
                (
                    "    fit(model",
                    "    keras.utils.set_random_seed(len(scores))\n        fit(model",
                ),
            ],
            "start from different random numbers",
        ),
        "a seed of its own": ([("_seed(seed)", "_seed(0)")], "another seed starts from the same"),
        "scores of the training rows": (
            [("rmse(model, valid)", "rmse(model, learn)")],
            "the RMSE are those of the rows that were learnt from",
        ),
        "scores of all rows": (
            [("rmse(model, valid)", "rmse(model, pd.concat([learn, valid]))")],
            "the RMSE are those of `learn` and `valid` together",
        ),
        "scores of the test rows": (
            [("rmse(model, valid)", "rmse(model, data.test)")],
            "perhaps the test rows",
        ),
        "learns from valid": (
            [("fit(model, learn,", "fit(model, valid,")],
            "of the validation rows",
        ),
        "learns from both": (
            [("fit(model, learn,", "fit(model, pd.concat([learn, valid]),")],
            "of the validation rows are learnt from",
        ),
        "learns from the test rows": (
            [("fit(model, learn,", "fit(model, data.test,")],
            "that are learnt from were not passed in",
        ),
        "learns from half of the rows": (
            [("fit(model, learn,", "fit(model, learn[:10],")],
            "10 rows are learnt from; there are 30",
        ),
        "scored before training": (
            [(FIT, "pass"), (SCORE, f"{SCORE}\n        {FIT}")],
            "before training",
        ),
        "squared": ([(SCORE, f"{SCORE} ** 2")], "mean squared errors, without the root"),
        "something else": ([(SCORE, f"{SCORE} + 0.1")], "on the validation rows is"),
        "epochs of its own": ([("learn, epochs,", "learn, 12,")], "are trained for 12"),
        "epochs forgotten": ([("learn, epochs,", "learn,")], "are trained for 12"),
        "one network for all": (
            [
                ("        model = build(hidden)\n", ""),
                ("    scores = {}", "    model = build(candidates[0])\n    scores = {}"),
            ],
            "a network is trained a second time",
        ),
        "trained twice": ([(FIT, f"{FIT}\n        {FIT}")], "a network is trained a second time"),
        "return in the loop": (
            [("    " + RETURN, "        " + RETURN)],
            "trained were [(3,)]",
        ),
        "the first not tried": ([("in candidates", "in candidates[1:]")], "trained were [(5, 2)"),
        "the list at once": (
            [("build(hidden)", "build(candidates)")],
            "build is given [(3,), (5, 2)",
        ),
        "the notebook's build": (
            [("build(hidden)", "build_ncf1(20, 20, 2, 0.0, hidden, 0.0)"), (FIT, "pass")],
            "not made by `build`, the argument",
        ),
        "the notebook's network of all": (
            choose("return (3,), {(3,): 0.9, (5, 2): 1.0, (4,): 1.0, (): 1.0}"),
            "not made by `build`, the argument",
        ),
        "the history's val_rmse": (
            [(SCORE, "scores[hidden] = model.history.history['val_rmse'][-1]")],
            "the history of `fit` has no 'val_rmse'",
        ),
        "min of the keys": ([(", key=scores.get", "")], "chosen is ()"),
    },
    "other_order": {
        "returns None": (nothing("other_order"), "returns nothing; expected a matrix"),
        "the same": (order("W.copy()"), "the matrix is the same as before"),
        "in place": (order("W.sort(axis=0) or W"), "the matrix that was passed in is changed"),
        "reversed": (order("W[::-1]"), "all rows are reversed"),
        "columns reversed": (order("W[:, ::-1]"), "the columns have changed places"),
        "columns cut": (
            order("np.concatenate([W[:, size:], W[:, :size]], axis=1)"),
            "the columns have changed places, not the rows",
        ),
        "transposed": (order("W.T"), "the matrix is transposed"),
        "cut in the middle": (
            order("np.concatenate([W[len(W) // 2 :], W[: len(W) // 2]])"),
            "cut in the middle",
        ),
        "a length of its own": (
            order("np.concatenate([W[32:], W[:32]])"),
            "the matrix is the same as before",
        ),
        "rolled the wrong way": (order("np.roll(W, size, axis=0)"), "the last 2 rows come first"),
        "rolled without an axis": (order("np.roll(W, -size)"), "for some vectors"),
        "one block twice": (order("np.concatenate([W[:size], W[:size]])"), "come twice"),
        "one block lost": (order("W[size:]"), "of the shape (6, 3) becomes one of (4, 3)"),
        "side by side": (order("np.hstack([W[size:], W[:size]])"), "stopped in the line"),
    },
}

RIGHT = {
    "phi": {
        "Activation layers": [
            (', activation="relu")(vector)', ")(vector)\n        vector = layers.ReLU()(vector)")
        ],
        "a function as activation": [('"relu"', "keras.activations.relu")],
        "keras.ops": [(DENSE, "vector = keras.ops.relu(layers.Dense(units)(vector))")],
        "names": [
            ("for units in hidden", "for k, units in enumerate(hidden)"),
            ('"relu")', '"relu", name=f"phi_{k}")'),
            ("Dense(1)", 'Dense(1, name="rating")'),
        ],
        "a Sequential, applied": mlp(
            "net = keras.Sequential()\n"
            "for units in hidden:\n"
            "    net.add(layers.Dropout(dropout))\n"
            "    net.add(layers.Dense(units, activation='relu'))\n"
            "net.add(layers.Dense(1, activation='linear'))\n"
            "return net(vector)"
        ),
        "from the end, by recursion": mlp(
            "if not hidden:\n    return layers.Dense(1)(vector)\n"
            "vector = layers.Dense(hidden[0], activation='relu')(layers.Dropout(dropout)(vector))\n"
            "return phi(vector, hidden[1:], dropout)"
        ),
    },
    "build_ncf1": {
        "concatenate of ops": [(JOIN, "keras.ops.concatenate(both, axis=-1)")],
        "if and else": [
            (f"both = {BOTH}", "both = [p_u, q_i]\n    if film_first:\n        both.reverse()")
        ],
        "Flatten": [
            ("Input(()", "Input((1,)"),
            (P_U, f"layers.Flatten()({P_U})"),
            (Q_I, f"layers.Flatten()({Q_I})"),
        ],
        "no names, no dtype": [
            ('keras.Input((), dtype="int32", name=', "keras.Input((), name="),
            (', name="ncf1"', ""),
        ],
        "an output of shape (n,)": [(PHI, f"keras.ops.squeeze({PHI}, axis=-1)")],
        "tables of its own": [
            (P_U, tables("num_users", f"embeddings_regularizer={L2}", "user")),
            (Q_I, tables("num_items", f"embeddings_regularizer={L2}", "item")),
        ],
    },
    "choose_size": {
        "a function and a comprehension": choose(
            TRAIN_ONE.strip() + "\nscores = {hidden: one(hidden) for hidden in candidates}\n"
            "return min(candidates, key=lambda hidden: scores[hidden]), scores"
        ),
        "the lowest so far": [
            ("scores = {}", "scores, best = {}, None"),
            (
                SCORE,
                f"{SCORE}\n        if best is None or scores[hidden] < scores[best]:\n"
                "            best = hidden",
            ),
            (RETURN, "return best, scores"),
        ],
        "sorted, and a list": [(RETURN, "return [sorted(scores, key=scores.get)[0], scores]")],
        "evaluate": [
            (
                SCORE,
                "y = valid['rating'].to_numpy() - data.mean\n        "
                "scores[hidden] = model.evaluate(pairs(valid), y, verbose=0)[1]",
            )
        ],
        "seeded twice": [(FIT, f"keras.utils.set_random_seed(seed)\n        {FIT}")],
    },
    "other_order": {
        "vstack": order("np.vstack([W[size:], W[:size]])"),
        "roll": order("np.roll(W, -size, axis=0)"),
        "a list of rows": order("W[[*range(size, len(W)), *range(size)]]"),
        "split": order("np.concatenate(np.split(W, [size])[::-1])"),
        "filled in": (
            "def other_order(W, size):\n    new = np.empty_like(W)\n"
            "    new[-size:], new[:-size] = W[:size], W[size:]\n    return new\n"
        ),
    },
}
