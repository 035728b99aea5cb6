-- What an authorization is to a database when nothing is batched: lock the balance, decide, write down the
-- authorization and the hold, change the balance; one commit each.
\set account random(1, 10000)
\set amount random(100, 999)
BEGIN;
SELECT available FROM pgbench_balances WHERE id = :account FOR UPDATE;
INSERT INTO pgbench_authorizations (account, amount, status, reference) VALUES (:account, :amount, 'authorized', 'a reference');
INSERT INTO pgbench_transfers (debit, credit, amount, kind) VALUES (:account, 0, :amount, 'hold');
UPDATE pgbench_balances SET available = available - :amount, held = held + :amount WHERE id = :account;
COMMIT;
