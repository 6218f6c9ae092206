// An uploaded or imported file as pages show it: what it is, what it holds, what storing it changes, and why not.
import { quartersOf } from '#lib/charts/day.ts';
import type { Api } from '#lib/server/api.ts';
import { answered } from '#lib/server/problem.ts';
import type { components } from '../../api.d.ts';
import { dayAt, daysOf } from '../days.ts';
import type { FileView, Point, SeriesView } from '../files.ts';
import { pointName } from '../words.ts';
import { reasonOf, warningTexts } from './reasons.ts';

type Upload = components['schemas']['ReadingUpload'];
type Import = components['schemas']['ReadingImport'];

/** All metering points with the plants they belong to, in the order of the plants. */
export async function readPoints(api: Api): Promise<Point[]> {
	return answered(await api.GET('/api/plants')).flatMap(({ id, name, kind, meteringPoints }) =>
		meteringPoints.map((point) => ({
			...{ id: point.id, plantId: id, plantName: name, plantKind: kind, name: pointName(point) },
			identifiers: [point.marketLocation, point.meterLocation, point.deviceSerial].filter((one) => one !== null),
		})),
	);
}

/** The local days that a span of instants touches; null if there is none. */
function daysBetween(from: string | null, to: string | null): { from: string; to: string } | null {
	if (from === null || to === null) return null;
	return { from: dayAt(from), to: dayAt(new Date(Date.parse(to) - 1)) };
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number) =>
	items.reduce((total, item) => total + of(item), 0);

/** Days of a span that do not have 96 quarter-hours. */
function clockChanges(days: { from: string; to: string } | null): { day: string; quarters: number }[] {
	if (!days) return [];
	// Clocks change on a Sunday of March and October; only those need a look.
	const candidates = daysOf(days.from, days.to).filter((day) => /-(03|10)-(2[5-9]|3[01])$/.test(day));
	return candidates.map((day) => ({ day, quarters: quartersOf(day) })).filter(({ quarters }) => quarters !== 96);
}

/** A file with everything a page says about it. */
export function fileView(file: Upload | Import, points: readonly Point[]): FileView {
	const { report, refusal, assignment } = file;
	const byId = new Map(points.map((point) => [point.id, point]));
	const known = new Set(points.flatMap((point) => point.identifiers));
	const series = (report?.series ?? []).map((one): SeriesView => {
		const point = byId.get(one.meteringPointId ?? '');
		return {
			...one,
			plantId: point?.plantId ?? null,
			plantName: point?.plantName ?? one.plantName,
			pointName: one.meteringPoint ?? point?.name ?? null,
			days: daysBetween(one.from, one.to),
		};
	});
	const homeless = series.filter((one) => one.meteringPointId === null);
	const unknownPoints = [...new Set(homeless.map((one) => one.meteringPoint).filter((one) => one !== null))];
	const real = series.filter((one) => one.unit === 'kWh');
	const reactive = series.filter((one) => one.unit === 'kvarh');
	const ends = series.flatMap((one) => (one.days ? [one.days.from, one.days.to] : [])).sort();
	const days = ends.length ? { from: ends[0] ?? '', to: ends.at(-1) ?? '' } : null;
	return {
		...{ id: file.id, fileName: file.fileName, size: file.size, sha256: file.sha256, origin: file.origin },
		...{ receivedAt: file.receivedAt, receivedBy: file.receivedBy, storedAt: file.storedAt },
		...{ daysAdded: file.daysAdded, daysReplaced: file.daysReplaced, daysGone: file.daysGone, state: file.state },
		...{ act: file.act, undone: file.undone },
		cancellations: (report?.documents ?? []).flatMap(({ cancels, cancelled }) =>
			cancelled ? [{ cancels: cancels ?? '', ...cancelled }] : [],
		),
		registers: (report?.registers ?? 0) + (report?.amounts ?? 0),
		phase: 'phase' in file ? file.phase : file.state === 'uploaded' ? 'previewed' : file.state,
		bytesRead: 'bytesRead' in file ? file.bytesRead : file.size,
		format: report?.format ?? null,
		formatVersion: report?.formatVersion ?? null,
		encoding: report?.encoding ?? null,
		...{ series, days },
		clockChanges: clockChanges(days),
		warnings: warningTexts(report?.warnings ?? []),
		refusal: refusal ? reasonOf(refusal) : null,
		place: homeless.length === 0 ? 'known' : unknownPoints.length === homeless.length ? 'unknown' : 'choose',
		unknownPoints,
		unknownPointsKnownNow: unknownPoints.length > 0 && unknownPoints.every((one) => known.has(one)),
		assignedTo: assignment ? (byId.get(assignment.meteringPointId) ?? null) : null,
		values: sum(series, (one) => one.values),
		totalWh: real.length ? sum(real, (one) => one.totalWh) : null,
		totalVarh: reactive.length ? sum(reactive, (one) => one.totalWh) : null,
		differenceWh: sum(real, (one) => one.differenceWh),
		gaps: sum(series, (one) => one.gaps),
		duplicates: sum(series, (one) => one.duplicates),
		added: sum(series, (one) => one.added),
		equal: sum(series, (one) => one.equal),
		changed: sum(series, (one) => one.changed),
		kept: sum(series, (one) => one.outranked),
	};
}
