// Joining on the database: what is confirmed how, what the desk says is missing, admissions all or none, rejections that leave nothing behind.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Config, readConfig } from '../../api/config.ts';
import { accounts } from '../../api/ledger/rules.ts';
import { balanceOf } from '../../api/ledger/service/read.ts';
import { transact } from '../../api/database/connect.ts';
import type { Applicant, ClauseId } from '../../api/members/rules.ts';
import { clauseIds } from '../../api/members/rules.ts';
import { readJoiningTerms } from '../../api/members/service/apply.ts';
import { sendConfirmationAgain } from '../../api/members/service/askToConfirm.ts';
import { confirmApplication, printDeclaration, readConfirmation } from '../../api/members/service/confirm.ts';
import { approveInvesting, listApplications, readApplication, recordPaper } from '../../api/members/service/desk.ts';
import { readMember } from '../../api/members/service/files.ts';
import { forgetRejected, recordRejectionLetter, rejectApplication } from '../../api/members/service/reject.ts';
import { sendPendingNotices } from '../../api/notices/service.ts';
import { type Sink, startSink } from '../../api/notices/sink.ts';
import { recordPayment } from '../../api/payments/service/receive.ts';
import { admitApplications } from '../../api/shares/service/admit.ts';
import { applyForMembership } from '../../api/shares/service/apply.ts';
import { readHolding } from '../../api/shares/service/holdings.ts';
import { addDays, type Day } from '../../api/values/calendar.ts';
import {
	applicant,
	apply,
	board,
	foundTestCooperative,
	noon,
	secondBoard,
	testIban,
	testKeys,
} from '../cooperative.ts';
import { person, system, useDatabase } from '../database.ts';

const database = useDatabase();
const day: Day = '2024-03-11';
let sink: Sink;
let config: Config;

beforeAll(async () => {
	sink = await startSink();
	config = readConfig({
		SECRET: 'a secret that only these tests know, long enough',
		DATA_DIR: '.cache/joining-tests',
		SMTP_URL: sink.url,
	});
	await foundTestCooperative(database.db, {
		...{ investingMembers: true, investingApproval: 'supervisory-board', entryFeeCents: 2_500, maxShares: 10 },
		furtherLiability: 'limited',
	});
});
afterAll(() => sink.close());

/** Declares as the public page does, from an address of its own, and answers what came by mail to whom. */
async function declare(
	changes: Partial<Applicant> = {},
	{
		on = day,
		birthDate = '1980-02-29',
		clauses = clauseIds,
	}: { on?: Day; birthDate?: Day; clauses?: readonly ClauseId[] } = {},
) {
	const at = noon(on, 9);
	const who = applicant(changes);
	const { served } = await readJoiningTerms(database.db, { by: system, day: on, served: { keys: config.keys, at } });
	await database.owner`truncate throttles`;
	const made = await applyForMembership(database.db, {
		...{ by: system, at, keys: config.keys },
		from: { address: '203.0.113.7', publicUrl: 'https://auental.example' },
		joining: {
			...{ applicant: who, birthDate: who.kind === 'natural' ? birthDate : null, iban: testIban(77) },
			...{ sharesWanted: 2, clauses, statuteVersion: 1, served: served ?? '' },
		},
	});
	return { ...made, who };
}

async function mailsTo(address: string) {
	await sendPendingNotices(database.db, { by: system, at: new Date(), smtp: config });
	return sink.mails.filter((mail) => mail.to === address);
}
const tokenIn = (text: string | undefined) => /#token=([\w-]+)/.exec(text ?? '')?.[1] ?? '';
const look = (applicationId: string, on = day) => readApplication(database.db, { by: board, applicationId, day: on });
const admit = (applicationIds: readonly string[], on = day, by = board) =>
	admitApplications(database.db, {
		...{ by, at: noon(on), keys: config.keys },
		...{ applicationIds, resolution: { number: 'V 1', on } },
	});
const paper = (applicationId: string, what: Parameters<typeof recordPaper>[1]['paper'], receivedOn = day) =>
	recordPaper(database.db, { by: board, at: noon(day), applicationId, paper: what, receivedOn });

