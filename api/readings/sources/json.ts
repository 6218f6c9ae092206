// Values out of JSON by path: one answer with the present values, or an archive that is asked for periods, so that gaps and corrections come in.
import { type Day, dayOf, daysFrom, startOfDay } from '../../values/calendar.ts';
import { Refusal } from '../../values/refusal.ts';
import { fetchJson } from '../outgoing.ts';
import { excerpt } from '../rules.ts';
import type { Answer, Asked, AskedChannel } from './ask.ts';
import type { Span } from './coverage.ts';
import type { SourceSettings } from './kinds.ts';
import { amountOf, instantOf, type Observation, valueAt } from './observation.ts';

/** The series a document is read for. */
export type ReadChannel = Pick<AskedChannel, 'name' | 'meaning' | 'slotMinutes' | 'settings'>;

/** Rows that one answer may hold. */
export const rowLimit = 50_000;

/**
 * The values of the series in a document, by their paths. Without rows the document is one row; of an object as rows each entry is one,
 * with 'key' and 'value'. What is null or not there is no value. A row without time of its own is of `atMs`. Local times that go back
 * by up to an hour are those of the hour that comes twice. Refuses readings.source-path-missing (in no row is anything at a path),
 * readings.source-row (a value or a time cannot be read, with the row's number), readings.source-too-many-rows.
 */
export function observationsIn(
	document: unknown,
	channels: readonly ReadChannel[],
	{ atMs, settings }: { atMs: number; settings: Pick<SourceSettings, 'rows' | 'zone'> },
): Observation[] {
	const rows = rowsOf(document, settings.rows);
	const zone = settings.zone ?? 'Europe/Berlin';
	return channels.flatMap((channel) => {
		const { name, meaning, slotMinutes, settings: own } = channel;
		const { valuePath = '', timePath, unitPath, unit = '' } = own;
		const observations: Observation[] = [];
		let isThere = rows.length === 0;
		let previous = Number.NEGATIVE_INFINITY;
		rows.forEach((row, index) => {
			const value = valueAt(row, valuePath);
			isThere ||= value !== undefined;
			if (value === undefined || value === null || value === '') return;
			const amount = amountOf(value, String((unitPath && valueAt(row, unitPath)) || unit), { meaning, slotMinutes });
			const time = timePath === undefined ? undefined : valueAt(row, timePath);
			let at = timePath === undefined ? atMs : instantOf(time, zone);
			if (at <= previous && at > previous - 3_600_001) {
				const second = instantOf(time, zone, true);
				if (second > previous) at = second;
			}
			if (Number.isNaN(amount) || Number.isNaN(at)) {
				const found = excerpt(JSON.stringify(Number.isNaN(amount) ? value : time) ?? '');
				throw new Refusal('invalid', 'readings.source-row', { row: index + 1, found });
			}
			previous = at;
			const start = own.stamp === 'end' ? at - slotMinutes * 60_000 : at;
			observations.push({ channel: name, atMs: start, shown: { '': amount } });
		});
		if (!isThere) throw new Refusal('invalid', 'readings.source-path-missing', { path: excerpt(valuePath) });
		return observations;
	});
}

function rowsOf(document: unknown, path: string | undefined): readonly unknown[] {
	const found = path ? valueAt(document, path) : document;
	if (path && found === undefined)
		throw new Refusal('invalid', 'readings.source-path-missing', { path: excerpt(path) });
	const isMap = path !== undefined && typeof found === 'object' && found !== null && !Array.isArray(found);
	const rows = Array.isArray(found)
		? found
		: isMap
			? Object.entries(found).map(([key, value]) => ({ key, value }))
			: [found];
	if (rows.length > rowLimit) throw new Refusal('invalid', 'readings.source-too-many-rows', { limit: rowLimit });
	return rows.filter((row) => row !== null);
}

const dayMs = 86_400_000;
/** Days that one question to an archive covers, and questions of one look. */
const [daysAsked, questions] = [31, 12] as const;
const addressesAsked = 60;
/** An archive that has been asked for so long is asked on at the next look. */
const lookMs = 60_000;
/** Gaps and days that are asked for again: late and corrected values still come in. */
const [gapDays, againDays] = [30, 3] as const;

/** The periods an archive is asked for: first what came since the last value, in order; once an hour also what may still come in. */
export function periodsOf(channels: readonly Pick<AskedChannel, 'through' | 'gaps'>[], nowMs: number): Span[] {
	const iso = (ms: number) => new Date(ms).toISOString();
	const edges = channels.map(({ through }) => (through === null ? startOfDay(dayOf(nowMs)) : Date.parse(through)));
	const since = Math.min(nowMs, ...edges);
	const periods: Span[] = [];
	for (let from = since; from < nowMs && periods.length < questions; from += daysAsked * dayMs)
		periods.push({ from: iso(from), to: iso(Math.min(from + daysAsked * dayMs, nowMs)) });
	if (new Date(nowMs).getUTCMinutes() >= 5) return periods;
	const gaps = channels.flatMap((channel) => channel.gaps.map(({ from }) => Date.parse(from)));
	const recent = gaps.filter((from) => from > nowMs - gapDays * dayMs);
	return [...periods, { from: iso(Math.min(since - againDays * dayMs, ...recent)), to: iso(since) }];
}

/** True if an address has places for a period. */
const asksPeriods = (location: string): boolean => /\{(from|to|day)\}/.test(location);

function addressesOf(location: string, { from, to }: Span): string[] {
	const filled = (day: Day) =>
		location
			.replaceAll('{from}', encodeURIComponent(from))
			.replaceAll('{to}', encodeURIComponent(to))
			.replaceAll('{day}', day);
	const first = dayOf(Date.parse(from));
	if (!location.includes('{day}')) return [filled(first)];
	return daysFrom(first, dayOf(Date.parse(to) - 1)).map(filled);
}

/** Asks an address for its values; none means that it sleeps. Refuses what fetchJson and observationsIn refuse. */
export async function readJson(asked: Asked): Promise<Answer> {
	const { location, settings, secrets, channels, allowed, now } = asked;
	const { password } = secrets;
	const headers: Record<string, string> = {};
	if (password) headers[settings.header ?? 'authorization'] = settings.header ? password : `Bearer ${password}`;
	const get = async (address: string) => {
		const asking = { allowed, headers, secret: Boolean(password), certificate: settings.certificate };
		const document = await fetchJson(address, asking);
		return observationsIn(document, channels, { atMs: now().getTime(), settings });
	};
	if (!asksPeriods(location)) {
		const observations = await get(location);
		return { observations: observations.length > 0 ? observations : null };
	}
	const began = now().getTime();
	const addresses = periodsOf(channels, began).flatMap((period) => addressesOf(location, period));
	const observations: Observation[] = [];
	for (const address of new Set(addresses.slice(0, addressesAsked))) {
		if (now().getTime() > began + lookMs) break;
		try {
			observations.push(...(await get(address)));
		} catch (error) {
			if (observations.length === 0 || !(error instanceof Refusal)) throw error;
			return { observations, problem: error };
		}
	}
	return { observations };
}
