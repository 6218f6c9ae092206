// The set-up by the first visitor, and a statute that changes by two people only and keeps its past.
import { beforeAll, expect, test } from 'vitest';
import { setupCode } from '../../api/accounts/service/setup.ts';
import { transact } from '../../api/database/connect.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import {
	approveStatute,
	listStatuteProposals,
	proposeStatute,
	withdrawStatuteProposal,
} from '../../api/statute/service/change.ts';
import {
	changeCooperative,
	foundCooperative,
	listStatuteVersions,
	readCooperative,
	statuteOn,
} from '../../api/statute/service.ts';
import { board, noon, secondBoard, testIban, testKeys } from '../cooperative.ts';
import { system, useDatabase } from '../database.ts';

const database = useDatabase();
const at = noon('2026-01-05');
const facts = {
	...{
		name: 'Bürgerenergie Auental eG',
		street: 'Am Rathaus 1',
		postcode: '43210',
		town: 'Auental',
		registerCourt: 'Auenberg',
	},
	...{
		registerNumber: 'GnR 147',
		email: 'vorstand@auental.example',
		creditorId: null,
		iban: testIban(1),
		fiscalYearEndMonth: 12,
	},
};
const founding = {
	...{
		by: system,
		at,
		keys: testKeys,
		address: '192.0.2.1',
		facts,
		terms: suggestedTerms,
		validFrom: '2012-03-15',
		source: 'Gründung',
	},
	founder: {
		name: 'Martin Holzer',
		email: 'holzer@auental.example',
		password: 'unruhige-Windmuehle-71-am-Bach',
		locale: 'de' as const,
	},
};

beforeAll(async () => {
	expect(await readCooperative(database.db, { by: system })).toBeNull();
});

test('the first visit needs the code from the console, works once, and makes cooperative, statute and board account together', async () => {
	const code = (await setupCode(database.db, { by: system, at })) ?? '';
	await expect(foundCooperative(database.db, { ...founding, code: 'AAAAA-AAAAA-AAAAA-AAAAA' })).rejects.toMatchObject({
		code: 'accounts.setup-code-wrong',
	});
	await expect(
		foundCooperative(database.db, { ...founding, code, terms: { ...suggestedTerms, noticeMonths: 61 } }),
	).rejects.toMatchObject({ code: 'statute.out-of-bounds', field: 'terms.noticeMonths' });
	await expect(
		foundCooperative(database.db, { ...founding, code, facts: { ...facts, iban: 'DE00' } }),
	).rejects.toMatchObject({ code: 'statute.iban-wrong' });
	expect(await readCooperative(database.db, { by: system })).toBeNull();
	const attempts = await Promise.allSettled(
		Array.from({ length: 4 }, (_, i) =>
			foundCooperative(database.db, {
				...founding,
				code,
				founder: { ...founding.founder, email: `holzer${i}@auental.example` },
			}),
		),
	);
	expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const known = await readCooperative(database.db, { by: system });
	expect(known).toMatchObject({ name: facts.name, town: 'Auental' });
	expect(known).not.toHaveProperty('iban');
	const people = await database.owner`select roles from persons`;
	expect(people).toEqual([{ roles: ['board'] }]);
});

