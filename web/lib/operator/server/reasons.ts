// Why a file or source was refused and what was odd about it, in sentences with their place in the file.
import { date, dateTime, energy, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { describeProblem } from '#lib/server/problem.ts';
import type { Reason } from '../reason.ts';

/** A code with the values that explain it, as the API keeps them with a file or a source. */
export interface Coded {
	code: string;
	values: Readonly<Record<string, string | number | boolean>>;
}

const text = (value: unknown): string => (value === undefined ? '' : String(value));
const count = (value: unknown): string => (typeof value === 'number' ? number(value) : text(value));

/** Where in the file: Zeile 14, Segment 15 (of a message in one line), Segment 15 in Zeile 3; undefined if the values do not say. */
function placeOf({ line, segment }: Coded['values']): string | undefined {
	if (segment === undefined || segment === line)
		return line === undefined ? undefined : m.readings_at_line({ line: text(line) });
	if (line === undefined || line === 1) return m.readings_at_segment({ segment: text(segment) });
	return m.readings_at_both({ segment: text(segment), line: text(line) });
}

const folderReasons: Readonly<Record<string, () => string>> = {
	relative: m.readings_source_folder_relative,
	missing: m.readings_source_folder_missing,
	ENOENT: m.readings_source_folder_missing,
	forbidden: m.readings_source_folder_forbidden,
	'read-only': m.readings_source_folder_read_only,
	EACCES: m.readings_source_folder_read_only,
};

/** Why something was refused. */
export function reasonOf({ code, values }: Coded): Reason {
	const place = placeOf(values) ?? null;
	if (code === 'readings.source-folder') {
		const known = folderReasons[text(values.reason)];
		if (known) return { place, sentence: known() };
	}
	const spoken: Record<string, unknown> = {
		// One code comes from several formats, which explain it with different values.
		...{ text: values.meteringPoint ?? '', found: '', columns: '', ...values },
		...(typeof values.time === 'string' ? { time: dateTime(values.time) } : {}),
		...(typeof values.storedAt === 'string' && values.storedAt ? { storedAt: dateTime(values.storedAt) } : {}),
		...(typeof values.status === 'number' ? { status: String(values.status) } : {}),
	};
	return { place, sentence: describeProblem({ code, values: spoken }, 422).sentence };
}

/** The reason in one sentence, its place in front: Zeile 14: „24:61“ enthält keine gültige Zeit. */
export function reasonText(coded: Coded): string {
	const { place, sentence } = reasonOf(coded);
	return place ? m.readings_reason({ place, sentence }) : sentence;
}

const clockText = (minutes: unknown): string => {
	const at = Number(minutes);
	return `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
};

const warnings: Readonly<Record<string, (values: Coded['values']) => string>> = {
	'readings.winter-time-assumed': () => m.readings_warning_winter_time_assumed(),
	'readings.stamps-assumed': (v) => m.readings_warning_stamps_assumed({ text: text(v.text) }),
	'readings.date-order-assumed': (v) => m.readings_warning_date_order_assumed({ text: text(v.text) }),
	'readings.utc-assumed': () => m.readings_warning_utc_assumed(),
	'readings.slots-filled': (v) => m.readings_warning_slots_filled(counted(v)),
	'readings.register-fell': (v) => m.readings_warning_counter_fell_at({ device: text(v.device), ...energies(v) }),
	'readings.sheets-ignored': (v) => m.readings_warning_sheets_ignored({ sheets: text(v.sheets) }),
	'readings.formulas-uncalculated': (v) => m.readings_warning_formulas_uncalculated({ count: count(v.count) }),
	'readings.report-incomplete': (v) => m.readings_warning_report_incomplete({ count: count(v.count) }),
	'readings.columns-ignored': (v) => m.readings_warning_columns_ignored({ columns: text(v.columns) }),
	'readings.unit-assumed': (v) => m.readings_warning_unit_assumed({ unit: text(v.unit) }),
	'readings.counter-stuck': (v) => m.readings_warning_counter_stuck(onDevice(v)),
	'readings.counter-fell': (v) => m.readings_warning_counter_fell({ ...onDevice(v), ...energies(v) }),
	'readings.counter-jumped': (v) => m.readings_warning_counter_jumped({ ...onDevice(v), ...energies(v) }),
	'readings.records-missing': (v) =>
		m.readings_warning_records_missing({ ...onDevice(v), from: clockText(v.from), to: clockText(v.to) }),
	'readings.day-unfinished': (v) => m.readings_warning_day_unfinished(onDevice(v)),
	'readings.test-file': () => m.readings_warning_test_file(),
	'readings.times-rounded': (v) => m.readings_warning_times_rounded({ count: count(v.count), text: text(v.text) }),
	'readings.segments-miscounted': (v) =>
		m.readings_warning_segments_miscounted({ declared: text(v.declared), counted: text(v.counted) }),
	'readings.shares-apart': (v) => m.readings_warning_shares_apart({ count: count(v.count), codes: text(v.codes) }),
	'readings.max-demand-skipped': (v) =>
		m.readings_warning_max_demand_skipped({ count: count(v.count), text: text(v.text) }),
	'readings.quantities-skipped': (v) =>
		m.readings_warning_quantities_skipped({ count: count(v.count), text: text(v.text) }),
	'readings.hour-lost': (v) => m.readings_warning_hour_lost({ day: date(text(v.day)) }),
	'readings.counters-skipped': (v) => m.readings_warning_counters_skipped({ count: count(v.count) }),
	'readings.metering-point-waits': (v) =>
		m.readings_warning_metering_point_waits({ meteringPoint: text(v.meteringPoint) }),
	'readings.other-quantity': (v) =>
		m.readings_warning_other_quantity({ values: count(v.values), what: text(v.what), channel: text(v.channel) }),
	'readings.correction-reason': (v) =>
		m.readings_warning_correction_reason({
			document: text(v.document),
			...counted(v),
			reason: reasonWord(text(v.reason)),
		}),
	'readings.wrong-count': (v) =>
		m.readings_warning_wrong_count({ declared: text(v.declared), counted: text(v.counted) }),
	'readings.wrong-reference': (v) =>
		m.readings_warning_wrong_reference({ found: text(v.found), expected: text(v.expected) }),
	'readings.negative-values': (v) =>
		m.readings_warning_negative_values({ ...counted(v), energy: text(v.energy), unit: text(v.unit) }),
	'readings.days-not-whole': (v) => m.readings_warning_days_not_whole({ ...counted(v), days: count(v.days) }),
	'readings.slots-missing': (v) => m.readings_warning_slots_missing(counted(v)),
	'readings.values-repeated': (v) => m.readings_warning_values_repeated(counted(v)),
	'readings.values-outranked': (v) => m.readings_warning_values_outranked(counted(v)),
};

const reasonWords: Readonly<Record<string, () => string>> = {
	Z74: m.readings_cause_no_access,
	Z75: m.readings_cause_communication,
	Z76: m.readings_cause_grid_outage,
	Z77: m.readings_cause_voltage,
	Z78: m.readings_cause_exchange,
	Z79: m.readings_cause_calibration,
	Z81: m.readings_cause_defect,
	ZA0: m.readings_cause_clock_set,
	ZA1: m.readings_cause_implausible,
	ZA3: m.readings_cause_factor,
	ZA4: m.readings_cause_misread,
	ZA5: m.readings_cause_calculation,
	ZA6: m.readings_cause_rebuilt,
	ZA7: m.readings_cause_processing,
};

/** What a reason code of a message means (STS); the code itself where nothing more is known of it. */
function reasonWord(code: string): string {
	return reasonWords[code]?.() ?? code;
}

function counted({ device, count: n }: Coded['values']): { device: string; count: string } {
	return { device: text(device), count: count(n) };
}

function onDevice({ day, device }: Coded['values']): { day: string; device: string } {
	return { day: date(text(day)), device: text(device) };
}

function energies({ from, to }: Coded['values']): { from: string; to: string } {
	return { from: energy(Number(from)), to: energy(Number(to)) };
}

const shownOfAKind = 3;

/** What was odd about a file, in sentences; of many of a kind the first three and how many more. */
export function warningTexts(all: readonly Coded[]): string[] {
	const kinds = Map.groupBy(all, ({ code }) => code);
	return [...kinds].flatMap(([code, own]) => {
		const say = warnings[code] ?? (() => m.readings_warning_other({ code }));
		const shown = own.slice(0, shownOfAKind).map(({ values }) => say(values));
		const more = own.length - shown.length;
		return more > 0 ? [...shown, m.readings_warnings_more({ count: number(more) })] : shown;
	});
}
