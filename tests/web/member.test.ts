// The members' pages in a real browser: what I own, what it produced, what I earned, what I must do, and the vote.
import { beforeAll, expect, test } from 'vitest';
import { syntheticTaxId } from '../../web/demo/numbers.ts';
import { testIban } from '../cooperative.ts';
import { makeAuental, type Auental } from './auental.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal } from './portal.ts';

const portal = usePortal();
let auental: Auental;
let anke: Account;
let joerg: Account;
let newcomer: Account;

beforeAll(async () => {
	auental = await makeAuental(portal.database.db, { at: new Date(), keys: portal.config.keys });
	const account = (name: string, { memberId }: { memberId: string }) => portal.account('member', { name, memberId });
	anke = await account('Anke Weidemann', auental.anke);
	joerg = await account('Jörg Ahrens', auental.joerg);
	newcomer = await account('Änne Großkreuz', auental.newcomer);
}, 240_000);

const euros = (text: string) => new RegExp(text.replace(' €', '\\s€'));

test('home: the day, the tasks, the chain whose steps lead to their sources, the balance', async () => {
	const page = await portal.open('/', { as: anke });
	await page.getByRole('heading', { level: 1, name: 'Guten Tag, Anke Weidemann' }).waitFor();
	await page.getByRole('heading', { name: 'Ihre 12 Anteile haben heute erzeugt' }).waitFor();
	await page.getByRole('img', { name: /Ihr Teil der Erzeugung am/ }).waitFor();
	const chain = page.getByRole('list', { name: `Vom Wind zum Konto: Ihr Jahr ${auental.paidYear}` });
	expect(await chain.getByRole('link').count()).toBe(6);
	expect(await chain.getByRole('link', { name: 'Dividende brutto' }).textContent()).toMatch(euros('210,00 €'));
	expect(await page.getByRole('region', { name: 'Ihr Guthaben' }).textContent()).toMatch(/6\.000,00/);
	await chain.getByRole('link', { name: 'Dividende brutto' }).click();
	await page.getByRole('heading', { level: 1, name: `Ihre Dividende ${auental.paidYear}` }).waitFor();
	await page.goBack();
	await page.getByRole('link', { name: /^Abstimmen: Soll sich die Genossenschaft/ }).click();
	await page.getByRole('radio', { name: 'Enthaltung' }).waitFor();
});

test('a visitor who opens the front page sees the welcome page, on other pages the log-in page', async () => {
	const page = await portal.open('/');
	expect(new URL(page.url()).pathname).toBe('/willkommen');
	await page.goto(`${portal.url}/anteile`);
	expect(new URL(page.url()).pathname).toBe('/anmelden');
});

test('shares: three numbers on any day, and every movement up to it', async () => {
	const page = await portal.open('/anteile', { as: anke });
	await page.getByRole('heading', { level: 1, name: 'Ihre 12 Anteile' }).waitFor();
	for (const name of ['Geschäftsanteile', 'Pflichteinzahlung', 'Geschäftsguthaben'])
		expect(await page.getByRole('region', { name, exact: true }).textContent()).toMatch(/6\.000,00/);
	await page.getByLabel('Stand am').fill('2020-01-01');
	await page.getByRole('button', { name: 'Zeigen' }).click();
	await page.getByRole('heading', { level: 1, name: 'Ihre 10 Anteile am 01.01.2020' }).waitFor();
	expect(await page.getByRole('region', { name: 'Geschäftsguthaben', exact: true }).textContent()).toMatch(/5\.000,00/);
	const rows = page.getByRole('table', { name: 'Bewegungen' }).getByRole('row');
	expect(await rows.count()).toBe(3);
	await page.getByRole('link', { name: 'Zum heutigen Stand' }).click();
	await page.getByRole('link', { name: 'Mein Eintrag' }).click();
	expect(await page.getByRole('region', { name: 'Ihr Eintrag' }).textContent()).toMatch(/Lindenweg/);
});