test('terms change by two people; a past day keeps the statute of its day', async () => {
	const terms = { ...suggestedTerms, noticeMonths: 36 };
	const proposal = {
		by: board,
		at,
		validFrom: '2026-03-01',
		terms,
		source: 'GV 2025-06-12 TOP 7, eingetragen 2026-03-01',
	};
	await expect(proposeStatute(database.db, { ...proposal, validFrom: '2012-03-15' })).rejects.toMatchObject({
		code: 'statute.not-after-last',
	});
	await expect(proposeStatute(database.db, { ...proposal, validFrom: '2026-02-30' })).rejects.toMatchObject({
		code: 'statute.day-unknown',
	});
	await expect(proposeStatute(database.db, { ...proposal, by: system })).rejects.toMatchObject({
		code: 'statute.person-needed',
	});
	const proposals = await Promise.allSettled(Array.from({ length: 16 }, () => proposeStatute(database.db, proposal)));
	expect(proposals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	const [open] = await listStatuteProposals(database.db, { by: board });
	expect(open).toMatchObject({ mine: true, state: 'open' });
	const decide = { at, proposalId: open?.id ?? '' };
	await expect(approveStatute(database.db, { ...decide, by: board })).rejects.toMatchObject({
		code: 'statute.second-person-needed',
	});
	await expect(
		database.owner`update statute_proposals set state = 'approved', decided_by = proposed_by, decided_at = now()`,
	).rejects.toThrow(/four_eyes/);
	await expect(database.db.sql`update statute_proposals set terms = '{}'`).rejects.toThrow(/permission denied/);
	const approvals = await Promise.allSettled(
		Array.from({ length: 16 }, () => approveStatute(database.db, { ...decide, by: secondBoard })),
	);
	expect(approvals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	expect((await listStatuteVersions(database.db, { by: board })).map(({ version }) => version)).toEqual([2, 1]);
	const noticeOn = (day: string) =>
		transact(database.db, system, async (tx) => (await statuteOn(tx, day)).terms.noticeMonths);
	expect([await noticeOn('2026-02-28'), await noticeOn('2026-03-01')]).toEqual([24, 36]);
	await expect(noticeOn('2012-03-14')).rejects.toMatchObject({ code: 'statute.none-on-day' });
});

test('a proposal taken back is gone; contact and account change with their history', async () => {
	const { proposalId } = await proposeStatute(database.db, {
		by: board,
		at,
		validFrom: '2027-01-01',
		terms: suggestedTerms,
		source: 'Irrtum',
	});
	await withdrawStatuteProposal(database.db, { by: board, at, proposalId });
	await expect(approveStatute(database.db, { by: secondBoard, at, proposalId })).rejects.toMatchObject({
		code: 'statute.proposal-decided',
	});
	await expect(
		changeCooperative(database.db, { by: board, at, changes: { creditorId: 'DE97ZZZ09999999999' } }),
	).rejects.toMatchObject({ code: 'statute.creditor-id-wrong' });
	expect(
		await changeCooperative(database.db, {
			by: board,
			at,
			changes: { creditorId: 'DE98 ZZZ0 9999 9999 99', town: 'Auental' },
		}),
	).toEqual({ changed: ['creditorId'] });
	expect(await readCooperative(database.db, { by: system })).toMatchObject({ creditorId: 'DE98ZZZ09999999999' });
});

test('whoever began with an older version is told; stored terms that miss new ones are completed by the law', async () => {
	const proposal = { by: board, at, validFrom: '2028-01-01', terms: suggestedTerms, source: 'GV 2027' };
	await expect(proposeStatute(database.db, { ...proposal, basedOn: 1 })).rejects.toMatchObject({
		...{ code: 'statute.changed-meanwhile', values: { version: 2 } },
	});
	const { proposalId } = await proposeStatute(database.db, { ...proposal, basedOn: 2 });
	// A version that came in between, as if approved by another way.
	await database.owner`insert into statute_proposals (id, valid_from, terms, source, proposed_by, proposed_at, state, decided_by, decided_at)
		select uuidv7(), '2027-06-01', terms - 'transfer' - 'noticeForm', source, gen_random_uuid(), now(), 'approved', gen_random_uuid(), now() from statute_proposals where id = ${proposalId}`;
	await database.owner`insert into statute_versions (version, valid_from, terms, source, proposal_id, recorded_at)
		select 3, valid_from, terms, source, id, now() from statute_proposals where valid_from = '2027-06-01'`;
	await expect(approveStatute(database.db, { by: secondBoard, at, proposalId })).rejects.toMatchObject({
		code: 'statute.changed-meanwhile',
	});
	const terms = await transact(database.db, system, async (tx) => (await statuteOn(tx, '2027-07-01')).terms);
	expect(terms).toMatchObject({ transfer: 'free', noticeForm: 'text' });
	await withdrawStatuteProposal(database.db, { by: board, at, proposalId });
});
