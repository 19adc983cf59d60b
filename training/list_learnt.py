"""Write `learnt_texts.npz`: which texts the shipped models were taught, without the texts.

    python training/list_learnt.py --data FOLDER

FOLDER is that of train_sectors.py and train_kinds.py, to be run before. A measure on a file says
how many of its texts are among them (`bench/learnt.py`).
"""

import argparse
from pathlib import Path

import numpy as np
from train_kinds import taught as taught_groups
from train_sectors import taught as taught_sectors

from bench.learnt import LEARNT, keys_of


def main() -> None:
    """Write the sorted numbers of the texts, and whether their group was taught."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    data: Path = parser.parse_args().data
    with_sector = keys_of([item["text"] for one, _ in taught_sectors(data) for item in one])
    with_group = keys_of([item.text for item in taught_groups(data)])
    keys = np.unique(np.concatenate([with_sector, with_group]))
    np.savez(LEARNT, keys=keys, has_group=np.isin(keys, with_group))
    print(f"{len(keys)} texts; {LEARNT.name}: {LEARNT.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
