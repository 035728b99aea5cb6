"""The ledger alone, in process: how many single holds a second, each its own step, by many callers at once.

`python -m tests.bench.single_holds URL` reads how long to run from its input, a number a line, and writes holds a
second.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict

import uvloop

from payments.issuer.issuer import Issuer
from payments.kit.database import Database
from payments.kit.steps import Lock, hot
from payments.kit.work import Work
from payments.ledger.balance import Balance
from payments.ledger.chart import account
from payments.ledger.entry import book, hold
from payments.sandbox import Sandbox
from tests.bench.load import Result
from tests.bench.world import ISSUER, VAULT_KEY, Population

CALLERS = 256


def _hold_reads(_: Issuer, account_id: str, __: int) -> list[Lock]:
    return [Lock(Balance, account_id)]


@hot(_hold_reads)
def hold_some(work: Work, issuer: Issuer, account_id: str, amount: int) -> str:
    """Hold an amount on one cardholder's account; a hot step, as an authorization's is."""
    own = account(work, issuer.id, "cardholder", "USD", account_id.rsplit(".", 1)[1])
    due = account(work, issuer.id, "due_to_network", "USD")
    hold_id = work.new_id("hold")
    return book(work, "authorize", "", hold(hold_id, hold_id, own, due, amount, "authorization"))


async def hold_for(issuer: Issuer, accounts: list[str], seconds: float) -> Result:
    """Let the callers hold, one after another each, for a while."""
    until, waited = time.perf_counter() + seconds, []

    async def call(caller: int) -> None:
        number = caller
        while (asked := time.perf_counter()) < until:
            await issuer.step(hold_some, accounts[number * 7919 % len(accounts)], 100 + number % 900)
            waited.append(time.perf_counter() - asked)
            number += CALLERS

    await asyncio.gather(*(call(caller) for caller in range(CALLERS)))
    waited.sort()
    p50, p99 = (waited[len(waited) * part // 100] * 1000 for part in (50, 99))
    return Result(len(waited) / seconds, len(waited), p50, p99)


async def main() -> None:
    """Open the world and hold as long as each line of the input says."""
    sandbox = Sandbox.open(Database(sys.argv[1]), bytes.fromhex(VAULT_KEY))
    accounts = Population(int(sys.argv[2])).account_ids()
    for line in sys.stdin:
        result = await hold_for(sandbox.issuers[ISSUER], accounts, float(line))
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
        sys.stdout.flush()
    sandbox.close()


if __name__ == "__main__":
    uvloop.run(main())