describe('declaring', () => {
	test('keeps the words, the statute and when it was served; the mail repeats what was declared', async () => {
		const { applicationId, who, printToken } = await declare();
		const file = await look(applicationId);
		expect(file).toMatchObject({ statuteVersion: 1, statuteServedAt: noon(day, 9).toISOString(), form: 'text' });
		expect(file.declaration.clauses.filter(({ highlighted }) => highlighted).map(({ id }) => id)).toEqual([
			...['further-payments', 'entry-fee', 'notice-period'],
		]);
		const [mail] = await mailsTo(who.email);
		for (const { text } of file.declaration.clauses) expect(mail?.text).toContain(text);
		expect(mail?.text).toContain('einmaliges Eintrittsgeld von 25,00 Euro');
		const print = await printDeclaration(database.db, { token: printToken });
		expect(print.document).toEqual(file.print.document);
		await expect(printDeclaration(database.db, { token: 'x'.repeat(43) })).rejects.toMatchObject({ kind: 'missing' });
	});

	test('with any needed clause missing is refused with the clause and its rule, and nothing is kept', async () => {
		const before = (await listApplications(database.db, { by: board, day })).length;
		for (const missing of ['unconditional', 'payments', 'further-payments', 'entry-fee', 'notice-period'] as const) {
			const clauses = clauseIds.filter((id) => id !== missing);
			await expect(declare({}, { clauses })).rejects.toMatchObject({
				...{ code: 'members.clause-missing', values: { clause: missing }, field: 'clauses' },
			});
		}
		expect(await listApplications(database.db, { by: board, day })).toHaveLength(before);
	});

	test('the proof of the served statute is not to be forged or kept for long', async () => {
		const at = noon(day, 9);
		const joining = {
			...{ applicant: applicant(), birthDate: '1980-02-29', iban: null, sharesWanted: 1, clauses: clauseIds },
			statuteVersion: 1,
		};
		const { served } = await readJoiningTerms(database.db, { by: system, day, served: { keys: config.keys, at } });
		const send = (proof: string, when: Date) =>
			applyForMembership(database.db, {
				...{ by: system, at: when, keys: config.keys, joining: { ...joining, served: proof } },
			});
		const refused = { code: 'members.statute-not-served', rule: 'M-02' };
		await expect(send(`${served}x`, at)).rejects.toMatchObject(refused);
		await expect(send((served ?? '').replace(/\.\d+\./, '.1.'), at)).rejects.toMatchObject(refused);
		await expect(send(served ?? '', noon(addDays(day, 8), 9))).rejects.toMatchObject(refused);
		await expect(send(served ?? '', noon(addDays(day, -1), 9))).rejects.toMatchObject(refused);
		await expect(send('', at)).rejects.toMatchObject(refused);
	});

	test('names of strangers do not put links into mails', async () => {
		const name = { familyName: 'http://evil.example/x', givenNames: 'Änne' };
		const { who } = await declare({ name });
		const [mail] = await mailsTo(who.email);
		expect(mail?.text).not.toMatch(/http:\/\/evil/);
	});

	test('impossible people are refused', async () => {
		const cases: [Partial<Applicant>, Day, string][] = [
			[{}, '2023-02-29', 'members.birth-date-wrong'],
			[{}, '2999-01-01', 'members.birth-date-wrong'],
			[{}, '2015-01-01', 'members.guardian-needed'],
			[{ guardians: [{ name: 'A', email: null }] }, '2015-01-01', 'members.second-guardian-needed'],
			[{ guardians: [{ name: 'A', email: 'x' }], soleCustody: true }, '2015-01-01', 'members.email-unusable'],
			[
				{ kind: 'company', name: { organisation: 'X GmbH' }, representative: ' ' },
				day,
				'members.representative-needed',
			],
			[{ kind: 'company' }, day, 'members.name-kind-mismatch'],
		];
		for (const [changes, birthDate, code] of cases)
			await expect(declare(changes, { birthDate }), code).rejects.toMatchObject({ kind: 'invalid', code });
	});
});

