// Moving in: files of all kinds read and held against each other, all or nothing into register, shares and books, and taken back again.
import { Buffer } from 'node:buffer';
import { buffer, text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { createPerson } from '../../api/accounts/service/people.ts';
import { verifyAuditChain, write } from '../../api/audit/service.ts';
import { verifyLedger } from '../../api/ledger/service/verify.ts';
import { readTrialBalance } from '../../api/ledger/service/read.ts';
import { postManualEntry } from '../../api/ledger/service/post.ts';
import { readRegister, readRegisterEntry } from '../../api/members/service/register.ts';
import { commitMoving } from '../../api/moving/service/commit.ts';
import {
	addMovingFile,
	discardMoving,
	listMovings,
	removeMovingFile,
	setMovingColumns,
} from '../../api/moving/service/files.ts';
import { fileKinds } from '../../api/moving/rules/fields.ts';
import { previewMoving } from '../../api/moving/service/preview.ts';
import { exportMovingProblems } from '../../api/moving/service/problems.ts';
import { templateWorkbook } from '../../api/moving/service/template.ts';
import { undoMoving } from '../../api/moving/service/undo.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { effectExits } from '../../api/shares/service/exits/effect.ts';
import { listExits } from '../../api/shares/service/exits/read.ts';
import { brokenHoldings, listHoldings, readHolding } from '../../api/shares/service/holdings.ts';
import { transact } from '../../api/database/connect.ts';
import { board, foundTestCooperative, join, noon, secondBoard, testIban, testKeys } from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const data = useDatabase();
const at = noon('2026-11-22');
const keys = testKeys;
let first: Awaited<ReturnType<typeof join>>;

const add = (name: string, content: string | Buffer, by = board) =>
	addMovingFile(data.db, { by, at, keys, name, content: Buffer.isBuffer(content) ? content : Buffer.from(content) });
const preview = (query: { page?: number; fileId?: string } = {}) =>
	previewMoving(data.db, { by: board, at, keys, ...query });
const commit = async (by = board) =>
	commitMoving(data.db, { by, at, keys, fingerprint: (await preview()).fingerprint });

const members = [
	'Mitgliedsnr.;Nachname;Vorname;Firma;Straße;Hausnummer;PLZ;Ort;Eintritt;Austritt;Anteile;Geschäftsguthaben;IBAN;Mandatsreferenz;Mandatsdatum;Geburtsdatum;Notiz',
	`0101;Müller;Änne;;Lindenweg;4a;1234;Groß Bühl;01.04.2013;;3;1.500,00 €;${testIban(501)};M-101;02.04.2013;12.04.1961;x`,
	`102;;;Solar Süd GmbH & Co. KG;Am Markt;1;43210;Auental;2014-06-30;;10;5000;;;;;`,
	'103;Weiß;Jürgen;;Gasse;7;43210;Auental;1.1.15;31.12.2019;2;1000,00;;;;;',
	`104;Öz;Can;;Ring;2;43210;Auental;05.05.2020;;2;600;${testIban(504)};;;;`,
].join('\r\n');

beforeAll(async () => {
	await foundTestCooperative(data.db);
	first = await join(data.db, '2026-01-10', 2);
});

const everything = async () => ({
	...(
		await data.owner`select (select count(*)::int from members) as members, (select count(*)::int from register_events) as events,
		(select count(*)::int from share_movements) as movements, (select count(*)::int from share_dues) as dues, (select count(*)::int from journal) as entries,
		(select count(*)::int from postings) as postings, (select count(*)::int from mandates) as mandates, (select last_number from member_counter) as last,
		(select encode(hash, 'hex') from journal_head) as head, (select count(*)::int from member_secrets) as secrets`
	)[0],
});

describe('one file with everything', () => {
	test('is read with its umlauts, its columns guessed, and every problem is named', async () => {
		const windows = Buffer.from(members.replace(/€/g, 'EUR'), 'latin1');
		const { files } = await add('Mitglieder.csv', windows);
		expect(files).toMatchObject([{ kind: 'members', rows: 4 }]);
		const [moving] = await listMovings(data.db, { by: board });
		expect(moving?.files[0]).toMatchObject({ encoding: 'windows-1252' });
		expect(moving?.files[0]?.columns.slice(0, 4)).toEqual(['number', 'familyName', 'givenNames', 'organisation']);
		expect(moving?.files[0]?.columns.at(-1)).toBeNull();
		const { problems, sums, samples } = await preview();
		expect(problems.map(({ code, row, column }) => [code, row, column])).toEqual([
			['representative-missing', 3, null],
			['settlement-open', 4, 'Geschäftsguthaben'],
		]);
		expect(sums).toMatchObject({
			members: 4,
			left: 1,
			shares: 15,
			paidCents: 710_000,
			settlementCents: 100_000,
			mandates: 1,
		});
		expect(samples[0]).toMatchObject({ number: 101, name: 'Änne Müller', joinedOn: '2013-04-01', shares: 3 });
	});

	test('the same file is not taken twice, others see nothing of it', async () => {
		await expect(add('Mitglieder.csv', Buffer.from(members.replace(/€/g, 'EUR'), 'latin1'))).rejects.toMatchObject({
			code: 'moving.file-twice',
		});
		const member = person(['member'], { memberId: first.memberId });
		expect(await listMovings(data.db, { by: member })).toEqual([]);
		await expect(previewMoving(data.db, { by: member, at, keys })).rejects.toMatchObject({ code: 'moving.not-open' });
	});

	test('moves in once, whoever presses at the same second, and everything agrees', async () => {
		const { fingerprint } = await preview();
		const burst = await Promise.allSettled(
			Array.from({ length: 16 }, (_, i) =>
				commitMoving(data.db, { by: i % 2 ? board : secondBoard, at, keys, fingerprint }),
			),
		);
		const done = burst.filter((one) => one.status === 'fulfilled');
		expect(done).toHaveLength(1);
		for (const one of burst)
			if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'moving.not-open' });
		expect(done[0]?.value.counts).toMatchObject({ members: 4, events: 5, movements: 5, mandates: 1, settlements: 1 });
		const [settlement] =
			await data.owner`select s.balance_cents::int as cents, s.exit_on::text as on, s.due_on::text as due, s.loss_share_cents::int as loss, x.state from settlements s join exits x on x.id = s.exit_id`;
		expect(settlement).toEqual({ cents: 100_000, on: '2019-12-31', due: '2020-06-30', loss: 0, state: 'effective' });
		const report = await verifyLedger(data.db, { by: system });
		expect(report.broken).toBeNull();
		expect(await transact(data.db, system, (tx) => brokenHoldings(tx, '2026-11-22'))).toEqual([]);
		const balance = await readTrialBalance(data.db, { by: board, on: '2026-11-22' });
		const of = (account: string) => balance.find((one) => one.account === account)?.balanceCents;
		expect([of('2901'), of('3645'), of('9000')]).toEqual([-710_000, -100_000, 810_000]);
		expect((await verifyAuditChain(data.db, { by: system, keys })).broken).toBeNull();
	});

	test('register and holdings know the past days, and since when they know them', async () => {
		const lines = await readRegister(data.db, { by: board, day: '2018-01-01', knownAt: at });
		expect(lines.map(({ number, furtherShares, leftOn }) => [number, furtherShares, leftOn])).toEqual([
			[101, 2, null],
			[102, 9, null],
			[103, 1, null],
		]);
		expect(await readRegister(data.db, { by: board, day: '2018-01-01', knownAt: noon('2026-11-21') })).toEqual([]);
		const former = lines.find(({ number }) => number === 103)?.memberId ?? '';
		const entry = await readRegisterEntry(data.db, { by: board, memberId: former, day: '2026-11-22', knownAt: at });
		expect(entry.entry).toMatchObject({ joinedOn: '2015-01-01', leftOn: '2019-12-31', furtherShares: 0 });
		const anne = lines[0]?.memberId ?? '';
		expect(lines[0]).toMatchObject({
			name: { familyName: 'Müller' },
			address: { street: 'Lindenweg 4a', postcode: '01234' },
		});
		const holding = await readHolding(data.db, { by: board, memberId: anne, day: '2026-11-22' });
		expect(holding).toMatchObject({
			shares: 3,
			nominalCents: 150_000,
			paidCents: 150_000,
			dueCents: 150_000,
			claimCents: 0,
		});
		expect((await readHolding(data.db, { by: board, memberId: anne, day: '2025-12-30' })).paidCents).toBe(0);
		const list = await listHoldings(data.db, { by: board, day: '2026-11-22' });
		expect(list.sums).toMatchObject({ shares: 17, paidCents: 710_000 });
	});

	test('the file is forgotten, the next number follows the highest, secrets are sealed', async () => {
		const [file] = await data.owner`select rows from moving_files`;
		expect(file?.rows).toBeNull();
		const [secret] =
			await data.owner`select iban_last4, encode(iban, 'escape') as iban from member_secrets s join members m on m.id = s.member_id where number = 101`;
		expect(secret?.iban_last4).toBe(testIban(501).slice(-4));
		expect(secret?.iban).not.toContain(testIban(501));
	});
});

