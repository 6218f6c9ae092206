// The frame of every page and a member's home on the wire.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { Cents, DayText, EnergyWh, Id, InstantText, mayMiss } from '../http/schemas.ts';
import { RoleName } from '../accounts/routes/session.ts';
import { homeReader } from './service/cached.ts';
import { readFrame } from './service/frame.ts';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

const Frame = Type.Object({
	cooperativeName: Type.String(),
	setUp: Type.Boolean(),
	demo: Type.Boolean(),
	person: Nullable(
		Type.Object({
			id: Id,
			name: Type.String(),
			email: Type.String(),
			locale: Type.Union([Type.Literal('de'), Type.Literal('en')]),
		}),
	),
	roles: Type.Array(RoleName),
	secondFactorNeeded: Type.Boolean(),
	memberNumber: Nullable(Type.Integer()),
	counts: Type.Object({ openBallots: Type.Integer(), openApplications: Type.Integer(), openFindings: Type.Integer() }),
});

const Task = Type.Union([
	Type.Object({ kind: Type.Literal('ballot'), ballotId: Id, title: Type.String(), closesAt: InstantText }),
	Type.Object({ kind: Type.Literal('assembly'), assemblyId: Id, title: Type.String(), startsAt: InstantText }),
	Type.Object({
		...{ kind: Type.Literal('round'), roundId: Id, title: Type.String(), closesAt: InstantText },
		count: Type.Integer({ description: 'shares subscribed; 0: nothing yet' }),
	}),
	Type.Object({ kind: Type.Literal('payment-due'), amountCents: Cents, dueOn: Nullable(DayText) }),
	Type.Object({ kind: Type.Literal('exemption-order-ends'), validTo: DayText, usedCents: Cents }),
	Type.Object({ kind: Type.Literal('no-exemption-order') }),
]);

const Home = Type.Object({
	memberNumber: Type.Integer(),
	name: Type.String(),
	joinedOn: DayText,
	asOf: InstantText,
	shares: Type.Object({ count: Type.Integer(), nominalCents: Cents, dueCents: Cents, paidCents: Cents, day: DayText }),
	latest: Nullable(
		Type.Object({
			day: DayText,
			clock: Nullable(Type.String()),
			series: Type.Array(
				Type.Object({
					kind: Type.Union([Type.Literal('wind'), Type.Literal('solar')]),
					valuesWh: Type.Array(Nullable(Type.Integer())),
				}),
			),
			allWh: EnergyWh,
			ownWh: EnergyWh,
			slots: Type.Integer(),
			missingSlots: Type.Integer(),
			unmeasuredSlots: Type.Integer(),
		}),
	),
	year: Type.Object({
		year: Type.Integer(),
		ownWh: EnergyWh,
		ownRevenueCents: Cents,
		months: Type.Array(Type.Object({ month: Type.Integer(), actualWh: EnergyWh, expectedWh: Nullable(EnergyWh) })),
	}),
	chain: Nullable(
		Type.Object({
			year: Type.Integer(),
			energyWh: EnergyWh,
			revenueCents: Cents,
			rate: Nullable(Type.String()),
			baseCents: Cents,
			resolvedOn: DayText,
			ballotId: Type.String(),
			grossCents: Cents,
			taxCents: Cents,
			netCents: Cents,
			payoutOn: DayText,
		}),
	),
	movements: Type.Array(
		Type.Object({
			day: DayText,
			kind: Type.String(),
			sharesChange: Type.Integer(),
			amountCents: Cents,
			basis: Nullable(Type.String()),
		}),
	),
	tasks: Type.Array(Task),
});

/** GET /api/frame, GET /api/me/home. */
export function homeRoutes(app: App): void {
	const read = homeReader(app.db);
	app.get(
		'/api/frame',
		{
			config: { access: 'public' },
			schema: {
				operationId: 'readFrame',
				tags: ['home'],
				summary: 'What every page shows around its content',
				response: { 200: Frame },
			},
		},
		async (request) => await readFrame(app.db, { by: await app.identify(request), demo: app.settings.demo }),
	);
	app.get(
		'/api/me/home',
		{
			config: { access: ['member'] },
			schema: {
				operationId: 'readHome',
				tags: ['home'],
				summary: 'What I own, what it produced, what I earned, what I must do',
				response: { 200: Home, ...mayMiss },
			},
		},
		async ({ actor, at }, reply) => {
			const { home, text } = await read({ by: actor, at });
			return reply
				.type('application/json')
				.serializer(() => text)
				.send(home);
		},
	);
}
