"""What the texts of a corpus are to each other, in steps that need not be taken on one machine.

Each step is a function over tasks that fit in memory: texts to signatures, columns of signatures to pairs that meet,
pairs to how alike they are, texts to the frequencies of their shingles, pairs again to relations. A task is told where
in files is what it needs; what it makes is put into files too, or travels where it is small. What runs the tasks is
`each(function, tasks)`, which gives the results in the order of the tasks: `starmap` here, another on a cluster.

Where most texts are known from earlier runs, each step looks only at what the new ones touch, and finds what it would
find if it looked at everything: which texts meet is a sum over buckets, how alike they are follows from the two alone,
frequencies are sums over groups, and relations are asked of all pairs that hang together with those that came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import starmap
from typing import TYPE_CHECKING, Any

from corptool.duplicates.counting import counted
from corptool.duplicates.disk import Room, Values
from corptool.duplicates.joining import Sides, forest, joined, without_hubs
from corptool.duplicates.meeting import joined_columns, paired, sign
from corptool.duplicates.parts import Block
from corptool.duplicates.shared import Once
from corptool.duplicates.telling import Telling
from corptool.duplicates.texts import PAIR, RELATED, Known, Texts
from corptool.tasks import Each
from corptool.text.candidates import sides
from corptool.text.relations import NEAR, NEITHER, TEMPLATE, relation
from corptool.text.resemblance import shares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NOT_ASKED = 255


def learned(texts: Texts, known: Known, each: Each = starmap) -> Known:
    """What is known of all texts, the new ones included: all but what depends on the weights of shingles."""
    sign(texts, known, each)
    known = known._replace(pairs=paired(texts, known, each))
    for made in (known.drawn, known.row, known.text):
        made.clear()
    group = joined(texts.room, len(texts), each(_copies, ((block,) for block in known.pairs.blocks())))
    hashes, counts = counted(texts, known, group, each)
    return known._replace(group=group, hashes=hashes, counts=counts)


def related(
    texts: Texts, known: Known, active: Values, each: Each = starmap, *, through: Iterable[int] = (NEAR,)
) -> Values:
    """All pairs that are near, contained or of one template and hang together `through` relations with these texts."""
    import numpy as np

    room = texts.room
    told = room.once((texts.sketched, Telling(room, known, each)))
    kind = room.values(np.uint8, len(known.pairs), NOT_ASKED)
    cut = room.values(np.uint8, len(known.pairs), NEITHER)
    onward, reached = [*through], -1
    while reached < (reached := int(active.all().sum())):
        _ask(known, active, told, kind, cut, onward, each)
        _say_the_same(texts, active)
        active.changed()
    blocks = ((room, block, *_of(block, kind, cut)) for block in known.pairs.blocks())
    found = room.values(RELATED)
    for some in each(_chosen, blocks):
        found.append(some.all())
    without_hubs(room, len(texts), found)
    return found


def measured(texts: Texts, pairs: NDArray[np.uint64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Resemblance and containment of pairs."""
    import numpy as np

    found = [shares(*one)[1] for one in texts.sketched.pairs(pairs, None)]
    columns = [[one.resemblance() for one in found], [one.containment() for one in found]]
    resemblance, containment = (np.concatenate([np.empty(0), *column]) for column in columns)
    return resemblance, containment


def _ask(
    known: Known,
    active: Values,
    told: Once,
    kind: Values,
    cut: Values,
    onward: list[int],
    each: Each,
) -> None:
    """Ask the relation of the pairs of active texts, which make others active."""
    tasks = ((told, active, onward, block, *_of(block, kind, cut)) for block in known.pairs.blocks())
    for answered in each(_asked, tasks):
        if answered:
            block, kinds, cuts, reached = answered
            kind.all()[block.start : block.stop], cut.all()[block.start : block.stop] = kinds, cuts
            active.all()[reached] = True


def _of(block: Block, *lists: Values) -> Iterator[NDArray[Any]]:
    """What lists say of a block."""
    return (values.part(block.start, block.stop) for values in lists)


def _asked(
    told: Once,
    active: Values,
    onward: list[int],
    block: Block,
    kinds: NDArray[np.uint8],
    cuts: NDArray[np.uint8],
) -> tuple[Block, NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int64]] | None:
    """The relations of a block of pairs, as far as they are known now, and the texts that they make active, too."""
    import numpy as np

    sketched, telling = told.value
    pairs, are_active = block(), active.all()
    left, right = sides(pairs["pair"])
    touched = (kinds == NOT_ASKED) & (are_active[left] | are_active[right])
    if not touched.any():
        return None
    kinds, cuts = kinds.copy(), cuts.copy()
    kinds[touched & pairs["form"]] = TEMPLATE
    asked = np.flatnonzero(touched & ~pairs["form"])
    answers = (relation(*one) for one in sketched.pairs(pairs["pair"][asked], telling))
    kinds[asked], cuts[asked] = joined_columns(answers, (np.uint8, np.uint8))
    met = touched & np.isin(kinds, onward)
    reached = np.concatenate((left[met], right[met]))
    return block, kinds, cuts, reached[~are_active[reached]]


def _chosen(room: Room, block: Block, kinds: NDArray[np.uint8], cuts: NDArray[np.uint8]) -> Values:
    """Those pairs of a block that are related."""
    import numpy as np

    chosen = np.flatnonzero((kinds > 0) & (kinds != NOT_ASKED))
    pairs, some = block(), np.empty(chosen.size, RELATED)
    for name, *_ in PAIR:
        some[name] = pairs[name][chosen]
    some["relation"], some["cut"] = kinds[chosen], cuts[chosen]
    return room.put(some)


def _say_the_same(texts: Texts, active: Values) -> None:
    """Make active what says the same as an active text."""
    says = texts.room.values(bool, len(texts.of))
    for start, stop in texts.room.blocks(len(texts)):
        says.all()[texts.same.all()[start:stop][active.all()[start:stop]]] = True
    for start, stop in texts.room.blocks(len(texts)):
        active.all()[start:stop] |= says.all()[texts.same.all()[start:stop]]


def _copies(block: Block) -> Sides:
    """What hangs together by the pairs of a block that count as one text."""
    pairs = block()
    return forest(*sides(pairs["pair"][pairs["copies"]]))
