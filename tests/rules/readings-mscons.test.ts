// MSCONS: values, versions, checks of counts and references, cancellations, and that a cut file never passes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kwhOf } from '../../api/values/energy.ts';
import { dtm, interchange, look, message, point, slotsFrom, totalWh, wallOf, whAt } from './readings-files.ts';

const malo = '51481308448';
const other = '51481308456';
const day = slotsFrom('2026-02-01');
const few = day.slice(0, 4);
const file = (slots: readonly number[] = few) => interchange([message({ channels: [{ slots }] })]);

async function refusal(text: string) {
	const found = await look(text);
	expect(found.series).toEqual([]);
	return found.refusal;
}

describe('values', () => {
	test('a day of one market location', async () => {
		const found = await look(file(day));
		expect(found).toMatchObject({ format: 'mscons', formatVersion: '2.4c', refusal: null, warnings: [] });
		expect(found.series).toMatchObject([
			{
				meteringPoint: malo,
				obis: '1-1:2.29.0',
				unit: 'kWh',
				slotMinutes: 15,
				values: 96,
				days: 1,
				gaps: 0,
				kWh: kwhOf(totalWh(day)),
				qualities: { measured: 96 },
			},
		]);
		expect(found.documents).toMatchObject([
			{
				number: 'DOC1',
				type: 'Z48',
				function: 'original',
				sender: '9900000000001',
				process: '13025',
				documentTime: '2026-02-01T12:50:00.000Z',
				values: 96,
				test: false,
			},
		]);
	});

	test.each([
		['2026-03-29', 92],
		['2026-10-25', 100],
	])('%s has %i values', async (clockChange, count) => {
		const slots = slotsFrom(clockChange);
		expect((await look(file(slots))).series).toMatchObject([
			{ values: count, days: 1, incompleteDays: 0, kWh: kwhOf(totalWh(slots)) },
		]);
	});

	test('several locations and channels, messages and interchanges in one file', async () => {
		const both = message({
			channels: [{ slots: day }, { meteringPoint: other, slots: few }, { obis: '1-1:5.29.0*255', slots: day }],
		});
		const text = `${interchange([both, message({ reference: '2', document: 'DOC2', channels: [{ meteringPoint: other, slots: day.slice(4) }] })])}\r\n${interchange([message({ document: 'DOC3', channels: [{ slots: slotsFrom('2026-02-02') }] })], { reference: 'REF2' })}\r\n`;
		const found = await look(text);
		expect(found.refusal).toBeNull();
		expect(found.series).toMatchObject([
			{ meteringPoint: malo, obis: '1-1:2.29.0', values: 192, days: 2 },
			{ meteringPoint: other, values: 96, gaps: 0 },
			{ meteringPoint: malo, obis: '1-1:5.29.0', unit: 'kvarh', kWh: null, kvarh: kwhOf(totalWh(day)) },
		]);
		expect(found.documents.map(({ number }) => number)).toEqual(['DOC1', 'DOC2', 'DOC3']);
	});

	test('qualities; an unusable value is missing', async () => {
		const codes = [
			['220', 'measured'],
			['67', 'substitute'],
			['Z18', 'provisional'],
			['201', 'estimated'],
			['187', 'estimated'],
			['79', 'measured'],
			['46', 'measured'],
			['20', 'missing'],
			['Z30', 'missing'],
		] as const;
		for (const [qualifier, quality] of codes) {
			const found = await look(interchange([message({ channels: [{ slots: few, qualifier }] })]));
			expect(found.refusal).toBeNull();
			expect(found.series[0]?.qualities).toEqual({ [quality]: 4 });
			expect(found.series[0]?.kWh).toBe(quality === 'missing' ? '0.000' : kwhOf(totalWh(few)));
		}
		expect(await refusal(interchange([message({ channels: [{ slots: few, qualifier: 'Z99' }] })]))).toMatchObject({
			code: 'readings.bad-quality',
			values: { text: 'Z99' },
		});
	});

	test('units: kilowatts count by the length of the slot, units of no energy are refused', async () => {
		const unit = (name: string, value: (m: number) => string) =>
			interchange([message({ channels: [{ slots: few, unit: name, value }] })]);
		for (const [name, factor] of [
			['KWH', 1],
			['KWT', 4],
			['MWH', 0.001],
		] as const) {
			expect((await look(unit(name, (m) => ((whAt(m) * factor) / 1000).toFixed(6)))).series[0]?.kWh).toBe(
				kwhOf(totalWh(few)),
			);
		}
		for (const name of ['K3', 'XYZ'])
			expect(await refusal(unit(name, () => '1'))).toMatchObject({ code: 'readings.bad-unit', values: { text: name } });
		for (const name of ['D54', 'MTS'])
			expect(await refusal(unit(name, () => '1'))).toMatchObject({
				code: 'readings.not-energy',
				values: { what: name, channel: '1-1:2.29.0', values: 4 },
			});
	});

	test('UNA chooses the marks, release characters are resolved, UNA may be missing', async () => {
		const plain = file();
		const other = plain.replace(
			/\?([+:])|[+:']/g,
			(c, released) => released ?? { '+': '*', ':': '>', "'": '~' }[c] ?? c,
		);
		const expected = (await look(plain)).series;
		expect((await look(`UNA>*.! ~${other}`)).series).toEqual(expected);
		expect((await look(`\ufeffUNA:+.? '\r\n${plain.replaceAll("'", "'\r\n")}`)).series).toEqual(expected);
		const comma = interchange(
			[message({ channels: [{ slots: few, value: (m) => point(whAt(m)).replace('.', ',') }] })],
			{ una: "UNA:+,? '" },
		);
		expect((await look(comma)).series).toEqual(expected);
		const quoted = plain
			.replace("UNS+D'", "NAD+DEB+++Gartenstra?'e ?+ Mühle ??'UNS+D'")
			.replace(/UNT\+(\d+)/, (_, n) => `UNT+${Number(n) + 1}`);
		expect((await look(quoted)).series).toEqual(expected);
	});

	test('older times: German wall clock without offset, also through the repeated hour', async () => {
		const slots = slotsFrom('2026-10-25');
		const text = file(slots).replace(/DTM\+(16[34]):(\d{12})\?\+00:303/g, (_, qualifier, stamp) => {
			const minute =
				Date.parse(
					`${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}T${stamp.slice(8, 10)}:${stamp.slice(10)}Z`,
				) / 60_000;
			const { date, time } = wallOf(minute);
			return `DTM+${qualifier}:${date.slice(6)}${date.slice(3, 5)}${date.slice(0, 2)}${time.replace(':', '')}:203`;
		});
		expect((await look(text)).series).toEqual((await look(file(slots))).series);
		expect((await look(file(day).replaceAll('?+00:303', '?+01:303'))).series[0]?.from).toBe('2026-01-31T22:00:00.000Z');
	});

	test('a stamp beside its slot between right ones is told by the order, and it is said', async () => {
		const found = await look(file(day).replaceAll('202602011015?', '202602011016?'));
		expect(found.series).toMatchObject([{ values: 96, kWh: kwhOf(totalWh(day)), gaps: 0 }]);
		expect(found.warnings).toMatchObject([{ code: 'readings.times-rounded', values: { count: 2 } }]);
		expect(await refusal(file(day).replace('164:202602011015?', '164:202602011016?'))).toMatchObject({
			code: 'readings.no-slot',
		});
	});

	test('a provisional value and its replacement in one file', async () => {
		const messages = [
			message({ channels: [{ slots: day, qualifier: 'Z18', value: () => '1.000' }] }),
			message({ reference: '2', document: 'DOC2', channels: [{ slots: day.slice(0, 50) }] }),
		];
		for (const order of [messages, messages.toReversed()]) {
			expect((await look(interchange(order))).series).toMatchObject([
				{
					values: 96,
					outranked: 50,
					kWh: kwhOf(totalWh(day.slice(0, 50)) + 46_000),
					qualities: { measured: 50, provisional: 46 },
				},
			]);
		}
		expect(
			await refusal(
				interchange([messages[1]!, message({ reference: '3', channels: [{ slots: few, value: () => '0' }] })]),
			),
		).toMatchObject({ code: 'readings.conflict' });
	});
});

describe('messages that bring no load profile', () => {
	const place = `NAD+DP'LOC+172+${malo}'`;
	const registers = message({
		process: '13017',
		channels: [],
		extra: `${place}RFF+MG:1LGZ0056789012'LIN+1'PIA+5+1-1?:2.8.0:SRW'QTY+67:2729.125'DTM+7:202505312200?+00:303'STS+Z32++Z92'STS+Z40++Z74'`,
	});

	test('register readings, with the meter and why they are substitutes', async () => {
		const found = await look(interchange([registers]));
		expect(found).toMatchObject({ refusal: null, series: [], warnings: [] });
		expect(found.registers).toEqual([
			{
				meteringPoint: malo,
				obis: '1-1:2.8.0',
				device: '1LGZ0056789012',
				at: '2025-05-31T22:00:00.000Z',
				wh: 2_729_125,
				rank: 1,
				occasion: 'reading',
				line: 1,
				document: 0,
			},
		]);
		expect(found.documents).toMatchObject([{ process: '13017', values: 1, reasons: { 'Z32:Z92': 1, 'Z40:Z74': 1 } }]);
		const both = await look(
			interchange([registers, message({ reference: '2', document: 'DOC2', channels: [{ slots: day }] })]),
		);
		expect(both).toMatchObject({ refusal: null, series: [{ values: 96 }], registers: [{ document: 0 }] });
	});

	test('an exchange of the meter: the last reading of the old one, the first of the new one', async () => {
		const reading = (meter: string, kwh: string, stamp: string, exchange = false) =>
			`${place}RFF+MG:${meter}'LIN+1'PIA+5+1-1?:2.8.0:SRW'QTY+220:${kwh}'DTM+9:${stamp}?+00:303'${exchange ? `DTM+60:${stamp}?+00:303'` : ''}`;
		const [old, fresh] = [reading('OLD1', '99950', '202605120800', true), reading('NEW1', '0', '202605120800', true)];
		const later = reading('NEW1', '120.5', '202605312200');
		for (const extra of [old + fresh, old + fresh + later, later + fresh + old, fresh + later + old]) {
			const { registers: found } = await look(interchange([message({ process: '13017', channels: [], extra })]));
			const occasions = Object.fromEntries(
				found.filter((one) => one.at < '2026-05-20').map((one) => [one.device, one.occasion]),
			);
			expect(occasions).toEqual({ OLD1: 'removal', NEW1: 'installation' });
		}
	});

	test('amounts of a month and a maximum of power beside them', async () => {
		const period = "DTM+163:202512312300?+00:303'DTM+164:202601312300?+00:303'";
		const extra = `${place}LIN+1'PIA+5+1-1?:2.9.0:SRW'QTY+220:18250.5'${period}LIN+2'PIA+5+1-1?:2.6.0:SRW'QTY+220:98.2:KWT'${period}`;
		const found = await look(interchange([message({ process: '13016', channels: [], extra })]));
		expect(found).toMatchObject({
			refusal: null,
			amounts: [
				{
					obis: '1-1:2.9.0',
					from: '2025-12-31T23:00:00.000Z',
					to: '2026-01-31T23:00:00.000Z',
					wh: 18_250_500,
					rank: 0,
				},
			],
			warnings: [{ code: 'readings.other-quantity', values: { channel: '1-1:2.6.0', values: 1 } }],
		});
	});

	test('what was curtailed is never production', async () => {
		const text = interchange([message({ process: '13022', channels: [{ slots: day }] })]);
		const found = await look(text.replace('BGM+Z48', 'BGM+Z46'));
		expect(found.series).toMatchObject([{ obis: 'Z46 1-1:2.29.0', values: 96, kWh: kwhOf(totalWh(day)) }]);
	});

	test.each([
		['the end of the period', "DTM+163:202602010000:203'DTM+164:202602020000:203'"],
		['the length of a slot', "DTM+163:202602010000:203'DTM+672:15:806'"],
		['both', "DTM+163:202602010000:203'DTM+164:202602020000:203'DTM+672:15:806'"],
	])('version 1.6: values without times fill the period of their location, by %s', async (_, times) => {
		const values = day.map((minute) => `QTY+220:${point(whAt(minute))}:KWH'`).join('');
		const extra = `${place}${times}LIN+1'PIA+5+1-1?:2.29.0:SRW'${values}`;
		const text = interchange([message({ channels: [], extra })]).replace('D:04B:UN:2.4c', 'D:99A:UN:1.6');
		expect(await look(text)).toMatchObject({
			...{ formatVersion: '1.6', refusal: null },
			series: [{ values: 96, from: '2026-01-31T23:00:00.000Z', gaps: 0, kWh: kwhOf(totalWh(day)) }],
		});
		if (times.includes('164'))
			expect(
				await refusal(
					text
						.replace(/QTY\+220:[\d.]+:KWH'/, '')
						.replace('UNT+108', 'UNT+107')
						.replace('UNT+107', 'UNT+106'),
				),
			).not.toBeNull();
	});

	test('a day of a clock change in version 1.6 has as many values as quarters', async () => {
		const slots = slotsFrom('2026-10-25');
		const values = slots.map((minute) => `QTY+220:${point(whAt(minute))}'`).join('');
		const times = "DTM+163:202610250000:203'DTM+164:202610260000:203'";
		const file16 = (some: string) =>
			interchange([message({ channels: [], extra: `${place}${times}LIN+1'PIA+5+1-1?:2.29.0:SRW'${some}` })]);
		expect((await look(file16(values))).series).toMatchObject([{ values: 100, gaps: 0, kWh: kwhOf(totalWh(slots)) }]);
		expect(await refusal(file16(values.replace(/QTY[^']+'/, '')))).toMatchObject({ code: 'readings.no-slot' });
		expect(await refusal(file16(values).replaceAll(/DTM\+16[34]:2026102\d0000:203'/g, ''))).toMatchObject({
			code: 'readings.no-time',
		});
	});

	test('a cancellation (Storno), alone and with the message it takes back', async () => {
		const storno = message({
			reference: '2',
			document: 'DOC9',
			function: '1',
			cancels: 'DOC1',
			process: '13006',
			channels: [],
		});
		const found = await look(interchange([storno]));
		expect(found).toMatchObject({
			refusal: null,
			series: [],
			documents: [{ function: 'cancellation', cancels: 'DOC1' }],
		});
		const original = message({ channels: [{ slots: day, value: () => '1.000' }] });
		const again = message({ reference: '3', document: 'DOC10', channels: [{ slots: day }] });
		for (const order of [
			[original, storno, again],
			[again, storno, original],
			[storno, original, again],
		])
			expect((await look(interchange(order))).series).toMatchObject([
				{ values: 96, kWh: kwhOf(totalWh(day)), duplicates: 0, gaps: 0 },
			]);
		expect((await look(interchange([original, storno]))).series).toMatchObject([{ values: 0, kWh: '0.000' }]);
	});

	test('a correction says its reason', async () => {
		const extra = `${place}LIN+1'PIA+5+1-1?:2.29.0:SRW'${few.map((m) => `QTY+220:${point(whAt(m))}'${dtm('163', m)}${dtm('164', m + 15)}STS+Z34++ZA3'`).join('')}`;
		expect(await look(interchange([message({ channels: [], extra })]))).toMatchObject({
			warnings: [{ code: 'readings.correction-reason', values: { reason: 'ZA3', count: 4, document: 'DOC1' } }],
		});
	});

	test('where counts are wrong everything else is told', async () => {
		const text = interchange([message({ channels: [{ slots: few }] }), message({ channels: [], extra: `${place}` })]);
		const found = await look(text.replace(/UNT\+\d+/, 'UNT+2'));
		expect(found).toMatchObject({
			refusal: { code: 'readings.wrong-count', values: { declared: '2' } },
			series: [],
			documents: [{ number: 'DOC1', values: 4 }],
			warnings: [{ code: 'readings.wrong-reference' }],
		});
	});

	test('another EDIFACT message, a test interchange', async () => {
		expect(await refusal(file().replace('MSCONS:D:04B', 'UTILMD:D:11A'))).toMatchObject({
			code: 'readings.unknown-format',
			values: { found: 'EDIFACT UTILMD' },
		});
		const found = await look(interchange([message({ channels: [{ slots: few }] })], { test: '1' }));
		expect(found).toMatchObject({ refusal: null, warnings: [{ code: 'readings.test-file' }] });
	});
});

describe('checks', () => {
	test.each([
		['UNT counts wrong', "UNT+(\\d+)+1'", "UNT+9999+1'", 'readings.wrong-count'],
		['UNZ counts wrong', 'UNZ+1', 'UNZ+2', 'readings.wrong-count'],
		['UNT has another reference', /UNT\+(\d+)\+1/, 'UNT+$1+2', 'readings.wrong-reference'],
		['UNZ has another reference', 'UNZ+1+REF1', 'UNZ+1+REF2', 'readings.wrong-reference'],
		['a value is gone', /QTY\+220:[\d.]+'/, '', 'readings.wrong-count'],
		['a value is no number', /QTY\+220:[\d.]+'/, "QTY+220:1,5'", 'readings.bad-number'],
		['a value is negative', /QTY\+220:/, 'QTY+220:-', 'readings.negative'],
		['a value is empty', /QTY\+220:[\d.]+/, 'QTY+220:', 'readings.bad-number'],
		['a time is none', /DTM\+163:2026/, 'DTM+163:2O26', 'readings.bad-time'],
		['a time does not exist', /DTM\+163:20260131/, 'DTM+163:20260231', 'readings.bad-time'],
		['the end is missing', /DTM\+164:\d+\?\+00:303'/, '', 'readings.bad-time'],
		['twenty minutes', /DTM\+164:202601312315/, 'DTM+164:202601312320', 'readings.no-slot'],
		['the market location is mistyped', `172+${malo}`, '172+51481308449', 'readings.bad-metering-point'],
		['there is no location', `LOC+172+${malo}'`, '', 'readings.no-metering-point'],
		['the channel is none', '1-1?:2.29.0:SRW', 'QUATSCH:SRW', 'readings.bad-syntax'],
		['the function is unknown', 'DOC1+9', 'DOC1+7', 'readings.bad-syntax'],
		['UNH is missing', /UNH[^']+'/, '', 'readings.bad-syntax'],
		['something follows', /$/, 'XYZ', 'readings.truncated'],
	])('%s', async (_, right, wrong, code) => {
		const pattern = typeof right === 'string' && right.startsWith('UNT') ? /UNT\+(\d+)\+1'/ : right;
		const found = await refusal(file().replace(pattern, wrong));
		expect(found?.code).toBe(code);
		expect(found?.values.segment).toBeGreaterThan(0);
	});

	test('two messages with one reference', async () => {
		const twice = interchange([
			message({ channels: [{ slots: few }] }),
			message({ document: 'DOC2', channels: [{ slots: day.slice(4) }] }),
		]);
		expect(await refusal(twice)).toMatchObject({ code: 'readings.wrong-reference' });
	});

	test('the line is told where there are lines', async () => {
		const text = file()
			.replaceAll("'", "'\n")
			.replace(/QTY\+220:[\d.]+/, 'QTY+220:x');
		expect(await refusal(text)).toMatchObject({ code: 'readings.bad-number', values: { segment: 13, line: 13 } });
	});

	test('cut after any byte it is refused', async () => {
		const text = `UNA:+.? '${file(day.slice(0, 3))}`;
		for (let cut = 0; cut < text.length; cut++) {
			const { refusal: found, series } = await look(text.slice(0, cut));
			expect(found, text.slice(0, cut)).not.toBeNull();
			expect(series).toEqual([]);
		}
		expect((await look(text)).refusal).toBeNull();
	});

	test('a byte lost anywhere never changes the sum unseen', async () => {
		const text = file(few);
		const whole = (await look(text)).series;
		for (let lost = 0; lost < text.length; lost++) {
			const { refusal: found, series } = await look(text.slice(0, lost) + text.slice(lost + 1));
			// A lost digit of a value is another value, 20 for 220 an unusable one; nothing in the file could tell.
			const inValue = /QTY\+[\d:.]*$/.test(text.slice(0, lost)) && /[\d.]/.test(text[lost] ?? '');
			if (!found && !inValue)
				expect(series.map(({ values, kWh, kvarh }) => [values, kWh ?? kvarh])).toEqual(
					whole.map(({ values, kWh, kvarh }) => [values, kWh ?? kvarh]),
				);
		}
	});

	test('any chunks give the same', async () => {
		const text = `UNA:+.? '\r\n${file(day).replaceAll("'", "'\r\n")}`;
		const expected = await look(text);
		await fc.assert(
			fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }), async (sizes) => {
				expect(await look(text, { sizes })).toEqual(expected);
			}),
			{ numRuns: 30 },
		);
		expect(await look(text, { sizes: [1] })).toEqual(expected);
	});
});
