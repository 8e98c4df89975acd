"""Compiles the engine's loops once and keeps them on the disk: ``python -m jusur.screening.warm``.

`make install` runs it, so that no search waits for the compiler; the search process runs it too, before it says that
it is ready, which takes a moment where everything is compiled already.
"""

import tempfile
from pathlib import Path

from jusur.matching.exact import ExactIndex
from jusur.matching.names_index import NameIndex
from jusur.matching.subject import Subject

_SAMPLES = (
    Subject(id="a", names=("Youssef Benhaddou", "Benhaddou, Youssef"), birth_dates=("1985-03-02",), countries=("MA",)),
    Subject(id="b", names=("Erik J. Lindqvist",), birth_dates=("1979",), countries=("SE",), places=("Oslo",)),
)
_QUERY = Subject(names=("يوسف بن حدو",), birth_dates=("1985-02-03",), countries=("MA",), places=("Oslo",), sex="male")


def main() -> None:
    """Build, search, change and look up tiny indexes of invented names."""
    with tempfile.TemporaryDirectory(prefix="jusur-warm-") as folder:
        names = NameIndex.build(_SAMPLES, Path(folder) / "names")
        names.search(_QUERY, threshold=0.01)
        names.put([_SAMPLES[0]])
        names.search(_SAMPLES[1], threshold=0.01)
        exact = ExactIndex.build([("passport:MA:XA1", "a")], Path(folder) / "exact")
        exact.lookup("passport:MA:XA1")
        exact.lookup_many(["passport:MA:XA1", "passport:MA:XA2"])
        exact.replace(["a"], [("passport:MA:XA3", "a")])
        exact.close()


if __name__ == "__main__":
    main()
