// A mapping profile: what an operator says once about a table that no other format reads rightly.
import { Refusal } from '../../../values/refusal.ts';
import {
	channelKindOf,
	isMistypedMaLo,
	isSlotLength,
	kindOfUnit,
	meteringPointOf,
	obisOf,
	type SlotMinutes,
	type Unit,
} from '../../rules.ts';
import type { Separator } from '../csv/cells.ts';
import type { Zone } from '../csv/stamps.ts';

/** Where a series of the table belongs; both null where whoever uploads says so. */
export type Place = { meteringPoint: string | null; obis: string | null };

/** A column of values. */
export type MappedColumn = Place & { column: number; unit: Unit; status: number | null };

/**
 * How a table is read. Columns count from 0, lines from 1. `headerLine` is null for a table without header. Rows may name
 * their metering point or device in a column; `devices` says where each device belongs.
 */
export type MappingProfile = {
	separator: Separator;
	headerLine: number | null;
	date: number;
	time: number | null;
	/** Whether a stamp names the start or the end of its slot. */
	stamp: 'start' | 'end';
	/** Clock of stamps without an offset: Berlin's wall clock, universal time, or winter time all year. */
	zone: Zone;
	dateOrder: 'day-month' | 'month-day';
	mark: ',' | '.';
	slotMinutes: SlotMinutes;
	meteringPoint: number | null;
	device: number | null;
	values: MappedColumn[];
	devices: (Place & { name: string })[];
};

/** Most columns of values in one profile. */
export const columnLimit = 200;

/**
 * A profile that makes sense, ids and codes in their stored form. Refuses readings.profile-column {column} (one column with two
 * meanings), readings.profile-values (no column of values, or too many), readings.no-slot, readings.bad-unit {text},
 * readings.bad-metering-point {text}, readings.obis {value}, readings.profile-device {name} (named twice).
 */
export function checkedProfile(profile: MappingProfile): MappingProfile {
	const { date, time, meteringPoint, device, values, devices, slotMinutes } = profile;
	const used = [date, time, meteringPoint, device, ...values.flatMap((one) => [one.column, one.status])];
	const columns = used.filter((column) => column !== null);
	const twice = columns.find((column, i) => columns.indexOf(column) !== i);
	if (twice !== undefined) throw new Refusal('invalid', 'readings.profile-column', { column: twice + 1 });
	if (values.length === 0 || values.length > columnLimit)
		throw new Refusal('invalid', 'readings.profile-values', { limit: columnLimit });
	if (!isSlotLength(slotMinutes)) throw new Refusal('invalid', 'readings.no-slot', {});
	const names = devices.map(({ name }) => name);
	const double = names.find((name, i) => names.indexOf(name) !== i);
	if (double !== undefined) throw new Refusal('invalid', 'readings.profile-device', { name: double });
	const checked = values.map((one) => {
		const { of, power } = kindOfUnit(one.unit);
		const place = checkedPlace(one);
		if ((power && slotMinutes === 1440) || (place.obis !== null && channelKindOf(place.obis).unit !== of))
			throw new Refusal('invalid', 'readings.bad-unit', { text: one.unit });
		return { ...one, ...place };
	});
	return { ...profile, values: checked, devices: devices.map((one) => ({ ...one, ...checkedPlace(one) })) };
}

function checkedPlace({ meteringPoint, obis }: Place): Place {
	const point = meteringPoint === null ? null : meteringPointOf(meteringPoint);
	if (point === undefined || (point !== null && isMistypedMaLo(point)))
		throw new Refusal('invalid', 'readings.bad-metering-point', { text: meteringPoint ?? '' });
	const code = obis === null ? null : obisOf(obis);
	if (code === undefined) throw new Refusal('invalid', 'readings.obis', { value: obis ?? '' });
	return { meteringPoint: point, obis: code };
}
