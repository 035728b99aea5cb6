"""What a presentment takes: first what is held for it, then what nobody may refuse.

A *forced posting* takes what the account has, and books the rest as overdrawn, which later credits repay first. No
floor is ever bent.
"""

from payments.issuer.account import Account, ledger_account, overdrawn_account
from payments.issuer.transaction import Transaction
from payments.kit.lifecycle import advance, allowed
from payments.kit.work import Work
from payments.ledger.account import Account as LedgerAccount
from payments.ledger.balance import guarded_balance
from payments.ledger.entry import Hold, Line, post, release, transfer
from payments.switch.message import Presentment


def held_lines(work: Work, authorization: Transaction | None, presented: Presentment) -> tuple[list[Line], int]:
    """Return the lines on the authorization's hold, and how much of the amount (minor units) it does not cover.

    The step has to lock the authorization and its hold.
    """
    if authorization is None or authorization.hold is None:
        return [], presented.amount
    held = work.get(Hold, authorization.hold)
    covered = min(presented.amount, held.remaining)
    left = held.remaining - covered
    cleared = authorization.cleared_amount + presented.amount
    if allowed(authorization, "clear") and (presented.final or not left):
        advance(work, authorization, "clear", cleared_amount=cleared, expires_at=None)
    else:
        work.change(authorization, cleared_amount=cleared)
    let_go = left if presented.final else 0
    return [post(held, covered), release(held, let_go)], presented.amount - covered


def forced_lines(work: Work, account: Account, destination: LedgerAccount, amount: int, purpose: str) -> list[Line]:
    """Return the lines that take ``amount`` whether or not the account has it; what it has not is booked as overdrawn.

    The step has to lock what ``credit_locks`` names.
    """
    ledger = ledger_account(work, account)
    taken = min(amount, max(0, guarded_balance(work, ledger).available))
    return [
        transfer(ledger, destination, taken, purpose),
        transfer(overdrawn_account(work, account), destination, amount - taken, f"{purpose}_overdrawn"),
    ]
