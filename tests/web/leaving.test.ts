// Leaving and handing over in a real browser: a notice with its day, taking it back, a transfer by two and the board, the exits desk, settlements.
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { recordExit } from '../../api/shares/service/exits/give.ts';
import { dayOf } from '../../api/values/calendar.ts';
import { confirmAccount, listHeldAccounts } from '../../api/members/service/accountChanges.ts';
import { changeMember } from '../../api/members/service/files.ts';
import { board, foundTestCooperative, join, noon, secondBoard, testIban } from '../cooperative.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal, type View } from './portal.ts';

const portal = usePortal();
type Joined = Awaited<ReturnType<typeof join>>;
let leaver: Joined;
let taker: Joined;
let giver: Joined;
let gone: Joined;
let heirless: Joined;
const accounts: Record<string, Account> = {};
const today = dayOf(new Date());
/** Two years' notice: the first year's end for which it is in time. */
const endYear = Number(today.slice(0, 4)) + 2;
const lastDay = `31.12.${endYear}`;
const spokenToday = today.split('-').reverse().join('.');
const lastYearEnd = `${Number(today.slice(0, 4)) - 1}-12-31`;

beforeAll(async () => {
	const { db } = portal.database;
	await foundTestCooperative(db, {
		noticeMonths: 24,
		mandatoryShares: 1,
		maxShares: 30,
		exclusionReasons: ['Schaden für die Genossenschaft'],
	});
	const member = async (familyName: string, shares: number) => {
		const joined = await join(db, '2019-01-10', shares, { name: { familyName, givenNames: 'Änne' } });
		const payment = {
			memberNumber: joined.number,
			amountCents: shares * 50_000,
			valueOn: '2019-01-10',
			purpose: '',
			bankReference: familyName,
		};
		await recordPayment(db, { by: board, at: noon('2019-01-10'), payment });
		return joined;
	};
	leaver = await member('Geht', 4);
	taker = await member('Nimmt', 2);
	giver = await member('Gibt', 6);
	gone = await member('Ging', 5);
	heirless = await member('Starb', 3);
	// The portal under test has keys of its own: what it is to read must be sealed with them.
	const change = {
		memberId: gone.memberId,
		effectiveOn: '2019-01-10',
		changes: { iban: testIban(77), birthDate: '1980-02-29' },
		basis: 'Mail',
	};
	const entered = { at: noon('2019-02-01') };
	await changeMember(db, { ...entered, by: board, keys: portal.config.keys, ...change });
	const [held] = await listHeldAccounts(db, { ...entered, by: secondBoard });
	if (held) await confirmAccount(db, { ...entered, by: secondBoard, changeId: held.id });
	const received = `${Number(today.slice(0, 4)) - 3}-06-01`;
	await recordExit(db, {
		by: board,
		at: noon(today, 0),
		memberId: gone.memberId,
		basis: 'Brief',
		wish: { cause: 'notice', receivedOn: received },
	});
	for (const [name, joined] of Object.entries({ leaver, taker, giver, gone }))
		accounts[name] = await portal.account('member', { name: `Änne ${name}`, memberId: joined.memberId });
	accounts.board = await portal.account('board', { name: 'Vera Vorstand' });
	accounts.auditor = await portal.account('auditor', { name: 'Paul Prüfer' });
}, 240_000);

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();
const title = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
const told = (page: Page, hasText: string) => page.getByRole('status').filter({ hasText }).waitFor();

async function decide(page: Page, number = 'V 40'): Promise<void> {
	await page.getByLabel('Beschluss Nr.').first().fill(number);
}

