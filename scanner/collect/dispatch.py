"""Runs plans: sends their calls over a thread pool, each call once, and hands on each inventory as soon as it is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from scanner.aws.build import ALWAYS
from scanner.collect.budget import TIMED_OUT, Budget, OverError
from scanner.collect.clients import Clients
from scanner.collect.failures import Failure
from scanner.collect.hands import Hands
from scanner.collect.paging import Answer, Call, fetch
from scanner.collect.plan import Plan
from scanner.model import GLOBAL, GapReason, Inventory
from scanner.model.progress import Progress

ABREAST = 8
"""How many plans run at a time: enough to keep every thread busy, and no more in memory than these."""


def run_plans(
    plans: Mapping[str, Plan],
    *,
    clients: Clients,
    workers: int,
    progress: Progress,
    shared: frozenset[str],
    budget: Budget,
) -> Iterator[tuple[str, Inventory]]:
    """The inventory of each plan with the plan's Region, as they come. Plans and clients stay in this thread, calls go to the pool.

    `shared` names the services whose answers more than one plan asks for; those of others are let go once they are read.
    When the budget ends the scan, every call that has no answer yet becomes a failure that says so.
    """
    pool = Hands(workers)
    desk = _Desk(plans, clients, pool, progress, shared, budget)
    try:
        with budget.listening(desk.wake):
            yield from desk.run()
    finally:
        # After Ctrl-C or a bug there is no use in the calls that still wait for a thread, and no waiting for the others.
        pool.close()
        progress.end()


class _Desk:
    """Who waits for what: every call has one future, however many plans ask for it."""

    def __init__(
        self,
        plans: Mapping[str, Plan],
        clients: Clients,
        pool: Hands,
        progress: Progress,
        shared: frozenset[str],
        budget: Budget,
    ) -> None:
        self._plans = dict(plans)
        self._shared = shared
        self._clients = clients
        self._pool = pool
        self._progress = progress
        self._budget = budget
        self._futures: dict[Call, Future[Answer]] = {}
        self._answers: dict[Call, Answer] = {}
        self._batches: dict[str, Sequence[Call]] = {}
        self._missing: dict[str, int] = {}
        self._wanted: Counter[Call] = Counter()
        self._waiting: dict[Call, list[str]] = {}
        self._answered: SimpleQueue[Call | None] = SimpleQueue()
        self._inventories: dict[str, Inventory] = {}

    def run(self) -> Iterator[tuple[str, Inventory]]:
        """Drives the plans to their end, some at a time; nothing of a plan is kept when its inventory is handed on."""
        self._progress.begin(tuple(self._plans), calls=0)
        # The account's own first: what comes of the Regions is judged with it.
        waiting = sorted(self._plans, key=lambda name: name != GLOBAL)
        running = 0
        while waiting or running:
            while waiting and running < ABREAST:
                self._start(waiting.pop(0))
                running += 1
            while not self._inventories:
                self._hear(self._next())
            while self._inventories:
                running -= 1
                yield self._inventories.popitem()

    def _start(self, name: str) -> None:
        batch = next(self._plans[name])
        self._progress.expect(len([call for call in batch if call not in self._futures]))
        self._submit(name, batch)
        self._advance(name)

    def wake(self) -> None:
        """The scan has been stopped; in whatever thread or signal's handler that was said."""
        self._answered.put(None)

    def _next(self) -> Call | None:
        """The next call that has its answer; None when the scan has ended."""
        try:
            self._budget.check()
            return self._answered.get(timeout=self._budget.left)
        except Empty:
            self._budget.stop(TIMED_OUT)
        except OverError:
            pass
        return None

    def _hear(self, call: Call | None) -> None:
        """Takes an answer, or when the scan has ended all that have come, and for the others that they will not come."""
        for one in [call] if call else list(self._waiting):
            future = self._futures.get(one)
            if future and one in self._waiting:
                over = Answer(failure=Failure(GapReason.STOPPED, self._budget.over))
                self._take(one, future.result() if future.done() else over)

    def _take(self, call: Call, answer: Answer) -> None:
        self._answers[call] = answer
        self._progress.called(call.region, call.name)
        for name in self._waiting.pop(call, ()):
            self._missing[name] -= 1
            self._advance(name)

    def _advance(self, name: str) -> None:
        """Hands a plan its answers while it has them all."""
        while not self._missing[name]:
            answers = {call: self._answers[call] for call in self._batches[name]}
            self._let_go(self._batches[name])
            try:
                batch = self._plans[name].send(answers)
            except StopIteration as finished:
                self._finish(name, finished.value)
                return
            self._progress.expect(len([call for call in batch if call not in self._futures]))
            self._submit(name, batch)

    def _submit(self, name: str, batch: Sequence[Call]) -> None:
        self._batches[name] = batch
        self._wanted.update(batch)
        unanswered = [call for call in batch if call not in self._answers]
        self._missing[name] = len(unanswered)
        for call in unanswered:
            self._waiting.setdefault(call, []).append(name)
            if call not in self._futures:
                self._futures[call] = self._send(call)
                self._futures[call].add_done_callback(partial(self._tell, call))

    def _let_go(self, batch: Sequence[Call]) -> None:
        """Forgets what nobody waits for: asked again, it would be sent again."""
        self._wanted.subtract(batch)
        for call in batch:
            if not self._wanted[call]:
                del self._wanted[call]
                if call.service not in self._shared:
                    del self._answers[call], self._futures[call]

    def _send(self, call: Call) -> Future[Answer]:
        client = self._clients.get(call.service, call.region)
        if self._budget.over:
            client = Failure(GapReason.STOPPED, self._budget.over)
        if not isinstance(client, Failure):
            return self._pool.submit(partial(self._ask, client, call))
        future: Future[Answer] = Future()
        future.set_result(Answer(failure=client))
        return future

    def _tell(self, call: Call, _: Future[Answer]) -> None:
        """In whatever thread the answer came."""
        self._answered.put(call)

    def _ask(self, client: Any, call: Call) -> Answer:
        """In a thread of the pool: a name nobody resolves is a service that is not there, where botocore knows of none."""
        answer = fetch(client, call, self._budget, renew=self._clients.renew)
        failure = answer.failure
        if (
            failure
            and failure.detail == "EndpointConnectionError"
            and not self._clients.offers(call.service, call.region)
        ):
            return replace(answer, failure=Failure(GapReason.UNSUPPORTED, "no such endpoint"))
        return answer

    def _finish(self, name: str, inventory: Inventory) -> None:
        self._inventories[name] = inventory
        del self._plans[name]
        resources = sum(len(inventory.of(kind)) for kind in inventory.kinds if kind not in ALWAYS)
        self._progress.region_done(name, resources=resources, gaps=len(inventory.gaps))
