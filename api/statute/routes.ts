// The cooperative and its statute on the wire: set-up, facts, terms by day, changes by two people.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { commandOf } from '../http/access.ts';
import { DayText, Id, IdParams, InstantText, Line, mayMiss, OneOf, OrNull, Prose, Strict } from '../http/schemas.ts';
import { systemActor } from '../values/actor.ts';
import { dayOf } from '../values/calendar.ts';
import {
	capitalReferences,
	declarationForms,
	furtherLiabilities,
	investingApprovers,
	payoutConsents,
	payoutOrders,
	reserveBases,
	transferRules,
} from './rules.ts';
import { approveStatute, listStatuteProposals, proposeStatute, withdrawStatuteProposal } from './service/change.ts';
import {
	changeCooperative,
	foundCooperative,
	listStatuteVersions,
	readCooperative,
	readSetup,
	readStatute,
} from './service.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;

const TermCents = Type.Integer({ minimum: 0, maximum: 100_000_000, description: 'euro cents, per share' });
const Count = Type.Integer({ minimum: 0, maximum: 100_000 });
const Rate = Type.String({ pattern: '^[0-9]{1,3}(\\.[0-9]{1,6})?$', maxLength: 10, examples: ['0.25'] });
const Fraction = Type.String({ pattern: '^[1-9][0-9]{0,2}/[1-9][0-9]{0,2}$', maxLength: 7, examples: ['3/4'] });

/** The statute's terms; the law's bounds are checked by the service. */
const Terms = Strict({
	...{
		nominalCents: TermCents,
		firstPaymentCents: TermCents,
		firstPaymentDays: Count,
		instalmentCents: TermCents,
		instalmentMonths: Count,
	},
	...{
		mandatoryShares: Count,
		maxShares: Count,
		liabilityCents: TermCents,
		furtherLiability: OneOf(furtherLiabilities),
	},
	...{
		liabilityRisesWithShares: Type.Boolean(),
		entryFeeCents: TermCents,
		joiningForm: OneOf(declarationForms),
		noticeForm: OneOf(declarationForms),
		noticeMonths: Count,
		mostlyBusinesses: Type.Boolean(),
		residenceRule: Type.Boolean(),
		transfer: OneOf(transferRules),
		deathContinuation: Type.Boolean(),
		exclusionReasons: Type.Array(Line(300), { maxItems: 20 }),
	},
	...{
		investingMembers: Type.Boolean(),
		investingApproval: OneOf(investingApprovers),
		investingVotes: Type.Boolean(),
		registerExtraFields: Type.Array(Line(60), { maxItems: 20 }),
	},
	payoutMonths: Count,
	minimumCapital: OrNull(
		Type.Union([
			Strict({ amountCents: Type.Integer({ minimum: 1, maximum: 900_000_000_000 }) }),
			Strict({ share: Rate, of: OneOf(capitalReferences) }),
		]),
	),
	...{
		payoutOrder: OneOf(payoutOrders),
		payoutCapCents: OrNull(Type.Integer({ minimum: 1, maximum: 900_000_000_000 })),
		payoutConsent: OneOf(payoutConsents),
	},
	...{ reserveRate: Rate, reserveBase: OneOf(reserveBases) },
	reserveCap: Type.Union([
		Strict({ amountCents: Type.Integer({ minimum: 0, maximum: 900_000_000_000 }) }),
		Strict({ shareOfCapital: Rate }),
	]),
	...{
		boardReserveShare: Rate,
		dividendMethod: OneOf(['A']),
		paysBeforeFull: Type.Boolean(),
		dividendCapRate: OrNull(Rate),
		interestRate: OrNull(Rate),
		dividendClaimYears: Count,
	},
	...{
		conveningDays: Count,
		announcementDays: Count,
		proxyLimit: Count,
		ordinaryMajority: Fraction,
		statuteMajority: Fraction,
	},
});

const Votes = Type.Integer({ minimum: 0, maximum: 1_000_000 });

/** How the nominal value changes: shares divided or joined, or every share worth more or less by a vote of the assembly. */
export const NominalChange = Type.Union([
	Strict({ keeps: OneOf(['capital']) }),
	Strict({
		...{ keeps: OneOf(['shares']), resolvedOn: DayText, votesFor: Votes, votesAgainst: Votes },
		dueOn: OrNull(DayText),
	}),
]);

const facts = {
	...{
		name: Line(200),
		street: Line(200),
		postcode: Line(12),
		town: Line(100),
		registerCourt: Line(100),
		registerNumber: Line(40),
	},
	...{ email: Type.String({ format: 'email', maxLength: 254 }) },
};
const month = Type.Integer({ minimum: 1, maximum: 12 });
const Cooperative = Type.Object({
	...{
		name: Type.String(),
		street: Type.String(),
		postcode: Type.String(),
		town: Type.String(),
		registerCourt: Type.String(),
	},
	...{
		registerNumber: Type.String(),
		email: Type.String(),
		creditorId: OrNull(Type.String()),
		fiscalYearEndMonth: Type.Integer(),
	},
});
const Statute = Type.Object({ version: Type.Integer(), validFrom: DayText, terms: Terms, source: Type.String() });
const Proposal = Type.Object({
	...{ id: Id, validFrom: DayText, terms: Terms, source: Type.String(), proposedAt: InstantText, mine: Type.Boolean() },
	...{ state: OneOf(['open', 'approved', 'withdrawn']), nominal: OrNull(NominalChange) },
});

