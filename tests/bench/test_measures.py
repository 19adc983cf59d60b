"""The measures on tiny invented data whose answers can be found by hand."""

import numpy as np
import pytest

from bench.measures import (
    average_precision,
    b3_f1,
    calibration,
    expected_calibration_error,
    grouping_figures,
    kept_pairs,
    macro_f1,
    pairwise_f1,
    percentile,
    precision_and_recall,
    precision_at_recall,
    separate,
    spearman,
)


def test_b3_of_a_hand_example() -> None:
    # Found {a a b} {b}. Precision: (2/3 + 2/3 + 1/3 + 1) / 4 = 2/3; recall: (1 + 1 + 1/2 + 1/2) / 4
    # = 3/4; their harmonic mean is 12/17.
    assert b3_f1(["a", "a", "b", "b"], [0, 0, 0, 1]) == pytest.approx(12 / 17)


def test_pairwise_f1_of_a_hand_example() -> None:
    # Pairs together: gold 2, found 3, both 1.
    assert pairwise_f1(["a", "a", "b", "b"], [0, 0, 0, 1]) == pytest.approx(2 * 1 / (2 + 3))


def test_pairwise_f1_without_any_pair_is_one() -> None:
    assert pairwise_f1(["a", "b"], [0, 1]) == 1.0


def test_perfect_groups_score_one_whatever_their_numbers() -> None:
    figures = grouping_figures(["a", "a", "b", "c"], np.array([7, 7, 3, -1]))
    assert (figures.k, figures.v, figures.ari) == (3, 1.0, 1.0)
    assert (figures.pairwise_f1, figures.b3_f1) == (1.0, 1.0)


def test_needs_left_alone_are_groups_of_one() -> None:
    assert separate(np.array([0, -1, 0, -1, 1])).tolist() == [0, 2, 0, 3, 1]


def test_everything_alone_has_no_pair_in_common() -> None:
    figures = grouping_figures(["a", "a", "b", "b"], np.array([-1, -1, -1, -1]))
    assert (figures.k, figures.ari, figures.pairwise_f1) == (4, 0.0, 0.0)
    assert figures.b3_f1 == pytest.approx(2 / 3)  # precision 1, recall 1/2


def test_kept_pairs_counts_relations_and_pairs_together() -> None:
    # Before {0 1} {2 3}, after {0 1 2} {3}: of six pairs, 0-2, 1-2 and 2-3 changed.
    kept, together = kept_pairs(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1]))
    assert (kept, together) == (0.5, 0.5)


def test_kept_pairs_of_the_same_groups_under_other_numbers() -> None:
    assert kept_pairs(np.array([0, 0, -1]), np.array([5, 5, -1])) == (1.0, 1.0)


def test_macro_f1_counts_every_label_the_same() -> None:
    # a: precision 2/3, recall 1 → 0.8; b: never found → 0.
    assert macro_f1(["a", "a", "b"], ["a", "a", "a"]) == pytest.approx(0.4)


def test_calibration_of_a_hand_example() -> None:
    # Two answers at 0.95, one right: gap 0.45; two at 0.55, both right: gap 0.45.
    bins = calibration(np.array([0.95, 0.95, 0.55, 0.55]), np.array([True, False, True, True]))
    assert [(one.count, one.accuracy) for one in bins] == [(2, 1.0), (2, 0.5)]
    assert expected_calibration_error(bins) == pytest.approx(0.45)


def test_calibration_puts_certainty_in_the_last_bin_and_zero_in_the_first() -> None:
    bins = calibration(np.array([1.0, 0.0]), np.array([True, False]))
    assert (bins[0].low, bins[-1].high) == (0.0, 1.0)
    assert expected_calibration_error(bins) == 0.0


def test_spearman_of_the_same_and_of_the_opposite_order() -> None:
    assert spearman([1, 2, 3], [10, 20, 30]) == pytest.approx(1.0)
    assert spearman([1, 2, 3], [3, 2, 1]) == pytest.approx(-1.0)


def test_spearman_is_none_when_nothing_varies() -> None:
    assert spearman([1, 1, 1], [1, 2, 3]) is None


def test_average_precision_of_a_hand_example() -> None:
    # Right at ranks 1 and 3: (1/1 + 2/3) / 2.
    assert average_precision([True, False, True], [0.9, 0.8, 0.7]) == pytest.approx(5 / 6)


def test_average_precision_is_none_without_a_positive() -> None:
    assert average_precision([False], [0.9]) is None


def test_precision_and_recall_at_a_threshold() -> None:
    labels, likeness = [True, True, False, True], [0.9, 0.5, 0.8, 0.8]
    assert precision_and_recall(labels, likeness, threshold=0.8) == (2 / 3, 2 / 3)


def test_precision_is_none_when_nothing_is_shown() -> None:
    assert precision_and_recall([True], [0.1], threshold=0.8) == (None, 0.0)


def test_precision_at_recall_takes_the_highest_threshold_that_reaches_it() -> None:
    labels, likeness = [True, False, True, True], [0.9, 0.8, 0.7, 0.6]
    assert precision_at_recall(labels, likeness, recall=1 / 3) == 1.0
    assert precision_at_recall(labels, likeness, recall=2 / 3) == 2 / 3
    assert precision_at_recall(labels, likeness, recall=1.0) == 3 / 4


def test_percentile_is_a_value_that_was_measured() -> None:
    assert percentile(range(1, 101), 0.95) == 95.0
    assert percentile([3.0], 0.95) == 3.0
