// Fiscal years and proposals on the wire: figures, next steps, what the assembly is asked.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Cents, DayText, Id, IdParams, InstantText, Strict } from '../../http/schemas.ts';
import { fiscalYearCan, fiscalYearStates, type FiscalYearVerb } from '../rules/year.ts';
import { proposeDividend, readProposal, withdrawProposal } from '../service/propose.ts';
import { listFiscalYears, readFiscalYear, recordClosingFigures } from '../service/years.ts';
import { nullable, oneOf, orMissing, Year } from './shapes.ts';

const NotNegative = Type.Integer({ minimum: 0, maximum: 900_000_000_000, description: 'euro cents' });
const YearParams = Strict({ year: Year });
const Rate = Type.String({
	pattern: '^(0|1|0\\.[0-9]{1,6})$',
	maxLength: 8,
	examples: ['0.03'],
	description: 'part of the balance, decimal',
});
const State = oneOf(fiscalYearStates);
const Next = Type.Array(oneOf(Object.keys(fiscalYearCan) as FiscalYearVerb[]), {
	description: 'what can be done now, the way forward first',
});

const figureFields = {
	resultCents: Cents,
	profitForwardCents: NotNegative,
	lossForwardCents: NotNegative,
	legalReserveBeforeCents: NotNegative,
	boardReserveCents: NotNegative,
	releasedCents: NotNegative,
	freeReservesCents: NotNegative,
	blockedCents: NotNegative,
	energyRevenueCents: nullable(NotNegative),
};
const profitFields = { legalReserveCents: Cents, balanceSheetProfitCents: Cents, distributableCents: Cents };

const ProposalReply = Type.Object({
	id: Id,
	year: Type.Integer(),
	rate: nullable(Type.String()),
	balancesCents: Cents,
	potCents: Cents,
	toOtherReservesCents: Cents,
	carriedForwardCents: Cents,
	payoutOn: DayText,
	state: oneOf(['proposed', 'withdrawn', 'rejected', 'adopted'] as const),
	proposedAt: InstantText,
	ballotId: nullable(Id),
	resolvedOn: nullable(DayText),
});

const yearFields = { year: Type.Integer(), startOn: DayText, endOn: DayText, state: State, next: Next };

const readers = ['board', 'supervisory', 'auditor'] as const;

/** /api/fiscal-years and /api/dividend-proposals: staff read, the board writes, everybody signed in reads a proposal. */
export function fiscalYearRoutes(app: App): void {
	app.get(
		'/api/fiscal-years',
		{
			config: { access: readers },
			schema: {
				operationId: 'listFiscalYears',
				tags: ['dividends'],
				summary: 'Fiscal years, newest first, with what can be done next',
				response: {
					200: Type.Array(
						Type.Object({
							...yearFields,
							resultCents: nullable(Cents),
							potCents: nullable(Cents),
							grossCents: nullable(Cents),
						}),
					),
					...orMissing,
				},
			},
		},
		({ actor, at }) => listFiscalYears(app.db, { by: actor, at }),
	);
	app.get(
		'/api/fiscal-years/:year',
		{
			config: { access: readers },
			schema: {
				operationId: 'readFiscalYear',
				tags: ['dividends'],
				summary: 'A fiscal year with figures, proposals and run',
				params: YearParams,
				response: {
					200: Type.Object({
						...yearFields,
						firstYear: Type.Boolean(),
						figures: nullable(Type.Object(figureFields)),
						profit: nullable(Type.Object(profitFields)),
						ledgerResultCents: Cents,
						expectedForwardCents: nullable(Cents),
						balancesCents: nullable(Cents),
						highestRate: nullable(Type.String()),
						dividendCapRate: nullable(Type.String()),
						proposals: Type.Array(ProposalReply),
						runId: nullable(Id),
					}),
				},
			},
		},
		({ actor, at, params }) => readFiscalYear(app.db, { by: actor, at, year: params.year }),
	);
	app.put(
		'/api/fiscal-years/:year/figures',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'recordClosingFigures',
				tags: ['dividends'],
				summary: 'Records the closing figures of a fiscal year',
				params: YearParams,
				body: Strict({ firstYear: Type.Boolean(), figures: Strict(figureFields) }),
				response: { 200: Type.Object({ year: Type.Integer(), ...profitFields }) },
			},
		},
		(request) => recordClosingFigures(app.db, { ...commandOf(request), year: request.params.year, ...request.body }),
	);
	app.post(
		'/api/fiscal-years/:year/proposals',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'proposeDividend',
				tags: ['dividends'],
				summary: 'Proposes the use of a year’s profit',
				params: YearParams,
				body: Strict({
					dividend: Type.Union([Strict({ rate: Rate }), Strict({ amountCents: NotNegative })]),
					toOtherReservesCents: NotNegative,
					payoutOn: DayText,
				}),
				response: { 201: Type.Object({ proposalId: Id, potCents: Cents, carriedForwardCents: Cents }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return proposeDividend(app.db, { ...commandOf(request), year: request.params.year, ...request.body });
		},
	);
	app.get(
		'/api/dividend-proposals/:id',
		{
			config: { access: 'signed-in' },
			schema: {
				operationId: 'readProposal',
				tags: ['dividends'],
				summary: 'A proposal for the use of profit',
				params: IdParams,
				response: { 200: ProposalReply },
			},
		},
		({ actor, params }) => readProposal(app.db, { by: actor, proposalId: params.id }),
	);
	app.post(
		'/api/dividend-proposals/:id/withdraw',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				operationId: 'withdrawProposal',
				tags: ['dividends'],
				summary: 'Takes a proposal back',
				params: IdParams,
				response: { 200: Type.Object({ proposalId: Id }) },
			},
		},
		(request) => withdrawProposal(app.db, { ...commandOf(request), proposalId: request.params.id }),
	);
}
