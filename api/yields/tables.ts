// What the plants yielded, day by day, and how many shares stood behind it.
import { date, integer, json, numeric, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { energyWh, instant } from '../database/columns.ts';
import { members } from '../members/tables.ts';
import { channels, plants } from '../plants/tables.ts';

/** A plant's day: energy fed in, how complete and how good it is, and what a kilowatt-hour brought. Recalculated whenever readings change. */
export const plantDays = pgTable(
	'plant_days',
	{
		plantId: uuid()
			.notNull()
			.references(() => plants.id),
		day: date({ mode: 'string' }).notNull(),
		fedInWh: energyWh().notNull(),
		/** slots of the day, and how many of them have no value or a value that is not measured */
		slots: integer().notNull(),
		missingSlots: integer().notNull(),
		unmeasuredSlots: integer().notNull(),
		centsPerKwh: numeric({ precision: 9, scale: 4 }),
		calculatedAt: instant().notNull(),
	},
	(t) => [primaryKey({ columns: [t.plantId, t.day] })],
);

/** All shares of the cooperative on a day: what a member's part of the yield is measured by. Anonymous, so members may read it. */
export const shareDays = pgTable('share_days', {
	day: date({ mode: 'string' }).primaryKey(),
	shares: integer().notNull(),
	calculatedAt: instant().notNull(),
});

/** A plant's months that have been divided among the shares, as they were then: what differs is divided again. */
export const sharedMonths = pgTable(
	'shared_months',
	{
		plantId: uuid()
			.notNull()
			.references(() => plants.id),
		month: date({ mode: 'string' }).notNull(),
		fedInWh: energyWh().notNull(),
		days: integer().notNull(),
		/** share movements until the month's end */
		movements: integer().notNull(),
		/** when the last of its days was calculated */
		sourceAt: instant().notNull(),
	},
	(t) => [primaryKey({ columns: [t.plantId, t.month] })],
);

/** What the shares of a member come to in a plant's month; the parts of all members add up to what the plant yielded. */
export const memberMonths = pgTable(
	'member_months',
	{
		plantId: uuid()
			.notNull()
			.references(() => plants.id),
		month: date({ mode: 'string' }).notNull(),
		memberId: uuid()
			.notNull()
			.references(() => members.id),
		energyWh: energyWh().notNull(),
	},
	(t) => [primaryKey({ columns: [t.memberId, t.plantId, t.month] })],
);

/** What speaks against the values of a channel's day, and what somebody said of it. Goes when the values no longer show it. */
export const yieldFindings = pgTable(
	'yield_findings',
	{
		channelId: integer()
			.notNull()
			.references(() => channels.id),
		day: date({ mode: 'string' }).notNull(),
		kind: text({
			enum: ['night', 'too-much', 'zero-at-noon', 'stuck', 'interpolated', 'shifted', 'gaps', 'missing-day'],
		}).notNull(),
		severity: text({ enum: ['alarm', 'warning', 'note'] }).notNull(),
		fromSlot: smallint().notNull(),
		toSlot: smallint().notNull(),
		/** energyWh, limitWh, minutes and count, as far as the kind has them */
		figures: json().$type<{ energyWh?: number; limitWh?: number; minutes?: number; count?: number }>().notNull(),
		foundAt: instant().notNull(),
		state: text({ enum: ['open', 'seen', 'explained'] })
			.notNull()
			.default('open'),
		note: text(),
		stateAt: instant(),
		stateByName: text(),
	},
	(t) => [primaryKey({ columns: [t.channelId, t.day, t.kind] })],
);

/** The meter-days that have been checked, as they were then: what differs is checked again. */
export const checkedDays = pgTable(
	'checked_days',
	{
		channelId: integer()
			.notNull()
			.references(() => channels.id),
		day: date({ mode: 'string' }).notNull(),
		version: integer().notNull(),
		totalWh: energyWh().notNull(),
		gaps: smallint().notNull(),
		checkedAt: instant().notNull(),
	},
	(t) => [primaryKey({ columns: [t.channelId, t.day] })],
);

/** How much carbon dioxide a kilowatt-hour of the grid's mix stood for in a year (grams), and who says so. */
export const co2Factors = pgTable('co2_factors', {
	year: smallint().primaryKey(),
	gramsPerKwh: integer().notNull(),
	source: text().notNull(),
});

/** Plants whose yields anybody may see, without signing in. */
export const publicPlants = pgTable('public_plants', {
	plantId: uuid()
		.primaryKey()
		.references(() => plants.id),
	publishedAt: instant().notNull(),
	publishedByName: text().notNull(),
});