test('further shares: the sum follows, clauses are needed, the declaration waits and can be taken back', async () => {
	const page = await portal.open('/anteile/weitere', { as: anke });
	const send = page.getByRole('button', { name: /verbindlich zeichnen/ });
	await send.waitFor();
	await page.getByLabel('Wie viele weitere Anteile?').fill('3');
	await page.getByRole('button', { name: '3 weitere Anteile verbindlich zeichnen' }).waitFor();
	expect(await page.getByRole('region', { name: 'Das kommt zusammen' }).textContent()).toMatch(euros('1.500,00 €'));
	const boxes = page.getByRole('checkbox');
	for (const box of await boxes.all()) await box.check();
	await send.click();
	await page.getByRole('heading', { level: 1, name: 'Ihre Erklärung wartet auf den Vorstand' }).waitFor();
	await page.getByRole('status').filter({ hasText: 'über 3 weitere Anteile ist angekommen' }).waitFor();
	await page.getByText('Erklärung zurücknehmen').click();
	await page.getByRole('button', { name: 'Zurücknehmen', exact: true }).click();
	await page.getByRole('status').filter({ hasText: 'zurückgenommen' }).waitFor();
	await send.waitFor();
});

test('further shares can be declared without JavaScript', async () => {
	const page = await portal.open('/anteile/weitere', { as: joerg, scripts: false });
	await page.getByLabel('Wie viele weitere Anteile?').fill('2');
	for (const box of await page.getByRole('checkbox').all()) await box.check();
	await page.getByRole('button', { name: /verbindlich/ }).click();
	await page.getByRole('heading', { level: 1, name: 'Ihre Erklärung wartet auf den Vorstand' }).waitFor();
	expect(await page.getByRole('region', { name: 'Ihre Erklärung' }).textContent()).toMatch(/2 Anteile/);
});

test('yields: my months and years, the plants, a plant with its calendar and a day', async () => {
	const page = await portal.open('/ertraege', { as: anke });
	await page.getByRole('heading', { level: 1, name: 'Ihre Erträge' }).waitFor();
	await page.getByText('Wie wurde das gerechnet?').click();
	await page.getByText('× Ihre Anteile ÷ alle Anteile').waitFor();
	expect(await page.getByRole('table', { name: 'Alle Jahre' }).getByRole('row').count()).toBe(3);
	await page.getByRole('link', { name: `Jahr ${auental.paidYear}` }).click();
	await page.getByRole('heading', { name: `Erlös ${auental.paidYear}` }).waitFor();
	await page.getByRole('link', { name: 'Windrad Auenberg' }).click();
	await page
		.getByRole('img', { name: `Einspeisung von Windrad Auenberg je Tag des Jahres ${auental.paidYear}` })
		.waitFor();
	await page.getByLabel('Tag', { exact: true }).fill(`${auental.paidYear}-10-26`);
	await page.getByRole('button', { name: 'Zeigen' }).click();
	// the day with 25 hours
	await page.getByRole('heading', { name: new RegExp(`26\\. Oktober ${auental.paidYear}`) }).waitFor();
	await page.getByRole('img', { name: new RegExp(`am 26.10.${auental.paidYear} je Viertelstunde`) }).waitFor();
});

test('dividend: line by line to the cent, with the resolution and the payment', async () => {
	const page = await portal.open(`/dividende/${auental.paidYear}`, { as: anke });
	const sum = page.getByRole('region', { name: 'So wurde gerechnet' });
	const text = ((await sum.textContent()) ?? '').replaceAll(/\s+/g, ' ');
	for (const line of ['6.000,00 € × 3,5 %', '84,00 €', '126,00 €', '−31,50 €', '−1,73 €', '176,77 €'])
		expect(text).toContain(line);
	expect(await page.getByRole('region', { name: 'Die Zahlung' }).textContent()).toMatch(/ausgeführt/);
	await page.getByRole('link', { name: 'Abstimmung ansehen' }).click();
	await page.getByRole('heading', { name: `Verwendung des Jahresüberschusses ${auental.paidYear}` }).waitFor();
	await page.getByText('angenommen', { exact: true }).waitFor();
	expect(await page.getByText(/Nötig war mehr als die Hälfte/).textContent()).toMatch(/§§\s43\sAbs\.\s2/);

	const church = await portal.open(`/dividende/${auental.paidYear}`, { as: joerg });
	expect(await church.getByRole('region', { name: 'So wurde gerechnet' }).textContent()).toMatch(
		/weil 9\s% Kirchensteuer dazukommt/,
	);
});