describe('confirming', () => {
	test('the applicant confirms the address by the link; again is the same, a made-up link is refused', async () => {
		const { applicationId, who } = await declare();
		expect((await look(applicationId)).marks).toEqual([{ what: 'email', blocking: false, rule: 'M-05' }]);
		const token = tokenIn((await mailsTo(who.email))[0]?.text);
		const at = noon(day, 10);
		expect(await readConfirmation(database.db, { at, token })).toMatchObject({ what: 'address', signature: false });
		const both = await Promise.all([1, 2, 3].map(() => confirmApplication(database.db, { at, token })));
		expect(both.every(({ what }) => what === 'address')).toBe(true);
		expect(await look(applicationId)).toMatchObject({ emailConfirmed: true, marks: [], ready: true });
		const refused = { code: 'members.link-void' };
		await expect(confirmApplication(database.db, { at, token: 'y'.repeat(43) })).rejects.toMatchObject(refused);
		const late = noon(addDays(day, 31), 10);
		await expect(confirmApplication(database.db, { at: late, token })).rejects.toMatchObject(refused);
	});

	test('the link is sent again to applicants and guardians, slowly; strangers get the same answer and nothing', async () => {
		const minor = '2012-05-05';
		const email = `mutter${Math.random().toString(36).slice(2)}@auental.example`;
		const { who } = await declare(
			{ guardians: [{ name: 'Ida Muster', email }], soleCustody: true },
			{ birthDate: minor },
		);
		const again = (to: string, at = noon(day, 10)) =>
			sendConfirmationAgain(database.db, {
				...{ at, keys: config.keys, publicUrl: 'https://auental.example', email: to, address: '203.0.113.8' },
			});
		const [first] = await mailsTo(who.email);
		await again(who.email.toUpperCase());
		const mails = await mailsTo(who.email);
		expect(mails).toHaveLength(2);
		const at = noon(day, 11);
		await expect(confirmApplication(database.db, { at, token: tokenIn(first?.text) })).rejects.toMatchObject({
			code: 'members.link-void',
		});
		expect(await confirmApplication(database.db, { at, token: tokenIn(mails[1]?.text) })).toMatchObject({
			what: 'address',
		});
		await again(email);
		const consent = (await mailsTo(email)).at(-1);
		expect(await confirmApplication(database.db, { at, token: tokenIn(consent?.text) })).toMatchObject({
			what: 'consent',
		});
		expect(await again('nobody@elsewhere.example')).toBeUndefined();
		expect(await mailsTo('nobody@elsewhere.example')).toEqual([]);
		await again(who.email);
		expect(await mailsTo(who.email)).toHaveLength(2);
		const burst = await Promise.allSettled(Array.from({ length: 16 }, () => again('burst@elsewhere.example')));
		const refused = burst.filter((one) => one.status === 'rejected');
		expect(refused.length).toBeGreaterThan(8);
		expect(refused[0]).toMatchObject({ reason: { code: 'accounts.throttled' } });
	});

	test('a minor waits for every guardian, by link or on paper', async () => {
		const guardians = [
			{ name: 'Änne Groß', email: 'aenne@auental.example' },
			{ name: 'Jörg Groß', email: null },
		];
		const { applicationId } = await declare({ guardians }, { birthDate: '2015-01-01' });
		const consent = { what: 'consent', blocking: true, rule: 'M-01' };
		const first = await look(applicationId);
		expect(first.marks).toEqual([{ ...consent, place: 0 }, { ...consent, place: 1 }, expect.anything()]);
		expect(first.print.signatories).toEqual(['Änne Groß', 'Jörg Groß']);
		await expect(admit([applicationId])).rejects.toMatchObject({ code: 'members.consent-missing', rule: 'M-01' });
		const [mail] = await mailsTo('aenne@auental.example');
		expect(mail?.subject).toContain('Zustimmung');
		expect(await confirmApplication(database.db, { at: noon(day, 10), token: tokenIn(mail?.text) })).toMatchObject({
			what: 'consent',
		});
		await expect(admit([applicationId])).rejects.toMatchObject({ code: 'members.consent-missing' });
		await expect(paper(applicationId, { what: 'consent', place: 2 })).rejects.toMatchObject({ kind: 'missing' });
		await expect(paper(applicationId, { what: 'consent', place: 1 }, '2024-03-10')).rejects.toMatchObject({
			code: 'members.paper-day-wrong',
		});
		await paper(applicationId, { what: 'consent', place: 1 });
		const [admitted] = await admit([applicationId]);
		const member = await readMember(database.db, { by: board, memberId: admitted?.memberId ?? '' });
		expect(member.representative).toBe('Änne Groß und Jörg Groß');
	});

	test('a proxy declares, the applicant confirms the authority in text form', async () => {
		const { applicationId, who } = await declare({ proxy: 'Notarin Brömmel' });
		await expect(admit([applicationId])).rejects.toMatchObject({ code: 'members.authority-missing', rule: 'M-02' });
		const [mail] = await mailsTo(who.email);
		expect(mail?.text).toContain('Vollmacht');
		const said = await confirmApplication(database.db, { at: noon(day, 10), token: tokenIn(mail?.text) });
		expect(said.wording).toContain('Notarin Brömmel');
		expect(await admit([applicationId])).toHaveLength(1);
	});

	test('an investing member needs the approval the statute names', async () => {
		const { applicationId } = await declare({ investing: true });
		const plain = await declare();
		await expect(admit([applicationId])).rejects.toMatchObject({ code: 'members.approval-missing', rule: 'M-07' });
		const approve = (id: string, on: Day) =>
			approveInvesting(database.db, {
				...{ by: board, at: noon(day), applicationId: id, resolution: { number: 'AR 4', on } },
			});
		await expect(approve(plain.applicationId, day)).rejects.toMatchObject({ code: 'members.not-investing' });
		await expect(approve(applicationId, addDays(day, 1))).rejects.toMatchObject({
			code: 'members.resolution-in-future',
		});
		await approve(applicationId, day);
		expect((await look(applicationId)).approval).toBe(`Aufsichtsrat: AR 4 (${day})`);
		expect(await admit([applicationId])).toHaveLength(1);
	});
});