describe('undo', () => {
	const idOf = async () => (await listMovings(data.db, { by: board }))[0]?.id ?? '';

	test('nobody but the board, and not past the service', async () => {
		const movingId = await idOf();
		await expect(data.db.sql`delete from journal`).rejects.toThrow(/permission/);
		const operator = person(['operator']);
		await expect(
			transact(data.db, operator, (tx) => tx.execute(`select undo_moving('${movingId}')`)),
		).rejects.toThrow();
		await expect(undoMoving(data.db, { by: operator, at, movingId })).rejects.toMatchObject({ code: 'moving.unknown' });
	});

	test('removes everything once, leaves what was there before, and the chains hold', async () => {
		const movingId = await idOf();
		const burst = await Promise.allSettled(
			Array.from({ length: 8 }, () => undoMoving(data.db, { by: board, at, movingId })),
		);
		expect(burst.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(await everything()).toMatchObject({
			members: 1,
			events: 1,
			movements: 1,
			entries: 0,
			postings: 0,
			mandates: 0,
			last: 1,
		});
		expect((await verifyLedger(data.db, { by: system })).broken).toBeNull();
		expect((await verifyAuditChain(data.db, { by: system, keys })).broken).toBeNull();
		await expect(data.owner`delete from journal`).rejects.toThrow(/append-only/);
		await expect(data.owner`update register_events set shares_change = 9`).rejects.toThrow(/append-only/);
	});

	test('is possible until the first later movement of any kind', async () => {
		const again = async () => {
			await add('Mitglieder.csv', members);
			return (await commit()).movingId;
		};
		const movingId = await again();
		const refusal = (code: string) =>
			expect(undoMoving(data.db, { by: board, at, movingId })).rejects.toMatchObject({ code });
		const before = await everything();
		const [anne] = await data.owner`select id from members where number = 101`;
		await write(data.db, { by: system, at }, (tx, note) =>
			createPerson(tx, note, {
				at,
				email: 'aenne@auental.example',
				name: 'Änne',
				locale: 'de',
				roles: ['member'],
				memberId: anne?.id,
			}),
		);
		await refusal('moving.undo-reference');
		expect(await everything()).toEqual(before);
		await data.owner`delete from persons where member_id is not null`;
		const payment = {
			memberNumber: 104,
			amountCents: 40_000,
			valueOn: '2026-11-20',
			purpose: 'Rest',
			bankReference: 'N1',
		};
		await recordPayment(data.db, { by: board, at, payment });
		await refusal('moving.undo-entry');
		await postManualEntry(data.db, {
			...{ by: board, at, bookedOn: '2026-11-20', text: 'Bankbestand bei Übernahme', reference: null },
			lines: [
				{ account: '1800', cents: 500_000 },
				{ account: '9000', cents: -500_000 },
			],
		});
		await refusal('moving.undo-entry');
		expect(await listMovings(data.db, { by: board })).toHaveLength(2);
	});
});

describe('under notice, minors, organisations', () => {
	const people = [
		'Mitgliedsnr.;Nachname;Vorname;Firma;Straße;PLZ;Ort;Geburtsdatum;Vertreter;E-Mail Vertreter;Zweiter Vertreter;Eintritt;Kündigung am;Austritt;Anteile;Geschäftsguthaben',
		'301;Klein;Mia;;Weg 1;43210;Auental;03.03.2015;Eva Klein;eva@auental.example;Udo Klein;01.04.2016;;;1;500,00',
		'302;;;Sonne e. V.;Weg 2;43210;Auental;;Ida Licht; Jan Strom;;;01.04.2016;;;2;1.000,00',
		'303;Geht;Bald;;Weg 3;43210;Auental;;;;;01.04.2016;15.03.2026;31.12.2028;4;2.000,00',
	]
		.join('\r\n')
		.replace('Ida Licht; Jan Strom', '"Ida Licht; Jan Strom"');
	const extra = async () =>
		(
			await data.owner`select (select count(*)::int from member_representatives) as representatives, (select count(*)::int from exits where state = 'given') as leaving, (select count(*)::int from members where number > 300) as members`
		)[0];

	test('come with their notice and with the people who act for them, and go again when the move is taken back', async () => {
		await add('Bestand.csv', people);
		const seen = await preview();
		expect(seen.problems).toEqual([]);
		expect(seen.sums).toMatchObject({ members: 3, left: 0, leaving: 1, representatives: 4, paidCents: 350_000 });
		const { movingId } = await commit();
		expect(await extra()).toEqual({ representatives: 4, leaving: 1, members: 3 });
		await undoMoving(data.db, { by: board, at, movingId });
		expect(await extra()).toEqual({ representatives: 0, leaving: 0, members: 0 });
	});

	test('are members like any other: the notice waits for its day, can be taken back, and takes effect', async () => {
		await add('Bestand.csv', people);
		const { movingId } = await commit();
		const who = await data.owner`
			select m.number, r.kind, r.name, r.email, r.from_on::text as "from" from member_representatives r join members m on m.id = r.member_id order by m.number, r.name`;
		expect(who).toEqual([
			{ number: 301, kind: 'guardian', name: 'Eva Klein', email: 'eva@auental.example', from: '2016-04-01' },
			{ number: 301, kind: 'guardian', name: 'Udo Klein', email: null, from: '2016-04-01' },
			{ number: 302, kind: 'organ', name: 'Ida Licht', email: null, from: '2016-04-01' },
			{ number: 302, kind: 'organ', name: 'Jan Strom', email: null, from: '2016-04-01' },
		]);
		const [exit] = await listExits(data.db, { by: board, at, states: ['given'] });
		expect(exit).toMatchObject({
			number: 303,
			receivedOn: '2026-03-15',
			effectiveOn: '2028-12-31',
			can: { withdraw: true },
		});
		const memberId = exit?.memberId ?? '';
		const line = async (day: string) =>
			(await readRegisterEntry(data.db, { by: board, memberId, day, knownAt: new Date('2029-01-02T12:00:00Z') })).entry;
		expect(await line('2028-12-30')).toMatchObject({ leftOn: null, furtherShares: 3 });
		expect(await line('2028-12-31')).toMatchObject({ leftOn: '2028-12-31', furtherShares: 0 });
		await effectExits(data.db, { by: system, at: new Date('2029-01-01T12:00:00Z') });
		expect(await readHolding(data.db, { by: board, memberId, day: '2028-12-31' })).toMatchObject({
			shares: 0,
			paidCents: 0,
		});
		expect((await verifyLedger(data.db, { by: system })).broken).toBeNull();
		await expect(undoMoving(data.db, { by: board, at, movingId })).rejects.toMatchObject({ code: 'moving.undo-entry' });
	});

	test('the list of problems is a file in which no cell is a formula; the filled-in template moves in as it stands', async () => {
		await add(
			'Bestand.csv',
			'Nr;Nachname;Vorname;Straße;PLZ;Ort;=Eintritt;Anteile\n401;=1+1;Anke;Weg 1;43210;Auental;-Tag;@x',
		);
		const file = await exportMovingProblems(data.db, { by: board, at, keys, format: 'csv', language: 'de' });
		const csv = await text(file.content);
		expect(csv.split('\r\n')[1]).toContain(`Fehler;Bestand.csv;;2;'=Eintritt;"„-Tag“ ist kein Tag`);
		for (const cell of csv.split(/[\r\n;]+/)) expect(cell).not.toMatch(/^"?[=+\-@]/);
		await discardMoving(data.db, { by: board, at });
		for (const kind of fileKinds) {
			const { fileName, content } = templateWorkbook(kind, 'en');
			await add(fileName, await buffer(content));
		}
		const { problems, sums } = await preview();
		expect(problems.map(({ code }) => code)).toEqual(['number-taken']);
		expect(sums).toMatchObject({ members: 1, shares: 3, paidCents: 150_000, mandates: 1 });
		await discardMoving(data.db, { by: board, at });
	});
});

describe('several files', () => {
	test('hold each other: movements, payments, dues and mandates by member number; mapping is mended and remembered', async () => {
		const people =
			'MNr;Wer;Anschrift;PLZ;Ort;seit;Stück\n201;Sommer, Anke;Weg 1;43210;Auental;01.03.2016;3\n202;Verein Sonne e.V.;Weg 2;43210;Auental;01.03.2016;1\n';
		const { files } = await add('Bestand.csv', people);
		const fileId = files[0]?.id ?? '';
		expect((await preview()).problems.map(({ code }) => code)).toContain('column-missing');
		const columns = ['number', 'fullName', 'street', 'postcode', 'town', 'joinedOn', 'shares'] as const;
		await setMovingColumns(data.db, { by: board, at, fileId, kind: 'members', columns: [...columns] });
		await expect(
			setMovingColumns(data.db, { by: board, at, fileId, kind: 'payments', columns: [...columns] }),
		).rejects.toMatchObject({ code: 'moving.columns-wrong' });
		await add(
			'Bewegungen.csv',
			'Mitgliedsnummer;Datum;Vorgang;Anteile\n201;01.03.2016;Beitritt;2\n201;2018-05-01;Zeichnung;2\n201;31.12.2020;Teilkündigung;1\n',
		);
		await add(
			'Zahlungen.csv',
			'Mitgliedsnummer\tBuchungstag\tBetrag\n201\t10.03.2016\t1.000,00\n201\t02.05.2018\t1000\n201\t31.12.2020\t-500,00\n202\t10.03.2016\t200\n',
		);
		await add(
			'Raten.csv',
			'Mitgliedsnummer,fällig am,Betrag\n202,2016-03-15,200\n202,2017-03-15,"100,00"\n202,2030-01-01,200\n',
		);
		await add(
			'Mandate.csv',
			`Mitgliedsnummer|Mandatsreferenz|Mandatsdatum|IBAN\n202|alt 202|01.03.2016|${testIban(602)}\n`,
		);
		const seen = await preview();
		expect(seen.problems.map(({ code }) => code)).toEqual(['representative-missing']);
		expect(seen.sums).toMatchObject({ members: 2, shares: 4, paidCents: 170_000, claimCents: 10_000, mandates: 1 });
		const { counts } = await commit();
		expect(counts).toMatchObject({ movements: 4, events: 4 });
		const holdings = await listHoldings(data.db, { by: board, day: '2026-11-22', search: '202' });
		expect(holdings.holdings).toMatchObject([
			{ number: 202, shares: 1, paidCents: 20_000, dueCents: 30_000, claimCents: 10_000 },
		]);
		const balance = await readTrialBalance(data.db, { by: board, on: '2026-11-22' });
		expect(balance.find(({ account }) => account === '2906')?.balanceCents).toBe(10_000);
		expect((await verifyLedger(data.db, { by: system })).broken).toBeNull();
		expect(await transact(data.db, system, (tx) => brokenHoldings(tx, '2026-11-22'))).toEqual([]);
		const next = await add('Bestand2.csv', people.replaceAll('20', '30'));
		const [moving] = await listMovings(data.db, { by: board });
		expect(moving?.files.find(({ id }) => id === next.files[0]?.id)?.columns).toEqual(columns);
		await removeMovingFile(data.db, { by: board, at, fileId: next.files[0]?.id ?? '' });
		await discardMoving(data.db, { by: board, at });
	});

	test('what was looked at is what moves in', async () => {
		await add('A.csv', members.replaceAll(/^0?1(0\d)/gm, '4$1').replaceAll('M-101', 'M-401'));
		const { fingerprint } = await preview();
		await add('B.csv', 'Mitgliedsnummer;Datum;Betrag\n401;01.02.2020;5,00\n');
		await expect(commitMoving(data.db, { by: board, at, keys, fingerprint })).rejects.toMatchObject({
			code: 'moving.changed-since',
		});
		const before = await everything();
		await expect(commit()).rejects.toMatchObject({ code: 'moving.has-problems' });
		expect(await everything()).toEqual(before);
		await discardMoving(data.db, { by: board, at });
		await expect(preview()).rejects.toMatchObject({ code: 'moving.not-open' });
	});

	test('a commit that is killed is done wholly or not at all; sent again with its key it is done once', async () => {
		await add('C.csv', members.replaceAll(/^0?1(0\d)/gm, '5$1').replaceAll('M-101', 'M-501'));
		const before = await everything();
		const { fingerprint } = await preview();
		const key = { key: 'the same request', requestHash: Buffer.from('same') };
		const run = () => commitMoving(data.db, { by: board, at, key, keys, fingerprint });
		for (const delay of [5, 20, 60, 120]) {
			const running = run().then(
				() => true,
				() => false,
			);
			await new Promise((resolve) => setTimeout(resolve, delay));
			await data.owner`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename <> current_user and state <> 'idle'`;
			const done = await running;
			// The answer may be lost on its way although all was done: then all of it is there.
			const [moving] = await listMovings(data.db, { by: board });
			if (moving?.state === 'open') expect([done, await everything()]).toEqual([false, before]);
			else expect(await everything()).toMatchObject({ members: (before.members ?? 0) + 4 });
		}
		expect((await run()).counts.members).toBe(4);
		expect((await run()).counts.members).toBe(4);
		expect(await everything()).toMatchObject({ members: (before.members ?? 0) + 4 });
	});
});
