// Reads any meter file into meter-days: recognises the format, drives its reader, checks that something came out.
import { Refusal } from '../values/refusal.ts';
import { DayAssembler, type MeterDay, type SeriesSummary } from './assemble.ts';
import { quarterHourCsv } from './formats/csv/csv.ts';
import { datadis } from './formats/datadis.ts';
import { eda } from './formats/eda/eda.ts';
import { edaWorkbook } from './formats/eda-workbook/eda-workbook.ts';
import { esl } from './formats/esl.ts';
import { espi } from './formats/espi/espi.ts';
import { type Facts, type Format, type FormatName, RefusedFile, type SeriesKey } from './formats/format.ts';
import { fronius } from './formats/fronius.ts';
import { readMapped } from './formats/mapped/mapped.ts';
import type { MappingProfile } from './formats/mapped/profile.ts';
import { shapeOf } from './formats/mapped/shape.ts';
import { mscons } from './formats/mscons/mscons.ts';
import { scada } from './formats/scada/scada.ts';
import { sdat } from './formats/sdat.ts';
import { sma } from './formats/sma/sma.ts';
import { solarLog } from './formats/solarlog/solarlog.ts';
import { solarLogJson } from './formats/solarlog-json.ts';
import { type Container, openedFile } from './formats/workbook/opened.ts';
import { MessageDays } from './messages.ts';
import { foreignKindOf, type Source } from './source.ts';

const formats: readonly Format[] = [
	mscons,
	solarLog,
	sdat,
	eda,
	edaWorkbook,
	scada,
	sma,
	esl,
	espi,
	datadis,
	fronius,
	solarLogJson,
	quarterHourCsv,
];

/** What reading a whole file came to. */
export type ReadFile = Facts & { format: FormatName; container: Container; series: SeriesSummary[] };

/** Mapping profiles by the shape of the tables they are for. */
export type Profiles = ReadonlyMap<string, { name: string; profile: MappingProfile }>;

/**
 * Reads a file. Finished days go to `take` in batches, awaited, with the keys of the series seen so far (`keys[day.series]`);
 * a day handed on again has `replaces`; with `exact` days carry what rounding took from their values. Days are only worth keeping
 * if this resolves: a file can turn out broken in its last byte. `onFacts` hears the format as soon as it is known and the facts
 * before a last refusal. Values of several messages are one series, as the file as a whole says it (MessageDays), unless `byMessage`
 * asks for a series per message. A file may hold register readings, amounts or cancellations and no slot at all.
 * A table whose shape has a profile is read by it, whatever else could read it.
 * Refuses readings.empty-file, readings.unknown-format, readings.encoding, readings.no-values, readings.conflict,
 * readings.unsorted, readings.off-grid, readings.too-many-series and what the formats refuse.
 */
export async function readFile(
	source: Source,
	take: (days: MeterDay[], keys: readonly SeriesKey[]) => void | Promise<void>,
	onFacts: (format: FormatName, facts: Facts | null) => void = () => {},
	{ exact = false, byMessage = false, profiles }: { exact?: boolean; byMessage?: boolean; profiles?: Profiles } = {},
): Promise<ReadFile> {
	const opened = await source.open();
	if (opened.head.length === 0) throw new Refusal('invalid', 'readings.empty-file', {});
	const { head, chunks, encoding, container, warnings } = await openedFile(opened, confidenceIn);
	if (head.length === 0 || isBlank(head)) throw new Refusal('invalid', 'readings.empty-file', {});
	const format = mappedFormat(head, profiles) ?? formatOf(head);
	onFacts(format.name, null);
	const held = new MessageDays();
	const assembler: DayAssembler = new DayAssembler(
		(days) => (byMessage || !held.holds(days, assembler.keys) ? take(days, assembler.keys) : undefined),
		{ exact },
	);
	const facts = await format.read({ head, chunks }, assembler).catch((error: unknown) => {
		if (error instanceof RefusedFile) onFacts(format.name, error.facts);
		throw error;
	});
	if (encoding) facts.encoding = encoding;
	facts.warnings.push(...warnings);
	onFacts(format.name, facts);
	let series = await assembler.close();
	if (held.isNeeded) {
		const merged = held.merged(series, facts.documents);
		series = merged.series;
		await take(
			merged.days,
			series.map(({ key }) => key),
		);
	}
	const isEmpty = series.every((one) => one.fromMinute === null);
	const holdsOther = facts.registers.length + (facts.amounts?.length ?? 0) > 0;
	const cancels = facts.documents.some((document) => document.function === 'cancellation');
	if (isEmpty && !holdsOther && !cancels) throw new Refusal('invalid', 'readings.no-values', { line: 1 });
	return { format: format.name, container, ...facts, series };
}

/** The profile that somebody made for tables of this shape. */
function mappedFormat(head: Buffer, profiles: Profiles | undefined): Pick<Format, 'name' | 'read'> | undefined {
	if (!profiles || profiles.size === 0 || head.subarray(0, 4096).includes(0)) return undefined;
	const found = profiles.get(shapeOf(head)?.shape ?? '');
	return found && { name: 'mapped', read: (input, sink) => readMapped(input, sink, found.profile, found.name) };
}

function isBlank(head: Buffer): boolean {
	return (
		head.length < 65_536 &&
		head
			.toString('latin1')
			.replace(/^\u00ef\u00bb\u00bf/, '')
			.trim() === ''
	);
}

/** How surely a text is a meter file: 0 not, 1 certainly. */
export function confidenceIn(head: Buffer): number {
	return Math.max(...formats.map((format) => format.recognise(head)));
}

function formatOf(head: Buffer): Format {
	const [best] = formats
		.map((format) => ({ format, confidence: format.recognise(head) }))
		.filter(({ confidence }) => confidence > 0)
		.sort((a, b) => b.confidence - a.confidence);
	if (!best) throw new Refusal('invalid', 'readings.unknown-format', { found: foreignKindOf(head), line: 1 });
	return best.format;
}
