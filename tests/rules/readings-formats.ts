// What the tests of the meter-file formats have in common: days around the clock changes, real files, the ways a file can be broken.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Inspection, inspectFile } from '../../api/readings/inspect.ts';
import { slotsOfDay } from '../../api/values/calendar.ts';
import { look, slotsFrom } from './readings-files.ts';

/** Folder of the real meter files. */
export const data = join(import.meta.dirname, '../../../shared/data');

/** True where the real files are not; says so once. */
export const isAbsent = !existsSync(data);
if (isAbsent) console.log(`skipped: the real meter files are not at ${data}`);

export const lookAt = (path: string): Promise<Inspection> => inspectFile(join(data, path), { byDay: true });

export const expectedOf = (folder: string) => JSON.parse(readFileSync(join(data, folder, 'expected.json'), 'utf8'));

export const iso = (minute: number): string => new Date(minute * 60_000).toISOString().replace('.000', '');

/** Days around both clock changes, and how many slots of `minutes` they have. */
export const anyDays = fc.record({
	day: fc.constantFrom('2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25', '2026-06-15', '2025-12-31'),
	days: fc.integer({ min: 1, max: 3 }),
});

/** Starts of the slots of those days, minutes since 1970; of whole days their beginnings. */
export function startsOf({ day, days }: { day: string; days: number }, slotMinutes: number): number[] {
	if (slotMinutes !== 1440) return slotsFrom(day, days, slotMinutes);
	const first = slotsFrom(day, 1)[0] as number;
	const starts = [first];
	for (let i = 1; i < days; i++) {
		const before = starts.at(-1) as number;
		const at = new Date((before + 120) * 60_000).toISOString().slice(0, 10);
		starts.push(before + slotsOfDay(at, 1));
	}
	return starts;
}

export const kilo = (wh: number): string => (wh / 1000).toFixed(3);

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Sizes of pieces for `look`: a first mebibyte, then small ones. */
export const firstThen = (size: number): number[] => [1_048_576, ...Array<number>(100_000).fill(size)];

/** What every XML format must survive: `text` is a valid file of it with a declaration, `root` the name of a second root. */
export async function survives(text: string, { format, root }: { format: string; root: string }): Promise<void> {
	const expected = await look(text);
	expect(expected).toMatchObject({ format, refusal: null });
	const same = async (bytes: Buffer, sizes: readonly number[] = [65_536]) => {
		const found = await look(bytes, { sizes });
		expect(found.refusal).toBeNull();
		expect(found.format).toBe(format);
		expect(found.series).toEqual(expected.series);
		expect(found.registers.map(({ line, ...one }) => one)).toEqual(expected.registers.map(({ line, ...one }) => one));
	};
	const body = text.replace(/^<\?xml[^>]*\?>\s*/, '');
	for (const sizes of [[1], [7, 3], [100_000]]) await same(Buffer.from(text), sizes);
	// The first mebibyte always comes in one piece: what follows it is cut anywhere.
	const middle = text.indexOf('>', text.indexOf('</', text.length / 2)) + 1;
	const long = `${text.slice(0, middle)}${`<!-- ${'ü'.repeat(500)} -->\n`.repeat(1050)}${text.slice(middle)}`;
	for (const sizes of [1, 7]) await same(Buffer.from(long), firstThen(sizes));
	await same(Buffer.from(`\ufeff${text}`));
	await same(Buffer.from(`\ufeff${text}`, 'utf16le'));
	await same(Buffer.from(`\n \t${text}`));
	await same(
		Buffer.from(
			`<?xml version="1.0"?>\n<!-- first < > -->\n<?xml-stylesheet href="a.xslt"?>\n<!-- ${'x'.repeat(3000)} -->\n${body}`,
		),
	);
	await same(Buffer.from(body));
	await same(Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?><!-- Zähler -->${body}`, 'latin1'));
	await same(Buffer.from(`<?xml version='1.0' encoding='windows-1252'?><!-- Zähler -->${body}`, 'latin1'));
	const code = async (content: string | Buffer) => (await look(content)).refusal?.code;
	expect(await code(Buffer.from(`<?xml version="1.0"?><!-- Zähler -->${body}`, 'latin1'))).toBe('readings.encoding');
	expect(await code(`<?xml version="1.0" encoding="EBCDIC"?>${body}`)).toBe('readings.encoding');
	for (const share of [0.5, 0.9, 0.99]) {
		expect(await code(text.slice(0, Math.floor(text.length * share)))).toBe('readings.truncated');
	}
	expect(await code(`${text}<${root}/>`)).toBe('readings.bad-syntax');
	expect(await code(`${text}and more`)).toBe('readings.bad-syntax');
	const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>';
	expect(await code(`<?xml version="1.0"?>${bomb}${body}`)).toBe('readings.xml-entities');
	expect(await code(`<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">${body}`)).toBe('readings.xml-entities');
	expect(await code(body.replace('</', '&c;</'))).toBe('readings.xml-entities');
	expect(await code(body.replace('</', `${'x'.repeat(100_000)}</`))).toBe('readings.bad-syntax');
	expect(await code(body.replace(/>/, `>${'<a>'.repeat(100)}`))).toBe('readings.bad-syntax');
	await survivesChangedBytes([text], 150);
}

/** Whatever byte of these files is changed: each is read, or refused with nothing of it kept. */
export async function survivesChangedBytes(texts: readonly string[], runs: number): Promise<void> {
	await fc.assert(
		fc.asyncProperty(fc.constantFrom(...texts), fc.nat(), fc.integer({ min: 0, max: 255 }), async (text, at, byte) => {
			const changed = Buffer.from(text);
			changed[at % changed.length] = byte;
			const found = await look(changed);
			expect(found.refusal === null || found.series.length === 0).toBe(true);
		}),
		{ numRuns: runs },
	);
}
