// Typesetting: the same question gives the same PDF/A, texts are never markup, what fails fails alone, too many are told to wait.
import { expect, test } from 'vitest';
import { renderDocument } from '../../api/documents/render.ts';
import type { TemplateData } from '../../api/documents/templates.ts';

const cooperative = {
	...{ name: 'Bürgerenergie Auental eG', street: 'Am Rathaus 1', postcode: '43210', town: 'Auental' },
	register: 'Amtsgericht Auenberg, GnR 147',
};
const entry = (familyName: string): TemplateData['register-entry'] => ({
	...{ cooperative, day: '2026-06-30', contentHash: 'ab'.repeat(32), number: 7 },
	entry: {
		...{ name: { familyName, givenNames: 'Łucja Ångström' }, joinedOn: '2019-03-12', furtherShares: 2, leftOn: null },
		...{ address: { street: 'Weg 1', postcode: '43210', town: 'Auental', country: 'AT' }, extra: [] },
		changes: [{ on: '2020-04-01', furtherShares: 2 }],
	},
});
const render = (familyName: string, language: 'de' | 'en' = 'de', date = '2026-11-22') =>
	renderDocument('register-entry', language, entry(familyName), date).then((pdf) => Buffer.from(pdf));

test('PDF/A-2b with the fonts inside, the same bytes each time; another language, date or name gives others', async () => {
	const [first, second] = [await render('Muster'), await render('Muster')];
	expect(first.equals(second)).toBe(true);
	const text = first.toString('latin1');
	expect(text.startsWith('%PDF-1.7')).toBe(true);
	expect(text).toMatch(/<pdfaid:part>2<\/pdfaid:part>/);
	expect(text).toMatch(/<pdfaid:conformance>B<\/pdfaid:conformance>/);
	expect(text).toMatch(/AtkinsonHyperlegible/);
	for (const other of [render('Muster', 'en'), render('Muster', 'de', '2026-11-23'), render('Mustermann')])
		expect((await other).equals(first)).toBe(false);
});

test.each([
	'#panic("gotcha")',
	'$ x $',
	'#import "frame.typ"',
	'] #sys.inputs [',
	'"); #read("worker.ts")',
	'\\u{202e}',
	'= Titel',
	'@ref',
	'<label>',
])('%s is printed, not carried out', async (name) => {
	expect((await render(name)).subarray(0, 5).toString()).toBe('%PDF-');
});

test('what cannot be typeset is an error, and the next document is made all the same', async () => {
	const broken = { ...entry('Muster'), entry: null } as unknown as TemplateData['register-entry'];
	await expect(renderDocument('register-entry', 'de', broken, '2026-11-22')).rejects.toThrow(/could not be typeset/);
	const unknown = '../../../package' as 'register-entry';
	await expect(renderDocument(unknown, 'de', entry('Muster'), '2026-11-22')).rejects.toThrow(/could not be typeset/);
	expect((await render('Muster')).length).toBeGreaterThan(5_000);
});

test('many at once are made one after the other; more than can wait are told to come back', async () => {
	const many = Array.from({ length: 40 }, (_, i) => {
		try {
			return render(`Muster ${i}`);
		} catch (error) {
			return Promise.reject(error);
		}
	});
	const results = await Promise.allSettled(many);
	expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(32);
	for (const r of results) if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'documents.busy' });
});

test('the list of members of a thousand people is typeset while the program goes on', async () => {
	let ticks = 0;
	const clock = setInterval(() => ticks++, 5);
	const lines = Array.from({ length: 1_000 }, (_, i) => {
		const { entry: line } = entry(`Muster ${i}`);
		return { ...line, number: i + 1, extra: [] };
	});
	const pdf = await renderDocument(
		'register-extract',
		'de',
		{
			...{ cooperative, day: '2026-06-30', knownOn: '2026-11-22', contentHash: 'cd'.repeat(32), part: 1, parts: 1 },
			...{ totals: { entries: 1_000, present: 1_000, shares: 3_000 }, purpose: null, lines },
		},
		'2026-11-22',
	);
	clearInterval(clock);
	expect(pdf.byteLength).toBeGreaterThan(50_000);
	expect(ticks).toBeGreaterThan(5);
});
