-- What an authorization is to a database when nothing is batched: claim the idempotency key, lock the balance,
-- write down the authorization and the hold, change the balance; one commit each.
\set account random(1, 10000)
\set amount random(100, 999)
\set key random(1, 9000000000000000000)
BEGIN;
INSERT INTO pgbench_keys (key, resource) VALUES (:key, 'an authorization');
SELECT available FROM pgbench_balances WHERE id = :account FOR UPDATE;
INSERT INTO pgbench_authorizations (account, amount, status, reference) VALUES (:account, :amount, 'authorized', :key);
INSERT INTO pgbench_transfers (debit, credit, amount, kind) VALUES (:account, 0, :amount, 'hold');
UPDATE pgbench_balances SET available = available - :amount, held = held + :amount WHERE id = :account;
COMMIT;
