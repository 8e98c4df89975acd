"""Arrays in a folder: one file each, read by mapping them into memory."""

from pathlib import Path

import numpy as np

_HEADER = 128
"""Bytes of a file that holds nothing but the header of NumPy's format."""


def write_arrays(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write each of ``arrays`` as ``<name>.npy`` (NumPy format 1.0) into ``folder``, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)


def read_arrays(folder: Path) -> dict[str, np.ndarray]:
    """Every array of ``folder``, memory-mapped read-only; files of other forms are refused by NumPy."""
    return {path.stem: _mapped(path) for path in sorted(folder.glob("*.npy"))}


def _mapped(path: Path) -> np.ndarray:
    whole = np.load(path, mmap_mode=None, allow_pickle=False) if path.stat().st_size <= _HEADER else None
    if whole is not None:  # an empty array cannot be mapped
        return np.array(whole)
    # copy on write, and as a plain array: numba then compiles one form for arrays in memory and mapped ones
    return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))
