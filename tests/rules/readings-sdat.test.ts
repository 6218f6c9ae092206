// SDAT-CH: real files, every resolution across the clock changes, versions and prefixes, status, and what is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { look } from './readings-files.ts';
import { anyDays, expectedOf, isAbsent, iso, kilo, lookAt, startsOf, sum, survives } from './readings-formats.ts';

const point = 'CH100790123450000000D011000800065';

type Part = {
	kind?: string;
	id?: string | null;
	from: number;
	to: number;
	resolution?: string;
	unit?: string;
	observations: readonly { sequence: number; volume: string; condition?: string }[];
};

/** Prints a file; `p` is the namespace prefix. */
function sdat(
	parts: readonly Part[],
	{ p = 'rsm:', root = 'ValidatedMeteredData_12', type = 'E66', status = '9', header = '' } = {},
): string {
	const e = (name: string, inner: string) => `<${p}${name}>${inner}</${p}${name}>\n`;
	const series = parts.map(
		({ kind = 'Production', id = point, from, to, resolution = '15 MIN', unit = 'KWH', observations }, i) => {
			const [length = '', of = ''] = resolution.split(' ');
			return e(
				'MeteringData',
				[
					e('DocumentID', `SERIES${i}`),
					e('Interval', e('StartDateTime', iso(from)) + e('EndDateTime', iso(to))),
					e('Resolution', e('Resolution', length) + e('Unit', of)),
					id === null ? '' : e(`${kind}MeteringPoint`, e('VSENationalID', id)),
					e('Product', e('ID', '8716867000030') + e('MeasureUnit', unit)),
					...observations.map(({ sequence, volume, condition }) =>
						e(
							'Observation',
							e('Position', e('Sequence', String(sequence))) +
								e('Volume', volume) +
								(condition ? e('Condition', condition) : ''),
						),
					),
				].join(''),
			);
		},
	);
	const sender = e('Sender', e('ID', e('EICID', '12X-SENDER-A')) + e('Role', 'MDR'));
	const receiver = e('Receiver', e('ID', e('EICID', '12X-RECEIVER')) + e('Role', 'DEC'));
	const document = e(
		'InstanceDocument',
		e('DocumentID', 'DOC1') +
			e('DocumentType', e('ebIXCode', type)) +
			e('Creation', '2026-11-02T08:31:00Z') +
			e('Status', status) +
			header,
	);
	const process = e(
		'BusinessScopeProcess',
		e('BusinessReasonType', e('ebIXCode', 'E88')) + e('BusinessSectorType', '23'),
	);
	const xmlns = p ? `xmlns:${p.slice(0, -1)}` : 'xmlns';
	return `<?xml version="1.0" encoding="UTF-8"?>\n<${p}${root} ${xmlns}="http://www.strom.ch">${sender}${receiver}${document}${process}${series.join('')}</${p}${root}>\n`;
}

const hour = (values: readonly (string | [volume: string, condition: string])[], more: Partial<Part> = {}): Part => ({
	from: Date.parse('2026-06-15T10:00:00Z') / 60_000,
	to: Date.parse('2026-06-15T11:00:00Z') / 60_000,
	observations: values.map((value, i) => {
		const [volume, condition] = typeof value === 'string' ? [value] : value;
		return { sequence: i + 1, volume, ...(condition ? { condition } : {}) };
	}),
	...more,
});

type Known = {
	document_id: string;
	created: string;
	metering_point: string;
	kind: string;
	start: string;
	end: string;
	resolution_min: number;
	observations: number;
	sum_kwh: number;
	local_day: string;
};

