"""The table: what falls due, and what is done then. To add a job is to add a line.

What falls due at the same instant is done in the order of the table. Idempotency keys are not in it: one that has
expired is simply free again for whoever claims it.
"""

from typing import Final

import sqlalchemy as sa

from payments.acquirer.adjustment import Adjustment
from payments.acquirer.adjustment import ask_issuer as ask_for_adjustment
from payments.acquirer.batch_chunk import UNSURE, BatchChunk
from payments.acquirer.batch_running import look_again
from payments.acquirer.cancellation import cancel_again
from payments.acquirer.capture import Capture
from payments.acquirer.clearing import present
from payments.acquirer.cut_off import present_all
from payments.acquirer.disbursement import UNKNOWN, Disbursement
from payments.acquirer.enquiry import enquire
from payments.acquirer.expiry import expire_payment
from payments.acquirer.payment import Payment
from payments.acquirer.payout import Payout, ask_bank, pay_out_all
from payments.acquirer.person_to_person import Transfer
from payments.acquirer.pull_reversal import PullReversal
from payments.acquirer.push import DEFERRED
from payments.acquirer.quote import OPEN as QUOTE_OPEN
from payments.acquirer.quote import Quote, expire_quote
from payments.acquirer.quoting import ask_network
from payments.acquirer.refund import RefundItem
from payments.acquirer.refund_clearing import present_item
from payments.acquirer.reversal import PaymentReversal
from payments.acquirer.reversal import reverse as reverse_payment
from payments.acquirer.top_up import TopUp
from payments.acquirer.top_up import tell_bank as tell_bank_of_top_up
from payments.acquirer.transfer import go_on
from payments.acquirer.undoing import undo as undo_pull
from payments.issuer.credit_return import Return
from payments.issuer.deposit import Deposit
from payments.issuer.deposit import tell_bank as tell_bank_of_deposit
from payments.issuer.expiry import expire_authorization
from payments.issuer.held_credit import HeldCredit, make_available
from payments.issuer.returning import give_back, send_back
from payments.issuer.transaction import Transaction as CardTransaction
from payments.jobs.job import Job, as_step, every_day, when_due
from payments.kit.calendar import is_business_day
from payments.kit.clock import HOUR, MINUTE
from payments.kit.records import Record
from payments.kit.world import Institution
from payments.network.capital import Capital
from payments.network.capital import tell_bank as tell_bank_of_capital
from payments.network.credit_notice import CreditNotice
from payments.network.deferral import DeferredCredit
from payments.network.enquiry import ask_issuer
from payments.network.quote import Quote as NetworkQuote
from payments.network.quote import expire_quote as expire_network_quote
from payments.network.release import advise as advise_of_credit
from payments.network.release import release as release_credit
from payments.network.reversal import IssuerReversal
from payments.network.reversal import reverse as reverse_at_issuer
from payments.network.settlement import Settlement, instruct, settle_window
from payments.network.settlement_advice import SettlementNotice, advise
from payments.network.transaction import UNANSWERED
from payments.network.transaction import Transaction as NetworkTransaction
from payments.network.window import CLOSED, OPEN, Window, close_window
from payments.sandbox import Sandbox
from payments.webhooks.delivery import earliest_due
from payments.webhooks.dispatch import dispatch_new
from payments.webhooks.sending import send_due

CUT_OFF_AT: Final = 23 * HOUR + 30 * MINUTE
"""When in the UTC day the acquirers present what was captured; a quarter of an hour before the window closes."""

PAYOUTS_AT: Final = 10 * HOUR + 5 * MINUTE
"""When on a business day merchants are paid out; five minutes after the windows are settled."""


async def _present_all(sandbox: Sandbox) -> int:
    return sum([await present_all(each) for each in sandbox.acquirers.values()])


async def _pay_out_all(sandbox: Sandbox) -> int:
    return sum([len(await pay_out_all(each)) for each in sandbox.acquirers.values()])


