"""What every notebook needs to score a model: inputs, targets, RMSE and the baseline of means.

`ratings` is always a frame with the columns user, item (integers from 0) and rating (stars), such
as `data.train` or `data.test`.
"""

import numpy as np
import pandas as pd


def pairs(ratings: pd.DataFrame) -> list[np.ndarray]:
    """The two inputs of a model, users and items: two integer arrays of shape (n,)."""
    return [ratings["user"].to_numpy(), ratings["item"].to_numpy()]


def centred(ratings: pd.DataFrame, mean: float) -> np.ndarray:
    """The targets of a model, r_ui - mu in stars: an array of shape (n,)."""
    return ratings["rating"].to_numpy() - mean


def rmse(prediction: np.ndarray | float, ratings: pd.DataFrame) -> float:
    """Root mean squared error in stars.

    Args:
        prediction: predicted stars, of shape (n,) or (n, 1) as `model.predict` gives them, or one
            number for all ratings.
        ratings: the n ratings to compare with, in the same order.

    Raises:
        ValueError: the prediction has neither one value nor one for each rating.
    """
    prediction = np.ravel(prediction)
    if prediction.size not in (1, len(ratings)):
        raise ValueError(
            f"expected one prediction for each of {len(ratings):,} ratings, "
            f"found {prediction.size:,} values"
        )
    return float(np.sqrt(np.mean((prediction - ratings["rating"].to_numpy()) ** 2)))


def user_item_means(train: pd.DataFrame, ratings: pd.DataFrame, extra: float = 4) -> np.ndarray:
    """The baseline mu + a_u + b_i for each of `ratings`, in stars, shape (n,).

    b_i is the mean of r_ui - mu over the item's ratings in `train` and `extra` further ones of
    exactly mu, which pull rarely rated items towards the mean; a_u is the same mean, for a user, of
    what b_i leaves over. Ids without a rating in `train` get 0.

    Source: Y. Koren (2010), Factor in the neighbors, section 2.1,
    https://doi.org/10.1145/1644873.1644874, one side after the other.
    """
    mean = train["rating"].mean()
    left = train["rating"] - mean
    b_i = left.groupby(train["item"]).sum() / (train.groupby("item").size() + extra)
    left = left - train["item"].map(b_i)
    a_u = left.groupby(train["user"]).sum() / (train.groupby("user").size() + extra)
    baseline = mean + ratings["user"].map(a_u).fillna(0) + ratings["item"].map(b_i).fillna(0)
    return baseline.to_numpy()