describe('the desk', () => {
	test('filters what can be admitted from what lacks something, and finds names', async () => {
		const ready = await declare({ name: { familyName: 'Findemich', givenNames: 'Änne' } });
		const lacking = await declare({
			...{ proxy: 'Notarin Brömmel', name: { familyName: 'Findemich', givenNames: 'Jörg' } },
		});
		const found = async (more: object) =>
			(await listApplications(database.db, { by: board, day, search: 'findemich', ...more })).map(({ id }) => id);
		expect(await found({})).toEqual([ready.applicationId, lacking.applicationId]);
		expect(await found({ ready: true })).toEqual([ready.applicationId]);
		expect(await found({ ready: false })).toEqual([lacking.applicationId]);
		expect(await listApplications(database.db, { by: person(['member']), day })).toEqual([]);
	});

	test('somebody who may be a member already is shown', async () => {
		const first = await declare({ name: { familyName: 'Doppelt', givenNames: 'Änne' } });
		await admit([first.applicationId]);
		const second = await declare({ email: first.who.email.toUpperCase() });
		expect((await look(second.applicationId)).alike.map(({ name }) => name)).toEqual(['Doppelt, Änne']);
	});

	test('several are admitted all or none, with every problem named', async () => {
		const good = await declare();
		const proxied = await declare({ proxy: 'Notarin Brömmel' });
		const later = await declare({}, { on: addDays(day, 1) });
		const ids = [good, proxied, later].map(({ applicationId }) => applicationId);
		const unknown = '00000000-0000-7000-8000-000000000000';
		await expect(
			admitApplications(database.db, {
				...{ by: board, at: noon(addDays(day, 2)), keys: config.keys, applicationIds: [...ids, unknown] },
				resolution: { number: 'V 2', on: day },
			}),
		).rejects.toMatchObject({
			...{ kind: 'conflict', code: 'members.admission-problems', values: { count: 3 } },
			parts: [
				{ code: 'members.authority-missing', field: `applications.${ids[1]}` },
				{ code: 'members.resolution-before-declaration', field: `applications.${ids[2]}` },
				{ code: 'members.application-unknown', field: `applications.${unknown}` },
			],
		});
		expect((await look(good.applicationId)).state).toBe('declared');
		expect(await admit([good.applicationId])).toHaveLength(1);
	});

	test('two boards with overlapping lists at the same second: every application is admitted once', async () => {
		const ids = await Promise.all(Array.from({ length: 6 }, () => apply(database.db, day)));
		const admitAll = (list: string[], by = board) =>
			admitApplications(database.db, {
				...{ by, at: noon(day), keys: testKeys, applicationIds: list, resolution: { number: 'V 3', on: day } },
			});
		const attempts = await Promise.allSettled(
			Array.from({ length: 16 }, (_, i) =>
				i % 2 ? admitAll(ids.slice(0, 4)) : admitAll([...ids.slice(2)].reverse(), secondBoard),
			),
		);
		const won = attempts.filter(({ status }) => status === 'fulfilled');
		expect(won).toHaveLength(1);
		for (const attempt of attempts)
			if (attempt.status === 'rejected')
				expect(attempt.reason).toMatchObject({ kind: 'conflict', code: 'members.admission-problems' });
	});

	test('admission and rejection at the same second: one wins', async () => {
		const id = await apply(database.db, day);
		const resolution = { number: 'V 4', on: day };
		const results = await Promise.allSettled([
			...Array.from({ length: 8 }, () =>
				admitApplications(database.db, { by: board, at: noon(day), keys: testKeys, applicationIds: [id], resolution }),
			),
			...Array.from({ length: 8 }, () =>
				rejectApplication(database.db, { by: secondBoard, at: noon(day), applicationId: id, resolution }),
			),
		]);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		for (const result of results)
			if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'members.application-decided' });
	});
});

