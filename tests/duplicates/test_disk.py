"""What does not fit in memory: the same values, the same order, wherever they are read."""

import pickle
from itertools import chain
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corptool.duplicates.columns import Column
from corptool.duplicates.disk import Room
from corptool.duplicates.joining import forest, joined
from corptool.duplicates.parts import Parts
from corptool.duplicates.sorting import Sorted
from corptool.text.groups import components

KEYS = st.lists(st.lists(st.integers(0, 40) | st.integers(0, 2**64 - 1), max_size=90), max_size=12)


@given(KEYS, st.sampled_from([0, 3, 32]), st.sampled_from([1, 20_000, 1 << 20]))
def test_sorted_keys_come_in_pieces_that_ascend(blocks, low, memory):
    numbers = iter(range(10_000))
    keys = Sorted(Room(memory), valued=True)
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
        column.attach(Room(memory).lying(np.uint32, tmp_path / "before"), np.array([2, 2, 6]))
        values, edges = column.take(np.array([3, 1, 5, 0, 4, 2]))
        assert values.tolist() == [10, 11, 1, 2, 12, 13, 14, 15, 3]
        assert edges.tolist() == [0, 2, 4, 8, 8, 8, 9]


def elsewhere(value):
    """As another process finds it."""
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("shared", [False, True])
def test_what_a_task_needs_is_found_where_it_is_done(tmp_path, shared):
    room = Room(1 << 20, str(tmp_path) if shared else None)
    column = Column(np.uint32, room)
    column.append([np.full(10_000, run, np.uint32).tobytes() for run in range(30)])
    for _ in range(2):
        assert (len(pickle.dumps(column)) < 2000) == shared
        values, edges = elsewhere(column).take(np.array([7]))
        assert (values.tolist(), edges.tolist()) == ([7] * 10_000, [0, 10_000])
    assert len([*tmp_path.iterdir()]) == shared  # written once
    column.clear()


def test_what_changed_is_told_again(tmp_path):
    values = Room(1 << 30, str(tmp_path)).values(np.int64, 10_000)
    assert elsewhere(values).all().sum() == 0
    values.all()[:] = 1
    values.changed()
    assert elsewhere(values).all().sum() == 10_000


def test_what_all_tasks_need_is_read_once(tmp_path):
    task = Room(1, str(tmp_path)).once(["needed"])
    assert elsewhere(task).value == ["needed"]
    assert elsewhere(task).value is elsewhere(task).value
    assert len([*tmp_path.iterdir()]) == 1


@given(KEYS, st.sampled_from([1, 20_000, 1 << 20]))
def test_keys_that_others_sorted_are_joined(blocks, memory):
    with TemporaryDirectory() as folder:
        room = Room(memory, folder)
        keys = Sorted(room)
        for block in blocks:
            some = Sorted(room)
            some.add(np.array(block, np.uint64))
            keys.join([elsewhere(some)])
        pieces = [elsewhere(piece)()[0].tolist() for piece in keys.later()]
    assert all(pieces)
    assert [*chain.from_iterable(pieces)] == sorted(chain.from_iterable(blocks))


@pytest.mark.parametrize("shared", [False, True])
def test_parts_are_one_list(tmp_path, shared):
    room = Room(1 << 20, str(tmp_path) if shared else None)
    parts = Parts(room, [("number", np.int64)])
    for size in (3, 20_000, 0, 1, 30_000):
        parts.append(elsewhere(room.put(np.arange(len(parts), len(parts) + size).view(parts.kind))))
    places = np.array([50_003, 2, 3, 20_003, 20_004, 0])
    for one in (parts, elsewhere(parts)):
        assert one.lookup("number")(places).tolist() == places.tolist()
    assert [(block.start, block.stop) for block in parts.blocks()] == [
        (start, start + block().size) for block in parts.blocks() for start in block()["number"][:1].tolist()
    ]
    assert parts.whole().all()["number"].tolist() == [*range(50_004)]


@given(PAIRS)
def test_a_forest_joins_what_the_pairs_join(pairs):
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    some, others = forest(left, right)
    assert components(20, some, others).tolist() == components(20, left, right).tolist()
    assert some.size < max(1, len({*left.tolist(), *right.tolist()}))
