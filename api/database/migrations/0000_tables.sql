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
	"notice_weeks" integer,
	"notice_sent_at" timestamp (3) with time zone,
	"notice_hash" text,
	"invited_members" integer,
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
ALTER TABLE "agenda_items" ADD CONSTRAINT "agenda_items_assembly_id_assemblies_id_fk" FOREIGN KEY ("assembly_id") REFERENCES "public"."assemblies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballot_entitlements" ADD CONSTRAINT "ballot_entitlements_ballot_id_ballots_id_fk" FOREIGN KEY ("ballot_id") REFERENCES "public"."ballots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballot_results" ADD CONSTRAINT "ballot_results_ballot_id_ballots_id_fk" FOREIGN KEY ("ballot_id") REFERENCES "public"."ballots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballot_votes" ADD CONSTRAINT "ballot_votes_entitlement" FOREIGN KEY ("ballot_id","member_id") REFERENCES "public"."ballot_entitlements"("ballot_id","member_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_assembly_id_assemblies_id_fk" FOREIGN KEY ("assembly_id") REFERENCES "public"."assemblies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_agenda_item_id_agenda_items_id_fk" FOREIGN KEY ("agenda_item_id") REFERENCES "public"."agenda_items"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channels" ADD CONSTRAINT "channels_metering_point_id_metering_points_id_fk" FOREIGN KEY ("metering_point_id") REFERENCES "public"."metering_points"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "metering_points" ADD CONSTRAINT "metering_points_plant_id_plants_id_fk" FOREIGN KEY ("plant_id") REFERENCES "public"."plants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plant_rates" ADD CONSTRAINT "plant_rates_plant_id_plants_id_fk" FOREIGN KEY ("plant_id") REFERENCES "public"."plants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statute_versions" ADD CONSTRAINT "statute_versions_proposal_id_statute_proposals_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."statute_proposals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "statute_proposals_one_open" ON "statute_proposals" USING btree ("state") WHERE "statute_proposals"."state" = 'open';--> statement-breakpoint
CREATE INDEX "statute_versions_on_day" ON "statute_versions" USING btree ("valid_from","version");