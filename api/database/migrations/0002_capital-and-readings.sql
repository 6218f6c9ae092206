CREATE TABLE "former_emails" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"email" text NOT NULL,
	"until_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"member_id" uuid,
	"file_name" text NOT NULL,
	"media_type" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"sha256" "bytea" NOT NULL,
	"content" "bytea",
	"document_on" date NOT NULL,
	"retention" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid,
	"erased_at" timestamp (3) with time zone,
	CONSTRAINT "documents_erased" CHECK (("documents"."content" is null) = ("documents"."erased_at" is not null)),
	CONSTRAINT "documents_hash" CHECK (octet_length("documents"."sha256") = 32),
	CONSTRAINT "documents_retention" CHECK ("documents"."retention" in ('register-document', 'books', 'voucher', 'letter'))
);
--> statement-breakpoint
CREATE TABLE "datev_accounts" (
	"chart" text NOT NULL,
	"account" text NOT NULL,
	"datev_account" text NOT NULL,
	"tax_key" text,
	CONSTRAINT "datev_accounts_chart_account_pk" PRIMARY KEY("chart","account"),
	CONSTRAINT "datev_accounts_number" CHECK ("datev_accounts"."datev_account" ~ '^[0-9]{3,8}$' and "datev_accounts"."datev_account" !~ '^0+$'),
	CONSTRAINT "datev_accounts_tax_key" CHECK ("datev_accounts"."tax_key" ~ '^[0-9]{1,4}$')
);
--> statement-breakpoint
CREATE TABLE "datev_exports" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date NOT NULL,
	"only_new" boolean NOT NULL,
	"through_entry" bigint NOT NULL,
	"entry_count" integer NOT NULL,
	"row_count" integer NOT NULL,
	"sum_cents" bigint NOT NULL,
	"locked" boolean NOT NULL,
	"file_name" text NOT NULL,
	"content" "bytea" NOT NULL,
	"sha256" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid,
	CONSTRAINT "datev_exports_days" CHECK ("datev_exports"."from_day" <= "datev_exports"."to_day")
);
--> statement-breakpoint
CREATE TABLE "datev_settings" (
	"one" smallint PRIMARY KEY NOT NULL,
	"consultant" integer NOT NULL,
	"client" integer NOT NULL,
	"chart" text NOT NULL,
	"account_length" smallint NOT NULL,
	"clearing_account" text NOT NULL,
	CONSTRAINT "datev_settings_single" CHECK ("datev_settings"."one" = 1),
	CONSTRAINT "datev_settings_consultant" CHECK ("datev_settings"."consultant" between 1001 and 9999999),
	CONSTRAINT "datev_settings_client" CHECK ("datev_settings"."client" between 1 and 99999),
	CONSTRAINT "datev_settings_length" CHECK ("datev_settings"."account_length" between 4 and 8),
	CONSTRAINT "datev_settings_clearing" CHECK ("datev_settings"."clearing_account" ~ '^[0-9]{3,8}$')
);
--> statement-breakpoint
CREATE TABLE "account_changes" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"origin" text NOT NULL,
	"changed_by" uuid,
	"changed_by_name" text NOT NULL,
	"iban_last4" text NOT NULL,
	"account_holder" text,
	"previous" "bytea",
	"previous_blind" "bytea",
	"previous_last4" text,
	"previous_holder" text,
	"held_until" timestamp (3) with time zone,
	"stop_hash" "bytea",
	"state" text DEFAULT 'held' NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"decided_by" uuid,
	"reason" text,
	CONSTRAINT "account_changes_stopHash_unique" UNIQUE("stop_hash"),
	CONSTRAINT "account_changes_decided" CHECK (("account_changes"."state" = 'held') = ("account_changes"."decided_at" is null)),
	CONSTRAINT "account_changes_forgotten" CHECK (("account_changes"."previous" is null) = ("account_changes"."previous_blind" is null) and ("account_changes"."state" = 'held' or "account_changes"."previous" is null)),
	CONSTRAINT "account_changes_four_eyes" CHECK ("account_changes"."state" <> 'confirmed' or ("account_changes"."decided_by" is not null and "account_changes"."decided_by" is distinct from "account_changes"."changed_by")),
	CONSTRAINT "account_changes_board_waits" CHECK ("account_changes"."origin" = 'member' or ("account_changes"."held_until" is null and "account_changes"."state" <> 'lapsed'))
);
--> statement-breakpoint
CREATE TABLE "application_confirmations" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"application_id" uuid NOT NULL,
	"who" text NOT NULL,
	"place" smallint DEFAULT 0 NOT NULL,
	"wording" text NOT NULL,
	"token_hash" "bytea",
	"expires_at" timestamp (3) with time zone,
	"confirmed_at" timestamp (3) with time zone,
	"paper_on" date,
	"recorded_by" uuid,
	CONSTRAINT "application_confirmations_tokenHash_unique" UNIQUE("token_hash"),
	CONSTRAINT "application_confirmations_one_way" CHECK ("application_confirmations"."paper_on" is null or "application_confirmations"."confirmed_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "member_notes" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"text" text NOT NULL,
	"written_by" uuid NOT NULL,
	"written_by_name" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "member_notes_something" CHECK ("member_notes"."text" <> '')
);
--> statement-breakpoint
CREATE TABLE "member_representatives" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"address" text,
	"from_on" date NOT NULL,
	"basis" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"account_id" uuid,
	"ended_on" date,
	"ended_at" timestamp (3) with time zone,
	"ended_basis" text,
	CONSTRAINT "member_representatives_named" CHECK ("member_representatives"."name" <> ''),
	CONSTRAINT "member_representatives_days" CHECK ("member_representatives"."ended_on" >= "member_representatives"."from_on"),
	CONSTRAINT "member_representatives_ended" CHECK (("member_representatives"."ended_on" is null) = ("member_representatives"."ended_at" is null) and ("member_representatives"."ended_at" is null) = ("member_representatives"."ended_basis" is null))
);
--> statement-breakpoint
CREATE TABLE "register_inspections" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid,
	"person" text,
	"contact" text,
	"purpose" text NOT NULL,
	"interest" text,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"requested_by" uuid,
	"state" text DEFAULT 'requested' NOT NULL,
	"identity" text,
	"decided_at" timestamp (3) with time zone,
	"decided_by" uuid,
	"reason" text,
	"open_until" timestamp (3) with time zone,
	CONSTRAINT "register_inspections_whose" CHECK (("register_inspections"."member_id" is null) = ("register_inspections"."person" is not null) and ("register_inspections"."person" is null) = ("register_inspections"."interest" is null)),
	CONSTRAINT "register_inspections_decided" CHECK (("register_inspections"."state" = 'requested') = ("register_inspections"."decided_at" is null)),
	CONSTRAINT "register_inspections_granted" CHECK (("register_inspections"."state" in ('granted', 'ended')) = ("register_inspections"."identity" is not null) and ("register_inspections"."identity" is null) = ("register_inspections"."open_until" is null)),
	CONSTRAINT "register_inspections_refused" CHECK (("register_inspections"."state" = 'refused') = ("register_inspections"."reason" is not null))
);
--> statement-breakpoint
CREATE TABLE "register_looks" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"inspection_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"by" uuid,
	"day" date NOT NULL,
	"after_number" integer NOT NULL,
	"lines" integer NOT NULL,
	"printed" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "moving_files" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"moving_id" uuid NOT NULL,
	"name" text NOT NULL,
	"sheet" text,
	"kind" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"sha256" "bytea" NOT NULL,
	"encoding" text NOT NULL,
	"headings" jsonb NOT NULL,
	"shape" text NOT NULL,
	"columns" jsonb NOT NULL,
	"row_count" integer NOT NULL,
	"rows" "bytea",
	"added_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "moving_members" (
	"moving_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	CONSTRAINT "moving_members_moving_id_member_id_pk" PRIMARY KEY("moving_id","member_id"),
	CONSTRAINT "moving_members_memberId_unique" UNIQUE("member_id")
);
--> statement-breakpoint
CREATE TABLE "moving_shapes" (
	"shape" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"columns" jsonb NOT NULL,
	"used_at" timestamp (3) with time zone NOT NULL,
	"used_by" uuid
);
--> statement-breakpoint
CREATE TABLE "movings" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"balance_on" date NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"opened_by" uuid,
	"committed_at" timestamp (3) with time zone,
	"committed_by" uuid,
	"counts" jsonb,
	"first_entry" bigint,
	"last_entry" bigint,
	"entry_before" bigint,
	"number_before" integer,
	"closed_at" timestamp (3) with time zone,
	"closed_by" uuid,
	CONSTRAINT "movings_committed" CHECK (("movings"."state" in ('committed', 'undone')) = ("movings"."committed_at" is not null)),
	CONSTRAINT "movings_closed" CHECK (("movings"."state" in ('undone', 'discarded')) = ("movings"."closed_at" is not null)),
	CONSTRAINT "movings_counted" CHECK (("movings"."committed_at" is null) = ("movings"."counts" is null))
);
--> statement-breakpoint
CREATE TABLE "claim_pauses" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"until" date,
	"reason" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"ended_at" timestamp (3) with time zone,
	"ended_by" uuid
);
--> statement-breakpoint
CREATE TABLE "credited_overpayments" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"amount_cents" bigint NOT NULL,
	"consent_on" date NOT NULL,
	"consent" text NOT NULL,
	"entry" bigint NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	CONSTRAINT "credited_overpayments_entry_unique" UNIQUE("entry"),
	CONSTRAINT "credited_overpayments_amount" CHECK ("credited_overpayments"."amount_cents" > 0)
);
--> statement-breakpoint
CREATE TABLE "debit_files" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"message_id" text NOT NULL,
	"subject" text NOT NULL,
	"collection_on" date NOT NULL,
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
	"closed_by" uuid,
	"closed_at" timestamp (3) with time zone,
	"void_reason" text,
	CONSTRAINT "debit_files_messageId_unique" UNIQUE("message_id"),
	CONSTRAINT "debit_files_four_eyes" CHECK ("debit_files"."released_by" <> "debit_files"."created_by"),
	CONSTRAINT "debit_files_release_bound" CHECK ("debit_files"."released_sha256" = "debit_files"."sha256"),
	CONSTRAINT "debit_files_released" CHECK (("debit_files"."released_by" is null) = ("debit_files"."released_at" is null) and ("debit_files"."released_by" is null) = ("debit_files"."released_sha256" is null) and ("debit_files"."state" not in ('released', 'executed') or "debit_files"."released_by" is not null) and ("debit_files"."state" <> 'created' or "debit_files"."released_by" is null)),
	CONSTRAINT "debit_files_executed" CHECK (("debit_files"."state" = 'executed') = ("debit_files"."executed_on" is not null)),
	CONSTRAINT "debit_files_closed" CHECK (("debit_files"."state" in ('executed', 'voided')) = ("debit_files"."closed_at" is not null)),
	CONSTRAINT "debit_files_sum" CHECK ("debit_files"."item_count" > 0 and "debit_files"."sum_cents" > 0)
);
--> statement-breakpoint
CREATE TABLE "debit_items" (
	"file_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"member_id" uuid NOT NULL,
	"mandate_id" uuid NOT NULL,
	"amount_cents" bigint NOT NULL,
	"sequence" text NOT NULL,
	"end_to_end_id" text NOT NULL,
	"remittance" text NOT NULL,
	"iban_masked" text NOT NULL,
	"announced_by" text NOT NULL,
	"payment_id" uuid,
	"returned_on" date,
	"return_reason" text,
	CONSTRAINT "debit_items_file_id_line_pk" PRIMARY KEY("file_id","line"),
	CONSTRAINT "debit_items_endToEndId_unique" UNIQUE("end_to_end_id"),
	CONSTRAINT "debit_items_paymentId_unique" UNIQUE("payment_id"),
	CONSTRAINT "debit_items_amount" CHECK ("debit_items"."amount_cents" > 0),
	CONSTRAINT "debit_items_returned" CHECK (("debit_items"."returned_on" is null) = ("debit_items"."return_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "line_bookings" (
	"line_id" uuid NOT NULL,
	"part" integer NOT NULL,
	"amount_cents" bigint NOT NULL,
	"kind" text NOT NULL,
	"member_id" uuid,
	"account" text,
	"entry" bigint,
	"reopened_at" timestamp (3) with time zone,
	"reopened_by" uuid,
	"reopen_reason" text,
	CONSTRAINT "line_bookings_line_id_part_pk" PRIMARY KEY("line_id","part"),
	CONSTRAINT "line_bookings_reopened" CHECK (("line_bookings"."reopened_at" is null) = ("line_bookings"."reopen_reason" is null)),
	CONSTRAINT "line_bookings_amount" CHECK ("line_bookings"."amount_cents" <> 0)
);
--> statement-breakpoint
CREATE TABLE "mandates" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"kind" text NOT NULL,
	"channel" text NOT NULL,
	"creditor_name" text NOT NULL,
	"creditor_address" text NOT NULL,
	"creditor_id" text NOT NULL,
	"debtor_name" text NOT NULL,
	"street" text NOT NULL,
	"postcode" text NOT NULL,
	"town" text NOT NULL,
	"country" text NOT NULL,
	"iban" "bytea" NOT NULL,
	"iban_blind" "bytea" NOT NULL,
	"iban_masked" text NOT NULL,
	"signed_on" date NOT NULL,
	"signed_place" text NOT NULL,
	"authorisation" text NOT NULL,
	"notice_days" smallint DEFAULT 14 NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"ended_on" date,
	"ended_at" timestamp (3) with time zone,
	"end_reason" text,
	"ended_by" uuid,
	CONSTRAINT "mandates_reference" CHECK ("mandates"."reference" ~ '^[A-Za-z0-9+?.,:()''-]([A-Za-z0-9+?/.,:()''-]{0,33}[A-Za-z0-9+?.,:()''-])?$'),
	CONSTRAINT "mandates_notice" CHECK ("mandates"."notice_days" between 1 and 14),
	CONSTRAINT "mandates_ended" CHECK (("mandates"."ended_on" is null) = ("mandates"."ended_at" is null) and ("mandates"."ended_on" is null) = ("mandates"."end_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "payout_outcomes" (
	"file_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"member_id" uuid NOT NULL,
	"outcome" text NOT NULL,
	"happened_on" date NOT NULL,
	"entry" bigint,
	"reason" text,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	CONSTRAINT "payout_outcomes_file_id_line_pk" PRIMARY KEY("file_id","line"),
	CONSTRAINT "payout_outcomes_booked" CHECK (("payout_outcomes"."outcome" = 'executed') = ("payout_outcomes"."entry" is not null) and ("payout_outcomes"."outcome" = 'dropped') = ("payout_outcomes"."reason" is not null))
);
--> statement-breakpoint
CREATE TABLE "payout_returns" (
	"file_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"member_id" uuid NOT NULL,
	"returned_on" date NOT NULL,
	"reason" text NOT NULL,
	"entry" bigint NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payout_returns_file_id_line_pk" PRIMARY KEY("file_id","line"),
	CONSTRAINT "payout_returns_entry_unique" UNIQUE("entry")
);
--> statement-breakpoint
CREATE TABLE "reminder_terms" (
	"version" integer PRIMARY KEY NOT NULL,
	"steps" jsonb NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid
);
--> statement-breakpoint
CREATE TABLE "reminders" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"step" smallint NOT NULL,
	"due_since" date NOT NULL,
	"claim_cents" bigint NOT NULL,
	"fee_cents" bigint NOT NULL,
	"pay_by" date NOT NULL,
	"channel" text NOT NULL,
	"subject" text NOT NULL,
	"letter" text NOT NULL,
	"terms_version" integer NOT NULL,
	"entry" bigint,
	"sent_on" date NOT NULL,
	"sent_at" timestamp (3) with time zone NOT NULL,
	"sent_by" uuid,
	CONSTRAINT "reminders_entry_unique" UNIQUE("entry"),
	CONSTRAINT "reminders_step_once" UNIQUE("member_id","due_since","step"),
	CONSTRAINT "reminders_step" CHECK ("reminders"."step" between 1 and 3),
	CONSTRAINT "reminders_amounts" CHECK ("reminders"."claim_cents" > 0 and "reminders"."fee_cents" >= 0 and ("reminders"."fee_cents" = 0) = ("reminders"."entry" is null))
);
--> statement-breakpoint
CREATE TABLE "settlement_payouts" (
	"settlement_id" uuid NOT NULL,
	"file_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"amount_cents" bigint NOT NULL,
	"line" integer,
	CONSTRAINT "settlement_payouts_settlement_id_file_id_pk" PRIMARY KEY("settlement_id","file_id"),
	CONSTRAINT "settlement_payouts_amount" CHECK ("settlement_payouts"."amount_cents" > 0)
);
--> statement-breakpoint
CREATE TABLE "settlement_reliefs" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"settlement_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"amount_cents" bigint NOT NULL,
	"relieved_on" date NOT NULL,
	"entry" bigint NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"reversal_entry" bigint,
	"reversed_at" timestamp (3) with time zone,
	CONSTRAINT "settlement_reliefs_amount" CHECK ("settlement_reliefs"."amount_cents" > 0),
	CONSTRAINT "settlement_reliefs_reversed" CHECK (("settlement_reliefs"."reversal_entry" is null) = ("settlement_reliefs"."reversed_at" is null))
);
--> statement-breakpoint
CREATE TABLE "statement_files" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"file_name" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"sha256" "bytea" NOT NULL,
	"content" "bytea",
	"state" text DEFAULT 'uploaded' NOT NULL,
	"uploaded_at" timestamp (3) with time zone NOT NULL,
	"uploaded_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"decided_by" uuid,
	"statement_count" integer NOT NULL,
	"line_count" integer NOT NULL,
	CONSTRAINT "statement_files_decided" CHECK (("statement_files"."state" = 'uploaded') = ("statement_files"."decided_at" is null)),
	CONSTRAINT "statement_files_content" CHECK (("statement_files"."state" = 'discarded') = ("statement_files"."content" is null))
);
--> statement-breakpoint
CREATE TABLE "statement_lines" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"statement_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"amount_cents" bigint NOT NULL,
	"booked_on" date NOT NULL,
	"value_on" date NOT NULL,
	"bank_reference" text NOT NULL,
	"end_to_end_id" text,
	"mandate_reference" text,
	"creditor_reference" text,
	"batch_id" text,
	"purpose" text NOT NULL,
	"party_name" text NOT NULL,
	"party_iban" "bytea",
	"party_iban_blind" "bytea",
	"party_iban_masked" text,
	"bank_code" text NOT NULL,
	"return_reason" text,
	"original_cents" bigint,
	"state" text NOT NULL,
	"basis" text,
	"decided_at" timestamp (3) with time zone,
	"decided_by" uuid,
	CONSTRAINT "statement_lines_bankReference_unique" UNIQUE("bank_reference"),
	CONSTRAINT "statement_lines_place" UNIQUE("statement_id","line"),
	CONSTRAINT "statement_lines_amount" CHECK ("statement_lines"."amount_cents" <> 0),
	CONSTRAINT "statement_lines_decided" CHECK (("statement_lines"."state" = 'open') = ("statement_lines"."decided_at" is null))
);
--> statement-breakpoint
CREATE TABLE "statements" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"file_id" uuid NOT NULL,
	"iban" text NOT NULL,
	"statement_id" text NOT NULL,
	"version" text NOT NULL,
	"from_on" date NOT NULL,
	"to_on" date NOT NULL,
	"opening_cents" bigint NOT NULL,
	"closing_cents" bigint NOT NULL,
	"line_count" integer NOT NULL,
	"imported_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "statements_once" UNIQUE("iban","statement_id")
);
--> statement-breakpoint
CREATE TABLE "deletion_log" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"run_id" uuid NOT NULL,
	"member_id" uuid,
	"category" text NOT NULL,
	"action" text NOT NULL,
	"fields" text[] NOT NULL,
	"keep_until" date,
	CONSTRAINT "deletion_log_action" CHECK ("deletion_log"."action" in ('restricted', 'erased')),
	CONSTRAINT "deletion_log_kept" CHECK (("deletion_log"."action" = 'restricted') = ("deletion_log"."keep_until" is not null))
);
--> statement-breakpoint
CREATE TABLE "deletion_runs" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"due_on" date NOT NULL,
	"executed_at" timestamp (3) with time zone NOT NULL,
	"executed_by" uuid NOT NULL,
	"executed_by_name" text NOT NULL,
	"items" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "restricted_data" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"category" text NOT NULL,
	"content" "bytea",
	"restricted_at" timestamp (3) with time zone NOT NULL,
	"restricted_by" uuid,
	"keep_until" date NOT NULL,
	"erased_at" timestamp (3) with time zone,
	CONSTRAINT "restricted_data_erased" CHECK (("restricted_data"."content" is null) = ("restricted_data"."erased_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "energy_amounts" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"metering_point_id" uuid,
	"metering_point" text,
	"obis" text NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone NOT NULL,
	"wh" bigint NOT NULL,
	"quality" smallint NOT NULL,
	"import_id" integer NOT NULL,
	"document_id" integer NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "energy_amounts_period" CHECK ("energy_amounts"."to_at" > "energy_amounts"."from_at")
);
--> statement-breakpoint
CREATE TABLE "import_channels" (
	"import_id" integer NOT NULL,
	"document_id" integer NOT NULL,
	"channel_id" integer NOT NULL,
	"from_day" date NOT NULL,
	"to_day" date NOT NULL,
	CONSTRAINT "import_channels_import_id_document_id_channel_id_pk" PRIMARY KEY("import_id","document_id","channel_id")
);
--> statement-breakpoint
CREATE TABLE "mapping_profiles" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"shape" text NOT NULL,
	"header" json NOT NULL,
	"profile" json NOT NULL,
	"saved_at" timestamp (3) with time zone NOT NULL,
	"saved_by_name" text NOT NULL,
	CONSTRAINT "mapping_profiles_shape_unique" UNIQUE("shape")
);
--> statement-breakpoint
CREATE TABLE "meters" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"metering_point_id" uuid NOT NULL,
	"serial" text NOT NULL,
	"installed_at" timestamp (3) with time zone NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"digits" smallint NOT NULL,
	"factor" numeric(10, 3) NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by_name" text NOT NULL,
	CONSTRAINT "meters_period" CHECK ("meters"."removed_at" is null or "meters"."removed_at" > "meters"."installed_at"),
	CONSTRAINT "meters_digits" CHECK ("meters"."digits" between 3 and 12),
	CONSTRAINT "meters_factor" CHECK ("meters"."factor" > 0)
);
--> statement-breakpoint
CREATE TABLE "reading_deliveries" (
	"channel_id" integer NOT NULL,
	"day" date NOT NULL,
	"import_id" integer NOT NULL,
	"document_id" integer NOT NULL,
	"version" integer,
	"wh" integer[],
	"quality" "bytea",
	CONSTRAINT "reading_deliveries_channel_id_day_import_id_document_id_pk" PRIMARY KEY("channel_id","day","import_id","document_id"),
	CONSTRAINT "reading_deliveries_values" CHECK (("reading_deliveries"."version" is null) <> ("reading_deliveries"."wh" is null))
);
--> statement-breakpoint
CREATE TABLE "reading_disputes" (
	"channel_id" integer NOT NULL,
	"day" date NOT NULL,
	"import_id" integer NOT NULL,
	"document_id" integer NOT NULL,
	"slots" smallint NOT NULL,
	"counts_wh" bigint NOT NULL,
	"says_wh" bigint NOT NULL,
	"state" text NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"decided_by_name" text,
	"reason" text,
	CONSTRAINT "reading_disputes_channel_id_day_import_id_document_id_pk" PRIMARY KEY("channel_id","day","import_id","document_id")
);
--> statement-breakpoint
CREATE TABLE "reading_documents" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reading_documents_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"import_id" integer NOT NULL,
	"message_id" integer NOT NULL,
	"part" smallint NOT NULL,
	"function" text NOT NULL,
	"cancels_message_id" integer,
	"type" text NOT NULL,
	"process" text,
	"version" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"test" boolean NOT NULL,
	"value_count" integer NOT NULL,
	"reasons" json,
	CONSTRAINT "reading_documents_once" UNIQUE("import_id","message_id","part","function")
);
--> statement-breakpoint
CREATE TABLE "reading_messages" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "reading_messages_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"sender" text NOT NULL,
	"number" text NOT NULL,
	CONSTRAINT "reading_messages_once" UNIQUE("sender","number")
);
--> statement-breakpoint
CREATE TABLE "register_decisions" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"reading_id" uuid NOT NULL,
	"decision" text NOT NULL,
	"reset_to_wh" bigint,
	"reason" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by_name" text NOT NULL,
	CONSTRAINT "register_decisions_reset" CHECK (("register_decisions"."reset_to_wh" is not null) = ("register_decisions"."decision" = 'reset'))
);
--> statement-breakpoint
CREATE TABLE "register_photos" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"metering_point_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"sha256" "bytea" NOT NULL,
	"content" "bytea" NOT NULL,
	"taken_at" timestamp (3) with time zone NOT NULL,
	"taken_by_name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "register_readings" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"metering_point_id" uuid,
	"metering_point" text,
	"obis" text NOT NULL,
	"serial" text,
	"read_at" timestamp (3) with time zone NOT NULL,
	"wh" bigint NOT NULL,
	"quality" smallint NOT NULL,
	"occasion" text NOT NULL,
	"import_id" integer,
	"document_id" integer NOT NULL,
	"photo_id" uuid,
	"note" text,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by_name" text NOT NULL,
	CONSTRAINT "register_readings_positive" CHECK ("register_readings"."wh" >= 0)
);
--> statement-breakpoint
CREATE TABLE "register_reversals" (
	"reading_id" uuid PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by_name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "source_channels" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "source_channels_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"source_id" uuid NOT NULL,
	"name" text NOT NULL,
	"metering_point_id" uuid NOT NULL,
	"obis" text NOT NULL,
	"slot_minutes" smallint DEFAULT 15 NOT NULL,
	"meaning" text NOT NULL,
	"settings" json DEFAULT '{}'::json NOT NULL,
	"edge" json,
	CONSTRAINT "source_channels_name" UNIQUE("source_id","name"),
	CONSTRAINT "source_channels_once" UNIQUE("metering_point_id","obis"),
	CONSTRAINT "source_channels_slot" CHECK ("source_channels"."slot_minutes" in (5, 10, 15, 30, 60))
);
--> statement-breakpoint
CREATE TABLE "source_files" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "source_files_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"source_id" uuid NOT NULL,
	"key" text NOT NULL,
	"file_name" text NOT NULL,
	"sender" text,
	"size" bigint NOT NULL,
	"changed_at" timestamp (3) with time zone,
	"sha256" "bytea" NOT NULL,
	"outcome" text NOT NULL,
	"import_id" integer,
	"problem" json,
	"seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "source_files_once" UNIQUE("source_id","key")
);
--> statement-breakpoint
CREATE TABLE "unplaced_days" (
	"series_id" uuid NOT NULL,
	"day" date NOT NULL,
	"wh" integer[] NOT NULL,
	"quality" "bytea",
	"total_wh" bigint NOT NULL,
	"gaps" smallint NOT NULL,
	CONSTRAINT "unplaced_days_series_id_day_pk" PRIMARY KEY("series_id","day")
);
--> statement-breakpoint
CREATE TABLE "unplaced_series" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"import_id" integer NOT NULL,
	"document_id" integer NOT NULL,
	"metering_point" text NOT NULL,
	"obis" text NOT NULL,
	"unit" text NOT NULL,
	"slot_minutes" smallint NOT NULL,
	"placed_by_import" integer,
	"channel_id" integer,
	CONSTRAINT "unplaced_series_placed" CHECK (("unplaced_series"."placed_by_import" is null) = ("unplaced_series"."channel_id" is null))
);
--> statement-breakpoint
CREATE TABLE "citizen_areas" (
	"plant_id" uuid PRIMARY KEY NOT NULL,
	"postcodes" text[] NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"changed_by" uuid
);
--> statement-breakpoint
CREATE TABLE "citizen_voters" (
	"member_id" uuid PRIMARY KEY NOT NULL,
	"voter_class" text NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"changed_by" uuid
);
--> statement-breakpoint
CREATE TABLE "correction_notes" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"year" integer NOT NULL,
	"plant_id" uuid NOT NULL,
	"month" date NOT NULL,
	"now_wh" bigint NOT NULL,
	"remark" text NOT NULL,
	"noted_at" timestamp (3) with time zone NOT NULL,
	"noted_by_name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "duty_events" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"duty" text NOT NULL,
	"on_day" date NOT NULL,
	"label" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"removed_at" timestamp (3) with time zone,
	"removed_by" uuid
);
--> statement-breakpoint
CREATE TABLE "duty_marks" (
	"occurrence" text PRIMARY KEY NOT NULL,
	"assigned_to" uuid,
	"done_at" timestamp (3) with time zone,
	"done_by" uuid,
	"remark" text,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "duty_marks_done" CHECK (("duty_marks"."done_at" is null) = ("duty_marks"."done_by" is null))
);
--> statement-breakpoint
CREATE TABLE "exits" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"member_id" uuid NOT NULL,
	"cause" text NOT NULL,
	"received_on" date NOT NULL,
	"effective_on" date,
	"shares" integer,
	"nominal_cents" bigint,
	"statute_version" integer NOT NULL,
	"form" text NOT NULL,
	"proof" jsonb NOT NULL,
	"steps" jsonb NOT NULL,
	"letter_sent_on" date,
	"heirs" jsonb,
	"closed_account_id" uuid,
	"basis" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"register_event_id" uuid,
	"state" text DEFAULT 'given' NOT NULL,
	"withdrawal_asked_at" timestamp (3) with time zone,
	"closed_at" timestamp (3) with time zone,
	"closed_by" uuid,
	"closed_reason" text,
	"superseded_by" uuid,
	"successor_number" integer,
	"movement_id" uuid,
	CONSTRAINT "exits_partial" CHECK (("exits"."cause" = 'partial') = ("exits"."shares" is not null) and ("exits"."shares" is null) = ("exits"."nominal_cents" is null)),
	CONSTRAINT "exits_shares" CHECK ("exits"."shares" > 0),
	CONSTRAINT "exits_days" CHECK ("exits"."effective_on" >= "exits"."received_on" or "exits"."effective_on" is null),
	CONSTRAINT "exits_continued" CHECK (case when "exits"."effective_on" is null then "exits"."state" in ('continued', 'passed-on', 'withdrawn') else "exits"."state" not in ('continued', 'passed-on') end),
	CONSTRAINT "exits_superseded" CHECK ("exits"."superseded_by" is null or "exits"."state" = 'superseded'),
	CONSTRAINT "exits_passed_on" CHECK (("exits"."state" = 'passed-on') = ("exits"."successor_number" is not null)),
	CONSTRAINT "exits_closed" CHECK (("exits"."state" in ('given', 'continued')) = ("exits"."closed_at" is null))
);
--> statement-breakpoint
CREATE TABLE "loss_lines" (
	"loss_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"base_cents" bigint NOT NULL,
	"amount_cents" bigint NOT NULL,
	CONSTRAINT "loss_lines_loss_id_member_id_pk" PRIMARY KEY("loss_id","member_id"),
	CONSTRAINT "loss_lines_amounts" CHECK ("loss_lines"."amount_cents" > 0 and "loss_lines"."base_cents" > 0)
);
--> statement-breakpoint
CREATE TABLE "loss_write_offs" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"year" integer NOT NULL,
	"base_on" date NOT NULL,
	"resolved_on" date NOT NULL,
	"resolution" text NOT NULL,
	"from_legal_reserve_cents" bigint NOT NULL,
	"from_other_reserves_cents" bigint NOT NULL,
	"from_balances_cents" bigint NOT NULL,
	"state" text DEFAULT 'proposed' NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_at" timestamp (3) with time zone NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"entry" bigint,
	CONSTRAINT "loss_write_offs_entry_unique" UNIQUE("entry"),
	CONSTRAINT "loss_write_offs_amounts" CHECK (least("loss_write_offs"."from_legal_reserve_cents", "loss_write_offs"."from_other_reserves_cents", "loss_write_offs"."from_balances_cents") >= 0 and "loss_write_offs"."from_legal_reserve_cents" + "loss_write_offs"."from_other_reserves_cents" + "loss_write_offs"."from_balances_cents" > 0),
	CONSTRAINT "loss_write_offs_base" CHECK ("loss_write_offs"."base_on" < "loss_write_offs"."resolved_on"),
	CONSTRAINT "loss_write_offs_four_eyes" CHECK ("loss_write_offs"."state" <> 'entered' or "loss_write_offs"."decided_by" <> "loss_write_offs"."proposed_by"),
	CONSTRAINT "loss_write_offs_decided" CHECK (("loss_write_offs"."state" = 'proposed') = ("loss_write_offs"."decided_at" is null) and ("loss_write_offs"."state" = 'entered') = ("loss_write_offs"."entry" is not null))
);
--> statement-breakpoint
CREATE TABLE "reduction_creditors" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"version" integer NOT NULL,
	"creditor" text NOT NULL,
	"claim_cents" bigint NOT NULL,
	"reported_on" date NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"recorded_by" uuid,
	"answer" text,
	"answer_text" text,
	"answered_at" timestamp (3) with time zone,
	"answered_by" uuid,
	CONSTRAINT "reduction_creditors_claim" CHECK ("reduction_creditors"."claim_cents" > 0),
	CONSTRAINT "reduction_creditors_answered" CHECK (num_nulls("reduction_creditors"."answer", "reduction_creditors"."answer_text", "reduction_creditors"."answered_at") in (0, 3))
);
--> statement-breakpoint
CREATE TABLE "round_subscriptions" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"round_id" uuid NOT NULL,
	"member_id" uuid,
	"application_id" uuid,
	"count" integer NOT NULL,
	"declaration" jsonb NOT NULL,
	"statute_version" integer NOT NULL,
	"subscribed_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"withdrawn_at" timestamp (3) with time zone,
	"paper_received_on" date,
	"recorded_by" uuid,
	"allotted" integer,
	"reason" text,
	"movement_id" uuid,
	CONSTRAINT "round_subscriptions_movementId_unique" UNIQUE("movement_id"),
	CONSTRAINT "round_subscriptions_count" CHECK ("round_subscriptions"."count" > 0),
	CONSTRAINT "round_subscriptions_whose" CHECK ("round_subscriptions"."member_id" is not null or "round_subscriptions"."application_id" is not null),
	CONSTRAINT "round_subscriptions_allotted" CHECK ("round_subscriptions"."allotted" between 0 and "round_subscriptions"."count"),
	CONSTRAINT "round_subscriptions_reason" CHECK (("round_subscriptions"."allotted" is null) = ("round_subscriptions"."reason" is null)),
	CONSTRAINT "round_subscriptions_moved" CHECK ("round_subscriptions"."movement_id" is null or "round_subscriptions"."allotted" > 0)
);
--> statement-breakpoint
CREATE TABLE "settlements" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"exit_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"exit_on" date NOT NULL,
	"received_on" date NOT NULL,
	"due_on" date NOT NULL,
	"balance_cents" bigint NOT NULL,
	"entry" bigint NOT NULL,
	"loss_share_cents" bigint,
	"determined_at" timestamp (3) with time zone,
	"determined_by" uuid,
	"basis" text,
	"determined_entry" bigint,
	"voided_at" timestamp (3) with time zone,
	CONSTRAINT "settlements_exitId_unique" UNIQUE("exit_id"),
	CONSTRAINT "settlements_balance" CHECK ("settlements"."balance_cents" > 0 and "settlements"."loss_share_cents" between 0 and "settlements"."balance_cents"),
	CONSTRAINT "settlements_determined" CHECK (("settlements"."loss_share_cents" is null) = ("settlements"."determined_at" is null) and ("settlements"."determined_at" is null) = ("settlements"."basis" is null))
);
--> statement-breakpoint
CREATE TABLE "share_reductions" (
	"version" integer PRIMARY KEY NOT NULL,
	"old_nominal_cents" bigint NOT NULL,
	"new_nominal_cents" bigint NOT NULL,
	"announced_on" date,
	"announced_at" timestamp (3) with time zone,
	"announced_by" uuid,
	"effective_on" date,
	"effected_at" timestamp (3) with time zone,
	"effected_by" uuid,
	"entry" bigint,
	CONSTRAINT "share_reductions_entry_unique" UNIQUE("entry"),
	CONSTRAINT "share_reductions_values" CHECK ("share_reductions"."new_nominal_cents" > 0 and "share_reductions"."new_nominal_cents" < "share_reductions"."old_nominal_cents"),
	CONSTRAINT "share_reductions_announced" CHECK (num_nulls("share_reductions"."announced_on", "share_reductions"."announced_at", "share_reductions"."announced_by") in (0, 3)),
	CONSTRAINT "share_reductions_effected" CHECK (num_nulls("share_reductions"."effective_on", "share_reductions"."effected_at", "share_reductions"."effected_by") in (0, 3)),
	CONSTRAINT "share_reductions_waited" CHECK ("share_reductions"."effective_on" is null or "share_reductions"."effective_on" > "share_reductions"."announced_on" + interval '6 months'),
	CONSTRAINT "share_reductions_four_eyes" CHECK ("share_reductions"."effected_by" <> "share_reductions"."announced_by")
);
--> statement-breakpoint
CREATE TABLE "share_splits" (
	"version" integer PRIMARY KEY NOT NULL,
	"old_nominal_cents" bigint NOT NULL,
	"new_nominal_cents" bigint NOT NULL,
	"effective_on" date NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	"keeps" text DEFAULT 'capital' NOT NULL,
	"due_on" date,
	CONSTRAINT "share_splits_due" CHECK ("share_splits"."due_on" is null or "share_splits"."new_nominal_cents" > "share_splits"."old_nominal_cents"),
	CONSTRAINT "share_splits_values" CHECK ("share_splits"."old_nominal_cents" > 0 and "share_splits"."new_nominal_cents" > 0 and "share_splits"."old_nominal_cents" <> "share_splits"."new_nominal_cents")
);
--> statement-breakpoint
CREATE TABLE "share_transfers" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"from_member_id" uuid NOT NULL,
	"to_member_id" uuid,
	"to_email" text,
	"whole" boolean NOT NULL,
	"shares" integer NOT NULL,
	"amount_cents" bigint NOT NULL,
	"takes" integer,
	"declaration" jsonb,
	"form" text NOT NULL,
	"statute_version" integer NOT NULL,
	"proposed_at" timestamp (3) with time zone NOT NULL,
	"proposed_by" uuid,
	"accepted_at" timestamp (3) with time zone,
	"state" text DEFAULT 'proposed' NOT NULL,
	"effective_on" date,
	"decided_at" timestamp (3) with time zone,
	"decided_by" uuid,
	"resolution" text,
	"entry" bigint,
	CONSTRAINT "share_transfers_entry_unique" UNIQUE("entry"),
	CONSTRAINT "share_transfers_two" CHECK ("share_transfers"."from_member_id" <> "share_transfers"."to_member_id"),
	CONSTRAINT "share_transfers_to" CHECK ("share_transfers"."to_member_id" is not null or "share_transfers"."to_email" is not null),
	CONSTRAINT "share_transfers_amount" CHECK ("share_transfers"."shares" > 0 and "share_transfers"."amount_cents" > 0 and "share_transfers"."takes" >= 0),
	CONSTRAINT "share_transfers_accepted" CHECK ("share_transfers"."state" not in ('accepted', 'entered', 'refused') or ("share_transfers"."accepted_at" is not null and "share_transfers"."to_member_id" is not null and "share_transfers"."takes" is not null)),
	CONSTRAINT "share_transfers_entered" CHECK (("share_transfers"."state" = 'entered') = ("share_transfers"."effective_on" is not null) and ("share_transfers"."effective_on" is null) = ("share_transfers"."entry" is null)),
	CONSTRAINT "share_transfers_decided" CHECK (("share_transfers"."state" in ('proposed', 'accepted')) = ("share_transfers"."decided_at" is null))
);
--> statement-breakpoint
CREATE TABLE "subscription_rounds" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"title" text NOT NULL,
	"purpose" text NOT NULL,
	"opens_at" timestamp (3) with time zone NOT NULL,
	"closes_at" timestamp (3) with time zone NOT NULL,
	"volume_shares" integer,
	"volume_cents" bigint,
	"floor_shares" integer NOT NULL,
	"cap_shares" integer NOT NULL,
	"rule" text NOT NULL,
	"announced" boolean DEFAULT false NOT NULL,
	"state" text DEFAULT 'set' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"created_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"decided_by" uuid,
	"resolution" text,
	CONSTRAINT "subscription_rounds_window" CHECK ("subscription_rounds"."opens_at" < "subscription_rounds"."closes_at"),
	CONSTRAINT "subscription_rounds_volume" CHECK (num_nonnulls("subscription_rounds"."volume_shares", "subscription_rounds"."volume_cents") = 1),
	CONSTRAINT "subscription_rounds_positive" CHECK ("subscription_rounds"."volume_shares" > 0 or "subscription_rounds"."volume_cents" > 0),
	CONSTRAINT "subscription_rounds_bounds" CHECK ("subscription_rounds"."floor_shares" between 1 and "subscription_rounds"."cap_shares"),
	CONSTRAINT "subscription_rounds_decided" CHECK (("subscription_rounds"."state" = 'set') = ("subscription_rounds"."decided_at" is null) and ("subscription_rounds"."decided_at" is null) = ("subscription_rounds"."resolution" is null))
);
--> statement-breakpoint
CREATE TABLE "checked_days" (
	"channel_id" integer NOT NULL,
	"day" date NOT NULL,
	"version" integer NOT NULL,
	"total_wh" bigint NOT NULL,
	"gaps" smallint NOT NULL,
	"checked_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "checked_days_channel_id_day_pk" PRIMARY KEY("channel_id","day")
);
--> statement-breakpoint
CREATE TABLE "co2_factors" (
	"year" smallint PRIMARY KEY NOT NULL,
	"grams_per_kwh" integer NOT NULL,
	"source" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "member_months" (
	"plant_id" uuid NOT NULL,
	"month" date NOT NULL,
	"member_id" uuid NOT NULL,
	"energy_wh" bigint NOT NULL,
	CONSTRAINT "member_months_member_id_plant_id_month_pk" PRIMARY KEY("member_id","plant_id","month")
);
--> statement-breakpoint
CREATE TABLE "public_plants" (
	"plant_id" uuid PRIMARY KEY NOT NULL,
	"published_at" timestamp (3) with time zone NOT NULL,
	"published_by_name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shared_months" (
	"plant_id" uuid NOT NULL,
	"month" date NOT NULL,
	"fed_in_wh" bigint NOT NULL,
	"days" integer NOT NULL,
	"movements" integer NOT NULL,
	"source_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "shared_months_plant_id_month_pk" PRIMARY KEY("plant_id","month")
);
--> statement-breakpoint
CREATE TABLE "yield_findings" (
	"channel_id" integer NOT NULL,
	"day" date NOT NULL,
	"kind" text NOT NULL,
	"severity" text NOT NULL,
	"from_slot" smallint NOT NULL,
	"to_slot" smallint NOT NULL,
	"figures" json NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"note" text,
	"state_at" timestamp (3) with time zone,
	"state_by_name" text,
	CONSTRAINT "yield_findings_channel_id_day_kind_pk" PRIMARY KEY("channel_id","day","kind")
);
--> statement-breakpoint
ALTER TABLE "applications" DROP CONSTRAINT "applications_decided";--> statement-breakpoint
ALTER TABLE "payments" DROP CONSTRAINT "payments_split";--> statement-breakpoint
ALTER TABLE "channels" DROP CONSTRAINT "channels_slot";--> statement-breakpoint
ALTER TABLE "reading_days" DROP CONSTRAINT "reading_days_slots";--> statement-breakpoint
ALTER TABLE "sources" DROP CONSTRAINT "sources_place";--> statement-breakpoint
DROP INDEX "register_events_once";--> statement-breakpoint
DROP INDEX "sources_channel_once";--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "statute_served_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "form" text DEFAULT 'text' NOT NULL;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "paper_received_on" date;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "approval" text;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "approved_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "print_hash" "bytea";--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "rejection_notice_id" uuid;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "locale" text DEFAULT 'de' NOT NULL;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "unwanted_mails" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "members" ADD COLUMN "words" "tsvector" GENERATED ALWAYS AS (array_to_tsvector(array_remove(string_to_array(regexp_replace(search_text || ' ' || translate(search_text, '-./,&()"+''', '          ') || ' ' || postcode || ' ' || lower(coalesce(email, '')) || ' ' || translate(lower(coalesce(email, '')), '@.-_+', '     '), '([aou])e|(s)s', '\1\2', 'g'), ' '), ''))) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "register_events" ADD COLUMN "extra" jsonb;--> statement-breakpoint
ALTER TABLE "register_events" ADD COLUMN "replaces" uuid;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "recipient_hash" "bytea";--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "fee_cents" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payout_files" ADD COLUMN "held_back" jsonb;--> statement-breakpoint
ALTER TABLE "imports" ADD COLUMN "undone_by" integer;--> statement-breakpoint
ALTER TABLE "reading_days" ADD COLUMN "document_id" integer;--> statement-breakpoint
ALTER TABLE "reading_days_history" ADD COLUMN "document_id" integer;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "settings" json DEFAULT '{}'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "secret" "bytea";--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "changes" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "busy_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "last_value_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "share_requests" ADD COLUMN "paper_received_on" date;--> statement-breakpoint
ALTER TABLE "share_requests" ADD COLUMN "recorded_by" uuid;--> statement-breakpoint
ALTER TABLE "statute_proposals" ADD COLUMN "based_on" integer;--> statement-breakpoint
ALTER TABLE "statute_proposals" ADD COLUMN "keeps" text;--> statement-breakpoint
ALTER TABLE "statute_proposals" ADD COLUMN "resolved_on" date;--> statement-breakpoint
ALTER TABLE "statute_proposals" ADD COLUMN "votes_for" integer;--> statement-breakpoint
ALTER TABLE "statute_proposals" ADD COLUMN "votes_against" integer;--> statement-breakpoint
ALTER TABLE "statute_proposals" ADD COLUMN "due_on" date;--> statement-breakpoint
ALTER TABLE "datev_accounts" ADD CONSTRAINT "datev_accounts_account_ledger_accounts_number_fk" FOREIGN KEY ("account") REFERENCES "public"."ledger_accounts"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_changes" ADD CONSTRAINT "account_changes_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "application_confirmations" ADD CONSTRAINT "application_confirmations_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_notes" ADD CONSTRAINT "member_notes_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_representatives" ADD CONSTRAINT "member_representatives_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_inspections" ADD CONSTRAINT "register_inspections_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_looks" ADD CONSTRAINT "register_looks_inspection_id_register_inspections_id_fk" FOREIGN KEY ("inspection_id") REFERENCES "public"."register_inspections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "moving_files" ADD CONSTRAINT "moving_files_moving_id_movings_id_fk" FOREIGN KEY ("moving_id") REFERENCES "public"."movings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "moving_members" ADD CONSTRAINT "moving_members_moving_id_movings_id_fk" FOREIGN KEY ("moving_id") REFERENCES "public"."movings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "moving_members" ADD CONSTRAINT "moving_members_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "claim_pauses" ADD CONSTRAINT "claim_pauses_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credited_overpayments" ADD CONSTRAINT "credited_overpayments_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credited_overpayments" ADD CONSTRAINT "credited_overpayments_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "debit_items" ADD CONSTRAINT "debit_items_file_id_debit_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."debit_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "debit_items" ADD CONSTRAINT "debit_items_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "debit_items" ADD CONSTRAINT "debit_items_mandate_id_mandates_id_fk" FOREIGN KEY ("mandate_id") REFERENCES "public"."mandates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "debit_items" ADD CONSTRAINT "debit_items_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "line_bookings" ADD CONSTRAINT "line_bookings_line_id_statement_lines_id_fk" FOREIGN KEY ("line_id") REFERENCES "public"."statement_lines"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "line_bookings" ADD CONSTRAINT "line_bookings_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "line_bookings" ADD CONSTRAINT "line_bookings_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mandates" ADD CONSTRAINT "mandates_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_outcomes" ADD CONSTRAINT "payout_outcomes_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_outcomes" ADD CONSTRAINT "payout_outcomes_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_returns" ADD CONSTRAINT "payout_returns_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_returns" ADD CONSTRAINT "payout_returns_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reminders" ADD CONSTRAINT "reminders_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_payouts" ADD CONSTRAINT "settlement_payouts_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_payouts" ADD CONSTRAINT "settlement_payouts_file_id_payout_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."payout_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_payouts" ADD CONSTRAINT "settlement_payouts_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_reliefs" ADD CONSTRAINT "settlement_reliefs_settlement_id_settlements_id_fk" FOREIGN KEY ("settlement_id") REFERENCES "public"."settlements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_reliefs" ADD CONSTRAINT "settlement_reliefs_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_reliefs" ADD CONSTRAINT "settlement_reliefs_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlement_reliefs" ADD CONSTRAINT "settlement_reliefs_reversal_entry_journal_number_fk" FOREIGN KEY ("reversal_entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statement_lines" ADD CONSTRAINT "statement_lines_statement_id_statements_id_fk" FOREIGN KEY ("statement_id") REFERENCES "public"."statements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statements" ADD CONSTRAINT "statements_file_id_statement_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."statement_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deletion_log" ADD CONSTRAINT "deletion_log_run_id_deletion_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."deletion_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deletion_log" ADD CONSTRAINT "deletion_log_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restricted_data" ADD CONSTRAINT "restricted_data_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "energy_amounts" ADD CONSTRAINT "energy_amounts_metering_point_id_metering_points_id_fk" FOREIGN KEY ("metering_point_id") REFERENCES "public"."metering_points"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "meters" ADD CONSTRAINT "meters_metering_point_id_metering_points_id_fk" FOREIGN KEY ("metering_point_id") REFERENCES "public"."metering_points"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reading_documents" ADD CONSTRAINT "reading_documents_message_id_reading_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."reading_messages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reading_documents" ADD CONSTRAINT "reading_documents_cancels_message_id_reading_messages_id_fk" FOREIGN KEY ("cancels_message_id") REFERENCES "public"."reading_messages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_decisions" ADD CONSTRAINT "register_decisions_reading_id_register_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."register_readings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_photos" ADD CONSTRAINT "register_photos_metering_point_id_metering_points_id_fk" FOREIGN KEY ("metering_point_id") REFERENCES "public"."metering_points"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_readings" ADD CONSTRAINT "register_readings_metering_point_id_metering_points_id_fk" FOREIGN KEY ("metering_point_id") REFERENCES "public"."metering_points"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_readings" ADD CONSTRAINT "register_readings_photo_id_register_photos_id_fk" FOREIGN KEY ("photo_id") REFERENCES "public"."register_photos"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "register_reversals" ADD CONSTRAINT "register_reversals_reading_id_register_readings_id_fk" FOREIGN KEY ("reading_id") REFERENCES "public"."register_readings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source_channels" ADD CONSTRAINT "source_channels_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source_channels" ADD CONSTRAINT "source_channels_metering_point_id_metering_points_id_fk" FOREIGN KEY ("metering_point_id") REFERENCES "public"."metering_points"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source_files" ADD CONSTRAINT "source_files_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unplaced_days" ADD CONSTRAINT "unplaced_days_series_id_unplaced_series_id_fk" FOREIGN KEY ("series_id") REFERENCES "public"."unplaced_series"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citizen_areas" ADD CONSTRAINT "citizen_areas_plant_id_plants_id_fk" FOREIGN KEY ("plant_id") REFERENCES "public"."plants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citizen_voters" ADD CONSTRAINT "citizen_voters_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "correction_notes" ADD CONSTRAINT "correction_notes_plant_id_plants_id_fk" FOREIGN KEY ("plant_id") REFERENCES "public"."plants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exits" ADD CONSTRAINT "exits_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exits" ADD CONSTRAINT "exits_statute_version_statute_versions_version_fk" FOREIGN KEY ("statute_version") REFERENCES "public"."statute_versions"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exits" ADD CONSTRAINT "exits_register_event_id_register_events_id_fk" FOREIGN KEY ("register_event_id") REFERENCES "public"."register_events"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exits" ADD CONSTRAINT "exits_movement_id_share_movements_id_fk" FOREIGN KEY ("movement_id") REFERENCES "public"."share_movements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "loss_lines" ADD CONSTRAINT "loss_lines_loss_id_loss_write_offs_id_fk" FOREIGN KEY ("loss_id") REFERENCES "public"."loss_write_offs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "loss_lines" ADD CONSTRAINT "loss_lines_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "loss_write_offs" ADD CONSTRAINT "loss_write_offs_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reduction_creditors" ADD CONSTRAINT "reduction_creditors_version_share_reductions_version_fk" FOREIGN KEY ("version") REFERENCES "public"."share_reductions"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "round_subscriptions" ADD CONSTRAINT "round_subscriptions_round_id_subscription_rounds_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."subscription_rounds"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "round_subscriptions" ADD CONSTRAINT "round_subscriptions_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "round_subscriptions" ADD CONSTRAINT "round_subscriptions_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "round_subscriptions" ADD CONSTRAINT "round_subscriptions_statute_version_statute_versions_version_fk" FOREIGN KEY ("statute_version") REFERENCES "public"."statute_versions"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "round_subscriptions" ADD CONSTRAINT "round_subscriptions_movement_id_share_movements_id_fk" FOREIGN KEY ("movement_id") REFERENCES "public"."share_movements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlements" ADD CONSTRAINT "settlements_exit_id_exits_id_fk" FOREIGN KEY ("exit_id") REFERENCES "public"."exits"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlements" ADD CONSTRAINT "settlements_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlements" ADD CONSTRAINT "settlements_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settlements" ADD CONSTRAINT "settlements_determined_entry_journal_number_fk" FOREIGN KEY ("determined_entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_reductions" ADD CONSTRAINT "share_reductions_version_statute_versions_version_fk" FOREIGN KEY ("version") REFERENCES "public"."statute_versions"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_reductions" ADD CONSTRAINT "share_reductions_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_splits" ADD CONSTRAINT "share_splits_version_statute_versions_version_fk" FOREIGN KEY ("version") REFERENCES "public"."statute_versions"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_transfers" ADD CONSTRAINT "share_transfers_from_member_id_members_id_fk" FOREIGN KEY ("from_member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_transfers" ADD CONSTRAINT "share_transfers_to_member_id_members_id_fk" FOREIGN KEY ("to_member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_transfers" ADD CONSTRAINT "share_transfers_statute_version_statute_versions_version_fk" FOREIGN KEY ("statute_version") REFERENCES "public"."statute_versions"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share_transfers" ADD CONSTRAINT "share_transfers_entry_journal_number_fk" FOREIGN KEY ("entry") REFERENCES "public"."journal"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checked_days" ADD CONSTRAINT "checked_days_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_months" ADD CONSTRAINT "member_months_plant_id_plants_id_fk" FOREIGN KEY ("plant_id") REFERENCES "public"."plants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member_months" ADD CONSTRAINT "member_months_member_id_members_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."members"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "public_plants" ADD CONSTRAINT "public_plants_plant_id_plants_id_fk" FOREIGN KEY ("plant_id") REFERENCES "public"."plants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shared_months" ADD CONSTRAINT "shared_months_plant_id_plants_id_fk" FOREIGN KEY ("plant_id") REFERENCES "public"."plants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "yield_findings" ADD CONSTRAINT "yield_findings_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "former_emails_of_member" ON "former_emails" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "documents_of_member" ON "documents" USING btree ("member_id","document_on");--> statement-breakpoint
CREATE INDEX "datev_exports_by_time" ON "datev_exports" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "account_changes_one_held" ON "account_changes" USING btree ("member_id") WHERE "account_changes"."state" = 'held';--> statement-breakpoint
CREATE INDEX "account_changes_of_member" ON "account_changes" USING btree ("member_id","recorded_at");--> statement-breakpoint
CREATE UNIQUE INDEX "application_confirmations_once" ON "application_confirmations" USING btree ("application_id","who","place");--> statement-breakpoint
CREATE INDEX "member_notes_of_member" ON "member_notes" USING btree ("member_id","recorded_at");--> statement-breakpoint
CREATE INDEX "member_representatives_of_member" ON "member_representatives" USING btree ("member_id","from_on");--> statement-breakpoint
CREATE UNIQUE INDEX "member_representatives_of_heirs" ON "member_representatives" USING btree ("member_id") WHERE kind = 'heirs' and ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "register_inspections_one_request" ON "register_inspections" USING btree ("member_id") WHERE "register_inspections"."state" = 'requested';--> statement-breakpoint
CREATE INDEX "register_inspections_by_day" ON "register_inspections" USING btree ("requested_at");--> statement-breakpoint
CREATE INDEX "register_looks_of_inspection" ON "register_looks" USING btree ("inspection_id","at");--> statement-breakpoint
CREATE INDEX "moving_files_of" ON "moving_files" USING btree ("moving_id");--> statement-breakpoint
CREATE UNIQUE INDEX "moving_files_once" ON "moving_files" USING btree ("moving_id","sha256",coalesce("sheet", ''));--> statement-breakpoint
CREATE UNIQUE INDEX "movings_one_open" ON "movings" USING btree ("state") WHERE "movings"."state" = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "claim_pauses_one" ON "claim_pauses" USING btree ("member_id") WHERE "claim_pauses"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "debit_files_by_state" ON "debit_files" USING btree ("state","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "debit_items_member_once" ON "debit_items" USING btree ("file_id","member_id");--> statement-breakpoint
CREATE INDEX "debit_items_of_member" ON "debit_items" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "debit_items_of_mandate" ON "debit_items" USING btree ("mandate_id");--> statement-breakpoint
CREATE INDEX "line_bookings_of_member" ON "line_bookings" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "line_bookings_by_entry" ON "line_bookings" USING btree ("entry");--> statement-breakpoint
CREATE UNIQUE INDEX "mandates_reference_once" ON "mandates" USING btree ("creditor_id",lower("reference"));--> statement-breakpoint
CREATE UNIQUE INDEX "mandates_one_standing" ON "mandates" USING btree ("member_id") WHERE "mandates"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "mandates_of_member" ON "mandates" USING btree ("member_id","recorded_at");--> statement-breakpoint
CREATE INDEX "reminders_of_member" ON "reminders" USING btree ("member_id","sent_at");--> statement-breakpoint
CREATE INDEX "settlement_payouts_by_file" ON "settlement_payouts" USING btree ("file_id");--> statement-breakpoint
CREATE INDEX "settlement_reliefs_of_settlement" ON "settlement_reliefs" USING btree ("settlement_id");--> statement-breakpoint
CREATE INDEX "settlement_reliefs_by_entry" ON "settlement_reliefs" USING btree ("entry");--> statement-breakpoint
CREATE UNIQUE INDEX "statement_files_once" ON "statement_files" USING btree ("sha256") WHERE "statement_files"."state" <> 'discarded';--> statement-breakpoint
CREATE INDEX "statement_files_by_day" ON "statement_files" USING btree ("uploaded_at");--> statement-breakpoint
CREATE INDEX "statement_lines_open" ON "statement_lines" USING btree ("booked_on") WHERE "statement_lines"."state" = 'open';--> statement-breakpoint
CREATE INDEX "statements_by_day" ON "statements" USING btree ("iban","to_on");--> statement-breakpoint
CREATE INDEX "deletion_log_of_run" ON "deletion_log" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "restricted_data_of_member" ON "restricted_data" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "energy_amounts_point" ON "energy_amounts" USING btree ("metering_point_id","obis","from_at");--> statement-breakpoint
CREATE INDEX "energy_amounts_import" ON "energy_amounts" USING btree ("import_id");--> statement-breakpoint
CREATE UNIQUE INDEX "meters_standing" ON "meters" USING btree ("metering_point_id") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "meters_point" ON "meters" USING btree ("metering_point_id","installed_at");--> statement-breakpoint
CREATE INDEX "reading_disputes_open" ON "reading_disputes" USING btree ("import_id") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "reading_documents_message" ON "reading_documents" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "reading_documents_cancels" ON "reading_documents" USING btree ("cancels_message_id") WHERE cancels_message_id is not null;--> statement-breakpoint
CREATE INDEX "register_decisions_reading" ON "register_decisions" USING btree ("reading_id");--> statement-breakpoint
CREATE INDEX "register_readings_point" ON "register_readings" USING btree ("metering_point_id","obis","read_at");--> statement-breakpoint
CREATE INDEX "register_readings_import" ON "register_readings" USING btree ("import_id") WHERE import_id is not null;--> statement-breakpoint
CREATE INDEX "source_files_newest" ON "source_files" USING btree ("source_id","seen_at");--> statement-breakpoint
CREATE INDEX "unplaced_series_point" ON "unplaced_series" USING btree ("metering_point");--> statement-breakpoint
CREATE INDEX "unplaced_series_import" ON "unplaced_series" USING btree ("import_id");--> statement-breakpoint
CREATE INDEX "correction_notes_month" ON "correction_notes" USING btree ("year","plant_id","month");--> statement-breakpoint
CREATE INDEX "duty_events_by_day" ON "duty_events" USING btree ("on_day");--> statement-breakpoint
CREATE UNIQUE INDEX "exits_one_open" ON "exits" USING btree ("member_id",("shares" is null)) WHERE state = 'given';--> statement-breakpoint
CREATE INDEX "exits_by_day" ON "exits" USING btree ("state","effective_on");--> statement-breakpoint
CREATE INDEX "exits_of_member" ON "exits" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "exits_letters" ON "exits" USING btree ("letter_sent_on") WHERE letter_sent_on is not null;--> statement-breakpoint
CREATE INDEX "loss_lines_of_member" ON "loss_lines" USING btree ("member_id");--> statement-breakpoint
CREATE UNIQUE INDEX "loss_write_offs_one_open" ON "loss_write_offs" USING btree ("state") WHERE state = 'proposed';--> statement-breakpoint
CREATE INDEX "reduction_creditors_of_version" ON "reduction_creditors" USING btree ("version");--> statement-breakpoint
CREATE UNIQUE INDEX "round_subscriptions_of_member" ON "round_subscriptions" USING btree ("round_id","member_id");--> statement-breakpoint
CREATE UNIQUE INDEX "round_subscriptions_of_application" ON "round_subscriptions" USING btree ("round_id","application_id");--> statement-breakpoint
CREATE INDEX "round_subscriptions_by_member" ON "round_subscriptions" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "settlements_of_member" ON "settlements" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "settlements_queue" ON "settlements" USING btree ("exit_on","received_on");--> statement-breakpoint
CREATE UNIQUE INDEX "share_transfers_one_open" ON "share_transfers" USING btree ("from_member_id") WHERE state in ('proposed', 'accepted');--> statement-breakpoint
CREATE INDEX "share_transfers_to_member" ON "share_transfers" USING btree ("to_member_id");--> statement-breakpoint
CREATE INDEX "share_transfers_by_state" ON "share_transfers" USING btree ("state","proposed_at");--> statement-breakpoint
CREATE INDEX "subscription_rounds_by_close" ON "subscription_rounds" USING btree ("closes_at");--> statement-breakpoint
CREATE INDEX "audit_log_by_subject" ON "audit_log" USING btree ("subject");--> statement-breakpoint
CREATE INDEX "members_by_word" ON "members" USING gin ("words");--> statement-breakpoint
CREATE INDEX "members_by_name" ON "members" USING btree (sort_name collate "de-x-icu","number");--> statement-breakpoint
CREATE UNIQUE INDEX "register_events_joined_once" ON "register_events" USING btree ("member_id") WHERE "register_events"."kind" = 'joined' and "register_events"."replaces" is null;--> statement-breakpoint
CREATE INDEX "notices_by_recipient" ON "notices" USING btree ("recipient_hash");--> statement-breakpoint
CREATE INDEX "share_dues_of_movement" ON "share_dues" USING btree ("movement_id");--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_printHash_unique" UNIQUE("print_hash");--> statement-breakpoint
ALTER TABLE "register_events" ADD CONSTRAINT "register_events_replaces_unique" UNIQUE("replaces");--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_approved" CHECK (("applications"."approval" is null) = ("applications"."approved_at" is null));--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_rejected" CHECK (("applications"."state" = 'rejected') = ("applications"."rejection_notice_id" is not null));--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_decided" CHECK (("applications"."state" = 'admitted') = ("applications"."member_id" is not null) and ("applications"."state" = 'declared') = ("applications"."decided_at" is null));--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_locale" CHECK ("members"."locale" in ('de', 'en'));--> statement-breakpoint
ALTER TABLE "members" ADD CONSTRAINT "members_unwanted_mails" CHECK ("members"."unwanted_mails" <@ array['round-news', 'round-receipts']);--> statement-breakpoint
ALTER TABLE "register_events" ADD CONSTRAINT "register_events_replaces" CHECK ("register_events"."replaces" is null or "register_events"."kind" in ('joined', 'changed'));--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_split" CHECK ("payments"."amount_cents" > 0 and "payments"."credited_cents" >= 0 and "payments"."overpaid_cents" >= 0 and "payments"."fee_cents" >= 0 and "payments"."amount_cents" = "payments"."credited_cents" + "payments"."overpaid_cents" + "payments"."fee_cents");--> statement-breakpoint
ALTER TABLE "channels" ADD CONSTRAINT "channels_slot" CHECK ("channels"."slot_minutes" in (5, 10, 15, 30, 60, 1440));--> statement-breakpoint
ALTER TABLE "reading_days" ADD CONSTRAINT "reading_days_slots" CHECK (cardinality("reading_days"."wh") in (1, 23, 24, 25, 46, 48, 50, 92, 96, 100, 138, 144, 150, 276, 288, 300));--> statement-breakpoint
ALTER TABLE "statute_proposals" ADD CONSTRAINT "statute_proposals_resolution" CHECK (("statute_proposals"."keeps" is not distinct from 'shares') = (num_nonnulls("statute_proposals"."resolved_on", "statute_proposals"."votes_for", "statute_proposals"."votes_against") = 3) and ("statute_proposals"."due_on" is null or "statute_proposals"."resolved_on" is not null));