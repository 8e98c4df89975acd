"""Many short texts in two arrays."""

from collections.abc import Iterable, Iterator

import numpy as np

from jusur.matching.kernels import I64, U8


class Texts:
    """Texts by number, kept as UTF-8 in one array and their starts in another."""

    def __init__(self, data: U8, starts: I64) -> None:
        self.data = data
        self.starts = starts

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> str:
        return self.data[self.starts[number] : self.starts[number + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """``texts`` in their order."""
        rows = [text.encode() for text in texts]
        lengths = np.fromiter((len(row) for row in rows), np.int64, len(rows))
        data = np.frombuffer(bytearray(b"".join(rows)), np.uint8)
        return cls(data, np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths))))
