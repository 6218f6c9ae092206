// A visitor gets to know the cooperative and declares to join, as a person, as a minor, as an association.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { foundTestCooperative } from '../cooperative.ts';
import { expectAccessible, expectNoSidewaysScroll, usePortal, type View } from './portal.ts';

const portal = usePortal();
beforeAll(() => foundTestCooperative(portal.database.db, { maxShares: 40, furtherLiability: 'limited' }));

const press = (page: Page, name: string) => page.getByRole('button', { name }).click();

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
	for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
}

async function declareAll(page: Page): Promise<void> {
	for (const box of await page.getByRole('checkbox').all()) await box.check();
	await press(page, 'Beitritt verbindlich erklären');
}

/** What the database holds of the declaration with that e-mail address. */
async function applicationOf(email: string) {
	const [row] = await portal.database.owner<
		{ applicant: Record<string, unknown>; shares_wanted: number; minor: boolean; clauses: string[] }[]
	>`select applicant, shares_wanted, minor, array(select c->>'id' from jsonb_array_elements(declaration->'clauses') c) as clauses
		from applications where applicant->>'email' = ${email}`;
	return row;
}

describe('visitors', () => {
	const views: View[] = [{}, { phone: true }, { dark: true }, { phone: true, dark: true, english: true }];

	test.each(views)('find welcome, statute and declaration readable %o', async (view) => {
		for (const address of [
			'/',
			'/satzung',
			'/mitglied-werden',
			'/mitglied-werden?als=organisation',
			'/mitglied-werden/danke',
		]) {
			const page = await portal.open(address, view);
			await expectAccessible(page);
			await expectNoSidewaysScroll(page);
		}
	});

	test('are welcomed by name and led to the statute in plain words', async () => {
		const page = await portal.open('/');
		await page.getByRole('heading', { level: 1, name: 'Bürgerenergie Auental eG' }).waitFor();
		await page.getByText('500,00 €', { exact: false }).first().waitFor();
		await page.getByRole('link', { name: 'Was in der Satzung steht' }).click();
		await page.getByText('24 Monate zum Ende eines Geschäftsjahres').waitFor();
		await page.getByText('gültig seit 15.03.2012', { exact: false }).waitFor();
	});

	test('see no mails outside the demo', async () => {
		const page = await portal.open('/mails');
		await page.getByRole('heading', { name: 'Seite nicht gefunden' }).waitFor();
	});
});

describe('declaring to join', () => {
	const person = {
		Vornamen: 'Jörg Maximilian',
		Nachname: 'Öztürk-Strauß',
		Geburtsdatum: '1979-08-31',
		'Straße und Hausnummer': 'An der Großen Mühle 12 b',
		Postleitzahl: '43210',
		Ort: 'Auental-Überlingen',
	};

	test('shows the sum while the number of shares is typed', async () => {
		const page = await portal.open('/mitglied-werden', { phone: true });
		await page.getByLabel('Wie viele Anteile möchten Sie?').fill('12');
		await page.getByText('12 Anteile zu 500,00 €').waitFor();
		await page.getByText('6.000,00 €', { exact: true }).waitFor();
		await page.getByLabel('Wie viele Anteile möchten Sie?').fill('41');
		await page.getByText('Die Summe erscheint, sobald die Zahl passt.').waitFor();
	});

	test('keeps what was typed when something is refused, then takes the declaration with its clauses', async () => {
		const page = await portal.open('/mitglied-werden');
		const email = 'joerg.oeztuerk@auental.example';
		await fill(page, { ...person, 'E-Mail-Adresse': email, 'Wie viele Anteile möchten Sie?': '3' });
		await page.getByLabel('IBAN').fill('DE12 3456 7890 1234 5678 90');
		await expect.poll(() => page.getByText('Bitte besonders beachten').count()).toBe(2);
		await declareAll(page);
		await page.getByRole('alert').getByText('Diese IBAN stimmt nicht.', { exact: false }).waitFor();
		await expectAccessible(page);
		for (const [label, text] of Object.entries(person))
			expect(await page.getByLabel(label, { exact: true }).inputValue(), label).toBe(text);
		await page.getByLabel('IBAN').fill('');
		await declareAll(page);
		await page.getByRole('heading', { level: 1, name: 'Ihre Beitrittserklärung ist angekommen' }).waitFor();
		const stored = await applicationOf(email);
		expect(stored).toMatchObject({
			...{ shares_wanted: 3, minor: false },
			clauses: ['unconditional', 'payments', 'further-payments', 'notice-period', 'statute-received'],
		});
		expect(stored?.applicant).toMatchObject({ name: { familyName: 'Öztürk-Strauß' }, locale: 'de', investing: false });
		expect(await portal.mailsTo(email)).toHaveLength(1);
	});

	test('asks who represents a minor', async () => {
		const page = await portal.open('/mitglied-werden');
		const email = 'lotte@auental.example';
		expect(await page.getByLabel('Gesetzliche Vertretung').isVisible()).toBe(false);
		await fill(page, { ...person, Geburtsdatum: '2020-02-29', 'E-Mail-Adresse': email });
		await declareAll(page);
		await page.getByText('Für Minderjährige geben Sie bitte an', { exact: false }).first().waitFor();
		await page.getByLabel('Gesetzliche Vertretung').fill('Änne und Jörg Öztürk-Strauß');
		await declareAll(page);
		await page.getByRole('heading', { level: 1, name: 'Ihre Beitrittserklärung ist angekommen' }).waitFor();
		expect(await applicationOf(email)).toMatchObject({ minor: true });
	});

	test('works for an association without JavaScript', async () => {
		const page = await portal.open('/mitglied-werden', { scripts: false });
		await page.getByRole('link', { name: 'Als Firma, Verein oder Gemeinde' }).click();
		const email = 'kontakt@feuerwehr-auental.example';
		await page.getByLabel('Rechtsform').selectOption('association');
		await fill(page, {
			...{ 'Name der Organisation': 'Freiwillige Feuerwehr Auental e. V.', 'Vertreten durch': 'Bärbel Groß' },
			...{ 'Straße und Hausnummer': 'Am Gerätehaus 1', Postleitzahl: '43210', Ort: 'Auental' },
			...{ 'E-Mail-Adresse': email, 'Wie viele Anteile möchten Sie?': '20' },
		});
		await declareAll(page);
		await page.getByRole('heading', { level: 1, name: 'Ihre Beitrittserklärung ist angekommen' }).waitFor();
		const stored = await applicationOf(email);
		expect(stored?.applicant).toMatchObject({ kind: 'association', representative: 'Bärbel Groß' });
	});
});

test('no page complained', () => {
	expect(portal.complaints).toEqual([]);
});
