"""The foundation: every table of the house, and which of them are append-only."""

import sqlalchemy as sa
from alembic import op

from payments.kit.migrate import forbid_changes, forget_how_to_forbid

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # 64 bits on both

APPEND_ONLY = (
    "acquirer_merchants",
    "acquirer_sanctions_lists",
    "acquirer_senders",
    "acquirer_settlements",
    "bank_orders",
    "issuer_accounts",
    "issuer_notifications",
    "issuer_settlements",
    "kit_batches",
    "kit_event_positions",
    "kit_events",
    "kit_job_runs",
    "kit_sessions",
    "ledger_accounts",
    "ledger_books",
    "ledger_reversals",
    "ledger_transfers",
    "mastercard_send_decryption_keys",
    "mastercard_send_nonces",
    "mastercard_send_partners",
    "network_items",
    "network_positions",
    "switch_bins",
    "switch_members",
    "switch_silences",
    "visa_direct_batches",
)


def upgrade() -> None:
    op.create_table(
        "acquirer_adjustments",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("disbursement", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reason_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("acquirer_adjustments_amount_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_adjustments_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_adjustments_answer_due_at"),
        "acquirer_adjustments",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_adjustments_disbursement_id"), "acquirer_adjustments", ["disbursement", "id"])

    op.create_table(
        "acquirer_batch_chunks",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("batch", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("first", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("line_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("paid_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("paid_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("declined_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("refused_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("open_count", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_batch_chunks_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_batch_chunks_answer_due_at"),
        "acquirer_batch_chunks",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_batch_chunks_batch_status"), "acquirer_batch_chunks", ["batch", "status"])

    op.create_table(
        "acquirer_batch_lines",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("batch", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_masked", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_encrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_expiry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("business_application", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient_name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("statement_text", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("disbursement", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("problems", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("refusal", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_batch_lines_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_batch_references",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_batch_references_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_captures",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payment", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("merchant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("arn", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("final", NUMBER, autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("interchange_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("scheme_fee_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("merchant_fee_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("refunded_amount", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND refunded_amount BETWEEN 0 AND amount", name=op.f("acquirer_captures_refunded_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_captures_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_captures_answer_due_at"),
        "acquirer_captures",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_captures_payment"), "acquirer_captures", ["payment"])
    op.create_index(op.f("acquirer_captures_status_acquirer_id"), "acquirer_captures", ["status", "acquirer", "id"])
    op.create_index(op.f("acquirer_captures_window"), "acquirer_captures", ["window"])

    op.create_table(
        "acquirer_card_validations",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_masked", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("network_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("cvv_result", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("address_result", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name_result", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("first_name_result", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("middle_name_result", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("last_name_result", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_card_validations_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_card_validations_answer_due_at"),
        "acquirer_card_validations",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_card_validations_sender_id"), "acquirer_card_validations", ["sender", "id"])

    op.create_table(
        "acquirer_disbursement_batches",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("business_application", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source_format", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("start_at_once", NUMBER, autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("label", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("file_problems", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("line_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("invalid_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("total_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("chunk_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("begun_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("done_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("paid_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("paid_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("declined_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("refused_count", NUMBER, autoincrement=False, nullable=False),
        sa.Column("open_count", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "done_count <= begun_count AND begun_count <= chunk_count",
            name=op.f("acquirer_disbursement_batches_chunks_check"),
        ),
        sa.CheckConstraint(
            "paid_count + declined_count + refused_count + open_count <= line_count",
            name=op.f("acquirer_disbursement_batches_lines_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_disbursement_batches_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_disbursement_batches_answer_due_at"),
        "acquirer_disbursement_batches",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_disbursement_batches_sender_id"), "acquirer_disbursement_batches", ["sender", "id"])
    op.create_index(op.f("acquirer_disbursement_batches_status"), "acquirer_disbursement_batches", ["status"])

    op.create_table(
        "acquirer_disbursements",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("transfer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("fee_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_masked", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_encrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_expiry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("programme", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("business_application", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source_of_funds", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("statement_text", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("enquiry_stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hold", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fee_hold", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("network_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("approval_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("interchange_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("scheme_fee_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("quote", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("recipient_currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("rate", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("release_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("cancel_stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("cancel_claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("cancel_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("taken_back_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("return_reason", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("returned_at", NUMBER, autoincrement=False, nullable=True),
        sa.CheckConstraint("amount > 0 AND fee_amount >= 0", name=op.f("acquirer_disbursements_amounts_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_disbursements_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_disbursements_answer_due_at"),
        "acquirer_disbursements",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_disbursements_reference"), "acquirer_disbursements", ["reference"], unique=True)
    op.create_index(op.f("acquirer_disbursements_sender_id"), "acquirer_disbursements", ["sender", "id"])
    op.create_index(op.f("acquirer_disbursements_transfer"), "acquirer_disbursements", ["transfer"])
    op.create_index(op.f("acquirer_disbursements_window"), "acquirer_disbursements", ["window"])

    op.create_table(
        "acquirer_fundings",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("transfer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("fee_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_masked", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_encrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_expiry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("entry_mode", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("business_application", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("approved_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("network_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("approval_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("interchange_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("scheme_fee_amount", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND fee_amount BETWEEN 0 AND amount", name=op.f("acquirer_fundings_amounts_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_fundings_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_fundings_answer_due_at"),
        "acquirer_fundings",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_fundings_reference"), "acquirer_fundings", ["reference"], unique=True)
    op.create_index(op.f("acquirer_fundings_sender_id"), "acquirer_fundings", ["sender", "id"])
    op.create_index(op.f("acquirer_fundings_transfer"), "acquirer_fundings", ["transfer"])

    op.create_table(
        "acquirer_merchants",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acceptor", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("city", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("country", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mcc", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fee_basis_points", NUMBER, autoincrement=False, nullable=False),
        sa.Column("fee_fixed", NUMBER, autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_merchants_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_name_rules",
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("strict", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("acquirer", name=op.f("acquirer_name_rules_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_payments",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("merchant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_masked", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_encrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_expiry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("entry_mode", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("description", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("capture_at_once", NUMBER, autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("captured_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("cleared_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("refunded_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("network_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("approval_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("expires_at", NUMBER, autoincrement=False, nullable=True),
        sa.CheckConstraint(
            "amount > 0 AND captured_amount >= 0 AND refunded_amount >= 0", name=op.f("acquirer_payments_amounts_check")
        ),
        sa.CheckConstraint(
            "cleared_amount BETWEEN 0 AND captured_amount", name=op.f("acquirer_payments_cleared_check")
        ),
        sa.CheckConstraint("refunded_amount <= captured_amount", name=op.f("acquirer_payments_refunded_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_payments_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_payments_answer_due_at"),
        "acquirer_payments",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(
        op.f("acquirer_payments_expires_at"),
        "acquirer_payments",
        ["expires_at"],
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_payments_merchant_id"), "acquirer_payments", ["merchant", "id"])
    op.create_index(op.f("acquirer_payments_reference"), "acquirer_payments", ["reference"], unique=True)

    op.create_table(
        "acquirer_payouts",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("merchant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hold", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_payouts_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_payouts_answer_due_at"),
        "acquirer_payouts",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_payouts_merchant_id"), "acquirer_payouts", ["merchant", "id"])

    op.create_table(
        "acquirer_pull_reversals",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("funding", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("transfer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("means", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hold", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("funds_account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sent_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_pull_reversals_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_pull_reversals_answer_due_at"),
        "acquirer_pull_reversals",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_pull_reversals_funding"), "acquirer_pull_reversals", ["funding"])

    op.create_table(
        "acquirer_push_limits",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("programme", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("least_amount", NUMBER, autoincrement=False, nullable=True),
        sa.Column("most_amount", NUMBER, autoincrement=False, nullable=True),
        sa.Column("daily_amount", NUMBER, autoincrement=False, nullable=True),
        sa.Column("daily_count", NUMBER, autoincrement=False, nullable=True),
        sa.Column("alert_percent", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint("alert_percent BETWEEN 1 AND 100", name=op.f("acquirer_push_limits_alert_percent_check")),
        sa.CheckConstraint(
            "daily_amount IS NULL OR daily_amount >= 0", name=op.f("acquirer_push_limits_daily_amount_check")
        ),
        sa.CheckConstraint(
            "daily_count IS NULL OR daily_count >= 0", name=op.f("acquirer_push_limits_daily_count_check")
        ),
        sa.CheckConstraint(
            "least_amount IS NULL OR least_amount >= 0", name=op.f("acquirer_push_limits_least_amount_check")
        ),
        sa.CheckConstraint(
            "most_amount IS NULL OR most_amount >= 0", name=op.f("acquirer_push_limits_most_amount_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_push_limits_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_quotes",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payer_country", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient_country", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient_currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("recipient_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("rate", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mid_rate", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("margin_basis_points", NUMBER, autoincrement=False, nullable=False),
        sa.Column("margin_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("network_quote", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("requires", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("expires_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("disbursement", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_quotes_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_quotes_answer_due_at"),
        "acquirer_quotes",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_quotes_sender_id"), "acquirer_quotes", ["sender", "id"])
    op.create_index(op.f("acquirer_quotes_status_expires_at"), "acquirer_quotes", ["status", "expires_at"])

    op.create_table(
        "acquirer_refund_items",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("refund", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payment", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("capture", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("merchant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("held", NUMBER, autoincrement=False, nullable=False),
        sa.Column("arn", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("original_arn", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("interchange_amount", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("acquirer_refund_items_amount_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_refund_items_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_refund_items_answer_due_at"),
        "acquirer_refund_items",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_refund_items_capture"), "acquirer_refund_items", ["capture"])
    op.create_index(op.f("acquirer_refund_items_refund"), "acquirer_refund_items", ["refund"])
    op.create_index(
        op.f("acquirer_refund_items_status_acquirer_id"), "acquirer_refund_items", ["status", "acquirer", "id"]
    )
    op.create_index(op.f("acquirer_refund_items_window"), "acquirer_refund_items", ["window"])

    op.create_table(
        "acquirer_refunds",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payment", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("merchant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hold", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("cleared_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("rejected_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("settled_amount", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND settled_amount <= cleared_amount", name=op.f("acquirer_refunds_settled_check")
        ),
        sa.CheckConstraint("cleared_amount + rejected_amount <= amount", name=op.f("acquirer_refunds_amounts_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_refunds_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("acquirer_refunds_payment_id"), "acquirer_refunds", ["payment", "id"])

    op.create_table(
        "acquirer_reversals",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payment", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sent_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_reversals_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_reversals_answer_due_at"),
        "acquirer_reversals",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_reversals_payment"), "acquirer_reversals", ["payment"])

    op.create_table(
        "acquirer_sanctions_lists",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("entries", NUMBER, autoincrement=False, nullable=False),
        sa.Column("names", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hold_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_sanctions_lists_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_sanctions_lists_in_force",
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("list", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("since", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("acquirer", name=op.f("acquirer_sanctions_lists_in_force_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_screenings",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("disbursement", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("list", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hold_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("payer_entry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payer_score", NUMBER, autoincrement=False, nullable=False),
        sa.Column("recipient_entry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient_score", NUMBER, autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("note", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_screenings_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("acquirer_screenings_disbursement"), "acquirer_screenings", ["disbursement"], unique=True)
    op.create_index(op.f("acquirer_screenings_status_id"), "acquirer_screenings", ["status", "id"])

    op.create_table(
        "acquirer_sender_standings",
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("day", NUMBER, autoincrement=False, nullable=False),
        sa.Column("used", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("low_balance_amount", NUMBER, autoincrement=False, nullable=True),
        sa.Column("low", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "low_balance_amount IS NULL OR low_balance_amount >= 0",
            name=op.f("acquirer_sender_standings_low_balance_amount_check"),
        ),
        sa.PrimaryKeyConstraint("sender", name=op.f("acquirer_sender_standings_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_senders",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acceptor", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("city", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("country", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("postal_code", sa.Text(), autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "kind IN ('merchant', 'company', 'government', 'person')", name=op.f("acquirer_senders_kind_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_senders_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_settlements",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("due_to_network", NUMBER, autoincrement=False, nullable=False),
        sa.Column("due_from_network", NUMBER, autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("booked_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_settlements_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_shortfalls",
        sa.Column("merchant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("acquirer_shortfalls_amount_check")),
        sa.PrimaryKeyConstraint("merchant", name=op.f("acquirer_shortfalls_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "acquirer_top_ups",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("credited_account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_top_ups_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_top_ups_answer_due_at"),
        "acquirer_top_ups",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_top_ups_sender_id"), "acquirer_top_ups", ["sender", "id"])

    op.create_table(
        "acquirer_transfers",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("fee_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient_card_masked", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient_card_encrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient_card_expiry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("business_application", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("statement_text", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("funding", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("answered", NUMBER, autoincrement=False, nullable=False),
        sa.Column("disbursement", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reversal", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.CheckConstraint("amount > 0 AND fee_amount >= 0", name=op.f("acquirer_transfers_amounts_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("acquirer_transfers_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("acquirer_transfers_answer_due_at"),
        "acquirer_transfers",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("acquirer_transfers_sender_id"), "acquirer_transfers", ["sender", "id"])

    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("rate_limit", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("strategy", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("disabled_at", NUMBER, autoincrement=False, nullable=True),
        sa.CheckConstraint("role IN ('operator', 'merchant', 'issuer')", name=op.f("api_keys_role_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("api_keys_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("api_keys_hash"), "api_keys", ["hash"], unique=True)

    op.create_table(
        "api_rate_counters",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hits", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hits_before", NUMBER, autoincrement=False, nullable=False),
        sa.Column("moments", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("api_rate_counters_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "bank_orders",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("bank", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("member", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("short", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("received_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("bank_orders_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("bank_orders_reference"), "bank_orders", ["reference"])

    op.create_table(
        "issuer_accounts",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("product", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("credit_limit", NUMBER, autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("street", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("postal_code", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("issuer_accounts_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "issuer_cards",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number_encrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number_masked", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("cvv_fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("expiry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("transaction_limit", NUMBER, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("issuer_cards_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("issuer_cards_account"), "issuer_cards", ["account"])
    op.create_index(op.f("issuer_cards_fingerprint"), "issuer_cards", ["fingerprint"], unique=True)

    op.create_table(
        "issuer_deposits",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("claim", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("issuer_deposits_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("issuer_deposits_account_id"), "issuer_deposits", ["account", "id"])
    op.create_index(
        op.f("issuer_deposits_answer_due_at"),
        "issuer_deposits",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )

    op.create_table(
        "issuer_held_credits",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("held_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("available_at", NUMBER, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("issuer_held_credits_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("issuer_held_credits_available_at"),
        "issuer_held_credits",
        ["available_at"],
        sqlite_where=sa.text("available_at IS NOT NULL"),
        postgresql_where=sa.text("available_at IS NOT NULL"),
    )

    op.create_table(
        "issuer_notifications",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("issuer_notifications_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("issuer_notifications_account_id"), "issuer_notifications", ["account", "id"])

    op.create_table(
        "issuer_returns",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("network_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("return_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("issuer_returns_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("issuer_returns_answer_due_at"),
        "issuer_returns",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(
        op.f("issuer_returns_return_at"),
        "issuer_returns",
        ["return_at"],
        sqlite_where=sa.text("return_at IS NOT NULL"),
        postgresql_where=sa.text("return_at IS NOT NULL"),
    )

    op.create_table(
        "issuer_settlements",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("due_to_network", NUMBER, autoincrement=False, nullable=False),
        sa.Column("due_from_network", NUMBER, autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("booked_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("issuer_settlements_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "issuer_transactions",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("trace", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("description", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("approval_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hold", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("expires_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("cleared_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("taken_back_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("sent_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("sent_currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("rate", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("issuer_transactions_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("issuer_transactions_account_id"), "issuer_transactions", ["account", "id"])
    op.create_index(
        op.f("issuer_transactions_expires_at"),
        "issuer_transactions",
        ["expires_at"],
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index(op.f("issuer_transactions_trace"), "issuer_transactions", ["trace"], unique=True)

    op.create_table(
        "kit_batches",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("rows", NUMBER, autoincrement=False, nullable=False),
        sa.Column("previous", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("kit_batches_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("kit_batches_writer_id"), "kit_batches", ["writer", "id"])

    op.create_table(
        "kit_clock",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("shown_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("set_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("frozen", NUMBER, autoincrement=False, nullable=False),
        sa.Column("faults_revision", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("kit_clock_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "kit_event_positions",
        sa.Column("first", NUMBER, autoincrement=False, nullable=False),
        sa.Column("batch", NUMBER, autoincrement=False, nullable=False),
        sa.Column("events", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("first", name=op.f("kit_event_positions_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("kit_event_positions_batch"), "kit_event_positions", ["batch"], unique=True)

    op.create_table(
        "kit_event_tail",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("batch", NUMBER, nullable=False),
        sa.Column("events", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("kit_event_tail_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "kit_events",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("institution", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("data", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("kit_events_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("kit_events_reference_id"), "kit_events", ["reference", "id"])

    op.create_table(
        "kit_idempotency_keys",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("operation", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("body_hash", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("resource", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("claimed_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("expires_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("answer_status", NUMBER, autoincrement=False, nullable=True),
        sa.Column("answer", sa.Text(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("kit_idempotency_keys_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "kit_job_runs",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("job", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("due_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("ran_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("done", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("kit_job_runs_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("kit_job_runs_job_due_at"), "kit_job_runs", ["job", "due_at"])

    op.create_table(
        "kit_sessions",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("started_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("kit_sessions_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "ledger_books",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("opened_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_books_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "ledger_holds",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("debit_account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("credit_account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("held_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("posted", NUMBER, autoincrement=False, nullable=False),
        sa.Column("released", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND posted >= 0 AND released >= 0 AND posted + released <= amount",
            name=op.f("ledger_holds_amounts_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_holds_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ledger_holds_owner"), "ledger_holds", ["owner"])

    op.create_table(
        "ledger_reversals",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reversal", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("why", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_reversals_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ledger_reversals_entry"), "ledger_reversals", ["entry"], unique=True)

    op.create_table(
        "mastercard_send_consumer_keys",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("encryption_key", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("disabled_at", NUMBER, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("mastercard_send_consumer_keys_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("mastercard_send_consumer_keys_partner"), "mastercard_send_consumer_keys", ["partner"])

    op.create_table(
        "mastercard_send_decryption_keys",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("private_key_encrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("mastercard_send_decryption_keys_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "mastercard_send_instructions",
        sa.Column("key", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("leg", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("details", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("made", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("refusal", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("first_status", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("mastercard_send_instructions_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("mastercard_send_instructions_id"), "mastercard_send_instructions", ["id"], unique=True)
    op.create_index(
        op.f("mastercard_send_instructions_partner_kind_reference"),
        "mastercard_send_instructions",
        ["partner", "kind", "reference"],
    )

    op.create_table(
        "mastercard_send_nonces",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("used_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("mastercard_send_nonces_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "mastercard_send_partners",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("mastercard_send_partners_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "network_capital",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("network", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("network_capital_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("network_capital_answer_due_at"),
        "network_capital",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )

    op.create_table(
        "network_card_limits",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("business_application", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("transaction_amount", NUMBER, autoincrement=False, nullable=True),
        sa.Column("amount_1d", NUMBER, autoincrement=False, nullable=True),
        sa.Column("count_1d", NUMBER, autoincrement=False, nullable=True),
        sa.Column("amount_3d", NUMBER, autoincrement=False, nullable=True),
        sa.Column("count_3d", NUMBER, autoincrement=False, nullable=True),
        sa.Column("amount_7d", NUMBER, autoincrement=False, nullable=True),
        sa.Column("count_7d", NUMBER, autoincrement=False, nullable=True),
        sa.Column("amount_30d", NUMBER, autoincrement=False, nullable=True),
        sa.Column("count_30d", NUMBER, autoincrement=False, nullable=True),
        sa.CheckConstraint("amount_1d IS NULL OR amount_1d >= 0", name=op.f("network_card_limits_amount_1d_check")),
        sa.CheckConstraint("amount_30d IS NULL OR amount_30d >= 0", name=op.f("network_card_limits_amount_30d_check")),
        sa.CheckConstraint("amount_3d IS NULL OR amount_3d >= 0", name=op.f("network_card_limits_amount_3d_check")),
        sa.CheckConstraint("amount_7d IS NULL OR amount_7d >= 0", name=op.f("network_card_limits_amount_7d_check")),
        sa.CheckConstraint("count_1d IS NULL OR count_1d >= 0", name=op.f("network_card_limits_count_1d_check")),
        sa.CheckConstraint("count_30d IS NULL OR count_30d >= 0", name=op.f("network_card_limits_count_30d_check")),
        sa.CheckConstraint("count_3d IS NULL OR count_3d >= 0", name=op.f("network_card_limits_count_3d_check")),
        sa.CheckConstraint("count_7d IS NULL OR count_7d >= 0", name=op.f("network_card_limits_count_7d_check")),
        sa.CheckConstraint(
            "transaction_amount IS NULL OR transaction_amount >= 0",
            name=op.f("network_card_limits_transaction_amount_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("network_card_limits_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "network_card_velocities",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("counted", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("network_card_velocities_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "network_credit_notices",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("network_credit_notices_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("network_credit_notices_answer_due_at"),
        "network_credit_notices",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )

    op.create_table(
        "network_deferred_credits",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("credit", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_encrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kept_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("release_at", NUMBER, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("network_deferred_credits_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("network_deferred_credits_release_at"),
        "network_deferred_credits",
        ["release_at"],
        sqlite_where=sa.text("release_at IS NOT NULL"),
        postgresql_where=sa.text("release_at IS NOT NULL"),
    )

    op.create_table(
        "network_items",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("network", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("debtor", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("creditor", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("interchange_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("scheme_fee_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("cleared_at", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint("amount >= 0 AND scheme_fee_amount >= 0", name=op.f("network_items_amounts_check")),
        sa.CheckConstraint("debtor <> creditor", name=op.f("network_items_members_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("network_items_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("network_items_reference"), "network_items", ["reference"])
    op.create_index(
        op.f("network_items_window_currency_debtor_creditor"),
        "network_items",
        ["window", "currency", "debtor", "creditor"],
    )

    op.create_table(
        "network_positions",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("settlement", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("member", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("due_to_network", NUMBER, autoincrement=False, nullable=False),
        sa.Column("due_from_network", NUMBER, autoincrement=False, nullable=False),
        sa.Column("net_amount", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("network_positions_pkey")),
        sa.UniqueConstraint("settlement", "member", name=op.f("network_positions_settlement_member_key")),
        sqlite_strict=True,
    )

    op.create_table(
        "network_presentments",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("arn", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("original_arn", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_masked", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("network_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("programme", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("rate", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("interchange_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("scheme_fee_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("refunded_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("returned_amount", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND refunded_amount BETWEEN 0 AND amount", name=op.f("network_presentments_refunded_check")
        ),
        sa.CheckConstraint(
            "returned_amount BETWEEN 0 AND interchange_amount", name=op.f("network_presentments_returned_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("network_presentments_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("network_presentments_arn"), "network_presentments", ["arn"], unique=True)
    op.create_index(op.f("network_presentments_reference"), "network_presentments", ["reference"])

    op.create_table(
        "network_push_rules",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("names", NUMBER, autoincrement=False, nullable=False),
        sa.Column("source_of_funds", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("network_push_rules_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "network_quotes",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("trace", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("payer_country", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient_country", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("recipient_currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("recipient_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("rate", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mid_rate", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("margin_basis_points", NUMBER, autoincrement=False, nullable=False),
        sa.Column("margin_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("requires", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("expires_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.CheckConstraint("amount >= 0 AND recipient_amount >= 0", name=op.f("network_quotes_amounts_check")),
        sa.CheckConstraint("margin_amount BETWEEN 0 AND amount", name=op.f("network_quotes_margin_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("network_quotes_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("network_quotes_status_expires_at"), "network_quotes", ["status", "expires_at"])
    op.create_index(op.f("network_quotes_trace"), "network_quotes", ["trace"], unique=True)

    op.create_table(
        "network_rate_sheets",
        sa.Column("pair", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("rates", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("pair", name=op.f("network_rate_sheets_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "network_reversals",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("transaction", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("original_stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("original_sent_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("card_encrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_expiry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("entry_mode", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("merchant", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("merchant_name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("city", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("country", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mcc", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sent_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("network_reversals_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("network_reversals_answer_due_at"),
        "network_reversals",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )

    op.create_table(
        "network_settlement_notices",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("settlement", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("member", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("due_to_network", NUMBER, autoincrement=False, nullable=False),
        sa.Column("due_from_network", NUMBER, autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("network_settlement_notices_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("network_settlement_notices_answer_due_at"),
        "network_settlement_notices",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("network_settlement_notices_settlement"), "network_settlement_notices", ["settlement"])

    op.create_table(
        "network_settlements",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("network", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("short", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("network_settlements_pkey")),
        sa.UniqueConstraint("window", "currency", name=op.f("network_settlements_window_currency_key")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("network_settlements_answer_due_at"),
        "network_settlements",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )

    op.create_table(
        "network_take_backs",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("trace", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("transaction", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("billing_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("billing_currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("rate", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("margin_amount", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("network_take_backs_amount_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("network_take_backs_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("network_take_backs_trace"), "network_take_backs", ["trace"], unique=True)
    op.create_index(op.f("network_take_backs_transaction"), "network_take_backs", ["transaction"])

    op.create_table(
        "network_transactions",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("trace", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("network_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_masked", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("answer_due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("response_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("approval_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("window", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("release_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("taken_back_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("billing_taken_back_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("margin_taken_back_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("interchange_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("scheme_fee_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("card_fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("business_application", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("quote", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("billing_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("billing_currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("rate", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("margin_amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("billing_interchange_amount", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("network_transactions_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("network_transactions_answer_due_at"),
        "network_transactions",
        ["answer_due_at"],
        sqlite_where=sa.text("answer_due_at IS NOT NULL"),
        postgresql_where=sa.text("answer_due_at IS NOT NULL"),
    )
    op.create_index(op.f("network_transactions_network_id"), "network_transactions", ["network_id"], unique=True)
    op.create_index(op.f("network_transactions_trace"), "network_transactions", ["trace"], unique=True)

    op.create_table(
        "network_windows",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("opened_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("closes_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("settles_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("netted_at", NUMBER, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("network_windows_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("network_windows_status_id"), "network_windows", ["status", "id"])

    op.create_table(
        "switch_bins",
        sa.Column("bin", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("product", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("regulated", NUMBER, autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fast_funds", NUMBER, autoincrement=False, nullable=False),
        sa.Column("country", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fast_funds_cross_border", NUMBER, autoincrement=False, nullable=False),
        sa.Column("reloadable", NUMBER, autoincrement=False, nullable=False),
        sa.Column("gambling", NUMBER, autoincrement=False, nullable=False),
        sa.Column("push_domestic", NUMBER, autoincrement=False, nullable=False),
        sa.Column("push_cross_border", NUMBER, autoincrement=False, nullable=False),
        sa.Column("pull_domestic", NUMBER, autoincrement=False, nullable=False),
        sa.Column("pull_cross_border", NUMBER, autoincrement=False, nullable=False),
        sa.Column("blocked_origins", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("bin", name=op.f("switch_bins_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "switch_faults",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("receiver", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("delay_seconds", NUMBER, autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("times", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("switch_faults_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "switch_members",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("country", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("switch_members_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "switch_silences",
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("until_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("switch_silences_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "switch_stagings",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("played_by", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("seconds", NUMBER, autoincrement=False, nullable=True),
        sa.Column("fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("card_masked", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acceptor", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("times", NUMBER, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("switch_stagings_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("switch_stagings_status_id"), "switch_stagings", ["status", "id"])

    op.create_table(
        "visa_direct_batches",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("operation", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("credential", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("heading", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("visa_direct_batches_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("visa_direct_batches_credential"), "visa_direct_batches", ["credential"])

    op.create_table(
        "visa_direct_credentials",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("password_hash", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquiring_bin", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("any_sender", NUMBER, autoincrement=False, nullable=False),
        sa.Column("strict", NUMBER, autoincrement=False, nullable=False),
        sa.Column("repeats", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("api_key", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("shared_secret_encrypted", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("encryption", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("server_key_encrypted", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("client_key", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("disabled_at", NUMBER, autoincrement=False, nullable=True),
        sa.CheckConstraint(
            "encryption IN ('off', 'optional', 'required')", name=op.f("visa_direct_credentials_encryption_check")
        ),
        sa.CheckConstraint("repeats IN ('duplicate', 'replay')", name=op.f("visa_direct_credentials_repeats_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("visa_direct_credentials_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("visa_direct_credentials_api_key"), "visa_direct_credentials", ["api_key"], unique=True)

    op.create_table(
        "visa_direct_identities",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("submission", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("claimed_at", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("visa_direct_identities_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "visa_direct_submissions",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("operation", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("credential", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquirer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sender", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acquiring_bin", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stan", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("rrn", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("acceptor", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("terminal", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("business_application", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("details", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("writer", NUMBER, autoincrement=False, nullable=False),
        sa.Column("original", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("batch", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("place", NUMBER, autoincrement=False, nullable=False),
        sa.Column("refused_status", NUMBER, autoincrement=False, nullable=True),
        sa.Column("refused_code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("refused_text", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("visa_direct_submissions_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("visa_direct_submissions_acquirer_rrn_stan"), "visa_direct_submissions", ["acquirer", "rrn", "stan"]
    )
    op.create_index(op.f("visa_direct_submissions_batch_place"), "visa_direct_submissions", ["batch", "place"])
    op.create_index(op.f("visa_direct_submissions_writer"), "visa_direct_submissions", ["writer"])

    op.create_table(
        "webhooks_cursor",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("webhooks_cursor_pkey")),
        sqlite_strict=True,
    )

    op.create_table(
        "webhooks_deliveries",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("endpoint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("event", NUMBER, autoincrement=False, nullable=False),
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("due_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("tries", NUMBER, autoincrement=False, nullable=False),
        sa.Column("attempts", NUMBER, autoincrement=False, nullable=False),
        sa.Column("attempted_at", NUMBER, autoincrement=False, nullable=True),
        sa.Column("response_code", NUMBER, autoincrement=False, nullable=True),
        sa.Column("error", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("chaos", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("webhooks_deliveries_pkey")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("webhooks_deliveries_due_at"),
        "webhooks_deliveries",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(op.f("webhooks_deliveries_endpoint_id"), "webhooks_deliveries", ["endpoint", "id"])
    op.create_index(
        op.f("webhooks_deliveries_endpoint_position"), "webhooks_deliveries", ["endpoint", "position"], unique=True
    )

    op.create_table(
        "webhooks_endpoints",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("types", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("created_at", NUMBER, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("from_position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("secret_encrypted", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("old_secret_encrypted", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("old_secret_until", NUMBER, autoincrement=False, nullable=True),
        sa.Column("disabled_reason", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("chaos", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("deliveries", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("webhooks_endpoints_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("webhooks_endpoints_status_id"), "webhooks_endpoints", ["status", "id"])

    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("book", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("opened_at", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "kind IN ('asset', 'liability', 'equity', 'income', 'expense')", name=op.f("ledger_accounts_kind_check")
        ),
        sa.CheckConstraint("mode IN ('guarded', 'striped')", name=op.f("ledger_accounts_mode_check")),
        sa.ForeignKeyConstraint(["book"], ["ledger_books.id"], name=op.f("ledger_accounts_book_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_accounts_pkey")),
        sa.UniqueConstraint("book", "currency", "id", name=op.f("ledger_accounts_book_currency_id_key")),
        sqlite_strict=True,
    )

    op.create_table(
        "ledger_balances",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("stripe", NUMBER, autoincrement=False, nullable=False),
        sa.Column("side", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("floor", NUMBER, autoincrement=False, nullable=True),
        sa.Column("posted_debits", NUMBER, autoincrement=False, nullable=False),
        sa.Column("posted_credits", NUMBER, autoincrement=False, nullable=False),
        sa.Column("held_debits", NUMBER, autoincrement=False, nullable=False),
        sa.Column("held_credits", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "floor IS NULL OR CASE side WHEN 'credit' THEN posted_credits - posted_debits - "
            "held_debits ELSE posted_debits - posted_credits - held_credits END >= floor",
            name=op.f("ledger_balances_floor_check"),
        ),
        sa.CheckConstraint("side IN ('debit', 'credit')", name=op.f("ledger_balances_side_check")),
        sa.CheckConstraint(
            "floor IS NULL OR (held_debits >= 0 AND held_credits >= 0)", name=op.f("ledger_balances_held_check")
        ),
        sa.CheckConstraint("posted_debits >= 0 AND posted_credits >= 0", name=op.f("ledger_balances_posted_check")),
        sa.ForeignKeyConstraint(["account"], ["ledger_accounts.id"], name=op.f("ledger_balances_account_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_balances_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ledger_balances_account"), "ledger_balances", ["account"])

    op.create_table(
        "ledger_transfers",
        sa.Column("id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("book", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("debit_account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("credit_account", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("amount", NUMBER, autoincrement=False, nullable=False),
        sa.Column("hold", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("purpose", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("reverses", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("at", NUMBER, autoincrement=False, nullable=False),
        sa.CheckConstraint("(kind = 'transfer') = (hold IS NULL)", name=op.f("ledger_transfers_hold_check")),
        sa.CheckConstraint(
            "kind IN ('transfer', 'hold', 'post', 'release', 'expire')", name=op.f("ledger_transfers_kind_check")
        ),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name=op.f("ledger_transfers_amount_check")),
        sa.CheckConstraint("debit_account <> credit_account", name=op.f("ledger_transfers_sides_check")),
        sa.ForeignKeyConstraint(
            ["book", "currency", "credit_account"],
            ["ledger_accounts.book", "ledger_accounts.currency", "ledger_accounts.id"],
            name=op.f("ledger_transfers_book_currency_credit_account_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["book", "currency", "debit_account"],
            ["ledger_accounts.book", "ledger_accounts.currency", "ledger_accounts.id"],
            name=op.f("ledger_transfers_book_currency_debit_account_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("ledger_transfers_pkey")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ledger_transfers_credit_account_at_id"), "ledger_transfers", ["credit_account", "at", "id"])
    op.create_index(op.f("ledger_transfers_debit_account_at_id"), "ledger_transfers", ["debit_account", "at", "id"])
    op.create_index(op.f("ledger_transfers_entry"), "ledger_transfers", ["entry"])
    forbid_changes(op, *APPEND_ONLY)


def downgrade() -> None:
    op.drop_table("ledger_transfers")
    op.drop_table("ledger_balances")
    op.drop_table("ledger_accounts")
    op.drop_table("webhooks_endpoints")
    op.drop_table("webhooks_deliveries")
    op.drop_table("webhooks_cursor")
    op.drop_table("visa_direct_submissions")
    op.drop_table("visa_direct_identities")
    op.drop_table("visa_direct_credentials")
    op.drop_table("visa_direct_batches")
    op.drop_table("switch_stagings")
    op.drop_table("switch_silences")
    op.drop_table("switch_members")
    op.drop_table("switch_faults")
    op.drop_table("switch_bins")
    op.drop_table("network_windows")
    op.drop_table("network_transactions")
    op.drop_table("network_take_backs")
    op.drop_table("network_settlements")
    op.drop_table("network_settlement_notices")
    op.drop_table("network_reversals")
    op.drop_table("network_rate_sheets")
    op.drop_table("network_quotes")
    op.drop_table("network_push_rules")
    op.drop_table("network_presentments")
    op.drop_table("network_positions")
    op.drop_table("network_items")
    op.drop_table("network_deferred_credits")
    op.drop_table("network_credit_notices")
    op.drop_table("network_card_velocities")
    op.drop_table("network_card_limits")
    op.drop_table("network_capital")
    op.drop_table("mastercard_send_partners")
    op.drop_table("mastercard_send_nonces")
    op.drop_table("mastercard_send_instructions")
    op.drop_table("mastercard_send_decryption_keys")
    op.drop_table("mastercard_send_consumer_keys")
    op.drop_table("ledger_reversals")
    op.drop_table("ledger_holds")
    op.drop_table("ledger_books")
    op.drop_table("kit_sessions")
    op.drop_table("kit_job_runs")
    op.drop_table("kit_idempotency_keys")
    op.drop_table("kit_events")
    op.drop_table("kit_event_tail")
    op.drop_table("kit_event_positions")
    op.drop_table("kit_clock")
    op.drop_table("kit_batches")
    op.drop_table("issuer_transactions")
    op.drop_table("issuer_settlements")
    op.drop_table("issuer_returns")
    op.drop_table("issuer_notifications")
    op.drop_table("issuer_held_credits")
    op.drop_table("issuer_deposits")
    op.drop_table("issuer_cards")
    op.drop_table("issuer_accounts")
    op.drop_table("bank_orders")
    op.drop_table("api_rate_counters")
    op.drop_table("api_keys")
    op.drop_table("acquirer_transfers")
    op.drop_table("acquirer_top_ups")
    op.drop_table("acquirer_shortfalls")
    op.drop_table("acquirer_settlements")
    op.drop_table("acquirer_senders")
    op.drop_table("acquirer_sender_standings")
    op.drop_table("acquirer_screenings")
    op.drop_table("acquirer_sanctions_lists_in_force")
    op.drop_table("acquirer_sanctions_lists")
    op.drop_table("acquirer_reversals")
    op.drop_table("acquirer_refunds")
    op.drop_table("acquirer_refund_items")
    op.drop_table("acquirer_quotes")
    op.drop_table("acquirer_push_limits")
    op.drop_table("acquirer_pull_reversals")
    op.drop_table("acquirer_payouts")
    op.drop_table("acquirer_payments")
    op.drop_table("acquirer_name_rules")
    op.drop_table("acquirer_merchants")
    op.drop_table("acquirer_fundings")
    op.drop_table("acquirer_disbursements")
    op.drop_table("acquirer_disbursement_batches")
    op.drop_table("acquirer_card_validations")
    op.drop_table("acquirer_captures")
    op.drop_table("acquirer_batch_references")
    op.drop_table("acquirer_batch_lines")
    op.drop_table("acquirer_batch_chunks")
    op.drop_table("acquirer_adjustments")
    forget_how_to_forbid(op)
