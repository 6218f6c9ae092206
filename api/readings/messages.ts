// Values that several messages of one file bring for the same channel: which of them count once cancellations are heard.
import { type Day, startOfDay } from '../values/calendar.ts';
import { qualities } from '../values/energy.ts';
import { Refusal } from '../values/refusal.ts';
import type { MeterDay, SeriesSummary } from './assemble.ts';
import { compareDay, type Delivery, foldDay, type Issue, type WholeDay } from './compare.ts';
import type { ReadingDocument, SeriesKey } from './formats/format.ts';
import { missingRank, missingWh } from './rules.ts';

/** When a message was written, for the order of deliveries; `arrivedMs` where it does not say. */
export function issueOf(document: ReadingDocument | undefined, arrivedMs: number, arrival: number): Issue {
	const stamp = document?.seriesVersion ?? document?.documentTime ?? null;
	return { issuedMs: stamp === null ? arrivedMs : Date.parse(stamp), number: document?.number ?? null, arrival };
}

/** Indices of the messages that another message of the same file cancels. */
export function cancelledWithin(documents: readonly ReadingDocument[]): Set<number> {
	const name = (sender: string, number: string) => `${sender}|${number}`;
	const cancelled = new Set(
		documents.flatMap((one) =>
			one.function === 'cancellation' && one.cancels !== null ? [name(one.sender, one.cancels)] : [],
		),
	);
	return new Set(
		documents.flatMap((one, i) =>
			one.function === 'original' && cancelled.has(name(one.sender, one.number)) ? [i] : [],
		),
	);
}

/** The message a series belongs to: the one it names, or the only one of the file. */
export function documentOf(key: SeriesKey, documents: readonly ReadingDocument[]): number | undefined {
	return key.document ?? (documents.length === 1 ? 0 : undefined);
}

/** A day of a delivery with null for what is missing. */
export function valuesOf({ wh, quality }: Pick<MeterDay, 'wh' | 'quality'>): {
	wh: (number | null)[];
	quality: Uint8Array | null;
} {
	return { wh: Array.from(wh, (value) => (value === missingWh ? null : value)), quality };
}

/** Refuses readings.conflict if two messages written at the same moment say different things of a slot in the same quality: nobody can know which is right. */
export function refuseTies(
	deliveries: readonly Delivery[],
	place: { meteringPoint: string | null; obis: string | null; day: Day; slotMinutes: number },
): void {
	for (const [i, a] of deliveries.entries()) {
		for (const b of deliveries.slice(i + 1)) {
			if (!a.active || !b.active || a.issuedMs !== b.issuedMs) continue;
			for (let slot = 0; slot < a.wh.length; slot++) {
				const [first, second] = [a.wh[slot] ?? null, b.wh[slot] ?? null];
				if (first === null || second === null || first === second) continue;
				if ((a.quality?.[slot] ?? 0) !== (b.quality?.[slot] ?? 0)) continue;
				const minutes = place.slotMinutes === 1440 ? 0 : slot * place.slotMinutes;
				throw new Refusal('invalid', 'readings.conflict', {
					...{ line: 1, time: new Date(startOfDay(place.day) + minutes * 60_000).toISOString() },
					...{ meteringPoint: place.meteringPoint ?? '', obis: place.obis ?? '', slotMinutes: place.slotMinutes },
					...{ firstWh: first, secondWh: second, conflicts: 1 },
				});
			}
		}
	}
}

/** Keeps the days of a file with messages while it is read, to say at the end what the file as a whole says. */
export class MessageDays {
	readonly #days = new Map<number, MeterDay[]>();

	/** True if any day is kept. */
	get isNeeded(): boolean {
		return this.#days.size > 0;
	}

	/** Keeps days of a series that belongs to a message; false if these days have nothing to do with messages. */
	holds(days: readonly MeterDay[], keys: readonly SeriesKey[]): boolean {
		if (days.every((day) => keys[day.series]?.document === undefined)) return false;
		for (const day of days) {
			const own = this.#days.get(day.series);
			if (!own) this.#days.set(day.series, [day]);
			else if (day.replaces) own[own.findIndex((one) => one.day === day.day)] = day;
			else own.push(day);
		}
		return true;
	}

