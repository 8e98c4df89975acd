"""Work that is cheaper together: what is asked while a round is under way goes into the next one."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")


class Batcher(Generic[In, Out]):
    """Runs ``act`` in a thread of its own on everything that waits, at most ``limit`` items a round.

    Args:
        name: the thread's.
        act: from items to as many results, in their order; if it raises, every item of the round fails so.
        limit: the most items of a round.
    """

    def __init__(self, name: str, act: Callable[[Sequence[In]], Sequence[Out]], *, limit: int = 500) -> None:
        self._act, self._limit = act, limit
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting: list[tuple[In, asyncio.Future[Out]]] = []
        self._pump: asyncio.Task[None] | None = None

    async def ask(self, item: In) -> Out:
        """The result for ``item``, after the round it went with."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Out] = loop.create_future()
        self._waiting.append((item, future))
        if self._pump is None or self._pump.done():
            self._pump = loop.create_task(self._run())
        return await future

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            taken, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
            try:
                results = await loop.run_in_executor(self._pool, self._act, [item for item, _ in taken])
            except Exception as error:  # noqa: BLE001 - whoever asked gets it
                for _, future in taken:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), result in zip(taken, results, strict=True):
                if not future.done():
                    future.set_result(result)

    async def close(self) -> None:
        """Finish what waits, then end the thread."""
        if self._pump is not None:
            await asyncio.gather(self._pump, return_exceptions=True)
        self._pool.shutdown(wait=True)