/** /api/setup, /api/cooperative, /api/statute. */
export function statuteRoutes(app: App): void {
	app.get(
		'/api/setup',
		{
			config: { access: 'public' },
			schema: {
				...{ operationId: 'readSetup', tags: ['statute'], summary: 'Whether the cooperative is still to be set up' },
				response: { 200: Type.Object({ open: Type.Boolean(), suggestedTerms: Terms }) },
			},
		},
		({ actor }) => readSetup(app.db, { by: actor }),
	);
	app.post(
		'/api/setup',
		{
			config: { access: 'public' },
			schema: {
				...{
					operationId: 'foundCooperative',
					tags: ['statute'],
					summary: 'Sets up the cooperative with the code from the console',
				},
				body: Strict({
					code: Line(40),
					founder: Strict({
						name: Line(200),
						email: Type.String({ format: 'email', maxLength: 254 }),
						password: Type.String({ maxLength: 256 }),
						locale: OneOf(['de', 'en']),
					}),
					cooperative: Strict({
						...facts,
						creditorId: Type.Optional(Line(40)),
						iban: Type.Optional(Line(50)),
						fiscalYearEndMonth: month,
					}),
					terms: Terms,
					validFrom: DayText,
					source: Line(300),
				}),
				response: { 201: Type.Object({ personId: Id }) },
			},
		},
		async (request, reply) => {
			const { code, founder, cooperative, terms, validFrom, source } = request.body;
			reply.code(201);
			return foundCooperative(app.db, {
				...{ by: systemActor('statute.set-up'), at: request.at, keys: app.settings.keys, address: request.ip },
				...{ code, founder, terms, validFrom, source },
				facts: { ...cooperative, creditorId: cooperative.creditorId ?? null, iban: cooperative.iban ?? null },
			});
		},
	);
	app.get(
		'/api/cooperative',
		{
			config: { access: 'public' },
			schema: {
				...{
					operationId: 'readCooperative',
					tags: ['statute'],
					summary: 'Who the cooperative is; null before the set-up',
				},
				response: { 200: Type.Object({ cooperative: OrNull(Cooperative) }) },
			},
		},
		async ({ actor }) => ({ cooperative: await readCooperative(app.db, { by: actor }) }),
	);
	app.patch(
		'/api/cooperative',
		{
			config: { access: ['board'] },
			schema: {
				...{
					operationId: 'changeCooperative',
					tags: ['statute'],
					summary: 'Changes contact, creditor id or bank account',
				},
				body: Type.Partial(Strict({ ...facts, creditorId: Line(40), iban: Line(50) }), {
					additionalProperties: false,
					minProperties: 1,
				}),
				response: { ...mayMiss, 200: Type.Object({ changed: Type.Array(Type.String()) }) },
			},
		},
		(request) => changeCooperative(app.db, { ...commandOf(request), changes: request.body }),
	);
	app.get(
		'/api/statute',
		{
			config: { access: 'public' },
			schema: {
				...{ operationId: 'readStatute', tags: ['statute'], summary: "The statute's terms in force today or on a day" },
				querystring: Strict({ day: Type.Optional(DayText) }),
				response: { ...mayMiss, 200: Statute },
			},
		},
		({ actor, at, query }) => readStatute(app.db, { by: actor, day: query.day ?? dayOf(at) }),
	);
	app.get(
		'/api/statute/versions',
		{
			config: { access: 'public' },
			schema: {
				...{
					operationId: 'listStatuteVersions',
					tags: ['statute'],
					summary: 'All versions of the statute, newest first',
				},
				response: { 200: Type.Array(Type.Object({ ...Statute.properties, recordedAt: InstantText })) },
			},
		},
		({ actor }) => listStatuteVersions(app.db, { by: actor }),
	);
	app.get(
		'/api/statute/proposals',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'listStatuteProposals',
					tags: ['statute'],
					summary: 'Proposed changes of the statute, newest first',
				},
				response: { 200: Type.Array(Proposal) },
			},
		},
		({ actor }) => listStatuteProposals(app.db, { by: actor }),
	);
	app.post(
		'/api/statute/proposals',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'proposeStatute', tags: ['statute'], summary: 'Proposes terms that another person approves' },
				body: Strict({
					...{ validFrom: DayText, terms: Terms, source: Prose(1_000) },
					nominal: Type.Optional(NominalChange),
					basedOn: Type.Optional(
						Type.Integer({ minimum: 1, maximum: 100_000, description: 'version the proposer saw' }),
					),
				}),
				response: { ...mayMiss, 201: Type.Object({ proposalId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return proposeStatute(app.db, { ...commandOf(request), ...request.body });
		},
	);
	app.post(
		'/api/statute/proposals/:id/approval',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'approveStatute', tags: ['statute'], summary: 'Approves what somebody else proposed' },
				params: IdParams,
				response: { 200: Type.Object({ version: Type.Integer() }) },
			},
		},
		(request) => approveStatute(app.db, { ...commandOf(request), proposalId: request.params.id }),
	);
	app.post(
		'/api/statute/proposals/:id/withdrawal',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'withdrawStatuteProposal', tags: ['statute'], summary: 'Takes an open proposal back' },
				params: IdParams,
				response: { 200: Type.Object({ proposalId: Id }) },
			},
		},
		(request) => withdrawStatuteProposal(app.db, { ...commandOf(request), proposalId: request.params.id }),
	);
}
