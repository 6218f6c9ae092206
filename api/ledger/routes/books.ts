// The books on the wire: accounts, sheets, entries, balances, closing days, verification.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cents, DayText, Id, InstantText, Line, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { KnownAt } from '../../members/routes/shapes.ts';
import { dayOf } from '../../values/calendar.ts';
import { lockPeriod, postManualEntry, reverseManualEntry } from '../service/post.ts';
import { listAccounts, listEntries, readEntry, readTrialBalance } from '../service/read.ts';
import { readAccountSheet } from '../service/sheet.ts';
import { verifyLedger } from '../service/verify.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const Account = Type.String({ pattern: '^[0-9]{4,8}$', maxLength: 8 });
const AccountKindName = OneOf(['asset', 'equity', 'liability', 'income', 'expense', 'memo']);
const account = { nameDe: Type.String(), nameEn: Type.String(), kind: AccountKindName, perMember: Type.Boolean() };
const NumberParams = Type.Object(
	{ number: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
	{ additionalProperties: false },
);
const entry = {
	...{ number: Type.Integer(), bookedOn: DayText, recordedAt: InstantText, kind: Type.String(), text: Type.String() },
	...{ reference: OrNull(Type.String()), reverses: OrNull(Type.Integer()), amountCents: Cents },
};
const PostingView = Type.Object({ account: Type.String(), memberId: Type.Optional(OrNull(Id)), cents: Cents });
const Sheet = Type.Object({
	...{ account: Type.String(), nameDe: Type.String(), nameEn: Type.String(), perMember: Type.Boolean() },
	member: OrNull(Type.Object({ id: Id, number: Type.Integer(), name: Type.String() })),
	...{ openingCents: Cents, debitCents: Cents, creditCents: Cents, closingCents: Cents, total: Type.Integer() },
	lines: Type.Array(
		Type.Object({
			...{ entry: Type.Integer(), bookedOn: DayText, kind: Type.String(), text: Type.String() },
			...{ reference: OrNull(Type.String()), contra: Type.Array(Type.String()) },
			...{ debitCents: Cents, creditCents: Cents, balanceCents: Cents },
		}),
	),
});
const Posted = Type.Object({ number: Type.Integer() });

/** /api/ledger. */
export function ledgerRoutes(app: App): void {
	app.get(
		'/api/ledger/accounts',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listAccounts', tags: ['ledger'], summary: 'The chart of accounts' },
				response: { 200: Type.Array(Type.Object({ number: Type.String(), ...account })) },
			},
		},
		({ actor }) => listAccounts(app.db, { by: actor }),
	);
	app.get(
		'/api/ledger/trial-balance',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'readTrialBalance',
					tags: ['ledger'],
					summary: 'Turnover and balance of every account on a day, as known at an instant',
				},
				querystring: Strict({
					on: Type.Optional(DayText),
					from: Type.Optional(DayText),
					knownAt: Type.Optional(KnownAt),
				}),
				response: {
					200: Type.Array(
						Type.Object({
							account: Type.String(),
							...account,
							debitCents: Cents,
							creditCents: Cents,
							balanceCents: Cents,
						}),
					),
				},
			},
		},
		({ actor, at, query: { on, from, knownAt } }) =>
			readTrialBalance(app.db, {
				by: actor,
				on: on ?? dayOf(at),
				from,
				knownAt: knownAt ? new Date(knownAt) : undefined,
			}),
	);
	app.get(
		'/api/ledger/accounts/:number/sheet',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'readAccountSheet',
					tags: ['ledger'],
					summary: 'The movements of an account, or of one member on it, with the balance after each',
				},
				params: Strict({ number: Account }),
				querystring: Strict({
					...{ from: Type.Optional(DayText), to: Type.Optional(DayText), memberId: Type.Optional(Id) },
					memberNumber: Type.Optional(Type.Integer({ minimum: 1, maximum: 99_999_999 })),
					page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
					pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
				}),
				response: { 200: Sheet },
			},
		},
		({ actor, at, params, query: { to, ...query } }) =>
			readAccountSheet(app.db, { by: actor, account: params.number, to: to ?? dayOf(at), ...query }),
	);
	app.get(
		'/api/ledger/entries',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listEntries', tags: ['ledger'], summary: 'The journal, newest first' },
				querystring: Strict({
					...{
						before: Type.Optional(Type.Integer({ minimum: 1 })),
						account: Type.Optional(Account),
						memberId: Type.Optional(Id),
					},
					...{ from: Type.Optional(DayText), to: Type.Optional(DayText) },
					...{ kind: Type.Optional(Line(40)), search: Type.Optional(Line(100)) },
					limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
				}),
				response: { 200: Type.Array(Type.Object(entry)) },
			},
		},
		({ actor, query }) => listEntries(app.db, { by: actor, ...query }),
	);
	app.post(
		'/api/ledger/entries',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'postManualEntry',
					tags: ['ledger'],
					summary: 'Posts an entry by hand; debit positive, sum zero',
				},
				body: Strict({
					...{ bookedOn: DayText, text: Line(200), reference: Type.Optional(Line(100)) },
					postings: Type.Array(Strict({ account: Account, cents: Cents }), { minItems: 2, maxItems: 200 }),
				}),
				response: { 201: Posted },
			},
		},
		async (request, reply) => {
			const { postings, reference = null, ...rest } = request.body;
			reply.code(201);
			return postManualEntry(app.db, { ...commandOf(request), ...rest, reference, lines: postings });
		},
	);
	app.get(
		'/api/ledger/entries/:number',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readEntry', tags: ['ledger'], summary: 'One entry with its postings', params: NumberParams },
				response: {
					200: Type.Object({
						...entry,
						...{
							reversedBy: OrNull(Type.Integer()),
							hash: Type.String(),
							postingCount: Type.Integer(),
							postings: Type.Array(PostingView),
						},
					}),
				},
			},
		},
		({ actor, params }) => readEntry(app.db, { by: actor, number: params.number }),
	);
	app.post(
		'/api/ledger/entries/:number/reversal',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'reverseManualEntry',
					tags: ['ledger'],
					summary: 'Reverses an entry that was posted by hand',
					params: NumberParams,
				},
				body: Strict({ bookedOn: DayText, text: Line(200) }),
				response: { 201: Posted },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return reverseManualEntry(app.db, { ...commandOf(request), number: request.params.number, ...request.body });
		},
	);
	app.post(
		'/api/ledger/locks',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'lockPeriod', tags: ['ledger'], summary: 'Closes all days up to one; they stay closed' },
				body: Strict({ through: DayText }),
				response: { 201: Type.Object({ lockedThrough: DayText }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return lockPeriod(app.db, { ...commandOf(request), ...request.body });
		},
	);
	app.get(
		'/api/ledger/verification',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'verifyLedger', tags: ['ledger'], summary: 'Recomputes chain, sums and control accounts' },
				response: {
					200: Type.Object({
						...{ entries: Type.Integer(), headHash: Type.String(), lockedThrough: DayText },
						broken: OrNull(Type.Object({ number: Type.Integer(), reason: Type.String() })),
						control: Type.Array(Type.Object({ account: Type.String(), balanceCents: Cents, membersCents: Cents })),
					}),
				},
			},
		},
		({ actor }) => verifyLedger(app.db, { by: actor }),
	);
}