describe('a notice', () => {
	test('shows the day and why before it is given; then it waits, can be taken back with the board’s consent', async () => {
		const page = await portal.open('/anteile/kuendigen', { as: accounts.leaver! });
		await title(page, 'Mitgliedschaft oder Anteile kündigen');
		await press(page, 'Tag ausrechnen');
		await page.getByRole('region', { name: 'Letzter Tag' }).getByText(lastDay).first().waitFor();
		await page.getByText('24 Monate Kündigungsfrist').waitFor();
		await page.getByText(`Letzter Tag dafür ist der 31.12.${endYear - 2}.`).waitFor();
		await expectAccessible(page);
		await expectNoSidewaysScroll(page);
		await press(page, `Verbindlich kündigen zum ${lastDay}`);
		await told(page, `Letzter Tag: ${lastDay}`);
		await title(page, `Ihre Mitgliedschaft endet am ${lastDay}`);
		await page.getByText('Kündigung zurücknehmen').click();
		await press(page, 'Rücknahme beantragen');
		await told(page, 'Wir haben Ihre Bitte aufgenommen');

		const desk = await portal.open('/vorstand/austritte', { as: accounts.board! });
		await desk.getByText('Rücknahme beantragt').waitFor();
		await desk.getByRole('link', { name: `Geht, Änne (${leaver.number})` }).click();
		await desk.getByText('24 Monate Kündigungsfrist').waitFor();
		await expectAccessible(desk);
		await decide(desk);
		await press(desk, 'Rücknahme zustimmen');
		await told(desk, 'Die Mitgliedschaft gilt weiter');
		await page.reload();
		await title(page, 'Mitgliedschaft oder Anteile kündigen');
		await page.getByText('zurückgenommen').waitFor();
	});

	test('of some shares works without JavaScript and refuses too many', async () => {
		const page = await portal.open('/anteile/kuendigen?was=partial&anteile=4', {
			as: accounts.leaver!,
			scripts: false,
		});
		await page.getByText('kündigen lassen sich höchstens 3').waitFor();
		await page.getByLabel('Wie viele Anteile?').fill('2');
		await press(page, 'Neu ausrechnen');
		await page.getByText('enden 2 Anteile an diesem Tag').waitFor();
		await press(page, `Verbindlich kündigen zum ${lastDay}`);
		await title(page, `2 Ihrer Anteile enden am ${lastDay}`);
	});
});

test('a transfer: proposed, accepted, entered by the board; the shares are there', async () => {
	const page = await portal.open('/anteile/uebertragen', { as: accounts.giver! });
	await title(page, 'Anteile übertragen');
	await page.getByRole('radio', { name: 'Einen Teil' }).check();
	await page.getByLabel('Wie viele Anteile?').fill('3');
	await page.getByLabel('Mitgliedsnummer', { exact: true }).fill(String(taker.number));
	await page.getByLabel('Familienname oder Name der Organisation').fill('Falsch');
	await expectAccessible(page);
	await press(page, 'Übertragung vorschlagen');
	await page.getByText('passen zu keinem Mitglied').locator('visible=true').first().waitFor();
	await page.getByLabel('Familienname oder Name der Organisation').fill('nimmt');
	await press(page, 'Übertragung vorschlagen');
	await told(page, 'Vorgeschlagen');

	const other = await portal.open('/anteile/uebertragen', { as: accounts.taker!, phone: true });
	await title(other, 'Eine Übertragung wartet auf Sie');
	await other.getByText('3 Anteile mit 1.500,00').waitFor();
	await expectAccessible(other);
	await expectNoSidewaysScroll(other);
	for (const box of await other.getByRole('checkbox').all()) await box.check();
	await press(other, 'Übertragung annehmen');
	await told(other, 'Angenommen');

	const desk = await portal.open('/vorstand/austritte/uebertragungen', { as: accounts.board! });
	await expectAccessible(desk);
	await desk.getByRole('link', { name: `Änne Gibt (${giver.number})` }).click();
	await decide(desk, 'V 41');
	await press(desk, 'Übertragung eintragen');
	await told(desk, 'Die Übertragung ist eingetragen');
	await other.goto(`${portal.url}/anteile`);
	await title(other, 'Ihre 5 Anteile');
	await other.getByText('Übertragung: 3 Anteile übernommen').first().waitFor();
});

