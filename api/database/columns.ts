// The column kinds every table is made of, so that money, days and instants look the same everywhere.
import { bigint, customType, date, timestamp, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';

/** Primary key: UUIDv7, made by the database, ordered by time of creation. */
export const id = () => uuid().primaryKey().default(sql`uuidv7()`);

/** Whole cents; safe integers in code. */
export const cents = () => bigint({ mode: 'number' });

/** Whole watt-hours; safe integers in code. */
export const energyWh = () => bigint({ mode: 'number' });

/** A legal or calendar day, 'YYYY-MM-DD'. */
export const day = () => date({ mode: 'string' });

/** An instant, UTC in store, Date in code. */
export const instant = () => timestamp({ withTimezone: true, mode: 'date', precision: 3 });

/** Raw bytes: hashes, sealed secrets, quality bytes. */
export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** Words to be found by (tsvector); filled by the database, searched with `@@`, not read in code. */
export const words = customType<{ data: string; driverData: string }>({ dataType: () => 'tsvector' });
