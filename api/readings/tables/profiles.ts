// Mapping profiles: how operators told the portal to read tables of one shape.
import { json, pgTable, text } from 'drizzle-orm/pg-core';
import { id, instant } from '../../database/columns.ts';
import type { MappingProfile } from '../formats/mapped/profile.ts';

/** One profile per shape of table; what it said before is in the log. */
export const mappingProfiles = pgTable('mapping_profiles', {
	id: id(),
	name: text().notNull(),
	/** hash of separator and header, see shapeOf */
	shape: text().notNull().unique(),
	/** names of the columns, to be shown */
	header: json().$type<string[]>().notNull(),
	profile: json().$type<MappingProfile>().notNull(),
	savedAt: instant().notNull(),
	savedByName: text().notNull(),
});
