// Dividend runs on the wire: prepared by one person, released by another, read by staff.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cents, DayText, Id, IdParams, InstantText, Problem, ref, Strict } from '../../http/schemas.ts';
import { discardDividendRun, prepareDividendRun } from '../service/prepare.ts';
import { payRemainingDividends, releaseDividendRun } from '../service/release.ts';
import { listDividendLines, readDividendRun, readTaxReturn } from '../service/runs.ts';
import { nullable, oneOf, orMissing, Year } from './shapes.ts';

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$', maxLength: 64, description: 'sha256, hex' });

const amountFields = {
	baseCents: Cents,
	grossCents: Cents,
	exemptCents: Cents,
	capitalTaxCents: Cents,
	solidarityCents: Cents,
	churchTaxCents: Cents,
	netCents: Cents,
	creditedCents: Cents,
	paidOutCents: Cents,
};
const Totals = Type.Object({ ...amountFields, taxableCents: Cents });
const summaryFields = {
	contentHash: Hash,
	memberCount: Type.Integer(),
	totals: Totals,
	remainderCents: Cents,
	withoutChurchAnswer: Type.Integer({
		description: 'natural persons for whom nothing about church tax is recorded for the year of inflow',
	}),
};

const Run = Type.Object({
	id: Id,
	year: Type.Integer(),
	proposalId: Id,
	state: oneOf(['prepared', 'released', 'discarded'] as const),
	inflowOn: DayText,
	...summaryFields,
	preparedAt: InstantText,
	mine: Type.Boolean({ description: 'prepared by the reader, who then cannot release it' }),
	releasedAt: nullable(InstantText),
	journalEntry: nullable(Type.Integer()),
	payouts: Type.Array(Type.Object({ fileId: Id, paymentOn: DayText })),
});

const TaxReturn = Type.Object({
	runId: Id,
	year: Type.Integer(),
	inflowOn: DayText,
	dueOn: DayText,
	grossCents: Cents,
	exemptCents: Cents,
	taxableCents: Cents,
	capitalTaxCents: Cents,
	capitalTaxDeclaredCents: Cents,
	roundingGainCents: Cents,
	solidarityCents: Cents,
	churchTaxCents: Cents,
	churchTaxByCommunity: Type.Array(Type.Object({ communityKey: Type.String(), cents: Cents })),
	payableCents: Cents,
	nothingWithheld: Type.Boolean(),
});

const readers = ['board', 'supervisory', 'auditor'] as const;
const tags = ['dividends'];

/** /api/dividend-runs: the board prepares, another of board or supervisory board releases, staff read. */
export function dividendRunRoutes(app: App): void {
	app.post(
		'/api/dividend-runs',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'prepareDividendRun', tags, summary: 'Computes the run of a resolved year' },
				body: Strict({ year: Year }),
				response: { 201: Type.Object({ runId: Id, ...summaryFields }), ...orMissing },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return prepareDividendRun(app.db, { ...commandOf(request), year: request.body.year });
		},
	);
	app.get(
		'/api/dividend-runs/:id',
		{
			config: { access: readers },
			schema: {
				...{ operationId: 'readDividendRun', tags, summary: 'A run with its sums' },
				params: IdParams,
				response: { 200: Run },
			},
		},
		({ actor, params }) => readDividendRun(app.db, { by: actor, runId: params.id }),
	);
	app.get(
		'/api/dividend-runs/:id/lines',
		{
			config: { access: readers },
			schema: {
				...{ operationId: 'listDividendLines', tags, summary: 'Members’ lines of a run by member number' },
				params: IdParams,
				querystring: Strict({
					after: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_000_000_000 })),
					limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
				}),
				response: {
					200: Type.Array(
						Type.Object({ memberId: Id, memberNumber: Type.Integer(), name: Type.String(), ...amountFields }),
					),
				},
			},
		},
		({ actor, params, query }) =>
			listDividendLines(app.db, { by: actor, runId: params.id, after: query.after, limit: query.limit }),
	);
	app.get(
		'/api/dividend-runs/:id/tax-return',
		{
			config: { access: ['board', 'auditor'] },
			schema: {
				...{ operationId: 'readTaxReturn', tags, summary: 'Figures of the capital income tax return' },
				params: IdParams,
				response: { 200: TaxReturn, 409: ref(Problem) },
			},
		},
		(request) => readTaxReturn(app.db, { ...commandOf(request), keys: app.settings.keys, runId: request.params.id }),
	);
	app.post(
		'/api/dividend-runs/:id/release',
		{
			config: { access: ['board', 'supervisory'], idempotent: true },
			schema: {
				...{ operationId: 'releaseDividendRun', tags, summary: 'Releases a run, posts it and makes the payout file' },
				params: IdParams,
				body: Strict({ contentHash: Hash }),
				response: {
					200: Type.Object({
						runId: Id,
						journalEntry: Type.Integer(),
						payoutFileId: nullable(Id),
						paymentOn: nullable(DayText),
						withoutIban: Type.Integer(),
						held: Type.Integer(),
					}),
				},
			},
		},
		(request) =>
			releaseDividendRun(app.db, {
				...commandOf(request),
				keys: app.settings.keys,
				runId: request.params.id,
				contentHash: request.body.contentHash,
			}),
	);
	app.post(
		'/api/dividend-runs/:id/discard',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'discardDividendRun', tags, summary: 'Throws a prepared run away' },
				params: IdParams,
				response: { 200: Type.Object({ runId: Id }) },
			},
		},
		(request) => discardDividendRun(app.db, { ...commandOf(request), runId: request.params.id }),
	);
	app.post(
		'/api/dividend-runs/:id/payouts',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'payRemainingDividends', tags, summary: 'Makes a payout file for what a run still owes' },
				params: IdParams,
				response: { 201: Type.Object({ payoutFileId: Id, paymentOn: DayText }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			const { id: runId } = request.params;
			return payRemainingDividends(app.db, { ...commandOf(request), keys: app.settings.keys, runId });
		},
	);
}
