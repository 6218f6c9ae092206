CREATE TABLE "account_links" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"person_id" uuid,
	"purpose" text NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "account_links_purpose" CHECK ("account_links"."purpose" in ('invitation', 'reset', 'email'))
);
--> statement-breakpoint
CREATE TABLE "device_tokens" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"scopes" text[] NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "device_tokens_hash_unique" UNIQUE("hash"),
	CONSTRAINT "device_tokens_scopes" CHECK (cardinality("device_tokens"."scopes") > 0)
);
--> statement-breakpoint
CREATE TABLE "persons" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"email" text NOT NULL,
	"email_confirmed_at" timestamp (3) with time zone,
	"name" text NOT NULL,
	"locale" text NOT NULL,
	"roles" text[] NOT NULL,
	"member_id" uuid,
	"password_hash" text,
	"password_long" boolean DEFAULT false NOT NULL,
	"totp_sealed" "bytea",
	"totp_confirmed_at" timestamp (3) with time zone,
	"totp_pending_sealed" "bytea",
	"totp_step" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	CONSTRAINT "persons_memberId_unique" UNIQUE("member_id"),
	CONSTRAINT "persons_roles" CHECK ("persons"."roles" <@ array['member', 'operator', 'board', 'supervisory', 'auditor']),
	CONSTRAINT "persons_locale" CHECK ("persons"."locale" in ('de', 'en')),
	CONSTRAINT "persons_totp" CHECK (("persons"."totp_sealed" is null) = ("persons"."totp_confirmed_at" is null))
);
--> statement-breakpoint
CREATE TABLE "recovery_codes" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "refresh_tokens" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"person_id" uuid NOT NULL,
	"mfa" boolean NOT NULL,
	"user_agent" text NOT NULL,
	"address" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone NOT NULL,
	"proved_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"idle_minutes" integer NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"end_reason" text,
	CONSTRAINT "sessions_ended" CHECK (("sessions"."ended_at" is null) = ("sessions"."end_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "setup_codes" (
	"one" integer PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "setup_codes_one" CHECK ("setup_codes"."one" = 1)
);
--> statement-breakpoint
CREATE TABLE "throttles" (
	"key" "bytea" PRIMARY KEY NOT NULL,
	"attempts" integer NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"blocked_until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "agenda_items" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"assembly_id" uuid NOT NULL,
	"top" integer NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"subject" text,
	"proposal_id" uuid,
	"announced_at" timestamp (3) with time zone,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "agenda_items_top" UNIQUE("assembly_id","top"),
	CONSTRAINT "agenda_items_kind" CHECK ("agenda_items"."kind" in ('report', 'resolution', 'election') and ("agenda_items"."kind" = 'report') = ("agenda_items"."subject" is null)),
	CONSTRAINT "agenda_items_proposal" CHECK ("agenda_items"."proposal_id" is null or "agenda_items"."subject" = 'profit-use')
);
--> statement-breakpoint
CREATE TABLE "assemblies" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"title" text NOT NULL,
	"kind" text NOT NULL,
	"form" text NOT NULL,
	"discussion_form" text,
	"held_on" date NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"place" text,
	"link" text,
	"state" text DEFAULT 'draft' NOT NULL,
	"created_by" uuid,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"convening_days" integer,
	"announcement_days" integer,
	"notice_sent_at" timestamp (3) with time zone,
	"notice_hash" text,
	"invited_by_mail" integer,
	"without_mail" integer,
	"convened_by" uuid,
	"opened_at" timestamp (3) with time zone,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "assemblies_kind" CHECK ("assemblies"."kind" in ('ordinary', 'extraordinary')),
	CONSTRAINT "assemblies_form" CHECK ("assemblies"."form" in ('present', 'virtual', 'hybrid', 'stretched')),
	CONSTRAINT "assemblies_discussion" CHECK (("assemblies"."form" = 'stretched') = ("assemblies"."discussion_form" is not null) and "assemblies"."discussion_form" in ('virtual', 'hybrid')),
	CONSTRAINT "assemblies_state" CHECK ("assemblies"."state" in ('draft', 'convened', 'held', 'closed')),
	CONSTRAINT "assemblies_convened" CHECK (("assemblies"."state" = 'draft') = ("assemblies"."notice_sent_at" is null) and ("assemblies"."notice_sent_at" is null) = ("assemblies"."notice_hash" is null)),
	CONSTRAINT "assemblies_opened" CHECK (("assemblies"."state" in ('held', 'closed')) = ("assemblies"."opened_at" is not null)),
	CONSTRAINT "assemblies_closed" CHECK (("assemblies"."state" = 'closed') = ("assemblies"."closed_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"content" json NOT NULL,
	"action" text GENERATED ALWAYS AS (content ->> 'action') STORED NOT NULL,
	"subject" text GENERATED ALWAYS AS (content ->> 'subject') STORED,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_seals" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"actor" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"reply" json,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_actor_key_pk" PRIMARY KEY("actor","key")
);
--> statement-breakpoint
CREATE TABLE "ballot_entitlements" (
	"ballot_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"weight" integer DEFAULT 1 NOT NULL,
	"investing" boolean NOT NULL,
	"barred" boolean NOT NULL,
	CONSTRAINT "ballot_entitlements_ballot_id_member_id_pk" PRIMARY KEY("ballot_id","member_id"),
	CONSTRAINT "ballot_entitlements_weight" CHECK ("ballot_entitlements"."weight" between 1 and 3)
);
--> statement-breakpoint
CREATE TABLE "ballot_results" (
	"ballot_id" uuid PRIMARY KEY NOT NULL,
	"adopted" boolean NOT NULL,
	"resolved_on" date NOT NULL,
	"result" json NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ballot_votes" (
	"ballot_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"choice" text NOT NULL,
	"weight" integer NOT NULL,
	"receipt" text NOT NULL,
	"cast_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ballot_votes_ballot_id_member_id_pk" PRIMARY KEY("ballot_id","member_id"),
	CONSTRAINT "ballot_votes_choice" CHECK ("ballot_votes"."choice" in ('yes', 'no', 'abstain'))
);
--> statement-breakpoint
CREATE TABLE "ballots" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"assembly_id" uuid NOT NULL,
	"agenda_item_id" uuid NOT NULL,
	"question" text NOT NULL,
	"text" text NOT NULL,
	"text_hash" text NOT NULL,
	"rule" text NOT NULL,
	"threshold_numerator" integer NOT NULL,
	"threshold_denominator" integer NOT NULL,
	"threshold_strict" boolean NOT NULL,
	"threshold_set_by" text NOT NULL,
	"threshold_source" text NOT NULL,
	"payout_on" date,
	"barred_member_ids" uuid[] NOT NULL,
	"opens_at" timestamp (3) with time zone NOT NULL,
	"closes_at" timestamp (3) with time zone NOT NULL,
	"state" text DEFAULT 'prepared' NOT NULL,
	"prepared_by" uuid,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"opened_at" timestamp (3) with time zone,
	"opened_by" uuid,
	"electorate_on" date,
	"electorate_hash" text,
	"closing_proposed_at" timestamp (3) with time zone,
	"closing_proposed_by" uuid,
	"closed_at" timestamp (3) with time zone,
	"closed_by" uuid,
	CONSTRAINT "ballots_state" CHECK ("ballots"."state" in ('prepared', 'open', 'closing', 'closed')),
	CONSTRAINT "ballots_window" CHECK ("ballots"."closes_at" > "ballots"."opens_at"),
	CONSTRAINT "ballots_threshold" CHECK ("ballots"."threshold_numerator" > 0 and "ballots"."threshold_numerator" <= "ballots"."threshold_denominator" and "ballots"."threshold_numerator" * 2 >= "ballots"."threshold_denominator"),
	CONSTRAINT "ballots_opened" CHECK (("ballots"."state" <> 'prepared') = ("ballots"."opened_at" is not null and "ballots"."electorate_on" is not null and "ballots"."electorate_hash" is not null)),
	CONSTRAINT "ballots_closing" CHECK (("ballots"."state" in ('closing', 'closed')) = ("ballots"."closing_proposed_at" is not null and "ballots"."closing_proposed_by" is not null)),
	CONSTRAINT "ballots_closed" CHECK (("ballots"."state" = 'closed') = ("ballots"."closed_at" is not null and "ballots"."closed_by" is not null)),
	CONSTRAINT "ballots_four_eyes" CHECK ("ballots"."closed_by" is null or "ballots"."closed_by" <> "ballots"."closing_proposed_by")
);
--> statement-breakpoint
CREATE TABLE "dividend_gate" (
	"one" smallint PRIMARY KEY NOT NULL,
	CONSTRAINT "dividend_gate_single" CHECK ("dividend_gate"."one" = 1)
);
--> statement-breakpoint
CREATE TABLE "dividend_lines" (
	"run_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"member_number" integer NOT NULL,
	"inflow_on" date NOT NULL,
	"base_cents" bigint NOT NULL,
	"gross_cents" bigint NOT NULL,
	"exempt_cents" bigint NOT NULL,
	"exempt_by" text,
	"exemption_used_cents" bigint NOT NULL,
	"taxable_cents" bigint NOT NULL,
	"church_rate" text NOT NULL,
	"capital_tax_cents" bigint NOT NULL,
	"solidarity_cents" bigint NOT NULL,
	"church_tax_cents" bigint NOT NULL,
	"net_cents" bigint NOT NULL,
	"credited_cents" bigint NOT NULL,
	"paid_out_cents" bigint NOT NULL,
	"steps" json NOT NULL,
	CONSTRAINT "dividend_lines_run_id_member_id_pk" PRIMARY KEY("run_id","member_id"),
	CONSTRAINT "dividend_lines_amounts" CHECK (least("dividend_lines"."base_cents", "dividend_lines"."exempt_cents", "dividend_lines"."exemption_used_cents", "dividend_lines"."capital_tax_cents", "dividend_lines"."solidarity_cents", "dividend_lines"."church_tax_cents", "dividend_lines"."credited_cents", "dividend_lines"."paid_out_cents") >= 0),
	CONSTRAINT "dividend_lines_taxable" CHECK ("dividend_lines"."gross_cents" = "dividend_lines"."exempt_cents" + "dividend_lines"."taxable_cents"),
	CONSTRAINT "dividend_lines_net" CHECK ("dividend_lines"."gross_cents" = "dividend_lines"."net_cents" + "dividend_lines"."capital_tax_cents" + "dividend_lines"."solidarity_cents" + "dividend_lines"."church_tax_cents"),
	CONSTRAINT "dividend_lines_paid" CHECK ("dividend_lines"."net_cents" = "dividend_lines"."credited_cents" + "dividend_lines"."paid_out_cents"),
	CONSTRAINT "dividend_lines_order" CHECK ("dividend_lines"."exemption_used_cents" <= "dividend_lines"."exempt_cents")
);
--> statement-breakpoint
CREATE TABLE "dividend_payouts" (
	"file_id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"payment_on" date NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dividend_proposals" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"year" integer NOT NULL,
	"rate" text,
	"balances_cents" bigint NOT NULL,
	"pot_cents" bigint NOT NULL,
	"to_other_reserves_cents" bigint NOT NULL,
	"carried_forward_cents" bigint NOT NULL,
	"payout_on" date NOT NULL,
	"state" text DEFAULT 'proposed' NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_at" timestamp (3) with time zone NOT NULL,
	"ballot_id" uuid,
	"resolved_on" date,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "dividend_proposals_ballotId_unique" UNIQUE("ballot_id"),
	CONSTRAINT "dividend_proposals_amounts" CHECK (least("dividend_proposals"."balances_cents", "dividend_proposals"."pot_cents", "dividend_proposals"."to_other_reserves_cents") >= 0),
	CONSTRAINT "dividend_proposals_resolved" CHECK (("dividend_proposals"."state" in ('rejected', 'adopted')) = ("dividend_proposals"."ballot_id" is not null) and ("dividend_proposals"."ballot_id" is null) = ("dividend_proposals"."resolved_on" is null)),
	CONSTRAINT "dividend_proposals_state" CHECK ("dividend_proposals"."state" in ('proposed', 'withdrawn', 'rejected', 'adopted'))
);
--> statement-breakpoint
CREATE TABLE "dividend_runs" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"year" integer NOT NULL,
	"proposal_id" uuid NOT NULL,
	"state" text DEFAULT 'prepared' NOT NULL,
	"inflow_on" date NOT NULL,
	"content_hash" text NOT NULL,
	"member_count" integer NOT NULL,
	"base_cents" bigint NOT NULL,
	"gross_cents" bigint NOT NULL,
	"exempt_cents" bigint NOT NULL,
	"taxable_cents" bigint NOT NULL,
	"capital_tax_cents" bigint NOT NULL,
	"solidarity_cents" bigint NOT NULL,
	"church_tax_cents" bigint NOT NULL,
	"net_cents" bigint NOT NULL,
	"credited_cents" bigint NOT NULL,
	"paid_out_cents" bigint NOT NULL,
	"remainder_cents" bigint NOT NULL,
	"without_church_answer" integer NOT NULL,
	"prepared_by" uuid NOT NULL,
	"prepared_at" timestamp (3) with time zone NOT NULL,
	"released_by" uuid,
	"released_at" timestamp (3) with time zone,
	"journal_entry" bigint,
	"discarded_by" uuid,
	"discarded_at" timestamp (3) with time zone,
	CONSTRAINT "dividend_runs_journalEntry_unique" UNIQUE("journal_entry"),
	CONSTRAINT "dividend_runs_state" CHECK ("dividend_runs"."state" in ('prepared', 'released', 'discarded')),
	CONSTRAINT "dividend_runs_four_eyes" CHECK ("dividend_runs"."released_by" <> "dividend_runs"."prepared_by"),
	CONSTRAINT "dividend_runs_released" CHECK (("dividend_runs"."state" = 'released') = ("dividend_runs"."released_by" is not null) and ("dividend_runs"."released_by" is null) = ("dividend_runs"."released_at" is null)),
	CONSTRAINT "dividend_runs_discarded" CHECK (("dividend_runs"."state" = 'discarded') = ("dividend_runs"."discarded_at" is not null)),
	CONSTRAINT "dividend_runs_taxes" CHECK ("dividend_runs"."gross_cents" = "dividend_runs"."net_cents" + "dividend_runs"."capital_tax_cents" + "dividend_runs"."solidarity_cents" + "dividend_runs"."church_tax_cents" and "dividend_runs"."net_cents" = "dividend_runs"."credited_cents" + "dividend_runs"."paid_out_cents"),
	CONSTRAINT "dividend_runs_remainder" CHECK ("dividend_runs"."remainder_cents" >= 0)
);
--> statement-breakpoint
CREATE TABLE "exemption_orders" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"amount_cents" bigint NOT NULL,
	"joint" boolean NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"tax_id" "bytea" NOT NULL,
	"tax_id_blind" "bytea" NOT NULL,
	"spouse_tax_id" "bytea",
	"spouse_tax_id_blind" "bytea",
	"via" text NOT NULL,
	"recorded_by" uuid,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "exemption_orders_amount" CHECK ("exemption_orders"."amount_cents" > 0),
	CONSTRAINT "exemption_orders_end" CHECK (to_char("exemption_orders"."valid_to", 'MM-DD') = '12-31'),
	CONSTRAINT "exemption_orders_joint" CHECK ("exemption_orders"."joint" = ("exemption_orders"."spouse_tax_id" is not null) and "exemption_orders"."joint" = ("exemption_orders"."spouse_tax_id_blind" is not null))
);
--> statement-breakpoint
CREATE TABLE "fiscal_years" (
	"year" integer PRIMARY KEY NOT NULL,
	"start_on" date NOT NULL,
	"end_on" date NOT NULL,
	"first_year" boolean NOT NULL,
	"state" text DEFAULT 'recorded' NOT NULL,
	"result_cents" bigint NOT NULL,
	"profit_forward_cents" bigint NOT NULL,
	"loss_forward_cents" bigint NOT NULL,
	"legal_reserve_before_cents" bigint NOT NULL,
	"board_reserve_cents" bigint NOT NULL,
	"released_cents" bigint NOT NULL,
	"free_reserves_cents" bigint NOT NULL,
	"blocked_cents" bigint NOT NULL,
	"energy_revenue_cents" bigint,
	"legal_reserve_cents" bigint NOT NULL,
	"balance_sheet_profit_cents" bigint NOT NULL,
	"distributable_cents" bigint NOT NULL,
	"statute_version" integer NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "fiscal_years_span" CHECK ("fiscal_years"."end_on" > "fiscal_years"."start_on" and extract(year from "fiscal_years"."end_on") = "fiscal_years"."year"),
	CONSTRAINT "fiscal_years_amounts" CHECK (least("fiscal_years"."profit_forward_cents", "fiscal_years"."loss_forward_cents", "fiscal_years"."legal_reserve_before_cents", "fiscal_years"."board_reserve_cents", "fiscal_years"."released_cents", "fiscal_years"."free_reserves_cents", "fiscal_years"."blocked_cents", "fiscal_years"."legal_reserve_cents", "fiscal_years"."distributable_cents") >= 0),
	CONSTRAINT "fiscal_years_profit" CHECK ("fiscal_years"."balance_sheet_profit_cents" = "fiscal_years"."result_cents" + "fiscal_years"."profit_forward_cents" - "fiscal_years"."loss_forward_cents" - "fiscal_years"."legal_reserve_cents" - "fiscal_years"."board_reserve_cents" + "fiscal_years"."released_cents"),
	CONSTRAINT "fiscal_years_state" CHECK ("fiscal_years"."state" in ('recorded', 'proposed', 'resolved', 'prepared', 'released'))
);
--> statement-breakpoint
CREATE TABLE "tax_attributes" (
	"member_id" uuid NOT NULL,
	"year" integer NOT NULL,
	"church_rate" text NOT NULL,
	"church_key" "bytea",
	"in_business_assets" boolean NOT NULL,
	"holder_kind" text,
	"recorded_by" uuid,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "tax_attributes_member_id_year_pk" PRIMARY KEY("member_id","year"),
	CONSTRAINT "tax_attributes_rate" CHECK ("tax_attributes"."church_rate" in ('0', '0.08', '0.09')),
	CONSTRAINT "tax_attributes_key" CHECK (("tax_attributes"."church_rate" = '0') = ("tax_attributes"."church_key" is null)),
	CONSTRAINT "tax_attributes_holder" CHECK ("tax_attributes"."holder_kind" in ('natural', 'company', 'partnership', 'public-body', 'charity', 'non-resident'))
);
--> statement-breakpoint
CREATE TABLE "tax_certificates" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date NOT NULL,
	"tax_office" text NOT NULL,
	"issued_on" date NOT NULL,
	"reference" text NOT NULL,
	"recorded_by" uuid,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"withdrawn_by" uuid,
	"withdrawn_at" timestamp (3) with time zone,
	CONSTRAINT "tax_certificates_kind" CHECK ("tax_certificates"."kind" in ('no-assessment', 'lasting-excess', 'charitable', 'exempt-body')),
	CONSTRAINT "tax_certificates_span" CHECK ("tax_certificates"."valid_to" >= "tax_certificates"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "journal" (
	"number" bigint PRIMARY KEY NOT NULL,
	"booked_on" date NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"reference" text,
	"reverses" bigint,
	"content" json NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "journal_reverses_unique" UNIQUE("reverses")
);
--> statement-breakpoint
CREATE TABLE "journal_head" (
	"number" bigint PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL,
	"locked_through" date NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_accounts" (
	"number" text PRIMARY KEY NOT NULL,
	"name_de" text NOT NULL,
	"name_en" text NOT NULL,
	"kind" text NOT NULL,
	"per_member" boolean NOT NULL,
	CONSTRAINT "ledger_accounts_kind_of_posting" UNIQUE("number","per_member"),
	CONSTRAINT "ledger_accounts_number" CHECK ("ledger_accounts"."number" ~ '^[0-9]{4,8}$')
);
--> statement-breakpoint
CREATE TABLE "period_locks" (
	"locked_through" date PRIMARY KEY NOT NULL,
	"locked_at" timestamp (3) with time zone NOT NULL,
	"locked_by" uuid
);
--> statement-breakpoint
CREATE TABLE "postings" (
	"entry" bigint NOT NULL,
	"line" integer NOT NULL,
	"account" text NOT NULL,
	"member_id" uuid,
	"cents" bigint NOT NULL,
	"per_member" boolean GENERATED ALWAYS AS (member_id is not null) STORED NOT NULL,
	CONSTRAINT "postings_entry_line_pk" PRIMARY KEY("entry","line"),
	CONSTRAINT "postings_amount" CHECK ("postings"."cents" <> 0)
);
--> statement-breakpoint
CREATE TABLE "applications" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"state" text DEFAULT 'declared' NOT NULL,
	"applicant" jsonb NOT NULL,
	"shares_wanted" integer NOT NULL,
	"declaration" jsonb NOT NULL,
	"statute_version" integer NOT NULL,
	"declared_at" timestamp (3) with time zone NOT NULL,
	"iban_sealed" "bytea",
	"iban_last4" text,
	"birth_date_sealed" "bytea",
	"minor" boolean NOT NULL,
	"member_id" uuid,
	"decided_at" timestamp (3) with time zone,
	"decided_by" uuid,
	CONSTRAINT "applications_memberId_unique" UNIQUE("member_id"),
	CONSTRAINT "applications_shares" CHECK ("applications"."shares_wanted" > 0),
	CONSTRAINT "applications_decided" CHECK (("applications"."state" = 'admitted') = ("applications"."member_id" is not null) and ("applications"."member_id" is null) = ("applications"."decided_at" is null))
);
--> statement-breakpoint
CREATE TABLE "member_counter" (
	"one" smallint PRIMARY KEY NOT NULL,
	"last_number" integer NOT NULL,
	CONSTRAINT "member_counter_single" CHECK ("member_counter"."one" = 1)
);
--> statement-breakpoint
CREATE TABLE "member_secrets" (
	"member_id" uuid PRIMARY KEY NOT NULL,
	"iban" "bytea",
	"iban_blind" "bytea",
	"iban_last4" text,
	"account_holder" text,
	"tax_id" "bytea",
	"tax_id_last4" text,
	"birth_date" "bytea",
	CONSTRAINT "member_secrets_iban_whole" CHECK (("member_secrets"."iban" is null) = ("member_secrets"."iban_blind" is null) and ("member_secrets"."iban" is null) = ("member_secrets"."iban_last4" is null))
);
--> statement-breakpoint
CREATE TABLE "members" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"investing" boolean DEFAULT false NOT NULL,
	"family_name" text,
	"given_names" text,
	"organisation" text,
	"representative" text,
	"street" text NOT NULL,
	"postcode" text NOT NULL,
	"town" text NOT NULL,
	"country" text NOT NULL,
	"email" text,
	"phone" text,
	"joined_on" date NOT NULL,
	"left_on" date,
	"sort_name" text GENERATED ALWAYS AS (coalesce(organisation, family_name || ', ' || given_names)) STORED NOT NULL,
	"search_text" text NOT NULL,
	CONSTRAINT "members_number_unique" UNIQUE("number"),
	CONSTRAINT "members_number" CHECK ("members"."number" > 0),
	CONSTRAINT "members_name" CHECK (("members"."kind" = 'natural') = ("members"."family_name" is not null) and ("members"."family_name" is null) = ("members"."given_names" is null) and ("members"."family_name" is null) = ("members"."organisation" is not null)),
	CONSTRAINT "members_left" CHECK ("members"."left_on" >= "members"."joined_on")
);
--> statement-breakpoint
CREATE TABLE "register_events" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"effective_on" date NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"name" jsonb,
	"address" jsonb,
	"shares_change" integer DEFAULT 0 NOT NULL,
	"basis" text NOT NULL,
	"reverses" uuid,
	CONSTRAINT "register_events_reverses_unique" UNIQUE("reverses"),
	CONSTRAINT "register_events_joined" CHECK ("register_events"."kind" <> 'joined' or ("register_events"."name" is not null and "register_events"."address" is not null and "register_events"."shares_change" > 0)),
	CONSTRAINT "register_events_reversed" CHECK (("register_events"."kind" = 'reversed') = ("register_events"."reverses" is not null))
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"recipient" text NOT NULL,
	"template" text NOT NULL,
	"locale" text NOT NULL,
	"values" json NOT NULL,
	"link" "bytea",
	"created_at" timestamp (3) with time zone NOT NULL,
	"next_attempt_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claimed_until" timestamp (3) with time zone,
	"sent_at" timestamp (3) with time zone,
	"failed_at" timestamp (3) with time zone,
	"outcome" text,
	CONSTRAINT "notices_one_end" CHECK ("notices"."sent_at" is null or "notices"."failed_at" is null),
	CONSTRAINT "notices_recipient" CHECK ("notices"."recipient" !~ '[\r\n]')
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"amount_cents" bigint NOT NULL,
	"credited_cents" bigint NOT NULL,
	"overpaid_cents" bigint NOT NULL,
	"value_on" date NOT NULL,
	"purpose" text NOT NULL,
	"bank_reference" text NOT NULL,
	"entry" bigint NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"reversal_entry" bigint,
	"reversed_at" timestamp (3) with time zone,
	"reversal_reason" text,
	CONSTRAINT "payments_entry_unique" UNIQUE("entry"),
	CONSTRAINT "payments_reversalEntry_unique" UNIQUE("reversal_entry"),
	CONSTRAINT "payments_split" CHECK ("payments"."amount_cents" > 0 and "payments"."credited_cents" >= 0 and "payments"."overpaid_cents" >= 0 and "payments"."amount_cents" = "payments"."credited_cents" + "payments"."overpaid_cents"),
	CONSTRAINT "payments_reversed" CHECK (("payments"."reversal_entry" is null) = ("payments"."reversed_at" is null))
);
--> statement-breakpoint
CREATE TABLE "payout_files" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"message_id" text NOT NULL,
	"subject" text NOT NULL,
	"account" text NOT NULL,
	"execution_on" date NOT NULL,
	"item_count" integer NOT NULL,
	"sum_cents" bigint NOT NULL,
	"content" "bytea" NOT NULL,
	"sha256" "bytea" NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"state" text DEFAULT 'created' NOT NULL,
	"released_by" uuid,
	"released_at" timestamp (3) with time zone,
	"released_sha256" "bytea",
	"executed_on" date,
	"entry" bigint,
	"closed_by" uuid,
	"closed_at" timestamp (3) with time zone,
	"void_reason" text,
	CONSTRAINT "payout_files_messageId_unique" UNIQUE("message_id"),
	CONSTRAINT "payout_files_entry_unique" UNIQUE("entry"),
	CONSTRAINT "payout_files_four_eyes" CHECK ("payout_files"."released_by" <> "payout_files"."created_by"),
	CONSTRAINT "payout_files_release_bound" CHECK ("payout_files"."released_sha256" = "payout_files"."sha256"),
	CONSTRAINT "payout_files_released" CHECK (("payout_files"."released_by" is null) = ("payout_files"."released_at" is null) and ("payout_files"."released_by" is null) = ("payout_files"."released_sha256" is null) and ("payout_files"."state" not in ('released', 'executed') or "payout_files"."released_by" is not null) and ("payout_files"."state" <> 'created' or "payout_files"."released_by" is null)),
	CONSTRAINT "payout_files_executed" CHECK (("payout_files"."state" = 'executed') = ("payout_files"."entry" is not null) and ("payout_files"."entry" is null) = ("payout_files"."executed_on" is null)),
	CONSTRAINT "payout_files_closed" CHECK (("payout_files"."state" in ('executed', 'voided')) = ("payout_files"."closed_at" is not null)),
	CONSTRAINT "payout_files_sum" CHECK ("payout_files"."item_count" > 0 and "payout_files"."sum_cents" > 0)
);
--> statement-breakpoint
CREATE TABLE "payout_items" (
	"file_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"member_id" uuid NOT NULL,
	"amount_cents" bigint NOT NULL,
	"end_to_end_id" text NOT NULL,
	"remittance" text NOT NULL,
	"iban_masked" text NOT NULL,
	CONSTRAINT "payout_items_file_id_line_pk" PRIMARY KEY("file_id","line"),
	CONSTRAINT "payout_items_endToEndId_unique" UNIQUE("end_to_end_id"),
	CONSTRAINT "payout_items_amount" CHECK ("payout_items"."amount_cents" > 0)
);
--> statement-breakpoint
CREATE TABLE "channels" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "channels_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"metering_point_id" uuid NOT NULL,
	"obis" text NOT NULL,
	"direction" text NOT NULL,
	"slot_minutes" smallint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "channels_once" UNIQUE("metering_point_id","obis","slot_minutes"),
	CONSTRAINT "channels_slot" CHECK ("channels"."slot_minutes" in (5, 10, 15, 60, 1440))
);
--> statement-breakpoint
CREATE TABLE "metering_points" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"plant_id" uuid NOT NULL,
	"market_location" text,
	"meter_location" text,
	"device_serial" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "metering_points_marketLocation_unique" UNIQUE("market_location"),
	CONSTRAINT "metering_points_meterLocation_unique" UNIQUE("meter_location"),
	CONSTRAINT "metering_points_deviceSerial_unique" UNIQUE("device_serial"),
	CONSTRAINT "metering_points_identified" CHECK (coalesce("metering_points"."market_location", "metering_points"."meter_location", "metering_points"."device_serial") is not null)
);
--> statement-breakpoint
CREATE TABLE "plant_rates" (
	"plant_id" uuid NOT NULL,
	"valid_from" date NOT NULL,
	"cents_per_kwh" numeric(9, 4) NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plant_rates_plant_id_valid_from_pk" PRIMARY KEY("plant_id","valid_from")
);
--> statement-breakpoint
CREATE TABLE "plants" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"capacity_w" bigint NOT NULL,
	"mastr_number" text,
	"street" text,
	"postcode" text NOT NULL,
	"town" text NOT NULL,
	"latitude" numeric(8, 5),
	"longitude" numeric(8, 5),
	"commissioned_on" date NOT NULL,
	"expected_monthly_wh" bigint[],
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plants_name_unique" UNIQUE("name"),
	CONSTRAINT "plants_mastrNumber_unique" UNIQUE("mastr_number"),
	CONSTRAINT "plants_capacity" CHECK ("plants"."capacity_w" > 0),
	CONSTRAINT "plants_expectation" CHECK ("plants"."expected_monthly_wh" is null or cardinality("plants"."expected_monthly_wh") = 12)
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "imports_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"file_name" text NOT NULL,
	"sha256" "bytea" NOT NULL,
	"size" bigint NOT NULL,
	"origin" text NOT NULL,
	"state" text NOT NULL,
	"report" json,
	"received_at" timestamp (3) with time zone NOT NULL,
	"received_by" uuid,
	"received_by_name" text NOT NULL,
	"assignment" json,
	"stored_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "open_readings" (
	"channel_id" integer NOT NULL,
	"start_at" timestamp (3) with time zone NOT NULL,
	"wh" integer NOT NULL,
	"quality" smallint NOT NULL,
	"covered_ms" integer NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "open_readings_channel_id_start_at_pk" PRIMARY KEY("channel_id","start_at")
);
--> statement-breakpoint
CREATE TABLE "reading_days" (
	"channel_id" integer NOT NULL,
	"day" date NOT NULL,
	"wh" integer[] NOT NULL,
	"quality" "bytea",
	"total_wh" bigint NOT NULL,
	"gaps" smallint NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"import_id" integer NOT NULL,
	CONSTRAINT "reading_days_channel_id_day_pk" PRIMARY KEY("channel_id","day"),
	CONSTRAINT "reading_days_slots" CHECK (cardinality("reading_days"."wh") in (1, 23, 24, 25, 92, 96, 100, 138, 144, 150, 276, 288, 300))
);
--> statement-breakpoint
CREATE TABLE "reading_days_history" (
	"channel_id" integer NOT NULL,
	"day" date NOT NULL,
	"wh" integer[] NOT NULL,
	"quality" "bytea",
	"total_wh" bigint NOT NULL,
	"gaps" smallint NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"import_id" integer NOT NULL,
	"replaced_by_import" integer NOT NULL,
	CONSTRAINT "reading_days_history_channel_id_day_version_pk" PRIMARY KEY("channel_id","day","version")
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"location" text NOT NULL,
	"metering_point_id" uuid,
	"obis" text,
	"enabled" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_run_at" timestamp (3) with time zone,
	"last_success_at" timestamp (3) with time zone,
	"last_problem" json,
	"edge" json,
	CONSTRAINT "sources_name_unique" UNIQUE("name"),
	CONSTRAINT "sources_location_unique" UNIQUE("location"),
	CONSTRAINT "sources_place" CHECK ("sources"."kind" <> 'fronius' or ("sources"."metering_point_id" is not null and "sources"."obis" is not null))
);
--> statement-breakpoint
CREATE TABLE "share_dues" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"movement_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"due_on" date NOT NULL,
	"amount_cents" bigint NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "share_dues_amount" CHECK ("share_dues"."amount_cents" <> 0)
);
--> statement-breakpoint
CREATE TABLE "share_movements" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"count" integer NOT NULL,
	"nominal_cents" bigint NOT NULL,
	"effective_on" date NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"resolution" text NOT NULL,
	"request_id" uuid,
	"reverses" uuid,
	CONSTRAINT "share_movements_requestId_unique" UNIQUE("request_id"),
	CONSTRAINT "share_movements_reverses_unique" UNIQUE("reverses"),
	CONSTRAINT "share_movements_something" CHECK ("share_movements"."count" <> 0 or "share_movements"."nominal_cents" <> 0),
	CONSTRAINT "share_movements_signs" CHECK (sign("share_movements"."count") * sign("share_movements"."nominal_cents") >= 0),
	CONSTRAINT "share_movements_reversal" CHECK (("share_movements"."kind" = 'reversal') = ("share_movements"."reverses" is not null))
);
--> statement-breakpoint
CREATE TABLE "share_requests" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"count" integer NOT NULL,
	"declaration" jsonb NOT NULL,
	"statute_version" integer NOT NULL,
	"declared_at" timestamp (3) with time zone NOT NULL,
	"state" text DEFAULT 'declared' NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"decided_by" uuid,
	"resolution" text,
	CONSTRAINT "share_requests_count" CHECK ("share_requests"."count" > 0),
	CONSTRAINT "share_requests_decided" CHECK (("share_requests"."state" = 'declared') = ("share_requests"."decided_at" is null))
);
--> statement-breakpoint
CREATE TABLE "cooperative" (
	"one" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"name" text NOT NULL,
	"street" text NOT NULL,
	"postcode" text NOT NULL,
	"town" text NOT NULL,
	"register_court" text NOT NULL,
	"register_number" text NOT NULL,
	"email" text NOT NULL,
	"creditor_id" text,
	"iban" text,
	"fiscal_year_end_month" smallint NOT NULL,
	"set_up_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "cooperative_single" CHECK ("cooperative"."one" = 1),
	CONSTRAINT "cooperative_fiscal_year_end" CHECK ("cooperative"."fiscal_year_end_month" between 1 and 12)
);
--> statement-breakpoint
CREATE TABLE "statute_proposals" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"valid_from" date NOT NULL,
	"terms" jsonb NOT NULL,
	"source" text NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_at" timestamp (3) with time zone NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "statute_proposals_four_eyes" CHECK ("statute_proposals"."state" <> 'approved' or "statute_proposals"."decided_by" <> "statute_proposals"."proposed_by"),
	CONSTRAINT "statute_proposals_decided" CHECK (("statute_proposals"."state" = 'open') = ("statute_proposals"."decided_by" is null) and ("statute_proposals"."decided_by" is null) = ("statute_proposals"."decided_at" is null))
);
--> statement-breakpoint
CREATE TABLE "statute_versions" (
	"version" integer PRIMARY KEY NOT NULL,
	"valid_from" date NOT NULL,
	"terms" jsonb NOT NULL,
	"source" text NOT NULL,
	"proposal_id" uuid,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "statute_versions_proposalId_unique" UNIQUE("proposal_id"),
	CONSTRAINT "statute_versions_origin" CHECK (("statute_versions"."version" = 1) = ("statute_versions"."proposal_id" is null))
);
--> statement-breakpoint
CREATE TABLE "plant_days" (
	"plant_id" uuid NOT NULL,
	"day" date NOT NULL,
	"fed_in_wh" bigint NOT NULL,
	"slots" integer NOT NULL,
	"missing_slots" integer NOT NULL,
	"unmeasured_slots" integer NOT NULL,
	"cents_per_kwh" numeric(9, 4),
	"calculated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plant_days_plant_id_day_pk" PRIMARY KEY("plant_id","day")
);
--> statement-breakpoint
CREATE TABLE "share_days" (
	"day" date PRIMARY KEY NOT NULL,
	"shares" integer NOT NULL,
	"calculated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_runs" (
	"job" text NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"lease_until" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"attempts" smallint DEFAULT 1 NOT NULL,
	"outcome" text NOT NULL,
	"started_by" text NOT NULL,
	"result" json,
	"error" text,
	CONSTRAINT "job_runs_job_due_at_pk" PRIMARY KEY("job","due_at")
);
--> statement-breakpoint
ALTER TABLE "account_links" ADD CONSTRAINT "account_links_person_id_persons_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."persons"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_tokens" ADD CONSTRAINT "device_tokens_created_by_persons_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."persons"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_person_id_persons_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."persons"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_persons_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."persons"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD CONSTRAINT "agenda_items_assembly_id_assemblies_id_fk" FOREIGN KEY ("assembly_id") REFERENCES "public"."assemblies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agenda_items" ADD CONSTRAINT "agenda_items_proposal_id_dividend_proposals_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."dividend_proposals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballot_entitlements" ADD CONSTRAINT "ballot_entitlements_ballot_id_ballots_id_fk" FOREIGN KEY ("ballot_id") REFERENCES "public"."ballots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballot_results" ADD CONSTRAINT "ballot_results_ballot_id_ballots_id_fk" FOREIGN KEY ("ballot_id") REFERENCES "public"."ballots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballot_votes" ADD CONSTRAINT "ballot_votes_entitlement" FOREIGN KEY ("ballot_id","member_id") REFERENCES "public"."ballot_entitlements"("ballot_id","member_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_assembly_id_assemblies_id_fk" FOREIGN KEY ("assembly_id") REFERENCES "public"."assemblies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_agenda_item_id_agenda_items_id_fk" FOREIGN KEY ("agenda_item_id") REFERENCES "public"."agenda_items"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dividend_lines" ADD CONSTRAINT "dividend_lines_run_id_dividend_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."dividend_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dividend_lines" ADD CONSTRAINT "dividend_lines_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dividend_payouts" ADD CONSTRAINT "dividend_payouts_file_id_payout_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."payout_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dividend_payouts" ADD CONSTRAINT "dividend_payouts_run_id_dividend_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."dividend_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dividend_proposals" ADD CONSTRAINT "dividend_proposals_year_fiscal_years_year_fk" FOREIGN KEY ("year") REFERENCES "public"."fiscal_years"("year") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dividend_runs" ADD CONSTRAINT "dividend_runs_year_fiscal_years_year_fk" FOREIGN KEY ("year") REFERENCES "public"."fiscal_years"("year") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dividend_runs" ADD CONSTRAINT "dividend_runs_proposal_id_dividend_proposals_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."dividend_proposals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dividend_runs" ADD CONSTRAINT "dividend_runs_journal_entry_journal_number_fk" FOREIGN KEY ("journal_entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exemption_orders" ADD CONSTRAINT "exemption_orders_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "fiscal_years" ADD CONSTRAINT "fiscal_years_statute_version_statute_versions_version_fk" FOREIGN KEY ("statute_version") REFERENCES "public"."statute_versions"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tax_attributes" ADD CONSTRAINT "tax_attributes_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tax_certificates" ADD CONSTRAINT "tax_certificates_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "postings" ADD CONSTRAINT "postings_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "postings" ADD CONSTRAINT "postings_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_statute_version_statute_versions_version_fk" FOREIGN KEY ("statute_version") REFERENCES "public"."statute_versions"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_secrets" ADD CONSTRAINT "member_secrets_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_events" ADD CONSTRAINT "register_events_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_reversal_entry_journal_number_fk" FOREIGN KEY ("reversal_entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_files" ADD CONSTRAINT "payout_files_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_items" ADD CONSTRAINT "payout_items_file_id_payout_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."payout_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_items" ADD CONSTRAINT "payout_items_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channels" ADD CONSTRAINT "channels_metering_point_id_metering_points_id_fk" FOREIGN KEY ("metering_point_id") REFERENCES "public"."metering_points"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metering_points" ADD CONSTRAINT "metering_points_plant_id_plants_id_fk" FOREIGN KEY ("plant_id") REFERENCES "public"."plants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plant_rates" ADD CONSTRAINT "plant_rates_plant_id_plants_id_fk" FOREIGN KEY ("plant_id") REFERENCES "public"."plants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "open_readings" ADD CONSTRAINT "open_readings_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sources" ADD CONSTRAINT "sources_metering_point_id_metering_points_id_fk" FOREIGN KEY ("metering_point_id") REFERENCES "public"."metering_points"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_dues" ADD CONSTRAINT "share_dues_movement_id_share_movements_id_fk" FOREIGN KEY ("movement_id") REFERENCES "public"."share_movements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_dues" ADD CONSTRAINT "share_dues_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_movements" ADD CONSTRAINT "share_movements_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_movements" ADD CONSTRAINT "share_movements_request_id_share_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."share_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_requests" ADD CONSTRAINT "share_requests_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_requests" ADD CONSTRAINT "share_requests_statute_version_statute_versions_version_fk" FOREIGN KEY ("statute_version") REFERENCES "public"."statute_versions"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statute_versions" ADD CONSTRAINT "statute_versions_proposal_id_statute_proposals_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."statute_proposals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plant_days" ADD CONSTRAINT "plant_days_plant_id_plants_id_fk" FOREIGN KEY ("plant_id") REFERENCES "public"."plants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_links_person" ON "account_links" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "persons_email" ON "persons" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "refresh_tokens_session" ON "refresh_tokens" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "sessions_person" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "dividend_lines_of_member" ON "dividend_lines" USING btree ("member_id","inflow_on");--> statement-breakpoint
CREATE UNIQUE INDEX "dividend_proposals_one_open" ON "dividend_proposals" USING btree ("year") WHERE state = 'proposed';--> statement-breakpoint
CREATE UNIQUE INDEX "dividend_proposals_one_adopted" ON "dividend_proposals" USING btree ("year") WHERE state = 'adopted';--> statement-breakpoint
CREATE UNIQUE INDEX "dividend_runs_one_per_year" ON "dividend_runs" USING btree ("year") WHERE state <> 'discarded';--> statement-breakpoint
CREATE INDEX "exemption_orders_of_member" ON "exemption_orders" USING btree ("member_id","recorded_at");--> statement-breakpoint
CREATE INDEX "exemption_orders_by_tax_id" ON "exemption_orders" USING btree ("tax_id_blind");--> statement-breakpoint
CREATE INDEX "exemption_orders_by_spouse" ON "exemption_orders" USING btree ("spouse_tax_id_blind");--> statement-breakpoint
CREATE UNIQUE INDEX "fiscal_years_one_first" ON "fiscal_years" USING btree ("first_year") WHERE "fiscal_years"."first_year";--> statement-breakpoint
CREATE INDEX "tax_certificates_of_member" ON "tax_certificates" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "journal_by_day" ON "journal" USING btree ("booked_on","number");--> statement-breakpoint
CREATE INDEX "postings_of_member" ON "postings" USING btree ("member_id","account","entry") WHERE "postings"."member_id" is not null;--> statement-breakpoint
CREATE INDEX "postings_of_account" ON "postings" USING btree ("account","entry");--> statement-breakpoint
CREATE INDEX "applications_by_state" ON "applications" USING btree ("state","declared_at");--> statement-breakpoint
CREATE INDEX "member_secrets_iban" ON "member_secrets" USING btree ("iban_blind");--> statement-breakpoint
CREATE INDEX "member_secrets_iban_end" ON "member_secrets" USING btree ("iban_last4");--> statement-breakpoint
CREATE INDEX "register_events_by_member" ON "register_events" USING btree ("member_id","effective_on");--> statement-breakpoint
CREATE UNIQUE INDEX "register_events_once" ON "register_events" USING btree ("member_id","kind") WHERE "register_events"."kind" = 'joined';--> statement-breakpoint
CREATE INDEX "notices_pending" ON "notices" USING btree ("next_attempt_at") WHERE "notices"."sent_at" is null and "notices"."failed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "payments_bank_line_once" ON "payments" USING btree ("bank_reference") WHERE "payments"."reversal_entry" is null;--> statement-breakpoint
CREATE INDEX "payments_of_member" ON "payments" USING btree ("member_id","value_on");--> statement-breakpoint
CREATE INDEX "payments_by_day" ON "payments" USING btree ("value_on");--> statement-breakpoint
CREATE INDEX "payout_files_by_state" ON "payout_files" USING btree ("state","created_at");--> statement-breakpoint
CREATE INDEX "payout_items_of_member" ON "payout_items" USING btree ("member_id");--> statement-breakpoint
CREATE UNIQUE INDEX "imports_stored_once" ON "imports" USING btree ("sha256") WHERE state = 'stored';--> statement-breakpoint
CREATE UNIQUE INDEX "imports_uploaded_once" ON "imports" USING btree ("sha256") WHERE state = 'uploaded';--> statement-breakpoint
CREATE INDEX "imports_newest" ON "imports" USING btree ("received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "sources_channel_once" ON "sources" USING btree ("metering_point_id","obis") WHERE kind = 'fronius';--> statement-breakpoint
CREATE INDEX "share_dues_of_member" ON "share_dues" USING btree ("member_id","due_on");--> statement-breakpoint
CREATE INDEX "share_dues_by_day" ON "share_dues" USING btree ("due_on");--> statement-breakpoint
CREATE INDEX "share_movements_of_member" ON "share_movements" USING btree ("member_id","effective_on");--> statement-breakpoint
CREATE UNIQUE INDEX "share_movements_one_admission" ON "share_movements" USING btree ("member_id") WHERE kind = 'admission';--> statement-breakpoint
CREATE UNIQUE INDEX "share_requests_one_open" ON "share_requests" USING btree ("member_id") WHERE "share_requests"."state" = 'declared';--> statement-breakpoint
CREATE INDEX "share_requests_by_state" ON "share_requests" USING btree ("state","declared_at");--> statement-breakpoint
CREATE UNIQUE INDEX "statute_proposals_one_open" ON "statute_proposals" USING btree ("state") WHERE "statute_proposals"."state" = 'open';--> statement-breakpoint
CREATE INDEX "statute_versions_on_day" ON "statute_versions" USING btree ("valid_from","version");