describe('the desk', () => {
	test('takes down a death with heirs, shows the day first, ends the membership at the year’s end', async () => {
		const page = await portal.open('/vorstand/austritte', { as: accounts.board! });
		await page.getByRole('link', { name: 'Austritt erfassen' }).click();
		await page.getByLabel('Mitgliedsnummer').fill(String(heirless.number));
		await page.getByLabel('Anlass').selectOption('death');
		await press(page, 'Tag ausrechnen');
		await page
			.getByText(`31.12.${today.slice(0, 4)}`)
			.first()
			.waitFor();
		await page.getByLabel('Erbin oder Erbe 1').fill('Erna Erbin');
		await page.getByLabel('Erbin oder Erbe 2').fill('Emil Erbe');
		await page.getByLabel('Worauf der Eintrag beruht').fill('Sterbeurkunde 17');
		await expectAccessible(page);
		await press(page, 'Verbindlich eintragen');
		await told(page, `Letzter Tag: 31.12.${today.slice(0, 4)}`);
		await page.getByText('Erna Erbin (vertritt), Emil Erbe').waitFor();
		await page.getByText(`seit ${spokenToday}`).waitFor();

		// Another one of the heirs acts from now on; what it means is said where that one declares something.
		await page.getByText('Vertretung eintragen oder wechseln').click();
		await page.getByLabel('Name', { exact: true }).fill('Emil Erbe');
		await page.getByLabel('Grundlage').fill('Brief beider Erben');
		await press(page, 'Vertretung eintragen');
		await told(page, 'Emil Erbe vertritt die Erben auf Papier');
		await page.getByText(`${spokenToday} bis ${spokenToday}`).waitFor();
		await expectAccessible(page);
		accounts.heirs = await portal.account('member', { name: 'Emil Erbe', memberId: heirless.memberId });
		const own = await portal.open('/anteile', { as: accounts.heirs });
		await own.getByText('Sie handeln für die Erben').waitFor();
		await own.getByText(`Die Mitgliedschaft endet am 31.12.${today.slice(0, 4)}.`).waitFor();
		await expectNoSidewaysScroll(own);
	});

	test('determines what is owed and makes the payment file; the former member sees it', async () => {
		const page = await portal.open('/vorstand/austritte/auseinandersetzung', { as: accounts.board! });
		await page.getByRole('img', { name: /Was in den kommenden Geschäftsjahren fällig wird/ }).waitFor();
		await expectAccessible(page);
		await page.getByLabel('Verlust, den die Bilanz zeigt').fill('0,00');
		await page.getByLabel('Bilanz und Beschluss').fill('Bilanz, Versammlung vom Juni');
		await press(page, 'Verbindlich feststellen');
		await told(page, 'zusammen 2.500,00');
		await page
			.getByRole('cell', { name: /2\.500,00/ })
			.first()
			.waitFor();
		await press(page, 'Zahlungsdatei erstellen');
		await told(page, 'Datei über 2.500,00');
		await page.getByText('Auseinandersetzungsguthaben').first().waitFor();
		const member = await portal.open('/anteile/kuendigen', { as: accounts.gone! });
		await title(member, `Ihre Mitgliedschaft endete am ${lastYearEnd.split('-').reverse().join('.')}`);
		await member.getByText('Geschäftsguthaben am').waitFor();
		await expectAccessible(member);
	});

	const views: View[] = [{}, { phone: true, dark: true }, { phone: true, english: true }];
	test.each(views)('reads well %o', async (view) => {
		const addresses = ['', '/neu', '/uebertragungen', '/uebertragungen/neu', '/auseinandersetzung'];
		for (const address of addresses) {
			const page = await portal.open(`/vorstand/austritte${address}`, { ...view, as: accounts.board! });
			await expectAccessible(page);
			await expectNoSidewaysScroll(page);
		}
		for (const address of ['/anteile/kuendigen?was=notice', '/anteile/uebertragen']) {
			const page = await portal.open(address, { ...view, as: accounts.giver! });
			await expectAccessible(page);
			await expectNoSidewaysScroll(page);
		}
	});

	test('is read by the auditor, who changes nothing', async () => {
		const page = await portal.open('/vorstand/austritte', { as: accounts.auditor! });
		await title(page, 'Austritte');
		expect(await page.getByRole('link', { name: 'Austritt erfassen' }).count()).toBe(0);
		await page.goto(`${portal.url}/vorstand/austritte/auseinandersetzung`);
		expect(await page.getByRole('button', { name: 'Zahlungsdatei erstellen' }).count()).toBe(0);
	});
});

test('no page complained', () => {
	expect(portal.complaints).toEqual([]);
});