	/** One summary per channel instead of one per channel and message, and all days, their `series` an index into them. Refuses readings.conflict. */
	merged(
		series: readonly SeriesSummary[],
		documents: readonly ReadingDocument[],
	): { series: SeriesSummary[]; days: MeterDay[] } {
		const cancelled = cancelledWithin(documents);
		const groups = new Map<string, Part[]>();
		for (const [i, summary] of series.entries()) {
			const { meteringPoint, obis, device, unit, slotMinutes } = summary.key;
			const name = [meteringPoint, obis, device, unit, slotMinutes].join('|');
			const group = groups.get(name);
			const part = { summary, days: this.#days.get(i) ?? [] };
			if (group) group.push(part);
			else groups.set(name, [part]);
		}
		const merged = [...groups.values()].map((parts, i) => mergedGroup(parts, documents, cancelled, i));
		return { series: merged.map(({ summary }) => summary), days: merged.flatMap(({ days }) => days) };
	}
}

type Part = { summary: SeriesSummary; days: readonly MeterDay[] };

function mergedGroup(
	parts: readonly Part[],
	documents: readonly ReadingDocument[],
	cancelled: ReadonlySet<number>,
	series: number,
): { summary: SeriesSummary; days: MeterDay[] } {
	const [first] = parts as [Part];
	const { document, ...key } = first.summary.key;
	if (parts.length === 1 && !cancelled.has(document ?? -1))
		return {
			summary: { ...first.summary, key },
			days: first.days.map((day) => ({ ...day, series, replaces: false, before: null })),
		};
	const byDay = new Map<Day, { day: MeterDay; document: number }[]>();
	for (const { summary, days } of parts) {
		for (const day of days) {
			const own = byDay.get(day.day);
			const one = { day, document: summary.key.document ?? -1 };
			if (own) own.push(one);
			else byDay.set(day.day, [one]);
		}
	}
	const summary = emptyOf(key, parts);
	const days = [...byDay].flatMap(([day, own]): MeterDay[] => {
		const deliveries = own.map((one): Delivery => {
			const issue = issueOf(documents[one.document], 0, one.document);
			return { ...issue, ...valuesOf(one.day), active: !cancelled.has(one.document), accepted: false };
		});
		refuseTies(deliveries, { ...key, day });
		const whole = foldDay(deliveries).day;
		if (!whole) return [];
		countDay(summary, deliveries, whole);
		const [only] = own;
		if (!only) return [];
		const alone = { ...only.day, series, replaces: false, before: null };
		if (own.length === 1) return [alone];
		const { quality, totalWh, gaps } = whole;
		const wh = Int32Array.from(whole.wh, (value) => value ?? missingWh);
		return [{ ...alone, wh, quality, totalWh, gaps, rest: null }];
	});
	const { fromMinute, toMinute } = summary;
	const slots = fromMinute === null || toMinute === null ? 0 : Math.round((toMinute - fromMinute) / key.slotMinutes);
	summary.gaps = slots - summary.values;
	summary.qualities[missingRank] = summary.gaps;
	return { summary, days };
}

function emptyOf(key: SeriesKey, parts: readonly Part[]): SeriesSummary {
	const all = parts.map(({ summary }) => summary);
	const from = all.flatMap(({ fromMinute }) => fromMinute ?? []);
	const to = all.flatMap(({ toMinute }) => toMinute ?? []);
	const sum = (of: (one: SeriesSummary) => number) => all.reduce((total, one) => total + of(one), 0);
	return {
		key,
		...{ values: 0, totalWh: 0, days: 0, incompleteDays: 0, gaps: 0, conflicts: 0 },
		duplicates: sum(({ duplicates }) => duplicates),
		outranked: sum(({ outranked }) => outranked),
		fromMinute: from.length > 0 ? Math.min(...from) : null,
		toMinute: to.length > 0 ? Math.max(...to) : null,
		qualities: qualities.map(() => 0),
	};
}

function countDay(summary: SeriesSummary, deliveries: readonly Delivery[], whole: WholeDay): void {
	const values = whole.wh.length - whole.gaps;
	summary.values += values;
	summary.totalWh += whole.totalWh;
	summary.days++;
	if (whole.gaps > 0) summary.incompleteDays++;
	for (const [slot, wh] of whole.wh.entries()) {
		const rank = whole.quality?.[slot] ?? 0;
		if (wh !== null) summary.qualities[rank] = (summary.qualities[rank] ?? 0) + 1;
	}
	const counts = deliveries.filter(({ active }) => active).map((one) => compareDay(whole, one, whole));
	summary.duplicates += counts.reduce((sum, { equal }) => sum + equal, 0) - values;
	summary.outranked += counts.reduce((sum, { outranked }) => sum + outranked, 0);
}