describe.skipIf(isAbsent)('real files', () => {
	test('consumption and production of one day', async () => {
		const { files } = expectedOf('sdat-ch');
		for (const [name, known] of Object.entries<Known>(files)) {
			if (!('metering_point' in known)) continue;
			const found = await lookAt(`sdat-ch/${name}`);
			expect(found).toMatchObject({
				...{ format: 'sdat', formatVersion: 'E66 1.2', sender: '12X-0000001216-O', refusal: null, warnings: [] },
				documents: [
					{
						number: known.document_id,
						type: 'E66',
						process: 'E88',
						function: 'original',
						documentTime: new Date(known.created).toISOString(),
						values: known.observations,
					},
				],
			});
			expect(found.series).toMatchObject([
				{
					meteringPoint: known.metering_point,
					obis: known.kind === 'consumption' ? '1-1:1.29.0' : '1-1:2.29.0',
					direction: known.kind,
					slotMinutes: known.resolution_min,
					from: new Date(known.start).toISOString(),
					to: new Date(known.end).toISOString(),
					kWh: Number(known.sum_kwh).toFixed(3),
					values: 96,
					gaps: 0,
					byDay: { [known.local_day]: { values: 96 } },
				},
			]);
		}
	});
});

test('what is printed is read, in every resolution and across the clock changes', async () => {
	await fc.assert(
		fc.asyncProperty(
			anyDays,
			fc.constantFrom(
				[5, '5 MIN'] as const,
				[15, '15 MIN'] as const,
				[30, '30 MIN'] as const,
				[60, '1 H'] as const,
				[60, '60 MIN'] as const,
				[1440, '1 D'] as const,
			),
			fc.constantFrom('rsm:', 'ns0:', ''),
			fc.nat(),
			async (span, [minutes, resolution], p, seed) => {
				const starts = startsOf(span, minutes);
				const end = startsOf({ ...span, days: span.days + 1 }, 1440).at(-1) as number;
				const values = starts.map((_, i) => ((i + 1) * (seed + 7)) % 90_001);
				const observations = values.map((wh, i) => ({
					sequence: i + 1,
					volume: kilo(wh),
					...(i % 5 === 4 ? { condition: '56' } : {}),
				}));
				const part = { from: starts[0] as number, to: end, resolution, observations };
				const found = await look(sdat([part, { ...part, kind: 'Consumption' }], { p }));
				const whole = {
					...{
						meteringPoint: point,
						slotMinutes: minutes,
						values: values.length,
						gaps: 0,
						kWh: kilo(sum(values)),
						days: span.days,
					},
					from: new Date((starts[0] as number) * 60_000).toISOString(),
					to: new Date(end * 60_000).toISOString(),
				};
				expect(found.refusal).toBeNull();
				expect(found.series).toMatchObject([
					{ ...whole, obis: '1-1:2.29.0' },
					{ ...whole, obis: '1-1:1.29.0' },
				]);
				expect(found.series[0]?.qualities.substitute ?? 0).toBe(Math.floor(values.length / 5));
				const shuffled = { ...part, observations: observations.toReversed() };
				expect((await look(sdat([shuffled], { p }))).series).toEqual([found.series[0]]);
			},
		),
		{ numRuns: 25 },
	);
});

test('versions, aggregates and units', async () => {
	expect(await look(sdat([hour(['1', '2', '3', '4'])], { root: 'ValidatedMeteredData_14', p: '' }))).toMatchObject({
		formatVersion: 'E66 1.4',
		series: [{ kWh: '10.000' }],
	});
	const aggregate = await look(
		sdat([hour(['1', '2', '3', '4'], { id: null })], { root: 'AggregatedMeteredData_12', type: 'E31' }),
	);
	expect(aggregate).toMatchObject({
		...{ formatVersion: 'E31 1.2', refusal: null },
		series: [{ meteringPoint: null, obis: null, device: '1', kWh: '10.000' }],
	});
	const reactive = await look(sdat([hour(['1', '2', '3', '4'], { unit: 'K3' })]));
	expect(reactive.series).toMatchObject([
		{ obis: '1-1:4.29.0', unit: 'kvarh', kvarh: '10.000', direction: 'reactive' },
	]);
	const power = await look(sdat([hour(['4', '4', '4', '4'], { unit: 'KWT' })]));
	expect(power.series).toMatchObject([{ kWh: '4.000' }]);
	expect((await look(sdat([hour(['0.001', '2', '3', '4'], { unit: 'MWH' })]))).series).toMatchObject([
		{ kWh: '9001.000' },
	]);
});

