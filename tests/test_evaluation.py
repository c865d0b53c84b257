"""The helpers that every notebook scores with."""

import numpy as np
import pandas as pd
import pytest

from utils.evaluation import centred, pairs, rmse, user_item_means

TRAIN = pd.DataFrame({"user": [1, 0, 0], "item": [0, 0, 2], "rating": [5.0, 4.0, 1.0]})
RATINGS = pd.DataFrame({"user": [0, 1, 7], "item": [2, 2, 0], "rating": [1.0, 2.0, 5.0]})


def test_pairs_and_targets_keep_the_order():
    user, item = pairs(RATINGS)
    assert user.tolist() == [0, 1, 7] and item.tolist() == [2, 2, 0]
    assert centred(RATINGS, 3).tolist() == [-2, -1, 2]


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_rmse_takes_what_predict_gives(shape):
    assert rmse(np.array([2.0, 4.0, 5.0]).reshape(shape), RATINGS) == pytest.approx((5 / 3) ** 0.5)


def test_rmse_of_one_number_and_of_a_wrong_length():
    assert rmse(3, RATINGS) == pytest.approx(3**0.5)
    with pytest.raises(ValueError, match="each of 3 ratings, found 2 values"):
        rmse(np.array([1.0, 2.0]), RATINGS)


def test_baseline_by_hand():
    mean, extra = 10 / 3, 1
    b_0, b_2 = ((5 - mean) + (4 - mean)) / 3, (1 - mean) / 2
    a_0 = ((4 - mean - b_0) + (1 - mean - b_2)) / 3
    a_1 = (5 - mean - b_0) / 2
    expected = [mean + a_0 + b_2, mean + a_1 + b_2, mean + b_0]  # user 7 is unknown
    assert user_item_means(TRAIN, RATINGS, extra) == pytest.approx(expected)
