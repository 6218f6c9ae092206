-- Guards: what Drizzle's schema cannot say. Row level security, append-only tables, grants to the API's role.
-- The guard_* functions are tools of migrations; each feature's section below uses them.
GRANT USAGE ON SCHEMA public TO gemeinwatt_api;
--> statement-breakpoint
-- The acting person, member and roles of the running transaction; unset means nobody.
CREATE FUNCTION app_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT nullif(current_setting('app.person', true), '')::uuid $$;
--> statement-breakpoint
CREATE FUNCTION app_member() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT nullif(current_setting('app.member', true), '')::uuid $$;
--> statement-breakpoint
-- True if the actor holds one of the roles; 'system' is the program itself.
CREATE FUNCTION app_is(VARIADIC wanted text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT coalesce(string_to_array(current_setting('app.roles', true), ',') && wanted, false) $$;
--> statement-breakpoint
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
--> statement-breakpoint
-- Rows are only ever added: no UPDATE, DELETE or TRUNCATE, for nobody.
CREATE FUNCTION guard_append_only(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON %s TO gemeinwatt_api', target);
  EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', target);
END $$;
--> statement-breakpoint
-- Ordinary tables: the API may do what is listed, e.g. 'SELECT, INSERT, UPDATE'.
CREATE FUNCTION guard_allow(target regclass, privileges text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN EXECUTE format('GRANT %s ON %s TO gemeinwatt_api', privileges, target); END $$;
--> statement-breakpoint
-- Member data: a member sees own rows; board, supervisory board, auditor and the program see all; only the program, the board and the member write.
CREATE FUNCTION guard_member_rows(target regclass, member_column text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY reads ON %s FOR SELECT TO gemeinwatt_api USING (%I = (SELECT app_member()) OR (SELECT app_is(''board'', ''supervisory'', ''auditor'', ''system'')))', target, member_column);
  EXECUTE format('CREATE POLICY writes ON %s FOR INSERT TO gemeinwatt_api WITH CHECK (%I = (SELECT app_member()) OR (SELECT app_is(''board'', ''system'')))', target, member_column);
  EXECUTE format('CREATE POLICY changes ON %s FOR UPDATE TO gemeinwatt_api USING (%I = (SELECT app_member()) OR (SELECT app_is(''board'', ''system''))) WITH CHECK (%I = (SELECT app_member()) OR (SELECT app_is(''board'', ''system'')))', target, member_column, member_column);
  EXECUTE format('CREATE POLICY removes ON %s FOR DELETE TO gemeinwatt_api USING (%I = (SELECT app_member()) OR (SELECT app_is(''board'', ''system'')))', target, member_column);
END $$;
--> statement-breakpoint
-- Rows for staff only: the listed roles and the program, for everything.
CREATE FUNCTION guard_staff_rows(target regclass, VARIADIC roles text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY staff ON %s FOR ALL TO gemeinwatt_api USING ((SELECT app_is(VARIADIC %L::text[])))', target, array_append(roles, 'system'));
END $$;
--> statement-breakpoint
-- audit
SELECT guard_append_only('audit_log');
--> statement-breakpoint
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON audit_log FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('board', 'supervisory', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY appends ON audit_log FOR INSERT TO gemeinwatt_api WITH CHECK (true);
--> statement-breakpoint
INSERT INTO audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
--> statement-breakpoint
SELECT guard_allow('audit_head', 'SELECT, UPDATE');
--> statement-breakpoint
SELECT guard_allow('idempotency_keys', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_append_only('audit_seals');
--> statement-breakpoint
-- accounts
-- Everybody sees and changes their own account; the board, the supervisory board and the auditor see all, the board changes all.
SELECT guard_allow('persons', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
ALTER TABLE persons ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON persons FOR SELECT TO gemeinwatt_api USING (id = (SELECT app_person()) OR (SELECT app_is('board', 'supervisory', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY writes ON persons FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY changes ON persons FOR UPDATE TO gemeinwatt_api USING (id = (SELECT app_person()) OR (SELECT app_is('board', 'system')));
--> statement-breakpoint
SELECT guard_allow('sessions', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY own ON sessions FOR ALL TO gemeinwatt_api USING (person_id = (SELECT app_person()) OR (SELECT app_is('board', 'system')));
--> statement-breakpoint
SELECT guard_allow('refresh_tokens', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('refresh_tokens', VARIADIC '{}'::text[]);
--> statement-breakpoint
SELECT guard_allow('recovery_codes', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY own ON recovery_codes FOR ALL TO gemeinwatt_api USING (person_id = (SELECT app_person()) OR (SELECT app_is('board', 'system')));
--> statement-breakpoint
SELECT guard_allow('account_links', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
ALTER TABLE account_links ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY own ON account_links FOR ALL TO gemeinwatt_api USING (person_id = (SELECT app_person()) OR (SELECT app_is('board', 'system')));
--> statement-breakpoint
SELECT guard_allow('throttles', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('throttles', VARIADIC '{}'::text[]);
--> statement-breakpoint
SELECT guard_allow('device_tokens', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('device_tokens', 'board', 'operator');
--> statement-breakpoint
CREATE POLICY reads ON device_tokens FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('auditor')));
--> statement-breakpoint
SELECT guard_allow('setup_codes', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('setup_codes', VARIADIC '{}'::text[]);
--> statement-breakpoint
-- notices
SELECT guard_allow('notices', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
ALTER TABLE notices ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
-- Anybody's action may cause a mail; only the program sends, staff see the counts.
CREATE POLICY writes ON notices FOR INSERT TO gemeinwatt_api WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY reads ON notices FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('board', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY sends ON notices FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is('system')));
--> statement-breakpoint
CREATE POLICY forgets ON notices FOR DELETE TO gemeinwatt_api USING ((SELECT app_is('system')));
--> statement-breakpoint
-- statute
SELECT guard_allow('cooperative', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_allow('statute_proposals', 'SELECT, INSERT');
--> statement-breakpoint
-- What was proposed never changes; only the decision is added.
GRANT UPDATE (state, decided_by, decided_at) ON statute_proposals TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_append_only('statute_versions');
--> statement-breakpoint
-- members
-- Like guard_member_rows, but only the board and the program write: members read what is recorded about them.
CREATE FUNCTION guard_member_reads(target regclass, member_column text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY reads ON %s FOR SELECT TO gemeinwatt_api USING (%I = (SELECT app_member()) OR (SELECT app_is(''board'', ''supervisory'', ''auditor'', ''system'')))', target, member_column);
  EXECUTE format('CREATE POLICY writes ON %s FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is(''board'', ''system'')))', target);
  EXECUTE format('CREATE POLICY changes ON %s FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is(''board'', ''system''))) WITH CHECK ((SELECT app_is(''board'', ''system'')))', target);
END $$;
--> statement-breakpoint
SELECT guard_allow('applications', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
ALTER TABLE applications ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON applications FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('board', 'supervisory', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY writes ON applications FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY changes ON applications FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY removes ON applications FOR DELETE TO gemeinwatt_api USING ((SELECT app_is('board', 'system')) AND state = 'declared');
--> statement-breakpoint
SELECT guard_allow('members', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_member_rows('members', 'id');
--> statement-breakpoint
SELECT guard_allow('member_secrets', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_member_rows('member_secrets', 'member_id');
--> statement-breakpoint
SELECT guard_allow('member_counter', 'SELECT, UPDATE');
--> statement-breakpoint
INSERT INTO member_counter (one, last_number) VALUES (1, 0);
--> statement-breakpoint
SELECT guard_append_only('register_events');
--> statement-breakpoint
SELECT guard_member_rows('register_events', 'member_id');
--> statement-breakpoint
ALTER TABLE register_events ADD CONSTRAINT register_events_reverses FOREIGN KEY (reverses) REFERENCES register_events (id);
--> statement-breakpoint
-- An account acts for a membership that exists.
ALTER TABLE persons ADD CONSTRAINT persons_member FOREIGN KEY (member_id) REFERENCES members (id);
--> statement-breakpoint
-- ledger
SELECT guard_allow('ledger_accounts', 'SELECT');
--> statement-breakpoint
INSERT INTO ledger_accounts (number, name_de, name_en, kind, per_member) VALUES
  ('0440', 'Energieerzeugungsanlagen', 'Power plants', 'asset', false),
  ('1200', 'Forderungen aus Lieferungen und Leistungen', 'Trade receivables', 'asset', false),
  ('1400', 'Abziehbare Vorsteuer', 'Input tax', 'asset', false),
  ('1460', 'Geldtransit', 'Money in transit', 'asset', false),
  ('1800', 'Bank', 'Bank', 'asset', false),
  ('2901', 'Geschäftsguthaben der Mitglieder', 'Members'' balances', 'equity', true),
  ('2902', 'Geschäftsguthaben ausscheidender Mitglieder', 'Balances of leaving members', 'equity', true),
  ('2906', 'Rückständige fällige Einzahlungen auf Geschäftsanteile (Vermerk)', 'Due and unpaid on shares (memo)', 'memo', true),
  ('2907', 'Gegenkonto rückständige fällige Einzahlungen (Vermerk)', 'Contra account due and unpaid (memo)', 'memo', true),
  ('2930', 'Gesetzliche Rücklage', 'Legal reserve', 'equity', false),
  ('2960', 'Andere Ergebnisrücklagen', 'Other reserves', 'equity', false),
  ('2970', 'Gewinnvortrag', 'Profit carried forward', 'equity', false),
  ('2978', 'Verlustvortrag', 'Loss carried forward', 'equity', false),
  ('2990', 'Bilanzgewinn und Ergebnisverwendung', 'Appropriation of profit', 'equity', false),
  ('3150', 'Verbindlichkeiten gegenüber Kreditinstituten', 'Bank loans', 'liability', false),
  ('3300', 'Verbindlichkeiten aus Lieferungen und Leistungen', 'Trade payables', 'liability', false),
  ('3520', 'Verbindlichkeiten gegenüber Mitgliedern aus Überzahlung', 'Overpayments of members', 'liability', true),
  ('3640', 'Verbindlichkeiten gegenüber Mitgliedern aus Dividende', 'Dividends payable', 'liability', true),
  ('3645', 'Verbindlichkeiten aus Auseinandersetzung', 'Settlements of former members', 'liability', true),
  ('3760', 'Verbindlichkeiten aus einbehaltener Kapitalertragsteuer', 'Tax withheld on dividends', 'liability', false),
  ('3800', 'Umsatzsteuer', 'Value added tax', 'liability', false),
  ('4400', 'Erlöse aus Stromverkauf', 'Revenue from electricity', 'income', false),
  ('4830', 'Sonstige betriebliche Erträge', 'Other income', 'income', false),
  ('6220', 'Abschreibungen auf Sachanlagen', 'Depreciation', 'expense', false),
  ('6310', 'Pacht', 'Land and roof rents', 'expense', false),
  ('6400', 'Versicherungen', 'Insurance', 'expense', false),
  ('6470', 'Wartung und Betriebsführung', 'Maintenance and operation', 'expense', false),
  ('6827', 'Prüfung, Abschluss und Beratung', 'Audit and advice', 'expense', false),
  ('6850', 'Verwaltung', 'Administration', 'expense', false),
  ('7320', 'Zinsen', 'Interest', 'expense', false),
  ('7600', 'Steuern vom Einkommen und Ertrag', 'Taxes on income', 'expense', false);
--> statement-breakpoint
INSERT INTO journal_head (number, hash, locked_through) VALUES (0, decode(repeat('00', 32), 'hex'), '1900-01-01');
--> statement-breakpoint
SELECT guard_allow('journal_head', 'SELECT, UPDATE');
--> statement-breakpoint
SELECT guard_append_only('journal');
--> statement-breakpoint
SELECT guard_append_only('postings');
--> statement-breakpoint
SELECT guard_append_only('period_locks');
--> statement-breakpoint
ALTER TABLE journal ADD CONSTRAINT journal_reverses FOREIGN KEY (reverses) REFERENCES journal (number);
--> statement-breakpoint
-- Members' accounts take postings with a member only, all others only without.
ALTER TABLE postings ADD CONSTRAINT postings_account FOREIGN KEY (account, per_member) REFERENCES ledger_accounts (number, per_member);
--> statement-breakpoint
-- Second line behind the service: every entry balances and has two postings or more, within the statement that inserts it.
CREATE FUNCTION entries_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong bigint;
BEGIN
  SELECT entry INTO wrong FROM added GROUP BY entry HAVING sum(cents) <> 0 OR count(*) < 2 LIMIT 1;
  IF FOUND THEN RAISE EXCEPTION 'entry % does not balance', wrong USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_must_balance'; END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER balance AFTER INSERT ON postings REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION entries_must_balance();
--> statement-breakpoint
-- Postings without a member are the staff's business; a member reads the own sub-ledger and the entries behind it.
ALTER TABLE postings ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON postings FOR SELECT TO gemeinwatt_api USING (member_id = (SELECT app_member()) OR (SELECT app_is('board', 'supervisory', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY writes ON postings FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON journal FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('board', 'supervisory', 'auditor', 'system')) OR EXISTS (SELECT FROM postings p WHERE p.member_id = (SELECT app_member()) AND p.entry = number));
--> statement-breakpoint
CREATE POLICY writes ON journal FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
-- shares
SELECT guard_allow('share_requests', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_member_rows('share_requests', 'member_id');
--> statement-breakpoint
SELECT guard_append_only('share_movements');
--> statement-breakpoint
SELECT guard_member_reads('share_movements', 'member_id');
--> statement-breakpoint
ALTER TABLE share_movements ADD CONSTRAINT share_movements_reverses FOREIGN KEY (reverses) REFERENCES share_movements (id);
--> statement-breakpoint
SELECT guard_append_only('share_dues');
--> statement-breakpoint
SELECT guard_member_reads('share_dues', 'member_id');
--> statement-breakpoint
-- payments
SELECT guard_allow('payments', 'SELECT, INSERT');
--> statement-breakpoint
-- A payment never changes; it can only be marked as reversed by an entry in the books.
GRANT UPDATE (reversal_entry, reversed_at, reversal_reason) ON payments TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_member_reads('payments', 'member_id');
--> statement-breakpoint
SELECT guard_allow('payout_files', 'SELECT, INSERT');
--> statement-breakpoint
-- What is in a file never changes; only its way to the bank is recorded.
GRANT UPDATE (state, released_by, released_at, released_sha256, executed_on, entry, closed_by, closed_at, void_reason) ON payout_files TO gemeinwatt_api;
--> statement-breakpoint
ALTER TABLE payout_files ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON payout_files FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('board', 'supervisory', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY writes ON payout_files FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY changes ON payout_files FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is('board', 'system')));
--> statement-breakpoint
SELECT guard_append_only('payout_items');
--> statement-breakpoint
SELECT guard_member_reads('payout_items', 'member_id');
--> statement-breakpoint
-- plants: seen by everybody signed in
SELECT guard_allow('plants', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_append_only('plant_rates');
--> statement-breakpoint
SELECT guard_allow('metering_points', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
-- UPDATE only for the row lock that puts imports of one channel in order
SELECT guard_allow('channels', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
-- readings: meter-days seen by everybody signed in; files and sources by staff
SELECT guard_allow('imports', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('imports', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
SELECT guard_allow('reading_days', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_append_only('reading_days_history');
--> statement-breakpoint
SELECT guard_allow('open_readings', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_allow('sources', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_staff_rows('sources', 'board', 'operator', 'supervisory', 'auditor');
--> statement-breakpoint
-- yields: seen by everybody signed in, written by the program
SELECT guard_allow('plant_days', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_allow('share_days', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
-- dividends
-- Figures, proposals and runs are no member's data: everybody signed in may be shown them; the board writes, the supervisory board decides with it.
CREATE FUNCTION guard_board_acts(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY reads ON %s FOR SELECT TO gemeinwatt_api USING (true)', target);
  EXECUTE format('CREATE POLICY writes ON %s FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is(''board'', ''system'')))', target);
  EXECUTE format('CREATE POLICY changes ON %s FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is(''board'', ''supervisory'', ''system'')))', target);
END $$;
--> statement-breakpoint
SELECT guard_allow('fiscal_years', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_board_acts('fiscal_years');
--> statement-breakpoint
SELECT guard_allow('dividend_proposals', 'SELECT, INSERT');
--> statement-breakpoint
-- What was proposed never changes; the resolution is added, with the day of payment and the carry-forward it results in.
GRANT UPDATE (state, ballot_id, resolved_on, payout_on, carried_forward_cents, decided_by, decided_at) ON dividend_proposals TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_board_acts('dividend_proposals');
--> statement-breakpoint
SELECT guard_allow('dividend_runs', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (state, released_by, released_at, journal_entry, discarded_by, discarded_at) ON dividend_runs TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_board_acts('dividend_runs');
--> statement-breakpoint
-- A released or discarded run stays as it is, for everybody.
CREATE FUNCTION guard_dividend_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'prepared' THEN RAISE EXCEPTION 'a run that is % stays as it is', OLD.state USING ERRCODE = 'restrict_violation'; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER stays BEFORE UPDATE ON dividend_runs FOR EACH ROW EXECUTE FUNCTION guard_dividend_run();
--> statement-breakpoint
SELECT guard_allow('dividend_gate', 'SELECT, UPDATE');
--> statement-breakpoint
INSERT INTO dividend_gate (one) VALUES (1);
--> statement-breakpoint
SELECT guard_append_only('dividend_payouts');
--> statement-breakpoint
SELECT guard_board_acts('dividend_payouts');
--> statement-breakpoint
-- Whether a file still stands and when the bank executed it, also for members, who see their own transfers but not the files.
CREATE FUNCTION payout_executed_on(wanted uuid) RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$ SELECT executed_on FROM payout_files WHERE id = wanted $$;
--> statement-breakpoint
CREATE FUNCTION payout_stands(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$ SELECT state <> 'voided' FROM payout_files WHERE id = wanted $$;
--> statement-breakpoint
-- Lines: written by the board's run; members read their own once the run is released.
SELECT guard_append_only('dividend_lines');
--> statement-breakpoint
ALTER TABLE dividend_lines ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON dividend_lines FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('board', 'supervisory', 'auditor', 'system')) OR (member_id = (SELECT app_member()) AND run_id IN (SELECT id FROM dividend_runs WHERE state = 'released')));
--> statement-breakpoint
CREATE POLICY writes ON dividend_lines FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
SELECT guard_append_only('exemption_orders');
--> statement-breakpoint
SELECT guard_member_rows('exemption_orders', 'member_id');
--> statement-breakpoint
-- True if another member's order in force covers one of these tax ids: a couple's joint order exists once (§ 44a(2), § 20(9) EStG).
CREATE FUNCTION exemption_held_elsewhere(wanted bytea[], of_member uuid, from_day date, joint_wanted boolean) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT EXISTS (
    SELECT FROM (
      SELECT DISTINCT ON (member_id) * FROM exemption_orders WHERE member_id <> of_member ORDER BY member_id, recorded_at DESC, id DESC
    ) o
    WHERE (o.valid_to IS NULL OR o.valid_to >= greatest(o.valid_from, from_day))
      AND (o.tax_id_blind = wanted[1] OR ((joint_wanted OR o.joint) AND (o.tax_id_blind = ANY (wanted) OR o.spouse_tax_id_blind = ANY (wanted))))
  )
$$;
--> statement-breakpoint
SELECT guard_allow('tax_attributes', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_member_reads('tax_attributes', 'member_id');
--> statement-breakpoint
SELECT guard_allow('tax_certificates', 'SELECT, INSERT');
--> statement-breakpoint
GRANT UPDATE (withdrawn_by, withdrawn_at) ON tax_certificates TO gemeinwatt_api;
--> statement-breakpoint
SELECT guard_member_reads('tax_certificates', 'member_id');
--> statement-breakpoint
-- assemblies
-- Members see an assembly once it is convened; staff see drafts; the board writes.
SELECT guard_allow('assemblies', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
ALTER TABLE assemblies ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON assemblies FOR SELECT TO gemeinwatt_api USING ((SELECT app_is('board', 'supervisory', 'auditor', 'system')) OR (state <> 'draft' AND (SELECT app_member()) IS NOT NULL));
--> statement-breakpoint
CREATE POLICY writes ON assemblies FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY changes ON assemblies FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is('board', 'system')));
--> statement-breakpoint
SELECT guard_allow('agenda_items', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
ALTER TABLE agenda_items ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON agenda_items FOR SELECT TO gemeinwatt_api USING (assembly_id IN (SELECT id FROM assemblies));
--> statement-breakpoint
CREATE POLICY writes ON agenda_items FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY changes ON agenda_items FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY removes ON agenda_items FOR DELETE TO gemeinwatt_api USING ((SELECT app_is('board', 'system')));
--> statement-breakpoint
-- What was announced stays as it was announced.
CREATE FUNCTION forbid_announced_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'an announced agenda item cannot be changed' USING ERRCODE = 'restrict_violation'; END $$;
--> statement-breakpoint
CREATE TRIGGER announced BEFORE UPDATE OR DELETE ON agenda_items FOR EACH ROW WHEN (OLD.announced_at IS NOT NULL) EXECUTE FUNCTION forbid_announced_change();
--> statement-breakpoint
-- ballots
SELECT guard_allow('ballots', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
ALTER TABLE ballots ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON ballots FOR SELECT TO gemeinwatt_api USING (assembly_id IN (SELECT id FROM assemblies));
--> statement-breakpoint
CREATE POLICY writes ON ballots FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
CREATE POLICY changes ON ballots FOR UPDATE TO gemeinwatt_api USING ((SELECT app_is('board', 'supervisory', 'system')));
--> statement-breakpoint
CREATE POLICY removes ON ballots FOR DELETE TO gemeinwatt_api USING (state = 'prepared' AND (SELECT app_is('board', 'system')));
--> statement-breakpoint
-- Once open, a ballot only moves forward: nobody changes what is asked, the window or the electorate; a closed one stays closed.
CREATE FUNCTION guard_ballot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('prepared', 'open'), ('open', 'closing'), ('closing', 'closed')) THEN
    RAISE EXCEPTION 'a ballot cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
  END IF;
  IF (OLD.id, OLD.assembly_id, OLD.agenda_item_id, OLD.question, OLD.text, OLD.text_hash, OLD.rule, OLD.threshold_numerator, OLD.threshold_denominator, OLD.threshold_strict, OLD.threshold_set_by, OLD.threshold_source, OLD.payout_on, OLD.barred_member_ids, OLD.opens_at, OLD.closes_at)
    IS DISTINCT FROM (NEW.id, NEW.assembly_id, NEW.agenda_item_id, NEW.question, NEW.text, NEW.text_hash, NEW.rule, NEW.threshold_numerator, NEW.threshold_denominator, NEW.threshold_strict, NEW.threshold_set_by, NEW.threshold_source, NEW.payout_on, NEW.barred_member_ids, NEW.opens_at, NEW.closes_at)
    OR (OLD.state <> 'prepared' AND (OLD.opened_at, OLD.opened_by, OLD.electorate_on, OLD.electorate_hash) IS DISTINCT FROM (NEW.opened_at, NEW.opened_by, NEW.electorate_on, NEW.electorate_hash))
    OR (OLD.state = 'closing' AND (OLD.closing_proposed_at, OLD.closing_proposed_by) IS DISTINCT FROM (NEW.closing_proposed_at, NEW.closing_proposed_by))
  THEN
    RAISE EXCEPTION 'what is put to the vote cannot be changed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER forward_only BEFORE UPDATE ON ballots FOR EACH ROW EXECUTE FUNCTION guard_ballot();
--> statement-breakpoint
SELECT guard_append_only('ballot_entitlements');
--> statement-breakpoint
ALTER TABLE ballot_entitlements ADD CONSTRAINT ballot_entitlements_member FOREIGN KEY (member_id) REFERENCES members (id);
--> statement-breakpoint
ALTER TABLE ballot_entitlements ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON ballot_entitlements FOR SELECT TO gemeinwatt_api USING (member_id = (SELECT app_member()) OR (SELECT app_is('board', 'supervisory', 'auditor', 'system')));
--> statement-breakpoint
CREATE POLICY writes ON ballot_entitlements FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'system')));
--> statement-breakpoint
-- Votes: put in by the ballot box alone; a member reads the own one; staff read them once the ballot is closed, nobody before.
SELECT guard_append_only('ballot_votes');
--> statement-breakpoint
ALTER TABLE ballot_votes ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON ballot_votes FOR SELECT TO gemeinwatt_api USING (member_id = (SELECT app_member()) OR (SELECT app_is('system')) OR ((SELECT app_is('board', 'supervisory', 'auditor')) AND ballot_id IN (SELECT id FROM ballots WHERE state = 'closed')));
--> statement-breakpoint
CREATE POLICY writes ON ballot_votes FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('system')));
--> statement-breakpoint
-- Counts that everybody may know: how many have voted, how many may.
CREATE FUNCTION ballot_turnout(ballot uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$ SELECT count(*)::int FROM ballot_votes WHERE ballot_id = ballot $$;
--> statement-breakpoint
CREATE FUNCTION ballot_eligible(ballot uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$ SELECT count(*)::int FROM ballot_entitlements WHERE ballot_id = ballot AND NOT barred $$;
--> statement-breakpoint
SELECT guard_append_only('ballot_results');
--> statement-breakpoint
ALTER TABLE ballot_results ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY reads ON ballot_results FOR SELECT TO gemeinwatt_api USING (ballot_id IN (SELECT id FROM ballots));
--> statement-breakpoint
CREATE POLICY writes ON ballot_results FOR INSERT TO gemeinwatt_api WITH CHECK ((SELECT app_is('board', 'supervisory', 'system')));
--> statement-breakpoint
-- jobs
SELECT guard_allow('job_runs', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('job_runs', 'board', 'operator', 'auditor');
