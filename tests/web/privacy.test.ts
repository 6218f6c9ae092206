// Privacy in a real browser: a member takes the own data away and finds documents; the board exports, sees retention, runs a deletion.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { write } from '../../api/audit/service.ts';
import { archiveDocument } from '../../api/documents/service.ts';
import { changeMember } from '../../api/members/service/files.ts';
import { addDays, dayOf } from '../../api/values/calendar.ts';
import { board, foundTestCooperative, join, noon, testIban } from '../cooperative.ts';
import { type Account, expectAccessible, expectNoSidewaysScroll, usePortal } from './portal.ts';

const portal = usePortal();
const today = dayOf(new Date());
let anna: Account;
let member: Account;
let present: Awaited<ReturnType<typeof join>>;
let gone: Awaited<ReturnType<typeof join>>;

beforeAll(async () => {
	const { db, owner } = portal.database;
	const { keys } = portal.config;
	await foundTestCooperative(db);
	present = await join(db, '2019-03-01', 3, { name: { familyName: 'Sommer', givenNames: 'Anke' } });
	gone = await join(db, '2013-05-01', 1, { name: { familyName: 'Ahrens', givenNames: 'Jörg' } });
	for (const { memberId } of [present, gone]) {
		// The test's applications are sealed with other keys than the portal's.
		await owner`update member_secrets set iban = null, iban_blind = null, iban_last4 = null, birth_date = null where member_id = ${memberId}`;
		await changeMember(db, {
			...{ by: board, at: noon('2022-06-01'), keys, memberId, effectiveOn: '2022-06-01' },
			...{ changes: { iban: testIban(77), birthDate: '1980-02-29', phone: '0151 2345678' }, basis: 'test' },
		});
	}
	const leftOn = `${Number(today.slice(0, 4)) - 3}-12-31`;
	await owner`update members set left_on = ${leftOn} where id = ${gone.memberId}`;
	const at = noon(addDays(today, -30));
	await write(db, { by: board, at }, (tx, note) =>
		archiveDocument(tx, note, {
			...{ by: board, at, keys, kind: 'admission', memberId: present.memberId, fileName: 'aufnahme.pdf' },
			...{ mediaType: 'application/pdf', content: Buffer.from('%PDF-1.7 test'), documentOn: dayOf(at) },
			retention: 'register-document',
		}),
	);
	anna = await portal.account('board', { name: 'Anna Vorstand' });
	member = await portal.account('member', { name: 'Anke Sommer', memberId: present.memberId });
}, 240_000);

afterAll(() => expect(portal.complaints).toEqual([]));

async function downloaded(page: Page, button: string): Promise<{ name: string; content: Buffer }> {
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: button, exact: true }).first().click(),
	]);
	return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

test('a member takes away everything that is stored, to read and for programs, and opens the own documents', async () => {
	const page = await portal.open('/konto', { as: member });
	await page.getByRole('link', { name: /Meine Daten/ }).click();
	await page.getByRole('heading', { level: 1, name: 'Meine Daten' }).waitFor();
	const json = await downloaded(page, 'Maschinenlesbar (JSON)');
	expect(json.name).toMatch(/^auskunft-\d+-.*\.json$/);
	const data = JSON.parse(json.content.toString()) as { sections: { bankAndTaxNumbers: { iban: string }[] } };
	expect(data.sections.bankAndTaxNumbers.map(({ iban }) => iban)).toContain(testIban(77));
	expect((await downloaded(page, 'Zum Lesen (PDF)')).content.subarray(0, 5).toString()).toBe('%PDF-');
	await expectAccessible(page);
	await page.getByRole('link', { name: 'Dokumente', exact: true }).click();
	expect((await downloaded(page, 'Öffnen: aufnahme.pdf')).content.toString()).toBe('%PDF-1.7 test');
	await expectAccessible(page);
	const phone = await portal.open('/konto/dokumente', { as: member, phone: true, english: true });
	await phone.getByRole('heading', { level: 1, name: 'Documents' }).waitFor();
	await expectNoSidewaysScroll(phone);
	const both = await portal.open('/konto/daten', { as: anna });
	await both.getByText('Mit Ihrem Konto ist keine Mitgliedschaft verbunden.').waitFor();
	portal.complaints.length = 0;
});

test('the board sees how long records are kept and makes the export for a member', async () => {
	const page = await portal.open('/vorstand/datenschutz', { as: anna });
	await page.getByRole('link', { name: /^Jörg Ahrens/ }).waitFor();
	await page.getByText('10 Jahre').waitFor();
	await expectAccessible(page);
	await page.goto(`${portal.url}/vorstand/datenschutz/mitglied/${present.memberId}`);
	await page.getByRole('rowheader', { name: 'Mitgliederliste' }).waitFor();
	expect((await downloaded(page, 'Zum Lesen (PDF)')).content.subarray(0, 5).toString()).toBe('%PDF-');
	await expectAccessible(page);
	const phone = await portal.open('/vorstand/datenschutz', { as: anna, phone: true, english: true });
	await phone.getByRole('heading', { level: 1, name: 'Privacy' }).waitFor();
	await expectNoSidewaysScroll(phone);
	await expectAccessible(phone);
});

test('a deletion run is previewed with names, carried out after a second question, and logged without the data', async () => {
	const page = await portal.open('/vorstand/datenschutz/loeschen', { as: anna });
	await page
		.getByRole('table', { name: 'Von wem' })
		.getByRole('link', { name: /^Jörg Ahrens/ })
		.first()
		.waitFor();
	await expectAccessible(page);
	await page.getByText('Löschlauf ausführen').click();
	await page.getByRole('button', { name: 'Endgültig ausführen' }).click();
	await page.getByText(/Der Löschlauf ist ausgeführt/).waitFor();
	await page
		.getByRole('rowheader', { name: String(gone.number) })
		.first()
		.waitFor();
	expect(await page.getByText('0151').count()).toBe(0);
	await expectAccessible(page);
	await page.goto(`${portal.url}/vorstand/datenschutz/loeschen`);
	await page.getByText('Heute ist nichts zu löschen').waitFor();
	await page.goto(`${portal.url}/vorstand/mitglieder/${gone.memberId}`);
	await page.getByRole('heading', { level: 1, name: /Jörg Ahrens/ }).waitFor();
	expect(await page.getByText('0151 2345678').count()).toBe(0);
});