test('exemption order: wrong numbers are told at their field, a right one is stored', async () => {
	const page = await portal.open('/dividende/freistellungsauftrag', { as: joerg });
	await page.getByRole('heading', { level: 1, name: 'Freistellungsauftrag erteilen' }).waitFor();
	await page.getByLabel('Betrag im Jahr').fill('400');
	await page.getByLabel('Steuer-Identifikationsnummer', { exact: true }).fill('12345678901');
	await page.getByRole('checkbox').check();
	await page.getByRole('button', { name: 'Freistellungsauftrag erteilen' }).click();
	await page
		.getByText(/Diese Steuer-Identifikationsnummer stimmt nicht/)
		.last()
		.waitFor();
	expect(await page.getByLabel('Betrag im Jahr').inputValue()).toBe('400');
	await page.getByLabel('Steuer-Identifikationsnummer', { exact: true }).fill(syntheticTaxId(2));
	await page.getByRole('button', { name: 'Freistellungsauftrag erteilen' }).click();
	await page.getByRole('status').filter({ hasText: 'Ihr Freistellungsauftrag ist gespeichert' }).waitFor();
	expect(await page.getByRole('region', { name: 'Freistellungsauftrag' }).textContent()).toMatch(/400,00/);
});

test('the vote: two taps on the phone, a receipt, the same receipt again, no second thoughts', async () => {
	const address = `/abstimmen/${auental.ballots.open}`;
	const page = await portal.open(address, { as: anke, phone: true });
	const other = await portal.open(address, { as: anke, phone: true });
	await page.getByRole('radio', { name: 'Ja' }).tap();
	await page.getByRole('button', { name: 'Stimme abgeben: Ja' }).tap();
	await page.getByRole('heading', { level: 1, name: 'Ihre Stimme ist in der Urne' }).waitFor();
	const code = (where: typeof page) => where.locator('.code').textContent();
	const receipt = await code(page);
	expect(receipt?.replaceAll(/\s/g, '')).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);

	// a second window that still shows the form: the same vote gives the same receipt
	const third = await portal.open(address, { as: anke });
	expect(await code(third)).toBe(receipt);
	await other.getByRole('radio', { name: 'Ja' }).tap();
	await other.getByRole('button', { name: /Stimme abgeben/ }).tap();
	await other.getByRole('heading', { level: 1, name: 'Ihre Stimme ist in der Urne' }).waitFor();
	expect(await code(other)).toBe(receipt);
	await expectNoSidewaysScroll(page);
	await expectAccessible(page);
});

test('changing one’s mind in another window is refused, and the receipt of the first vote is shown', async () => {
	const address = `/abstimmen/${auental.ballots.open}`;
	const late = await portal.open(address, { as: joerg });
	const first = await portal.open(address, { as: joerg, scripts: false });
	await first.getByRole('radio', { name: 'Nein' }).check();
	await first.getByRole('button', { name: 'Stimme abgeben' }).click();
	await first.getByRole('heading', { level: 1, name: 'Ihre Stimme ist in der Urne' }).waitFor();
	await late.getByRole('radio', { name: 'Ja' }).check();
	await late.getByRole('button', { name: /Stimme abgeben/ }).click();
	await late.getByText(/Sie haben schon abgestimmt/).waitFor();
	expect(await late.getByRole('region', { name: 'Ihr Beleg' }).textContent()).toMatch(/Nein/);
});

test('a ballot that cannot be voted on says why', async () => {
	const at = async (ballot: keyof Auental['ballots'], as: Account) =>
		portal.open(`/abstimmen/${auental.ballots[ballot]}`, { as });
	await (await at('barring', anke)).getByText('Hier dürfen Sie nicht mitstimmen').waitFor();
	await (await at('prepared', anke)).getByText('Die Abstimmung hat noch nicht begonnen').waitFor();
	await (await at('over', anke)).getByText('Die Abstimmung ist zu Ende').waitFor();
	await (await at('open', newcomer)).getByText('Hier sind Sie nicht stimmberechtigt').waitFor();
	const rejected = await at('rejected', anke);
	await rejected.getByText('abgelehnt', { exact: true }).waitFor();
	await rejected.getByRole('heading', { name: 'Ihr Beleg' }).waitFor();
	expect(await rejected.getByRole('radio').count()).toBe(0);
});

