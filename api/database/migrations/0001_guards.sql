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
-- plants: seen by everybody signed in
SELECT guard_allow('plants', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_append_only('plant_rates');
--> statement-breakpoint
SELECT guard_allow('metering_points', 'SELECT, INSERT, UPDATE');
--> statement-breakpoint
SELECT guard_allow('channels', 'SELECT, INSERT');
--> statement-breakpoint
-- jobs
SELECT guard_allow('job_runs', 'SELECT, INSERT, UPDATE, DELETE');
--> statement-breakpoint
SELECT guard_staff_rows('job_runs', 'board', 'operator', 'auditor');
