"""Practice 4: wrong answers with a part of the hint that each must draw, and other right ones."""

from types import SimpleNamespace

import pandas as pd


def prepare(space: dict) -> None:
    """What else a student has at hand: some data."""
    test = pd.DataFrame({"user": [0, 900, 3], "item": [5, 2, 1600], "rating": [4.0, 2.0, 5.0]})
    sizes = {"num_users": 943, "num_items": 1682}
    space["data"] = SimpleNamespace(test=test, train=test, mean=3.53, **sizes)
    for name in ("rmse", "fit"):  # the helpers of an earlier cell have names of their own
        space[name].__globals__["data"] = space["data"]


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
TRAIN_ONE = """
def one(hidden):
    keras.utils.set_random_seed(seed)
    model = build(hidden)
    fit(model, learn, epochs)
    return rmse(model, valid)
"""
L2 = "keras.regularizers.L2(penalty)"


def tables(name: str, options: str, ids: str) -> str:
    """A table that is not from factor_table."""
    return f'layers.Embedding({name}, num_factors, "normal", {options})({ids})'


# fmt: off
WRONG = {
    "phi": [
        ("found a Dense, a layer", (LAST, "return layers.Dense(1)")),
        ("found a Sequential, a layer", "return keras.Sequential([layers.Dense(5), layers.Dense(1)])"),
        ("expected the output of the last layer, found a float", "return 1.0"),
        ("there is no activation", (', activation="relu"', "")),
        ("there is a ReLU on the last layer, too", ("layers.Dense(1)", 'layers.Dense(1, activation="relu")')),
        ("and only there", (', activation="relu"', ""), ("Dense(1)", 'Dense(1, activation="relu")')),
        ("the second hidden layer has no activation",
            "for k, units in enumerate(hidden):\n    vector = layers.Dropout(dropout)(vector)\n    vector = layers.Dense(units, activation=None if k else 'relu')(vector)\nreturn layers.Dense(1)(vector)"),
        ("the activation is sigmoid", ('"relu"', '"sigmoid"')),
        ("the activation is tanh", ('"relu"', '"tanh"')),
        ("all lie between 0 and 1", ("layers.Dense(1)", 'layers.Dense(1, activation="sigmoid")')),
        (r"in line 6, `vector = layers.Dense.*Could not interpret", ('"relu"', '"ReLu!"')),
        ("the last layer, of one unit, is missing", (LAST, "return vector")),
        ("the hidden layers are missing", LAST),
        ("the hidden layers are missing", (DENSE, DENSE.replace("vector =", "other ="))),
        ("the layer of 3 units reads the input",
            "out = vector\nfor units in hidden:\n    out = layers.Dropout(dropout)(vector)\n    out = layers.Dense(units, activation='relu')(vector)\nreturn layers.Dense(1)(out)"),
        ("it stops after the first size", ("    " + LAST, "        " + LAST)),
        ("the layer of one unit comes more than once",
            ("    " + LAST, "        vector = layers.Dense(1)(vector)\n    return vector")),
        ("the hidden sizes come in reverse", ("in hidden", "in hidden[::-1]")),
        (r"have \[32, 32, 1\] units; expected \[5, 3, 1\]", ("Dense(units", "Dense(32")),
        (r"hidden=\(8, 4, 9\) the Dense layers have \[5, 3, 1\] units",
            "for units in (5, 3):\n    vector = layers.Dropout(dropout)(vector)\n    vector = layers.Dense(units, activation='relu')(vector)\nreturn layers.Dense(1)(vector)"),
        ("no biases", ("units, ", "units, use_bias=False, "), ("Dense(1", "Dense(1, use_bias=False")),
        (r"the shape \(40, 1, 1\); expected \(40, 1\)", (LAST, "return layers.Reshape((1, 1))(layers.Dense(1)(vector))")),
        ("there is no dropout", (f'        {DROPOUT}\n', "")),
        ("differently each time", ("(dropout)(vector)", "(dropout)(vector, training=True)")),
        ("dropout stands behind each hidden layer", (DROPOUT, "pass"), (DENSE, f'{DENSE}\n        {DROPOUT}')),
        ("before the first hidden layer only", (f'        {DROPOUT}\n', ""),
            ("    for units", f'    {DROPOUT}\n    for units')),
        ("before the last layer only", (f'        {DROPOUT}\n', ""), (LAST, f'{DROPOUT}\n    {LAST}')),
        ("dropout stands before the last layer, of one unit, too", (LAST, f'{DROPOUT}\n    {LAST}')),
        ("the rating itself is dropped", (LAST, "return layers.Dropout(dropout)(layers.Dense(1)(vector))")),
        ("are 0.1 and 0.1; expected", ("Dropout(dropout)", "Dropout(0.1)")),
        ("are 0.7 and 0.7", ("Dropout(dropout)", "Dropout(1 - dropout)")),
        ("every number is 2 times", (LAST, "return 2 * layers.Dense(1)(vector)")),
        (r"the arguments \(vector, hidden\); it", (", dropout):", "):")),
        ("only what the layer before", (DENSE, f"vector = layers.Concatenate()([vector, {DENSE[9:]}])")),
        ("used twice", "dense = layers.Dense(hidden[0] if hidden else 1, activation='relu')\nfor units in hidden:\n"
            "    vector = dense(layers.Dropout(dropout)(vector))\nreturn layers.Dense(1)(vector)"),
        ("a softmax over one unit", ("Dense(1)", "Dense(1, activation='softmax')")),
        ("GaussianDropout that drops", ("layers.Dropout", "layers.GaussianDropout")),
        ("there is a penalty on layer 1 and layer 2", ("units, ", "units, kernel_regularizer='l2', ")),
    ],
    "build_ncf1": [
        ("without a network, a KerasTensor", (f'keras.Model([user, item], {PHI}, name="ncf1")', PHI)),
        ("the network takes 1 input", ("keras.Model([user, item]", "keras.Model(user"), ("(item)", "(user)")),
        ("p_u and q_i are added", (JOIN, "layers.Add()(both)")),
        ("are multiplied factor by factor", (JOIN, "layers.Multiply()(both)")),
        ("p_u and q_i are averaged", (JOIN, "layers.Average()(both)")),
        ("p_u and q_i are subtracted", (JOIN, "layers.Subtract()([p_u, q_i])")),
        ("phi gets one number, the dot", (JOIN, "layers.Dot(axes=1)(both)")),
        (r"along the batch \(axis 0\)", (JOIN, "layers.Concatenate(axis=0)(both)")),
        (r"share one table, of the shape \(7, 3\)", (P_U, "table(user)"), (Q_I, "table(item)"),
            ("    p_u =", '    table = factor_table(num_items, num_factors, penalty, "t")\n    p_u =')),
        (r"one table for both, of the shape \(12, 3\)", (P_U, "table(user)"), (Q_I, "table(item + num_users)"),
            ("    p_u =", "    table = factor_table(12, num_factors, penalty, 't')\n    p_u =")),
        ("the output does not depend on q_i", ("[q_i, p_u] if film_first else [p_u, q_i]", "[p_u, p_u]")),
        ("users are looked up as items", (P_U, P_U.replace("users", "items")), (Q_I, Q_I.replace("items", "users"))),
        ("users are looked up as items", ("keras.Model([user, item]", "keras.Model([item, user]")),
        ("q_i is looked up with the user's id|not connected", (Q_I, Q_I.replace("(item)", "(user)")),
            ("Model([user, item]", "Model([user, item]")),
        ("q_i stands before p_u, without film_first", (BOTH, "[q_i, p_u]")),
        ("q_i stands before p_u, without film_first", ("if film_first", "if not film_first")),
        ("film_first=True changes nothing", (BOTH, "[p_u, q_i]")),
        ("film_first: p_u and q_i are added", (JOIN, "layers.Add()(both) if film_first else layers.Concatenate()(both)")),
        ("with film_first=True users are looked up as items", (BOTH, "[p_u, q_i]"),
            ("Model([user, item]", "Model([item, user] if film_first else [user, item]")),
        (r"one of the shape \(5, 3\) for p_u", ("(num_users, num_f", "(num_users + 1, num_f")),
        (r"one of the shape \(5, 3\) for p_u", (', num_factors, penalty, "', ', 2 * num_factors, penalty, "')),
        ("phi is not used", (PHI, "layers.Dense(1)(pair)")),
        (r"one of the shape \(4, 9\) for layer 2 of phi", (PHI, "phi(pair, (4,), dropout)")),
        ("there is a ReLU behind phi", (PHI, f'layers.ReLU()({PHI})')),
        ("a sigmoid has been applied", (PHI, f'keras.ops.sigmoid({PHI})')),
        ("the product is added to phi", (PHI, f'layers.Add()([{PHI}, layers.Dot(axes=1)([p_u, q_i])])')),
        ("uses `data`", (PHI, f'{PHI} + data.mean')),
        ("the whole batch is added up", (PHI, f'keras.ops.sum({PHI}, axis=0)')),
        ("differently alone and in a batch", (PHI, f'{PHI} - keras.ops.mean(pair)')),
        (r"the shape \(37, 1, 1\)", ("Input(()", "Input((1,)")),
        ("there is no dropout: nothing is dropped", (PHI, "phi(pair, hidden, 0)")),
        (r"the rates \[0.1, 0.1\]; expected \[0.5, 0.5\]", (PHI, "phi(pair, hidden, 0.1)")),
        ("there is no penalty on p_u.* and q_i", (', penalty, "', ', 0, "')),
        ("no penalty on q_i", (Q_I, Q_I.replace("penalty", "0"))),
        ("2.5 on p_u.* 2.5 on q_i", (', penalty, "', ', 10 * penalty, "')),
        (r"absolute values \(L1\)",
            (P_U, tables("num_users", "embeddings_regularizer=keras.regularizers.L1(penalty)", "user")),
            (Q_I, tables("num_items", "embeddings_regularizer=keras.regularizers.L1(penalty)", "item"))),
        ("depends on which rows are in the batch", (P_U, tables("num_users", f'activity_regularizer={L2}', "user")),
            (Q_I, tables("num_items", f'activity_regularizer={L2}', "item"))),
        ("p_u.* starts at 0",
            (P_U, tables("num_users", f'embeddings_regularizer={L2}', "user").replace("normal", "zeros"))),
        ("training cannot move p_u", ("    both", "    p_u = keras.ops.stop_gradient(p_u)\n    both")),
        (r"in line 10, .*phi\(\) missing 2 required", (PHI, "phi(pair)")),
        ("'film_first'", (", film_first=False", ""), (BOTH, "[p_u, q_i]")),
        ("9 numbers; .* their product", ("    pair =", "    both.append(layers.Multiply()([p_u, q_i]))\n    pair =")),
        ("arguments of phi are exchanged", (PHI, "phi(pair, dropout, hidden)")),
        ("idle axis", ("Input(()", "Input((1,)"), (JOIN, "layers.Concatenate(axis=1)(both)")),
        ("of two numbers, one of each, it gets one", (JOIN, "keras.ops.abs(p_u - q_i)")),
        ("hidden sizes come in reverse", (PHI, "phi(pair, hidden[::-1], dropout)")),
        ("cut off below -3 and above 3", (PHI, f"keras.ops.clip({PHI}, -3, 3)")),
        ("compiled already", ("return keras", "model = keras"), ("    ### END", "    model.compile()\n    return model\n    ### END")),
    ],
    "choose_size": [
        ("no network was trained", (FIT, "pass")),
        ("found a tuple", (RETURN, "return min(scores, key=scores.get)")),
        ("found a dict", (RETURN, "return scores")),
        ("the RMSE of each come first", (RETURN, "return scores, min(scores, key=scores.get)")),
        ("in a dict, found a list", ("scores = {}", "scores = []"),
            ("scores[hidden] = rmse(model, valid)", "scores.append(rmse(model, valid))"),
            (RETURN, "return candidates[int(np.argmin(scores))], scores")),
        (r"the RMSE are there for \['\(3,\)'", ("scores[hidden]", "scores[str(hidden)]")),
        ("the candidate with the largest RMSE is chosen", ("min(", "max(")),
        ("given as the number 3; expected the candidate itself", (RETURN, "return int(np.argmin(list(scores.values()))), scores")),
        ("given as the number 1.", (RETURN, "return min(scores.values()), scores")),
        ("the smallest candidate is chosen", ("key=scores.get", "key=sum")),
        ("largest RMSE is chosen", (RETURN, "return candidates[1], scores")),
        ("start from different random numbers", (SEED, "")),
        ("start from different random numbers", (SEED, ""),
            ("    scores = {}", "    keras.utils.set_random_seed(seed)\n    scores = {}")),
        ("start from different random numbers", ("set_random_seed(seed)", "set_random_seed(seed + len(scores))")),
        ("start from different random numbers", (SEED, ""),
            ("    fit(model", "    keras.utils.set_random_seed(len(scores))\n        fit(model")),
        ("another seed starts from the same", ("_seed(seed)", "_seed(0)")),
        ("the RMSE are those of the rows that were learnt from", ("rmse(model, valid)", "rmse(model, learn)")),
        ("the RMSE are those of `learn` and `valid` together",
            ("rmse(model, valid)", "rmse(model, pd.concat([learn, valid]))")),
        ("perhaps those of the test rows", ("rmse(model, valid)", "rmse(model, data.test)")),
        ("of the validation rows", ("fit(model, learn,", "fit(model, valid,")),
        ("of the validation rows are learnt from", ("fit(model, learn,", "fit(model, pd.concat([learn, valid]),")),
        ("rows learnt from were not passed in", ("fit(model, learn,", "fit(model, data.test,")),
        ("10 rows are learnt from; there are 37", ("fit(model, learn,", "fit(model, learn[:10],")),
        ("before training", (FIT, "pass"), (SCORE, f'{SCORE}\n        {FIT}')),
        ("mean squared errors, without the root", (SCORE, f'{SCORE} ** 2')),
        ("off by the same 0.100", (SCORE, f'{SCORE} + 0.1')),
        ("are trained for 12", ("learn, epochs,", "learn, 12,")),
        ("are trained for 12", ("learn, epochs,", "learn,")),
        ("a network is trained a second time", ("        model = build(hidden)\n", ""),
            ("    scores = {}", "    model = build(candidates[0])\n    scores = {}")),
        ("a network is trained a second time", (FIT, f'{FIT}\n        {FIT}')),
        (r"trained were \[\(3,\)\]", ("    " + RETURN, "        " + RETURN)),
        (r"trained were \[\(5, 2\)", ("in candidates", "in candidates[1:]")),
        (r"build is given \[\(3,\), \(5, 2\)", ("build(hidden)", "build(candidates)")),
        ("not made by `build`, the argument", ("build(hidden)", "build_ncf1(20, 20, 2, 0.0, hidden, 0.0)"), (FIT, "pass")),
        ("not made by `build`, the argument", "return (3,), {(3,): 0.9, (5, 2): 1.0, (4,): 1.0, (): 1.0}"),
        ("the history of `fit` has no 'val_rmse'", (SCORE, "scores[hidden] = model.history.history['val_rmse'][-1]")),
        ("the smallest candidate is chosen", (", key=scores.get", "")),
        ("the first one is chosen, whatever its RMSE", (RETURN, "return candidates[0], scores")),
        ("a Functional; expected the candidate itself", (RETURN, "return build(min(scores, key=scores.get)), scores")),
        ("rounded to 1 decimals", (SCORE, "scores[hidden] = round(rmse(model, valid), 1)")),
        ("try each of them", (SCORE, f"{SCORE}\n        if scores[hidden] > min(scores.values()):\n            break")),
        ("a tuple of tuple, float; expected the candidate", (RETURN, "return min(scores.items(), key=lambda x: x[1]), scores")),
        ("distances from the mean: it is not added", (SCORE,
            "scores[hidden] = model.evaluate(pairs(valid), valid['rating'].to_numpy(), verbose=0)[1]")),
    ],
    "other_order": [
        ("the matrix is the same as before", (TURN, "W.copy()")),
        ("changes its argument `W`", (TURN, "W.sort(axis=0) or W")),
        ("all rows are reversed", (TURN, "W[::-1]")),
        ("the columns are reversed", (TURN, "W[:, ::-1]")),
        ("the columns have changed places, not the rows", (TURN, "np.concatenate([W[:, size:], W[:, :size]], axis=1)")),
        ("the matrix is transposed", (TURN, "W.T")),
        ("cut in the middle", (TURN, "np.concatenate([W[len(W) // 2 :], W[: len(W) // 2]])")),
        ("the matrix is the same as before", (TURN, "np.concatenate([W[32:], W[:32]])")),
        ("the last `size` rows come first", (TURN, "np.roll(W, size, axis=0)")),
        ("the right numbers, in another order", (TURN, "np.roll(W, -size)")),
        ("come twice", (TURN, "np.concatenate([W[:size], W[:size]])")),
        ("only the rows of q_i are left", (TURN, "W[size:]")),
        ("in line 4, `return np.hstack.*ValueError", (TURN, "np.hstack([W[size:], W[:size]])")),
        ("the argument `size` says", (TURN, "np.vstack([W[32:], W[:32]])")),
        ("reversed, flipped", (TURN, "np.flip(W)")),
        ("a list of ndarray, ndarray: the blocks are not joined", (TURN, "[W[size:], W[:size]]")),
        ("uses `W`, a variable of the notebook", "W = np.arange(128.0).reshape(64, 2)\n\n\n"
            "def other_order(weights, size):\n    return np.concatenate([W[size:], W[:size]])"),
        ("equal sizes; q_i may have another number", (TURN, "W.reshape(2, size, -1)[::-1].reshape(W.shape)")),
    ],
}
RIGHT = {
    "phi": [
        [(', activation="relu")(vector)', ")(vector)\n        vector = layers.ReLU()(vector)")],
        [('"relu"', "keras.activations.relu")],
        [(DENSE, "vector = keras.ops.relu(layers.Dense(units)(vector))")],
        [("for units in hidden", "for k, units in enumerate(hidden)"), ('"relu")', '"relu", name=f"phi_{k}")'),
            ("Dense(1)", 'Dense(1, name="rating")')],
        "net = keras.Sequential()\nfor units in hidden:\n    net.add(layers.Dropout(dropout))\n    net.add(layers.Dense(units, activation='relu'))\nnet.add(layers.Dense(1, activation='linear'))\nreturn net(vector)",
        "if not hidden:\n    return layers.Dense(1)(vector)\nvector = layers.Dense(hidden[0], activation='relu')(layers.Dropout(dropout)(vector))\nreturn phi(vector, hidden[1:], dropout)",
    ],
    "build_ncf1": [
        [(JOIN, "keras.ops.concatenate(both, axis=-1)")],
        [(f'both = {BOTH}', "both = [p_u, q_i]\n    if film_first:\n        both.reverse()")],
        [("Input(()", "Input((1,)"), (P_U, f'layers.Flatten()({P_U})'), (Q_I, f'layers.Flatten()({Q_I})')],
        [('keras.Input((), dtype="int32", name=', "keras.Input((), name="), (', name="ncf1"', "")],
        [(PHI, f'keras.ops.squeeze({PHI}, axis=-1)')],
        [(P_U, tables("num_users", f'embeddings_regularizer={L2}', "user")),
            (Q_I, tables("num_items", f'embeddings_regularizer={L2}', "item"))],
    ],
    "choose_size": [
        TRAIN_ONE.strip() + "\nscores = {hidden: one(hidden) for hidden in candidates}\nreturn min(candidates, key=lambda hidden: scores[hidden]), scores",
        [("scores = {}", "scores, best = {}, None"),
            (SCORE, f'{SCORE}\n        if best is None or scores[hidden] < scores[best]:\n            best = hidden'),
            (RETURN, "return best, scores")],
        [(RETURN, "return [sorted(scores, key=scores.get)[0], scores]")],
        [(SCORE, "y = valid['rating'].to_numpy() - data.mean\n        scores[hidden] = model.evaluate(pairs(valid), y, verbose=0)[1]")],
        [(FIT, f'keras.utils.set_random_seed(seed)\n        {FIT}')],
    ],
    "other_order": [
        [(TURN, "np.vstack([W[size:], W[:size]])")],
        [(TURN, "np.roll(W, -size, axis=0)")],
        [(TURN, "W[[*range(size, len(W)), *range(size)]]")],
        [(TURN, "np.concatenate(np.split(W, [size])[::-1])")],
        "def other_order(W, size):\n    new = np.empty_like(W)\n    new[-size:], new[:-size] = W[:size], W[size:]\n    return new\n",
    ],
}
# fmt: on
