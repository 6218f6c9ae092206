// What the plants yielded, day by day, and how many shares stood behind it.
import { date, integer, numeric, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { energyWh, instant } from '../database/columns.ts';
import { plants } from '../plants/tables.ts';

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