async def tell_webhooks(sandbox: Sandbox, _: int = 0) -> int:
    """Make deliveries of what has happened, and try all that are due; return how many were tried."""
    webhooks = Institution("webhooks", "Webhooks", sandbox.world)
    await dispatch_new(webhooks)
    return await send_due(webhooks)


def _is(kind: type[Record], status: str) -> sa.ColumnElement[bool]:
    return kind.table().c.status == status


JOBS: Final[tuple[Job, ...]] = (
    when_due("reverse_payment", PaymentReversal, "answer_due_at", reverse_payment, "acquirer"),
    when_due("reverse_at_issuer", IssuerReversal, "answer_due_at", reverse_at_issuer, None),
    when_due("enquire", Disbursement, "answer_due_at", enquire, "acquirer", _is(Disbursement, UNKNOWN)),
    when_due("reverse_pull", PullReversal, "answer_due_at", undo_pull, "acquirer"),
    when_due("go_on_with_transfer", Transfer, "answer_due_at", go_on, "acquirer"),
    when_due("ask_issuer", NetworkTransaction, "answer_due_at", ask_issuer, None, _is(NetworkTransaction, UNANSWERED)),
    when_due("release_credit", DeferredCredit, "release_at", release_credit, None),
    when_due("advise_of_credit", CreditNotice, "answer_due_at", advise_of_credit, None),
    when_due("cancel_again", Disbursement, "answer_due_at", cancel_again, "acquirer", _is(Disbursement, DEFERRED)),
    when_due("make_available", HeldCredit, "available_at", as_step(make_available), "issuer"),
    when_due("return_credit", Return, "return_at", give_back, "issuer"),
    when_due("repeat_return", Return, "answer_due_at", send_back, "issuer"),
    when_due("repeat_adjustment", Adjustment, "answer_due_at", ask_for_adjustment, "acquirer"),
    when_due("look_at_batch_chunk", BatchChunk, "answer_due_at", look_again, "acquirer", _is(BatchChunk, UNSURE)),
    when_due("repeat_deposit", Deposit, "answer_due_at", tell_bank_of_deposit, "issuer"),
    when_due("repeat_quote", Quote, "answer_due_at", ask_network, "acquirer"),
    when_due("repeat_top_up", TopUp, "answer_due_at", tell_bank_of_top_up, "acquirer"),
    when_due("repeat_capital", Capital, "answer_due_at", tell_bank_of_capital, None),
    when_due("repeat_payout", Payout, "answer_due_at", ask_bank, "acquirer"),
    when_due("present_again", Capture, "answer_due_at", present, "acquirer"),
    when_due("present_refund_again", RefundItem, "answer_due_at", present_item, "acquirer"),
    when_due("expire_payment", Payment, "expires_at", as_step(expire_payment), "acquirer"),
    when_due("expire_hold", CardTransaction, "expires_at", as_step(expire_authorization), "issuer"),
    when_due("expire_quote", Quote, "expires_at", as_step(expire_quote), "acquirer", _is(Quote, QUOTE_OPEN)),
    when_due(
        "expire_network_quote",
        NetworkQuote,
        "expires_at",
        as_step(expire_network_quote),
        None,
        _is(NetworkQuote, QUOTE_OPEN),
    ),
    every_day("clearing_cut_off", CUT_OFF_AT, _present_all),
    when_due("close_window", Window, "closes_at", as_step(close_window), None, _is(Window, OPEN)),
    when_due(
        "settle_window",
        Window,
        "settles_at",
        settle_window,
        None,
        Window.table().c.netted_at.is_(None),
        _is(Window, CLOSED),
    ),
    when_due("repeat_settlement", Settlement, "answer_due_at", instruct, None),
    when_due("repeat_advice", SettlementNotice, "answer_due_at", advise, None),
    every_day("merchant_payouts", PAYOUTS_AT, _pay_out_all, on=is_business_day),
    Job("webhooks", earliest_due(), tell_webhooks),
)
