-- statute and reports
SELECT guard_append_only('share_splits');
--> statement-breakpoint
-- Duties and facts for reports: the board writes, supervisory board and auditor read.
SELECT guard_allow('duty_marks', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('duty_marks', 'board');
--> statement-breakpoint
CREATE POLICY reads ON duty_marks FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('supervisory', 'auditor')));
--> statement-breakpoint
SELECT guard_allow('duty_events', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('duty_events', 'board');
--> statement-breakpoint
CREATE POLICY reads ON duty_events FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('supervisory', 'auditor')));
--> statement-breakpoint
SELECT guard_allow('citizen_areas', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('citizen_areas', 'board');
--> statement-breakpoint
CREATE POLICY reads ON citizen_areas FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('supervisory', 'auditor')));
--> statement-breakpoint
SELECT guard_allow('citizen_voters', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('citizen_voters', 'board');
--> statement-breakpoint
CREATE POLICY reads ON citizen_voters FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('supervisory', 'auditor')));
--> statement-breakpoint
-- A lower nominal value waits for the creditors: the board keeps the file, supervisory board and auditor read.
SELECT guard_allow('share_reductions', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('share_reductions', 'board');
--> statement-breakpoint
CREATE POLICY reads ON share_reductions FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('supervisory', 'auditor')));
--> statement-breakpoint
SELECT guard_allow('reduction_creditors', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('reduction_creditors', 'board');
--> statement-breakpoint
CREATE POLICY reads ON reduction_creditors FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('supervisory', 'auditor')));
--> statement-breakpoint
-- Losses: what was proposed never changes, only the decision is added; what each member bore stays.
SELECT guard_allow('loss_write_offs', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (state, decided_by, decided_at, entry) ON loss_write_offs TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_staff_rows('loss_write_offs', 'board');
--> statement-breakpoint
CREATE POLICY reads ON loss_write_offs FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('supervisory', 'auditor')));
--> statement-breakpoint
SELECT guard_append_only('loss_lines');
--> statement-breakpoint
SELECT guard_member_reads('loss_lines', 'member_id');
--> statement-breakpoint
-- payments: mandates, direct debits, bank statements, reminders
INSERT INTO ledger_accounts (number, name_de, name_en, kind, per_member) VALUES
  ('1310', 'Forderungen gegen Mitglieder aus Gebühren und Rückgaben', 'Fees and returned debits owed by members', 'asset', true),
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
-- A part never changes; it can only be marked as void when its line is opened again.
SELECT guard_allow('line_bookings', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (reopened_at, reopened_by, reopen_reason) ON line_bookings TO gemeinwatt_api;
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
-- What became of single transfers of a file, and what settlements are relieved of beside files.
ALTER TABLE payout_outcomes ADD CONSTRAINT payout_outcomes_item FOREIGN KEY (file_id, line) REFERENCES payout_items (file_id, line);
--> statement-breakpoint
SELECT guard_append_only('payout_outcomes');
--> statement-breakpoint
SELECT guard_member_reads('payout_outcomes', 'member_id');
--> statement-breakpoint
SELECT guard_allow('settlement_reliefs', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (reversal_entry, reversed_at) ON settlement_reliefs TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_member_reads('settlement_reliefs', 'member_id');
--> statement-breakpoint
-- Members see of their own transfers when each was executed, but not the files.
CREATE FUNCTION payout_item_executed_on(wanted uuid, wanted_line integer) RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT CASE o.outcome WHEN 'executed' THEN o.happened_on WHEN 'dropped' THEN NULL ELSE f.executed_on END
  FROM payout_files f LEFT JOIN payout_outcomes o ON o.file_id = f.id AND o.line = wanted_line WHERE f.id = wanted
$$;
--> statement-breakpoint
-- live sources: seen and kept by staff; their series can be changed, their files tried again
SELECT guard_allow('source_channels', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('source_channels', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('source_files', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('source_files', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
-- Inverters recorded so far: what they count into is a series of theirs now.
INSERT INTO source_channels (source_id, name, metering_point_id, obis, slot_minutes, meaning, settings, edge)
SELECT id, '', metering_point_id, obis, 15, 'register', '{"unit":"Wh"}',
  CASE WHEN edge IS NULL THEN NULL ELSE json_build_object('at', edge->'at', 'shown', edge->'registers', 'unallocatedWh', edge->'unallocatedWh', 'gaps', '[]'::json, 'notes', edge->'notes') END
FROM sources WHERE kind = 'fronius' AND metering_point_id IS NOT NULL AND obis IS NOT NULL;
--> statement-breakpoint
UPDATE sources SET last_value_at = last_success_at, metering_point_id = NULL, obis = NULL, edge = NULL WHERE kind = 'fronius';
--> statement-breakpoint
-- readings: messages, deliveries, disputes, registers; by staff
-- A day that nobody delivers any more moves to its history.
SELECT guard_allow('reading_days', 'DELETE');
--> statement-breakpoint
SELECT guard_allow('reading_messages', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('reading_messages', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_append_only('reading_documents');
--> statement-breakpoint
SELECT guard_staff_rows('reading_documents', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_append_only('import_channels');
--> statement-breakpoint
SELECT guard_staff_rows('import_channels', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_append_only('reading_deliveries');
--> statement-breakpoint
SELECT guard_staff_rows('reading_deliveries', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('reading_disputes', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('reading_disputes', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('unplaced_series', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('unplaced_series', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_append_only('unplaced_days');
--> statement-breakpoint
SELECT guard_staff_rows('unplaced_days', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('meters', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('meters', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_append_only('register_photos');
--> statement-breakpoint
SELECT guard_staff_rows('register_photos', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
-- UPDATE only to say where readings of an unknown metering point belong.
SELECT guard_allow('register_readings', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (metering_point_id) ON register_readings TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_staff_rows('register_readings', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_append_only('register_reversals');
--> statement-breakpoint
SELECT guard_staff_rows('register_reversals', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_append_only('register_decisions');
--> statement-breakpoint
SELECT guard_staff_rows('register_decisions', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('energy_amounts', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (metering_point_id) ON energy_amounts TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_staff_rows('energy_amounts', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
-- Daily values that follow from a register or amount (channels named 'CODE d') count only where nothing else was measured that day;
-- those of a register before those of an amount.
CREATE FUNCTION is_outdone(channel int, on_day date) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM channels c JOIN channels o ON o.metering_point_id = c.metering_point_id AND o.id <> c.id AND split_part(o.obis, '.', 1) = split_part(c.obis, '.', 1)
      AND (o.obis NOT LIKE '% d' OR (c.obis LIKE '%.9._ d' AND o.obis LIKE '%.8._ d'))
    JOIN reading_days r ON r.channel_id = o.id AND r.day = on_day
    WHERE c.id = channel)
$$;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION is_outdone TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_append_only('correction_notes');
--> statement-breakpoint
SELECT guard_staff_rows('correction_notes', 'board', 'supervisory', 'auditor');
--> statement-breakpoint
-- mapping profiles: made, changed and deleted by staff
SELECT guard_allow('mapping_profiles', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('mapping_profiles', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
-- findings about meter-days: computed by the program, judged by operator and board
SELECT guard_allow('yield_findings', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('yield_findings', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('checked_days', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
-- what a kilowatt-hour stood for, by year; seen by everybody
SELECT guard_allow('co2_factors', 'SELECT');
--> statement-breakpoint
INSERT INTO co2_factors (year, grams_per_kwh, source) SELECT year, grams, 'Umweltbundesamt, Climate Change 16/2026, Strommix'
  FROM (VALUES (2006, 608), (2010, 559), (2015, 529), (2019, 409), (2020, 365), (2021, 406), (2022, 433), (2023, 379), (2024, 353), (2025, 344)) AS known (year, grams);
--> statement-breakpoint
SELECT guard_allow('public_plants', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
-- what shares come to, month by month: written by the program, seen by the member it is about
SELECT guard_allow('shared_months', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('shared_months', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('member_months', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_member_rows('member_months', 'member_id');
--> statement-breakpoint
-- exits, transfers, settlements
-- What was declared never changes; only its way is recorded.
SELECT guard_allow('exits', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (state, withdrawal_asked_at, closed_at, closed_by, closed_reason, superseded_by, successor_number, movement_id, register_event_id) ON exits TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_member_rows('exits', 'member_id');
--> statement-breakpoint
SELECT guard_allow('share_transfers', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (to_member_id, takes, declaration, accepted_at, state, effective_on, decided_at, decided_by, resolution, entry) ON share_transfers TO gemeinwatt_api;
--> statement-breakpoint
ALTER TABLE share_transfers ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
-- The address of the member who acts, compared with whom a transfer names.
CREATE FUNCTION app_member_email() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$ SELECT lower(email) FROM members WHERE id = app_member() $$;
--> statement-breakpoint
CREATE POLICY reads ON share_transfers FOR SELECT TO gemeinwatt_api USING (from_member_id = (SELECT app_member()) OR to_member_id = (SELECT app_member()) OR (to_member_id IS NULL AND to_email = (SELECT app_member_email())) OR (SELECT app_is('board', 'supervisory', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY writes ON share_transfers FOR INSERT TO gemeinwatt_api WITH CHECK (from_member_id = (SELECT app_member()) OR (SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY changes ON share_transfers FOR UPDATE TO gemeinwatt_api USING (from_member_id = (SELECT app_member()) OR to_member_id = (SELECT app_member()) OR (to_member_id IS NULL AND to_email = (SELECT app_member_email())) OR (SELECT app_is('board', 'system'))) WITH CHECK (from_member_id = (SELECT app_member()) OR to_member_id = (SELECT app_member()) OR (SELECT app_is('board', 'system')));
--> statement-breakpoint
-- Who a giver means: number and family name (or the organisation's) must both fit; the list of members stays closed.
CREATE FUNCTION member_meant(wanted_number integer, wanted_name text) RETURNS TABLE (id uuid, email text, name text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT m.id, m.email, coalesce(m.organisation, m.given_names || ' ' || m.family_name) FROM members m WHERE m.number = wanted_number AND lower(coalesce(m.organisation, m.family_name)) = lower(wanted_name) AND m.left_on IS NULL
$$;
--> statement-breakpoint
-- The other side of a transfer by name: for whoever may read the transfer.
CREATE FUNCTION transfer_party(wanted uuid) RETURNS TABLE (number integer, name text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT m.number, coalesce(m.organisation, m.given_names || ' ' || m.family_name) FROM members m
  WHERE m.id = wanted AND ((SELECT app_is('board', 'supervisory', 'auditor', 'system')) OR m.id = app_member() OR EXISTS (
    SELECT FROM share_transfers t WHERE (t.from_member_id = m.id AND (t.to_member_id = app_member() OR t.to_email = app_member_email())) OR (t.to_member_id = m.id AND t.from_member_id = app_member())
  ))
$$;
--> statement-breakpoint
SELECT guard_allow('settlements', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (loss_share_cents, determined_at, determined_by, basis, determined_entry, voided_at) ON settlements TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_member_reads('settlements', 'member_id');
--> statement-breakpoint
SELECT guard_append_only('settlement_payouts');
--> statement-breakpoint
SELECT guard_member_reads('settlement_payouts', 'member_id');
--> statement-breakpoint
SELECT guard_allow('member_representatives', 'SELECT, INSERT');
--> statement-breakpoint
-- Of who acts for a member only the end and the account are added; the address goes with the member's data.
GRANT UPDATE (account_id, ended_on, ended_at, ended_basis, email, address) ON member_representatives TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_member_reads('member_representatives', 'member_id');
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
-- changes of the account payouts go to
SELECT guard_allow('account_changes', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_member_rows('account_changes', 'member_id');
--> statement-breakpoint
SELECT guard_allow('former_emails', 'SELECT, INSERT, DELETE');
--> statement-breakpoint
SELECT guard_member_rows('former_emails', 'member_id');
--> statement-breakpoint
ALTER TABLE former_emails ADD CONSTRAINT former_emails_member FOREIGN KEY (member_id) REFERENCES members (id);
--> statement-breakpoint
-- The language a member is written to in: of the account for the portal, else of the file. Anybody's action may cause a mail.
CREATE FUNCTION member_locale(wanted uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT locale FROM persons WHERE member_id = wanted AND disabled_at IS NULL), (SELECT locale FROM members WHERE id = wanted), 'de')
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION member_locale(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION member_locale(uuid) TO gemeinwatt_api;
--> statement-breakpoint
-- register, inspection, documents
ALTER TABLE register_events ADD CONSTRAINT register_events_replaced FOREIGN KEY (replaces) REFERENCES register_events (id);
--> statement-breakpoint
-- A member asks and reads the own request; everything else is the board's.
SELECT guard_allow('register_inspections', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
ALTER TABLE register_inspections ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON register_inspections FOR SELECT TO gemeinwatt_api USING (member_id = (SELECT app_member()) OR (SELECT app_is('board', 'supervisory', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY writes ON register_inspections FOR INSERT TO gemeinwatt_api WITH CHECK ((member_id = (SELECT app_member()) AND state = 'requested') OR (SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY changes ON register_inspections FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is('board', 'system')));
--> statement-breakpoint
SELECT guard_append_only('register_looks');
--> statement-breakpoint
ALTER TABLE register_looks ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON register_looks FOR SELECT TO gemeinwatt_api USING (inspection_id IN (SELECT id FROM register_inspections));
--> statement-breakpoint
CREATE POLICY writes ON register_looks FOR INSERT TO gemeinwatt_api WITH CHECK (inspection_id IN (SELECT id FROM register_inspections));
--> statement-breakpoint
SELECT guard_allow('documents', 'SELECT, INSERT');
--> statement-breakpoint
-- What was archived never changes; only its content can be erased.
GRANT UPDATE (content, erased_at) ON documents TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_member_reads('documents', 'member_id');
--> statement-breakpoint
ALTER TABLE documents ADD CONSTRAINT documents_member FOREIGN KEY (member_id) REFERENCES members (id);
--> statement-breakpoint
-- A member sees the own declaration to join.
CREATE POLICY own_declaration ON applications FOR SELECT TO gemeinwatt_api USING (member_id = (SELECT app_member()));
--> statement-breakpoint
-- privacy
-- Everything the database holds about a person, whatever table it stands in: rows whose key leads to the member or the account, and what
-- hangs on the member's application. Only for that person, the board and the program; tables that come later are found by their keys.
CREATE FUNCTION personal_rows(member uuid, person uuid) RETURNS TABLE (relation text, content jsonb) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE target record;
BEGIN
  IF member IS NOT NULL AND NOT coalesce(member = app_member(), false) AND NOT app_is('board', 'system') THEN RETURN; END IF;
  IF person IS NOT NULL AND NOT coalesce(person = app_person(), false) AND NOT app_is('board', 'system') THEN RETURN; END IF;
  FOR target IN
    SELECT DISTINCT c.relname::text AS name, a.attname::text AS col,
      CASE WHEN f.confrelid = 'members'::regclass OR a.attname = 'member_id' THEN member
        WHEN f.confrelid = 'persons'::regclass OR a.attname = 'person_id' THEN person END AS key
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'uuid'::regtype
      LEFT JOIN pg_constraint f ON f.conrelid = c.oid AND f.contype = 'f' AND cardinality(f.conkey) = 1 AND f.conkey[1] = a.attnum AND f.confrelid IN ('members'::regclass, 'persons'::regclass)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT IN ('members', 'persons')
      AND (f.oid IS NOT NULL OR a.attname IN ('member_id', 'person_id'))
      AND NOT (f.confrelid = 'persons'::regclass AND a.attname <> 'person_id')
    ORDER BY 1, 2
  LOOP
    IF target.key IS NOT NULL THEN
      RETURN QUERY EXECUTE format('SELECT %L::text, to_jsonb(t) FROM %I t WHERE t.%I = $1', target.name, target.name, target.col) USING target.key;
    END IF;
  END LOOP;
  RETURN QUERY SELECT 'members'::text, to_jsonb(t) FROM members t WHERE t.id = member;
  RETURN QUERY SELECT 'persons'::text, to_jsonb(t) FROM persons t WHERE t.id = person;
  RETURN QUERY SELECT 'application_confirmations'::text, to_jsonb(t) FROM application_confirmations t JOIN applications a ON a.id = t.application_id WHERE a.member_id = member;
  RETURN QUERY SELECT 'notices'::text, jsonb_build_object('template', t.template, 'created_at', t.created_at, 'sent_at', t.sent_at, 'failed_at', t.failed_at)
    FROM notices t WHERE t.recipient_hash IN (
      SELECT sha256(convert_to(lower(e), 'UTF8')) FROM (SELECT email FROM persons WHERE id = person UNION SELECT email FROM members WHERE id = member) x(e) WHERE e IS NOT NULL);
END $$;
--> statement-breakpoint
-- What the log says about a person: entries about the member or the account with what they say, own acts on other things by name only.
CREATE FUNCTION personal_log(member uuid, person uuid) RETURNS TABLE (seq bigint, at text, action text, about_them boolean, content json) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF member IS NOT NULL AND NOT coalesce(member = app_member(), false) AND NOT app_is('board', 'system') THEN RETURN; END IF;
  IF person IS NOT NULL AND NOT coalesce(person = app_person(), false) AND NOT app_is('board', 'system') THEN RETURN; END IF;
  RETURN QUERY
    WITH own AS (
      SELECT 'member ' || member AS subject UNION ALL SELECT 'person ' || person
      UNION ALL SELECT 'member ' || m.number FROM members m WHERE m.id = member
    )
    SELECT l.seq, l.content ->> 'at', l.action, l.subject IN (SELECT o.subject FROM own o WHERE o.subject IS NOT NULL) AS about_them,
      json_build_object('before', l.content -> 'before', 'after', l.content -> 'after')
    FROM audit_log l
    WHERE l.subject IN (SELECT o.subject FROM own o WHERE o.subject IS NOT NULL) OR (person IS NOT NULL AND l.content -> 'by' ->> 'person' = person::text)
    ORDER BY l.seq DESC LIMIT 20000;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION personal_rows(uuid, uuid), personal_log(uuid, uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION personal_rows(uuid, uuid), personal_log(uuid, uuid) TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_allow('restricted_data', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (content, erased_at) ON restricted_data TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_staff_rows('restricted_data', 'board');
--> statement-breakpoint
SELECT guard_append_only('deletion_runs');
--> statement-breakpoint
SELECT guard_staff_rows('deletion_runs', 'board');
--> statement-breakpoint
CREATE POLICY reads ON deletion_runs FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('supervisory', 'auditor')));
--> statement-breakpoint
SELECT guard_append_only('deletion_log');
--> statement-breakpoint
SELECT guard_staff_rows('deletion_log', 'board');
--> statement-breakpoint
CREATE POLICY reads ON deletion_log FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('supervisory', 'auditor')));
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
CREATE VIEW staff_members AS SELECT id, number, kind, investing, family_name, given_names, organisation, representative, sort_name, street, postcode, town, country, email, phone, joined_on, left_on, words
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
--> statement-breakpoint
-- ledger: names and new accounts of the chart, the tax adviser's numbers, the files handed over
GRANT INSERT, UPDATE (name_de, name_en) ON ledger_accounts TO gemeinwatt_api;
--> statement-breakpoint
INSERT INTO ledger_accounts (number, name_de, name_en, kind, per_member) VALUES
  ('9000', 'Saldenvorträge', 'Opening balances', 'equity', false)
ON CONFLICT DO NOTHING;
--> statement-breakpoint
SELECT guard_allow('datev_accounts', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('datev_accounts', 'board', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('datev_settings', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('datev_settings', 'board', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_append_only('datev_exports');
--> statement-breakpoint
SELECT guard_staff_rows('datev_exports', 'board', 'supervisory', 'auditor');
--> statement-breakpoint
-- The product's own chart follows SKR04; SKR03 has its own numbers for the same. The revenue account is an automatic one at DATEV.
INSERT INTO datev_accounts (chart, account, datev_account, tax_key)
SELECT '04', number, number, CASE number WHEN '4400' THEN '40' END FROM ledger_accounts;
--> statement-breakpoint
INSERT INTO datev_accounts (chart, account, datev_account, tax_key)
SELECT '03', known.account, known.datev_account, known.tax_key FROM (VALUES
  ('0440', '0200', NULL), ('1200', '1400', NULL), ('1400', '1570', NULL), ('1460', '1360', NULL), ('1800', '1200', NULL),
  ('2901', '0810', NULL), ('2902', '0811', NULL), ('2906', '0813', NULL), ('2907', '0815', NULL),
  ('2930', '0846', NULL), ('2960', '0855', NULL), ('2970', '0860', NULL), ('2978', '0868', NULL), ('2990', '0869', NULL),
  ('3150', '0630', NULL), ('3300', '1600', NULL), ('3520', '0731', NULL), ('3640', '0755', NULL), ('3645', '0732', NULL),
  ('3760', '1746', NULL), ('3800', '1770', NULL), ('4400', '8400', '40'), ('4830', '2700', NULL),
  ('6220', '4830', NULL), ('6310', '4220', NULL), ('6400', '4360', NULL), ('6470', '4805', NULL), ('6827', '4957', NULL),
  ('6850', '4980', NULL), ('1310', '1500', NULL), ('6855', '4970', NULL), ('7320', '2120', NULL), ('7600', '2200', NULL), ('9000', '9000', NULL)
) AS known (account, datev_account, tax_key) JOIN ledger_accounts ON number = known.account;
--> statement-breakpoint
-- Closed days stay closed, whoever asks. After the update, not before it: with a trigger before it, RETURNING old gives a waiting entry the
-- head that it began with, not the one it found.
CREATE FUNCTION closed_days_stay_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'closed days stay closed' USING ERRCODE = 'restrict_violation'; END $$;
--> statement-breakpoint
CREATE TRIGGER closed AFTER UPDATE ON journal_head FOR EACH ROW WHEN (NEW.locked_through < OLD.locked_through) EXECUTE FUNCTION closed_days_stay_closed();
--> statement-breakpoint
-- moving in: files and their rows are the board's; staff may look
SELECT guard_allow('movings', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('movings', 'board', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('moving_files', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('moving_files', 'board', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('moving_shapes', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('moving_shapes', 'board');
--> statement-breakpoint
SELECT guard_allow('moving_members', 'SELECT, INSERT');
--> statement-breakpoint
SELECT guard_staff_rows('moving_members', 'board', 'supervisory', 'auditor');
--> statement-breakpoint
-- Takes a move back as if its file had never been brought in: the one removal of legal records there is. It runs as the owner, for the
-- board only, with every table it touches locked, and answers why not if anything came after: a later entry in the books, an admission, a
-- later event or movement of one of its members, a closed day, a file for the tax adviser, any other record that names its members.
CREATE FUNCTION undo_moving(wanted uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  m movings;
  head journal_head;
BEGIN
  IF NOT app_is('board') THEN RAISE EXCEPTION 'only the board takes a move back' USING ERRCODE = 'insufficient_privilege'; END IF;
  LOCK TABLE members, member_secrets, member_representatives, register_events, share_movements, share_dues, exits, settlements, mandates, journal, journal_head, postings, moving_members, member_counter, datev_exports IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO m FROM movings WHERE id = wanted AND state = 'committed' FOR UPDATE;
  IF NOT FOUND THEN RETURN 'state'; END IF;
  SELECT * INTO head FROM journal_head;
  IF head.number <> coalesce(m.last_entry, m.entry_before) THEN RETURN 'entry'; END IF;
  IF head.locked_through >= (SELECT min(booked_on) FROM journal WHERE number BETWEEN m.first_entry AND m.last_entry) THEN RETURN 'locked'; END IF;
  IF EXISTS (SELECT FROM datev_exports WHERE through_entry >= m.first_entry) THEN RETURN 'exported'; END IF;
  IF (SELECT last_number FROM member_counter) <> greatest(m.number_before, (SELECT max(number) FROM members JOIN moving_members ON member_id = id WHERE moving_id = wanted)) THEN RETURN 'number'; END IF;
  IF (SELECT count(*) FROM register_events JOIN moving_members USING (member_id) WHERE moving_id = wanted) <> (m.counts ->> 'events')::bigint
    OR (SELECT count(*) FROM share_movements JOIN moving_members USING (member_id) WHERE moving_id = wanted) <> (m.counts ->> 'movements')::bigint
    OR (SELECT count(*) FROM share_dues JOIN moving_members USING (member_id) WHERE moving_id = wanted) <> (m.counts ->> 'dues')::bigint
    OR (SELECT count(*) FROM mandates JOIN moving_members USING (member_id) WHERE moving_id = wanted AND ended_at IS NULL) <> (m.counts ->> 'mandates')::bigint
    OR (SELECT count(*) FROM mandates JOIN moving_members USING (member_id) WHERE moving_id = wanted) <> (m.counts ->> 'mandates')::bigint
    OR (SELECT count(*) FROM exits JOIN moving_members USING (member_id) WHERE moving_id = wanted AND state = 'effective') <> (m.counts ->> 'settlements')::bigint
    OR (SELECT count(*) FROM exits JOIN moving_members USING (member_id) WHERE moving_id = wanted AND state = 'given' AND withdrawal_asked_at IS NULL) <> coalesce((m.counts ->> 'leaving')::bigint, 0)
    OR (SELECT count(*) FROM exits JOIN moving_members USING (member_id) WHERE moving_id = wanted) <> (m.counts ->> 'settlements')::bigint + coalesce((m.counts ->> 'leaving')::bigint, 0)
    OR (SELECT count(*) FROM member_representatives JOIN moving_members USING (member_id) WHERE moving_id = wanted AND ended_at IS NULL) <> coalesce((m.counts ->> 'representatives')::bigint, 0)
    OR (SELECT count(*) FROM member_representatives JOIN moving_members USING (member_id) WHERE moving_id = wanted) <> coalesce((m.counts ->> 'representatives')::bigint, 0)
    OR EXISTS (SELECT FROM settlements JOIN moving_members USING (member_id) WHERE moving_id = wanted AND voided_at IS NOT NULL)
  THEN RETURN 'event'; END IF;
  BEGIN
    ALTER TABLE register_events DISABLE TRIGGER append_only;
    ALTER TABLE share_movements DISABLE TRIGGER append_only;
    ALTER TABLE share_dues DISABLE TRIGGER append_only;
    ALTER TABLE journal DISABLE TRIGGER append_only;
    ALTER TABLE postings DISABLE TRIGGER append_only;
    DELETE FROM mandates USING moving_members g WHERE g.moving_id = wanted AND mandates.member_id = g.member_id;
    DELETE FROM settlements USING moving_members g WHERE g.moving_id = wanted AND settlements.member_id = g.member_id;
    DELETE FROM member_representatives USING moving_members g WHERE g.moving_id = wanted AND member_representatives.member_id = g.member_id;
    DELETE FROM exits USING moving_members g WHERE g.moving_id = wanted AND exits.member_id = g.member_id;
    DELETE FROM share_dues USING moving_members g WHERE g.moving_id = wanted AND share_dues.member_id = g.member_id;
    DELETE FROM share_movements USING moving_members g WHERE g.moving_id = wanted AND share_movements.member_id = g.member_id;
    DELETE FROM register_events USING moving_members g WHERE g.moving_id = wanted AND register_events.member_id = g.member_id;
    DELETE FROM postings WHERE entry BETWEEN m.first_entry AND m.last_entry;
    DELETE FROM journal WHERE number BETWEEN m.first_entry AND m.last_entry;
    UPDATE journal_head SET number = m.entry_before, hash = coalesce((SELECT hash FROM journal WHERE number = m.entry_before), decode(repeat('00', 32), 'hex'));
    DELETE FROM member_secrets USING moving_members g WHERE g.moving_id = wanted AND member_secrets.member_id = g.member_id;
    WITH gone AS (DELETE FROM moving_members WHERE moving_id = wanted RETURNING member_id) DELETE FROM members USING gone WHERE id = gone.member_id;
    UPDATE member_counter SET last_number = m.number_before;
    ALTER TABLE register_events ENABLE TRIGGER append_only;
    ALTER TABLE share_movements ENABLE TRIGGER append_only;
    ALTER TABLE share_dues ENABLE TRIGGER append_only;
    ALTER TABLE journal ENABLE TRIGGER append_only;
    ALTER TABLE postings ENABLE TRIGGER append_only;
  EXCEPTION WHEN foreign_key_violation THEN RETURN 'reference';
  END;
  RETURN 'done';
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION undo_moving(uuid) FROM public;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION undo_moving(uuid) TO gemeinwatt_api;
