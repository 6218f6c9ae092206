-- payments: mandates, direct debits, bank statements, reminders
INSERT INTO ledger_accounts (number, name_de, name_en, kind, per_member) VALUES
  ('1310', 'Forderungen gegen Mitglieder aus Mahngebühren', 'Reminder fees owed by members', 'asset', true),
  ('6855', 'Nebenkosten des Geldverkehrs', 'Bank charges', 'expense', false)
ON CONFLICT (number) DO NOTHING;
--> statement-breakpoint
-- Rows of the payment desk: read by board, supervisory board and auditor, written by the board.
CREATE FUNCTION guard_payment_desk(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY reads ON %s FOR SELECT TO gemeinwatt_api USING ((SELECT app_is(''board'', ''supervisory'', ''auditor'', ''system'')))', target);
  EXECUTE format('CREATE POLICY writes ON %s FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is(''board'', ''system'')))', target);
  EXECUTE format('CREATE POLICY changes ON %s FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is(''board'', ''system'')))', target);
END $$;
--> statement-breakpoint
ALTER TABLE payout_returns ADD CONSTRAINT payout_returns_item FOREIGN KEY (file_id, line) REFERENCES payout_items (file_id, line);
--> statement-breakpoint
SELECT guard_append_only('payout_returns');
--> statement-breakpoint
SELECT guard_member_reads('payout_returns', 'member_id');
--> statement-breakpoint
-- A mandate never changes; only its end is added. The member gives and revokes it, or the board records it from paper.
SELECT guard_allow('mandates', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (ended_on, ended_at, end_reason, ended_by) ON mandates TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_member_rows('mandates', 'member_id');
--> statement-breakpoint
SELECT guard_allow('debit_files', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (state, released_by, released_at, released_sha256, executed_on, closed_by, closed_at, void_reason) ON debit_files TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_payment_desk('debit_files');
--> statement-breakpoint
SELECT guard_allow('debit_items', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (payment_id, returned_on, return_reason) ON debit_items TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_member_reads('debit_items', 'member_id');
--> statement-breakpoint
-- Members see their own announced debits, but not the files.
CREATE FUNCTION debit_collection_on(wanted uuid) RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$ SELECT collection_on FROM debit_files WHERE id = wanted AND state IN ('released', 'executed') $$;
--> statement-breakpoint
SELECT guard_allow('statement_files', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (state, content, decided_at, decided_by) ON statement_files TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_payment_desk('statement_files');
--> statement-breakpoint
SELECT guard_append_only('statements');
--> statement-breakpoint
SELECT guard_payment_desk('statements');
--> statement-breakpoint
SELECT guard_allow('statement_lines', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (state, basis, decided_at, decided_by) ON statement_lines TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_payment_desk('statement_lines');
--> statement-breakpoint
SELECT guard_append_only('line_bookings');
--> statement-breakpoint
SELECT guard_payment_desk('line_bookings');
--> statement-breakpoint
-- The parts of one line come in one insert and add up to the line.
CREATE FUNCTION line_parts_must_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong uuid;
BEGIN
  SELECT a.line_id INTO wrong FROM added a JOIN statement_lines l ON l.id = a.line_id GROUP BY a.line_id, l.amount_cents HAVING sum(a.amount_cents) <> l.amount_cents LIMIT 1;
  IF FOUND THEN RAISE EXCEPTION 'the parts of line % do not add up', wrong USING ERRCODE = 'check_violation', CONSTRAINT = 'line_parts_must_add_up'; END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER adds_up AFTER INSERT ON line_bookings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION line_parts_must_add_up();
--> statement-breakpoint
SELECT guard_append_only('credited_overpayments');
--> statement-breakpoint
SELECT guard_member_reads('credited_overpayments', 'member_id');
--> statement-breakpoint
SELECT guard_append_only('reminder_terms');
--> statement-breakpoint
SELECT guard_append_only('reminders');
--> statement-breakpoint
SELECT guard_member_reads('reminders', 'member_id');
--> statement-breakpoint
SELECT guard_allow('claim_pauses', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (ended_at, ended_by) ON claim_pauses TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_payment_desk('claim_pauses');
--> statement-breakpoint
-- joining: declarations are deleted once the rejection is out (M-05), what is to be confirmed goes with them
DROP POLICY removes ON applications;
--> statement-breakpoint
CREATE POLICY removes ON applications FOR DELETE TO gemeinwatt_api USING ((SELECT app_is('board', 'system')) AND state = 'rejected');
--> statement-breakpoint
SELECT guard_allow('application_confirmations', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
ALTER TABLE application_confirmations ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON application_confirmations FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('board', 'supervisory', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY writes ON application_confirmations FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY changes ON application_confirmations FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is('board', 'system')));
--> statement-breakpoint
-- subscription rounds: everybody may see and hold them (a subscription locks the round against the decision), the board changes them
SELECT guard_allow('subscription_rounds', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
ALTER TABLE subscription_rounds ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON subscription_rounds FOR SELECT TO gemeinwatt_api USING (true);
--> statement-breakpoint
CREATE POLICY writes ON subscription_rounds FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY changes ON subscription_rounds FOR UPDATE TO gemeinwatt_api USING (true) WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
SELECT guard_allow('round_subscriptions', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_member_rows('round_subscriptions', 'member_id');
--> statement-breakpoint
-- desk
-- The members as staff search and leaf through them. Not a security_invoker view, on purpose: under row level security an index is
-- used only by operators that leak nothing, and the search of words is none of those. Whoever is not of the staff sees no row here.
CREATE VIEW staff_members AS SELECT id, number, kind, investing, family_name, given_names, organisation, sort_name, postcode, town, email, joined_on, left_on, words
  FROM members WHERE (SELECT app_is('board', 'supervisory', 'auditor', 'system'));
--> statement-breakpoint
GRANT SELECT ON staff_members TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_allow('member_notes', 'SELECT, INSERT, DELETE');
--> statement-breakpoint
ALTER TABLE member_notes ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON member_notes FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('board', 'supervisory', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY writes ON member_notes FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY removes ON member_notes FOR DELETE TO gemeinwatt_api USING ((SELECT app_is('board', 'system')));
