// A visitor gets to know the cooperative and declares to join, as a person, as a minor, as an association.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { forgetRejected } from '../../api/members/service/reject.ts';
import { foundTestCooperative } from '../cooperative.ts';
import { system } from '../database.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal, type View } from './portal.ts';

const portal = usePortal();
beforeAll(() =>
	foundTestCooperative(portal.database.db, {
		...{ maxShares: 40, furtherLiability: 'limited', entryFeeCents: 2_500 },
		...{ investingMembers: true, investingApproval: 'supervisory-board' },
	}),
);

const press = (page: Page, name: string) => page.getByRole('button', { name }).click();

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
	for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
}

async function declareAll(page: Page): Promise<void> {
	const clauses = page.getByRole('group', { name: 'Ihre Erklärung' });
	for (const box of await clauses.getByRole('checkbox').all()) await box.check();
	await press(page, 'Beitritt verbindlich erklären');
}

/** Waits until the page has taken the link's key out of the address. */
const linkRead = (page: Page) => page.locator('input[type=hidden][name=link]').waitFor({ state: 'attached' });

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
			'/mitglied-werden/danke?sorge&vollmacht&unterschrift',
			'/mitglied-werden/bestaetigen',
			'/mitglied-werden/nochmal',
			'/mitglied-werden/erklaerung',
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
		await expect.poll(() => page.getByText('Bitte besonders beachten').count()).toBe(3);
		await page.getByText('einmalig ein Eintrittsgeld von 25,00').waitFor();
		await declareAll(page);
		await page.getByText('Diese IBAN stimmt nicht.', { exact: false }).last().waitFor();
		await expectAccessible(page);
		for (const [label, text] of Object.entries(person))
			expect(await page.getByLabel(label, { exact: true }).inputValue(), label).toBe(text);
		await page.getByLabel('IBAN').fill('');
		await declareAll(page);
		await page.getByRole('heading', { level: 1, name: 'Ihre Beitrittserklärung ist angekommen' }).waitFor();
		const stored = await applicationOf(email);
		expect(stored).toMatchObject({
			...{ shares_wanted: 3, minor: false },
			clauses: ['unconditional', 'payments', 'further-payments', 'entry-fee', 'notice-period', 'statute-received'],
		});
		expect(stored?.applicant).toMatchObject({ name: { familyName: 'Öztürk-Strauß' }, locale: 'de', investing: false });
		const [mail, ...others] = await portal.mailsTo(email);
		expect(others).toEqual([]);
		await page.getByRole('link', { name: 'Erklärung ansehen und drucken' }).click();
		await page.getByText('Unterschrift: Jörg Maximilian Öztürk-Strauß').waitFor();
		await page.getByText('Besonders zu beachten: Mir ist bekannt, dass die Kündigungsfrist').waitFor();
		await expectAccessible(page);
		const link = /https?:\S+#token=\S+/.exec(mail?.text ?? '')?.[0]?.replace(portal.url, '') ?? '';
		const own = await portal.open(link, { phone: true });
		await linkRead(own);
		await press(own, 'Weiter');
		await own.getByText('Diese E-Mail-Adresse gehört zu mir.').waitFor();
		await expectAccessible(own);
		await press(own, 'Adresse bestätigen');
		await own.getByRole('heading', { level: 1, name: 'Vielen Dank, das ist bestätigt' }).waitFor();
		const elsewhere = await portal.open('/mitglied-werden/erklaerung');
		await elsewhere.getByText('Hier ist keine Erklärung mehr zu sehen').waitFor();
	});

	test('asks who represents a minor', async () => {
		const page = await portal.open('/mitglied-werden');
		const email = 'lotte@auental.example';
		expect(await page.getByLabel('Sorgeberechtigte Person', { exact: true }).isVisible()).toBe(false);
		await fill(page, { ...person, Geburtsdatum: '2020-02-29', 'E-Mail-Adresse': email });
		await declareAll(page);
		await page.getByText('Für Minderjährige geben Sie bitte an', { exact: false }).last().waitFor();
		await page.getByLabel('Sorgeberechtigte Person', { exact: true }).fill('Änne Öztürk-Strauß');
		await page.getByLabel('E-Mail dieser Person').fill('aenne.oeztuerk@auental.example');
		await declareAll(page);
		await page.getByText('Bitte nennen Sie auch die zweite', { exact: false }).last().waitFor();
		await page.getByLabel('Zweite sorgeberechtigte Person').fill('Jörg Öztürk-Strauß');
		await declareAll(page);
		await page.getByRole('heading', { level: 1, name: 'Ihre Beitrittserklärung ist angekommen' }).waitFor();
		await page.getByText('Alle Sorgeberechtigten stimmen').waitFor();
		expect(await applicationOf(email)).toMatchObject({ minor: true });
		const [mail] = await portal.mailsTo('aenne.oeztuerk@auental.example');
		const link = /https?:\S+#token=\S+/.exec(mail?.text ?? '')?.[0]?.replace(portal.url, '') ?? '';
		const guardian = await portal.open(link);
		await linkRead(guardian);
		await press(guardian, 'Weiter');
		await guardian.getByText('Ich bin sorgeberechtigt und stimme dem Beitritt').waitFor();
		await press(guardian, 'Zustimmen');
		await guardian.getByRole('heading', { level: 1, name: 'Vielen Dank, das ist bestätigt' }).waitFor();
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

describe('the board', () => {
	let anna: Account;
	beforeAll(async () => {
		anna = await portal.account('board', { name: 'Anna Vorstand' });
	});
	const name = 'Lotte Marker';

	test('sees what an application lacks, records papers and the approval, and admits', async () => {
		const page = await portal.open('/mitglied-werden');
		await fill(page, {
			...{ Vornamen: 'Lotte', Nachname: 'Marker', Geburtsdatum: '1979-08-31', Postleitzahl: '43210', Ort: 'Auental' },
			...{ 'Straße und Hausnummer': 'Am Wehr 3', 'E-Mail-Adresse': 'lotte.marker@auental.example' },
		});
		await page.getByText('Jemand anderes erklärt für mich').click();
		await page.getByLabel('Wer erklärt mit Vollmacht').fill('Notarin Brömmel');
		await page.getByRole('checkbox', { name: /investierendes Mitglied/ }).check();
		await page.getByRole('checkbox', { name: /Satzung als Ausdruck/ }).check();
		await declareAll(page);
		await page.getByText('bestätigt damit die Vollmacht').waitFor();

		const desk = await portal.open('/vorstand/mitglieder/antraege?q=marker', { as: anna });
		expect(await desk.getByRole('checkbox', { name }).count()).toBe(0);
		await desk.getByText('Zustimmung nach Satzung').waitFor();
		await expectAccessible(desk);
		await expectNoSidewaysScroll(desk);
		await desk.getByRole('link', { name: `Prüfen: ${name}` }).click();
		await expectAccessible(desk);
		await desk.getByText('Es fehlt noch etwas').waitFor();
		await press(desk, 'Eingang vermerken');
		await desk.getByText('Der Eingang ist vermerkt.').waitFor();
		await desk
			.getByRole('region', { name: 'Das fehlt noch zur Zulassung' })
			.getByLabel('Beschluss Nr.')
			.fill('AR 4/2026');
		await press(desk, 'Zustimmung vermerken');
		await desk.getByText('Aufsichtsrat: AR 4/2026', { exact: false }).waitFor();
		await desk.getByRole('link', { name: 'Erklärung drucken' }).click();
		await desk.getByText('Unterschrift: Notarin Brömmel').waitFor();
		await desk.goBack();
		await desk.getByLabel('Beschluss Nr.').first().fill('V 9/2026');
		await press(desk, 'Mitglied zulassen');
		await desk
			.getByText(/^Mitglied \d+/)
			.first()
			.waitFor();
	});

	test('filters, and rejects: the data go once the notice is out', async () => {
		const page = await portal.open('/mitglied-werden', { scripts: false });
		await fill(page, {
			...{
				Vornamen: 'Gustav',
				Nachname: 'Abgelehnt',
				Geburtsdatum: '1979-08-31',
				Postleitzahl: '43210',
				Ort: 'Auental',
			},
			...{ 'Straße und Hausnummer': 'Am Wehr 4', 'E-Mail-Adresse': 'gustav@auental.example' },
		});
		await declareAll(page);
		await page.getByRole('heading', { level: 1, name: 'Ihre Beitrittserklärung ist angekommen' }).waitFor();
		const desk = await portal.open('/vorstand/mitglieder/antraege', { as: anna, phone: true });
		await desk.getByLabel('Stand', { exact: true }).selectOption('ready');
		await press(desk, 'Anzeigen');
		await desk.getByRole('link', { name: 'Prüfen: Gustav Abgelehnt' }).click();
		await desk.getByText('Antrag ablehnen').click();
		const decide = desk.getByRole('region', { name: 'Entscheidung des Vorstands' });
		await decide.getByLabel('Beschluss Nr.').last().fill('V 10/2026');
		await press(desk, 'Endgültig ablehnen');
		await desk.getByText('sobald die Nachricht verschickt ist').first().waitFor();
		await desk.goto(`${portal.url}/vorstand/mitglieder/antraege?stand=rejected`);
		await desk.getByText('Nachricht wird verschickt').waitFor();
		await expectAccessible(desk);
		await expectNoSidewaysScroll(desk);
		await desk.getByRole('link', { name: 'Prüfen: Gustav Abgelehnt' }).click();
		await desk.getByText('Die Nachricht wartet auf den Versand').waitFor();
		expect((await portal.mailsTo('gustav@auental.example')).map(({ subject }) => subject)).toContain(
			'Zu Ihrer Beitrittserklärung',
		);
		await forgetRejected(portal.database.db, { by: system, at: new Date() });
		await desk.goto(`${portal.url}/vorstand/mitglieder/antraege?stand=rejected`);
		await desk.getByText('Keine Ablehnung wartet').waitFor();
	});
});

describe('what goes by post', () => {
	const filled = (email: string, family: string) => ({
		...{ Vornamen: 'Wilma', Nachname: family, Geburtsdatum: '1979-08-31', Postleitzahl: '43210', Ort: 'Auental' },
		...{ 'Straße und Hausnummer': 'Am Wehr 5', 'E-Mail-Adresse': email },
	});
	let anna: Account;
	beforeAll(async () => {
		anna = await portal.account('board', { name: 'Anna Vorstand' });
	});

	test('a rejection that cannot be delivered by mail waits for a letter, and the data go with it', async () => {
		const email = 'wilma.fort@auental.example';
		const page = await portal.open('/mitglied-werden', { phone: true });
		await fill(page, filled(email, 'Unbekannt'));
		await declareAll(page);
		await page.getByRole('heading', { level: 1, name: 'Ihre Beitrittserklärung ist angekommen' }).waitFor();
		const desk = await portal.open('/vorstand/mitglieder/antraege?q=unbekannt', { as: anna });
		await desk.getByRole('link', { name: 'Prüfen: Wilma Unbekannt' }).click();
		await desk.getByText('Antrag ablehnen').click();
		const decide = desk.getByRole('region', { name: 'Entscheidung des Vorstands' });
		await decide.getByLabel('Beschluss Nr.').last().fill('V 11/2026');
		await press(desk, 'Endgültig ablehnen');
		await desk.getByText('sobald die Nachricht verschickt ist').first().waitFor();
		await portal.database.owner`update notices set failed_at = now(), recipient = '', outcome = '550 no such user'
			where template = 'application-rejected' and sent_at is null`;
		await desk.goto(`${portal.url}/vorstand/mitglieder/antraege?stand=rejected`);
		await desk.getByText('E-Mail unzustellbar').first().waitFor();
		await desk.getByRole('link', { name: 'Prüfen: Wilma Unbekannt' }).click();
		await desk.getByText('Bitte teilen Sie die Ablehnung per Brief mit', { exact: false }).waitFor();
		await expectAccessible(desk);
		await desk.getByText('Brief ist verschickt').click();
		await press(desk, 'Verschickt, Angaben löschen');
		await desk.getByRole('status').filter({ hasText: 'Die Angaben sind gelöscht.' }).waitFor();
		expect(await applicationOf(email)).toBeUndefined();
	});

	test('a lost mail: the link is sent again, and strangers read the same answer', async () => {
		const email = 'wilma.nochmal@auental.example';
		const page = await portal.open('/mitglied-werden');
		await fill(page, filled(email, 'Vergesslich'));
		await declareAll(page);
		await page.getByRole('heading', { level: 1, name: 'Ihre Beitrittserklärung ist angekommen' }).waitFor();
		for (const address of ['niemand@auental.example', email]) {
			const again = await portal.open('/mitglied-werden/bestaetigen', { scripts: false, phone: true });
			await again.getByRole('link', { name: 'Mail nicht bekommen oder Link abgelaufen?' }).click();
			await again.getByLabel('E-Mail-Adresse').fill(address);
			await press(again, 'Link schicken');
			await again.getByRole('heading', { level: 1, name: 'Sehen Sie in Ihr Postfach' }).waitFor();
		}
		expect(await portal.mailsTo('niemand@auental.example')).toEqual([]);
		const link = /\/mitglied-werden\/bestaetigen#token=\S+/.exec((await portal.mailsTo(email)).at(-1)?.text ?? '')?.[0];
		const confirm = await portal.open(link ?? '');
		await linkRead(confirm);
		await press(confirm, 'Weiter');
		await press(confirm, 'Adresse bestätigen');
		await confirm.getByRole('heading', { level: 1, name: 'Vielen Dank, das ist bestätigt' }).waitFor();
	});

	test('the written form: printed with its clauses and a line to sign, entered by the board when it arrives, then admitted', async () => {
		const { owner } = portal.database;
		const [{ terms }] = (await owner`select terms from statute_versions order by version desc limit 1`) as [
			{ terms: object },
		];
		const written = owner.json({ ...terms, joiningForm: 'written' } as never);
		const proposal = '00000000-0000-7000-8000-0000000000ab';
		await owner`insert into statute_proposals (id, valid_from, terms, source, proposed_by, proposed_at, state, decided_by, decided_at)
			values (${proposal}, '2025-01-01', ${written}, 'GV', gen_random_uuid(), now(), 'approved', gen_random_uuid(), now())`;
		await owner`insert into statute_versions (version, valid_from, terms, source, proposal_id, recorded_at)
			values (2, '2025-01-01', ${written}, 'GV', ${proposal}, now())`;
		const page = await portal.open('/mitglied-werden');
		await page.getByText('Die Satzung verlangt', { exact: false }).first().waitFor();
		const email = 'wilma.papier@auental.example';
		await fill(page, filled(email, 'Papier'));
		await declareAll(page);
		await page.getByText('unterschreiben Sie sie', { exact: false }).first().waitFor();
		await page.getByRole('link', { name: 'Erklärung ansehen und drucken' }).click();
		await page.getByText('Unterschrift: Wilma Papier').waitFor();
		await page.getByText('Besonders zu beachten:', { exact: false }).first().waitFor();
		await page.emulateMedia({ media: 'print' });
		expect(await page.getByRole('button', { name: 'Drucken' }).isVisible()).toBe(false);
		expect(await page.getByText('Beitrittserklärung zur Bürgerenergie Auental eG').first().isVisible()).toBe(true);
		expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
		const desk = await portal.open('/vorstand/mitglieder/antraege?q=papier', { as: anna });
		await desk.getByRole('link', { name: 'Prüfen: Wilma Papier' }).click();
		await desk.getByText('Es fehlt noch etwas').waitFor();
		expect(await desk.getByRole('button', { name: 'Mitglied zulassen' }).count()).toBe(0);
		await press(desk, 'Eingang vermerken');
		await desk.getByText('Der Eingang ist vermerkt.').waitFor();
		await desk.getByLabel('Beschluss Nr.').first().fill('V 12/2026');
		await press(desk, 'Mitglied zulassen');
		await desk
			.getByText(/^Mitglied \d+/)
			.first()
			.waitFor();
	});
});

test('no page complained', () => {
	expect(portal.complaints).toEqual([]);
});