test('conditions, and a position without a value', async () => {
	const found = await look(sdat([hour([['1', '21'], ['2', '56'], ['3', '46'], ''])]));
	expect(found.series).toMatchObject([
		{ kWh: '6.000', nulls: 1, qualities: { substitute: 2, provisional: 1, missing: 1 } },
	]);
	expect((await look(sdat([hour([['1', '99'], '2', '3', '4'])]))).refusal).toMatchObject({
		code: 'readings.bad-quality',
	});
});

test('a replacement names what it replaces, a cancellation brings no values', async () => {
	const reference = '<rsm:OriginalDocumentID>DOC0</rsm:OriginalDocumentID>';
	const replaced = await look(sdat([hour(['1', '2', '3', '4'])], { status: '5', header: reference }));
	expect(replaced).toMatchObject({
		refusal: null,
		documents: [{ number: 'DOC1', function: 'original', cancels: 'DOC0', values: 4 }],
	});
	const cancelled = await look(sdat([hour(['1', '2', '3', '4'])], { status: '1', header: reference }));
	expect(cancelled.documents).toMatchObject([{ function: 'cancellation', cancels: 'DOC0', values: 0 }]);
	expect(cancelled.series).toEqual([]);
	expect((await look(sdat([hour(['1', '2', '3', '4'])], { status: '1' }))).documents).toMatchObject([
		{ cancels: 'DOC1' },
	]);
});

test('the same position twice: the same value is a repetition, another one a conflict', async () => {
	const four = hour(['1', '2', '3', '4']);
	const twice = (volume: string) => ({ ...four, observations: [...four.observations, { sequence: 2, volume }] });
	expect((await look(sdat([twice('2')]))).series).toMatchObject([{ duplicates: 1, kWh: '10.000' }]);
	expect((await look(sdat([twice('2.5')]))).refusal?.code).toBe('readings.conflict');
	expect((await look(sdat([four, four]))).series).toMatchObject([{ duplicates: 4, kWh: '10.000' }]);
});

test.each([
	['a position missing', hour(['1', '2', '3']), 'readings.wrong-count'],
	['a position too many', hour(['1', '2', '3', '4', '5']), 'readings.wrong-count'],
	[
		'positions with a hole',
		{ ...hour([]), observations: [1, 2, 4].map((sequence) => ({ sequence, volume: '1' })) },
		'readings.wrong-count',
	],
	['an interval that ends before it begins', hour(['1'], { to: 0 }), 'readings.bad-time'],
	[
		'an interval beside the quarter-hours',
		hour(['1', '2', '3', '4'], { from: 29_000_001, to: 29_000_061 }),
		'readings.off-grid',
	],
	['a resolution that no channel has', hour(['1', '2', '3'], { resolution: '20 MIN' }), 'readings.no-slot'],
	['months', hour(['1'], { resolution: '1 MON' }), 'readings.no-slot'],
	['a day that is not local', hour(['1'], { resolution: '1 D' }), 'readings.bad-time'],
	['another unit', hour(['1', '2', '3', '4'], { unit: 'MTQ' }), 'readings.bad-unit'],
	['a word for a number', hour(['1', '2', '3', 'viel']), 'readings.bad-number'],
	['a negative value', hour(['1', '2', '3', '-4']), 'readings.negative'],
	['a value no meter counts', hour(['1', '2', '3', '99999999999']), 'readings.too-large'],
	['no metering point', hour(['1', '2', '3', '4'], { id: '' }), 'readings.bad-metering-point'],
])('%s is refused', async (_, part, code) => {
	const { refusal } = await look(sdat([part]));
	expect(refusal?.code).toBe(code);
	expect(refusal?.values).toHaveProperty('line');
});

test('gas is refused', async () => {
	const gas = sdat([hour(['1', '2', '3', '4'])]).replace('>23<', '>27<');
	expect((await look(gas)).refusal).toMatchObject({ code: 'readings.not-electricity', values: { medium: 'Gas' } });
});

test('whatever happens to the file, it is read whole or refused', async () => {
	await survives(sdat([hour(['1', '2', '3', '4'])]), { format: 'sdat', root: 'rsm:Again' });
});