describe('the entry fee', () => {
	test('is owed from the admission on, is income, and is paid by what the shares do not take', async () => {
		const { applicationId } = await declare();
		const [admitted] = await admit([applicationId]);
		const { memberId = '', number = 0 } = admitted ?? {};
		const owed = () =>
			transact(database.db, system, (tx) =>
				balanceOf(tx, { account: accounts.memberFees, memberId, on: '2024-12-31' }),
			);
		expect(await owed()).toBe(2_500);
		const payment = { memberNumber: number, amountCents: 102_500, valueOn: '2024-03-20', purpose: 'alles' };
		await recordPayment(database.db, {
			...{ by: board, at: noon('2024-03-20'), payment: { ...payment, bankReference: 'fee-1' } },
		});
		expect(await owed()).toBe(0);
		const holding = await readHolding(database.db, { by: board, memberId, day: '2024-12-31' });
		expect(holding).toMatchObject({ nominalCents: 100_000, paidCents: 100_000, overpaidCents: 0 });
	});
});

describe('rejection', () => {
	const marker = 'Zzyzxstein';
	const reject = (applicationId: string) =>
		rejectApplication(database.db, {
			...{ by: board, at: noon(day), applicationId, resolution: { number: 'V 5', on: day } },
		});

	/** Every table that still holds the text anywhere. */
	async function tablesWith(text: string): Promise<string[]> {
		const tables = await database.owner<{ name: string }[]>`
			select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
		const found: string[] = [];
		for (const { name } of tables) {
			const rows = await database.owner.unsafe(`select 1 from "${name}" t where t::text ilike $1 limit 1`, [
				`%${text}%`,
			]);
			if (rows.length > 0) found.push(name);
		}
		return found;
	}

	test('tells first, then deletes everything, also if the program dies between; the log holds that it happened', async () => {
		const email = `${marker}@auental.example`;
		const guardians = [{ name: `${marker} senior`, email: null }];
		const { applicationId } = await declare(
			{ name: { familyName: marker, givenNames: 'Jörg' }, email, guardians, soleCustody: true },
			{ birthDate: '2015-01-01' },
		);
		await mailsTo(email);
		await forgetRejected(database.db, { by: system, at: noon(day) });
		await reject(applicationId);
		// The notice is not out yet: the address is still needed, bank details are not.
		expect(await forgetRejected(database.db, { by: system, at: noon(day) })).toEqual({ deleted: 0 });
		const [row] =
			await database.owner`select iban_sealed, birth_date_sealed from applications where id = ${applicationId}`;
		expect(row).toEqual({ iban_sealed: null, birth_date_sealed: null });
		expect((await mailsTo(email)).map(({ subject }) => subject)).toContain('Zu Ihrer Beitrittserklärung');
		// Dead between the mail and the job: nothing is lost, the next run finishes it, several at once too.
		expect((await tablesWith(marker)).sort()).toEqual(['application_confirmations', 'applications']);
		const runs = await Promise.all(
			Array.from({ length: 16 }, () => forgetRejected(database.db, { by: system, at: noon(day) })),
		);
		expect(runs.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(1);
		expect(await tablesWith(marker)).toEqual([]);
		const log =
			await database.owner`select action from audit_log where subject = ${`application ${applicationId}`} order by seq`;
		expect(log.map(({ action }) => action)).toEqual([
			...['members.apply', 'members.reject', 'members.forget-rejected'],
		]);
	});

	test('that cannot be delivered waits for a letter', async () => {
		const { applicationId } = await declare();
		await expect(recordRejectionLetter(database.db, { by: board, at: noon(day), applicationId })).rejects.toMatchObject(
			{ code: 'members.application-not-rejected' },
		);
		await reject(applicationId);
		await database.owner`update notices set failed_at = now(), recipient = '' where template = 'application-rejected' and sent_at is null`;
		expect(await look(applicationId)).toMatchObject({ state: 'rejected', rejection: 'failed' });
		expect(await forgetRejected(database.db, { by: system, at: noon(day) })).toEqual({ deleted: 0 });
		await recordRejectionLetter(database.db, { by: board, at: noon(day), applicationId });
		await expect(look(applicationId)).rejects.toMatchObject({ kind: 'missing' });
	});

	test('a waiting or admitted application is never deleted', async () => {
		const { applicationId } = await declare();
		const gone = await database.db.sql`delete from applications where id = ${applicationId}`.catch((error) => error);
		expect(await look(applicationId)).toMatchObject({ state: 'declared' });
		expect(gone).toBeDefined();
	});
});

describe('the written form', () => {
	const from: Day = '2025-01-01';

	test('needs the signed paper before the admission', async () => {
		const [{ terms }] = (await database.owner`select terms from statute_versions where version = 1`) as [
			{ terms: object },
		];
		await database.owner`insert into statute_proposals (id, valid_from, terms, source, proposed_by, proposed_at, state, decided_by, decided_at)
			values ('00000000-0000-7000-8000-0000000000aa', ${from}, ${database.owner.json({ ...terms, joiningForm: 'written' })}, 'GV', gen_random_uuid(), now(), 'approved', gen_random_uuid(), now())`;
		await database.owner`insert into statute_versions (version, valid_from, terms, source, proposal_id, recorded_at)
			values (2, ${from}, ${database.owner.json({ ...terms, joiningForm: 'written' })}, 'GV', '00000000-0000-7000-8000-0000000000aa', now())`;
		const on = addDays(from, 40);
		const at = noon(on, 9);
		const who = applicant();
		const { applicationId } = await applyForMembership(database.db, {
			...{ by: system, at, keys: config.keys, from: { address: '203.0.113.9', publicUrl: 'https://auental.example' } },
			joining: {
				...{ applicant: who, birthDate: '1980-02-29', iban: null, sharesWanted: 1, clauses: clauseIds },
				statuteVersion: 2,
			},
		});
		expect((await mailsTo(who.email))[0]?.text).toContain('Die Satzung verlangt Ihre Unterschrift');
		expect(await look(applicationId, on)).toMatchObject({ form: 'written', print: { signature: true }, ready: false });
		await expect(admit([applicationId], on)).rejects.toMatchObject({ code: 'members.paper-missing', rule: 'M-01' });
		await recordPaper(database.db, {
			...{ by: board, at: noon(on), applicationId, paper: { what: 'declaration' }, receivedOn: on },
		});
		expect(await admit([applicationId], on)).toHaveLength(1);
	});
});
