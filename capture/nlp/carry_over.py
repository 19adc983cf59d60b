"""What became of the groups between two passages: a group keeps its identity while most of its
members stay; for groups that people confirmed, the difference is proposed, never applied."""

import enum
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.optimize import linear_sum_assignment

# A group is the same as before when it kept this share of what either of the two holds (Jaccard),
_SAME_GROUP = 0.2
# or when more than this share of it is still together: it has only grown.
_GROWN = 0.5
# A confirmed group is said to be split or merged when this share of it is elsewhere together.
_LARGE_SHARE = 0.34
# Above any overlap, so that a person's tie always wins.
_ANCHORED = 10.0


class ChangeKind(enum.StrEnum):
    """What a passage would change in a confirmed group."""

    ENTERS = "enters"
    LEAVES = "leaves"
    MERGES = "merges"
    SPLITS = "splits"
    DISAPPEARS = "disappears"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of difference: in group ``key``, these needs, towards or from ``other``."""

    kind: ChangeKind
    key: int
    need_ids: tuple[int, ...]
    other: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOver:
    """The old key of each new label (absent for a new group), and the changes proposed."""

    key_of: Mapping[int, int]
    changes: tuple[Change, ...]
    gone: frozenset[int]


def carry_over(
    old: Mapping[int, frozenset[int]],
    new: Mapping[int, frozenset[int]],
    *,
    confirmed: Collection[int],
    anchors: Mapping[int, int] = MappingProxyType({}),
) -> CarryOver:
    """Match new groups (label → need ids) to old ones (key → need ids) by best total overlap.

    ``anchors`` (need id → key) are needs that people tied to a group: where they go, its key goes.
    """
    key_of = _matching(old, new, anchors)
    label_of_need = {need: label for label, needs in new.items() for need in needs}
    key_of_need = {need: key for key, needs in old.items() for need in needs}
    label_of_key = {key: label for label, key in key_of.items()}
    changes: list[Change] = []
    for key in sorted(confirmed):
        members = old.get(key, frozenset())
        label = label_of_key.get(key)
        if label is None:
            if members:
                changes.append(_vanished(key, members, label_of_need, key_of))
            continue
        entering = frozenset(
            need for need in new[label] - members if key_of_need.get(need) not in confirmed
        )
        if entering:
            changes.append(
                Change(kind=ChangeKind.ENTERS, key=key, need_ids=tuple(sorted(entering)))
            )
        changes.extend(_departures(key, members - new[label], len(members), label_of_need, key_of))
    return CarryOver(
        key_of=key_of, changes=tuple(changes), gone=frozenset(old) - frozenset(label_of_key)
    )


def _matching(
    old: Mapping[int, frozenset[int]],
    new: Mapping[int, frozenset[int]],
    anchors: Mapping[int, int],
) -> dict[int, int]:
    keys, labels = sorted(old), sorted(new)
    if not keys or not labels:
        return {}
    key_of_need = {need: rank for rank, key in enumerate(keys) for need in old[key]}
    overlaps: Counter[tuple[int, int]] = Counter()
    for column, label in enumerate(labels):
        for need in new[label]:
            row = key_of_need.get(need)
            if row is not None:
                overlaps[row, column] += 1
    likeness = np.zeros((len(keys), len(labels)))
    for (row, column), common in overlaps.items():
        size = len(old[keys[row]])
        same, kept = common / (size + len(new[labels[column]]) - common), common / size
        if same >= _SAME_GROUP or kept > _GROWN:
            likeness[row, column] = same + kept
    row_of_key = {key: row for row, key in enumerate(keys)}
    label_of_need = {need: column for column, label in enumerate(labels) for need in new[label]}
    for need, key in anchors.items():
        if key in row_of_key and need in label_of_need:
            likeness[row_of_key[key], label_of_need[need]] += _ANCHORED
    rows, columns = linear_sum_assignment(-likeness)
    return {
        labels[column]: keys[row]
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
        if likeness[row, column] > 0
    }


def _vanished(
    key: int,
    members: frozenset[int],
    label_of_need: Mapping[int, int],
    key_of: Mapping[int, int],
) -> Change:
    elsewhere = Counter(label_of_need[need] for need in members if need in label_of_need)
    if elsewhere:
        label, count = min(elsewhere.items(), key=lambda item: (-item[1], item[0]))
        if count > len(members) / 2 and label in key_of:
            return Change(
                kind=ChangeKind.MERGES,
                key=key_of[label],
                other=key,
                need_ids=tuple(sorted(members)),
            )
    return Change(kind=ChangeKind.DISAPPEARS, key=key, need_ids=tuple(sorted(members)))


def _departures(
    key: int,
    leaving: frozenset[int],
    size: int,
    label_of_need: Mapping[int, int],
    key_of: Mapping[int, int],
) -> list[Change]:
    by_label: defaultdict[int | None, list[int]] = defaultdict(list)
    for need in sorted(leaving):
        by_label[label_of_need.get(need)].append(need)
    changes = []
    for label, needs in sorted(by_label.items(), key=lambda item: item[1]):
        together = label is not None and len(needs) > 1
        kind = (
            ChangeKind.SPLITS
            if together and len(needs) >= _LARGE_SHARE * size
            else ChangeKind.LEAVES
        )
        other = key_of.get(label) if label is not None else None
        changes.append(Change(kind=kind, key=key, other=other, need_ids=tuple(needs)))
    return changes
