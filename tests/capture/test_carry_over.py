"""A group keeps its identity between two passages, and what changed is told group by group."""

from hypothesis import given
from hypothesis import strategies as st

from capture.nlp.carry_over import ChangeKind, carry_over


def groups(*members: str) -> dict[int, frozenset[int]]:
    """Groups numbered from 0, each given as letters standing for needs."""
    return {
        number: frozenset(ord(letter) for letter in letters)
        for number, letters in enumerate(members)
    }


def ids(letters: str) -> tuple[int, ...]:
    """The needs that letters stand for."""
    return tuple(ord(letter) for letter in letters)


def test_group_that_grew_keeps_its_key() -> None:
    carried = carry_over({7: frozenset(ids("abc"))}, groups("abcde"), confirmed=[7])
    assert carried.key_of == {0: 7}
    assert [(c.kind, c.key, c.need_ids) for c in carried.changes] == [
        (ChangeKind.ENTERS, 7, ids("de"))
    ]


def test_group_joined_by_a_crowd_keeps_its_key() -> None:
    carried = carry_over({7: frozenset(ids("ab"))}, groups("abcdefghijklmn"), confirmed=[7])
    assert carried.key_of == {0: 7}
    assert [(c.kind, c.need_ids) for c in carried.changes] == [
        (ChangeKind.ENTERS, ids("cdefghijklmn"))
    ]


def test_larger_of_two_groups_that_unite_keeps_its_key() -> None:
    old = {1: frozenset(ids("ab")), 2: frozenset(ids("cdefgh"))}
    assert carry_over(old, groups("abcdefghijkl"), confirmed=[]).key_of == {0: 2}


def test_new_group_has_no_key() -> None:
    carried = carry_over({7: frozenset(ids("abc"))}, groups("abc", "xyz"), confirmed=[])
    assert carried.key_of == {0: 7}
    assert carried.gone == frozenset()


def test_best_total_overlap_wins_over_the_first_come() -> None:
    old = {1: frozenset(ids("abcd")), 2: frozenset(ids("efgh"))}
    carried = carry_over(old, groups("abefgh", "cd"), confirmed=[])
    assert carried.key_of == {0: 2, 1: 1}


def test_small_part_that_leaves_is_told() -> None:
    carried = carry_over({1: frozenset(ids("abcdef"))}, groups("abcd", "ef"), confirmed=[1])
    assert carried.key_of == {0: 1}
    assert [(c.kind, c.need_ids) for c in carried.changes] == [(ChangeKind.LEAVES, ids("ef"))]


def test_large_part_that_leaves_together_is_a_split() -> None:
    carried = carry_over({1: frozenset(ids("abcde"))}, groups("abc", "de"), confirmed=[1])
    assert [(c.kind, c.need_ids) for c in carried.changes] == [(ChangeKind.SPLITS, ids("de"))]


def test_merge_of_two_confirmed_groups_is_told() -> None:
    old = {1: frozenset(ids("abcd")), 2: frozenset(ids("ef"))}
    carried = carry_over(old, groups("abcdef"), confirmed=[1, 2])
    assert carried.key_of == {0: 1}
    assert [(c.kind, c.key, c.other) for c in carried.changes] == [(ChangeKind.MERGES, 1, 2)]
    assert carried.gone == frozenset({2})


def test_group_whose_needs_are_all_alone_disappears() -> None:
    carried = carry_over({1: frozenset(ids("ab"))}, {}, confirmed=[1])
    assert [(c.kind, c.need_ids) for c in carried.changes] == [(ChangeKind.DISAPPEARS, ids("ab"))]


def test_key_follows_the_need_that_a_person_tied() -> None:
    old = {1: frozenset(ids("abcd"))}
    new = groups("abc", "dxyz")
    assert carry_over(old, new, confirmed=[]).key_of == {0: 1}
    assert carry_over(old, new, confirmed=[], anchors={ord("d"): 1}).key_of == {1: 1}


partitions = st.dictionaries(st.integers(0, 40), st.integers(0, 6), max_size=41).map(
    lambda label_of: {
        label: frozenset(need for need, found in label_of.items() if found == label)
        for label in set(label_of.values())
    }
)


@given(old=partitions, new=partitions)
def test_each_key_is_carried_once_and_changes_tell_the_difference(
    old: dict[int, frozenset[int]], new: dict[int, frozenset[int]]
) -> None:
    carried = carry_over(old, new, confirmed=list(old))
    keys = list(carried.key_of.values())
    assert len(keys) == len(set(keys))
    assert set(keys) | set(carried.gone) == set(old)
    label_of = {key: label for label, key in carried.key_of.items()}
    for key, members in old.items():
        after = new[label_of[key]] if key in label_of else frozenset()
        told = {
            need
            for change in carried.changes
            if key in {change.key, change.other} and change.kind is not ChangeKind.ENTERS
            for need in change.need_ids
        }
        assert members - after <= told


@given(old=partitions)
def test_nothing_changes_when_groups_are_the_same(old: dict[int, frozenset[int]]) -> None:
    carried = carry_over(old, old, confirmed=list(old))
    assert carried.key_of == {label: label for label in old}
    assert carried.changes == ()
