"""What does not fit in memory: the same values, the same order, wherever they are read."""

import pickle
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool.duplicates.columns import Column
from corptool.duplicates.disk import Later, Room
from corptool.duplicates.joining import joined
from corptool.text.groups import components

KEYS = st.lists(st.lists(st.integers(0, 40) | st.integers(0, 2**64 - 1), max_size=90), max_size=12)


@given(KEYS, st.sampled_from([0, 3, 32]), st.sampled_from([1, 20_000, 1 << 20]))
def test_sorted_keys_come_in_pieces_that_ascend(blocks, low, memory):
    numbers = iter(range(10_000))
    keys = Room(memory).sorted(valued=True)
    added = []
    for block in blocks:
        values = [next(numbers) for _ in block]
        keys.add(np.array(block, np.uint64), np.array(values, np.int64))
        added += zip(block, values, strict=True)
    pieces = [[*zip(some.tolist(), values.tolist(), strict=True)] for some, values in keys.pieces(low)]
    assert [*chain.from_iterable(pieces)] == sorted(added, key=lambda one: one[0])  # of equal keys, who came first
    groups = [{key >> low for key, _ in piece} for piece in pieces]
    assert all(groups)
    assert sum(map(len, groups)) == len(set().union(*groups))
    assert len(added) < 500 or memory > 1 or low == 32 or len(pieces) > 1


PAIRS = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40)


@given(st.lists(PAIRS, max_size=5))
def test_joining_block_by_block_is_joining_all(blocks):
    def ends(pairs):
        return tuple(np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))

    whole = components(20, *ends([*chain.from_iterable(blocks)]))
    assert joined(Room(1), 20, map(ends, blocks)).all().tolist() == whole.tolist()


def test_a_column_of_runs(tmp_path):
    (tmp_path / "before").write_bytes(np.arange(10, 16, dtype=np.uint32).tobytes())
    for memory in (1, 1 << 30):
        column = Column(np.uint32, Room(memory))
        column.append([np.array(run, np.uint32).tobytes() for run in ([], [1, 2], [3])])
        column.attach(tmp_path / "before", np.array([2, 2, 6]))
        values, edges = column.take(np.array([3, 1, 5, 0, 4, 2]))
        assert values.tolist() == [10, 11, 1, 2, 12, 13, 14, 15, 3]
        assert edges.tolist() == [0, 2, 4, 8, 8, 8, 9]


@pytest.mark.parametrize("shared", [False, True])
def test_what_a_task_needs_is_fetched_where_it_is_done(tmp_path, shared):
    room = Room(1 << 30, str(tmp_path) if shared else None)
    column = Column(np.uint32, room)
    column.append([np.full(1000, run, np.uint32).tobytes() for run in range(30)])
    task = pickle.dumps(Later(room, column.take, np.array([7])))
    assert (len(task) < 2000) == shared
    values, edges = pickle.loads(task)()
    assert (values.tolist(), edges.tolist()) == ([7] * 1000, [0, 1000])
    column.clear()
    del column, room
    assert not [*tmp_path.iterdir()]