test('a new payout account is held; the link in the mail stops it, or the board confirms it', async () => {
	const change = async (iban: string) => {
		const page = await portal.open('/anteile/zahlungen/konto', { as: joerg });
		await page.getByLabel('IBAN').fill(iban);
		await page.getByRole('button', { name: 'Konto speichern' }).click();
		await page.getByRole('status').filter({ hasText: 'erst in fünf Tagen' }).waitFor();
		await page.getByText(/Ihr neues Konto .* wird noch geprüft/).waitFor();
		return page;
	};
	const own = await change(testIban(801));
	await expectAccessible(own);
	const [mail] = (await portal.mailsTo(joerg.email)).slice(-1);
	const link = /\/konto-stoppen#token=\S+/.exec(mail?.text ?? '')?.[0] ?? '';
	const stop = await portal.open(link, { phone: true });
	await stop.getByRole('button', { name: 'Änderung anhalten' }).click();
	await stop.getByRole('heading', { level: 1, name: 'Die Änderung ist angehalten' }).waitFor();
	await expectAccessible(stop);
	await own.goto(`${portal.url}/anteile/zahlungen`);
	expect(new URL(own.url()).pathname).toBe('/anmelden');
	await change(testIban(802));
	const board = await portal.open('/vorstand/auszahlungen/konten', { as: await portal.account('board') });
	await board.getByText('Ein neues Konto wird noch zurückgehalten').waitFor();
	await expectAccessible(board);
	await board.getByRole('button', { name: 'Konto bestätigen' }).click();
	await board.getByRole('status').filter({ hasText: 'Das Konto ist bestätigt' }).waitFor();
	await board.getByText('Ändert ein Mitglied sein Auszahlungskonto').waitFor();
});

test('a new member sees what comes next instead of empty tables; unknown addresses are not found', async () => {
	const page = await portal.open('/dividende', { as: newcomer });
	await page.getByText('Noch keine Dividende').waitFor();
	await page.goto(`${portal.url}/anteile`);
	await page.getByRole('table', { name: 'Wird noch fällig' }).waitFor();
	await page.goto(`${portal.url}/anteile/weitere`);
	await page.getByText(/Zuerst fehlen noch/).waitFor();
	for (const address of [
		'/dividende/1999x',
		`/dividende/${auental.paidYear}`,
		'/abstimmen/none',
		`/versammlung/${auental.plants.wind}`,
	]) {
		const answer = await page.goto(portal.url + address);
		expect(answer?.status(), address).toBe(404);
	}
});

test('every page is accessible, fits the phone, and speaks English', async () => {
	const { plants, assemblies, ballots, paidYear } = auental;
	const addresses = [
		...[
			'/',
			'/anteile',
			'/anteile/weitere',
			'/anteile/eintrag',
			'/ertraege',
			`/ertraege/${plants.wind}`,
			`/ertraege/${plants.solar}`,
		],
		...[
			'/dividende',
			`/dividende/${paidYear}`,
			'/dividende/freistellungsauftrag',
			'/konto/nachrichten',
			'/versammlung',
			`/versammlung/${assemblies.running}`,
		],
		...[
			`/versammlung/${assemblies.coming}`,
			`/abstimmen/${ballots.open}`,
			`/abstimmen/${ballots.profitUse}`,
			`/abstimmen/${ballots.barring}`,
		],
	];
	const wide = await portal.open('/', { as: anke });
	const phone = await portal.open('/', { as: newcomer, phone: true, dark: true, english: true });
	for (const address of addresses) {
		await wide.goto(portal.url + address);
		await expectAccessible(wide);
		if (address === `/dividende/${paidYear}`) continue;
		await phone.goto(portal.url + address);
		await expectNoSidewaysScroll(phone);
		await expectAccessible(phone);
		expect(await phone.locator('main').textContent(), address).not.toMatch(
			/\b(Anteile|Abstimmung|Erträge|Freistellungsauftrag|Guthaben|Ihre|heute)\b/,
		);
	}
	expect(portal.complaints).toEqual([]);
}, 240_000);
