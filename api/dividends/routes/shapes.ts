// The shapes that several routes of dividends share.
import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import { Cents, DayText, Id, InstantText, Line, PositiveCents, Problem, ref, Strict } from '../../http/schemas.ts';
import type { LineStep } from '../rules/steps.ts';

/** The reply of routes without an id in their path that can find nothing: no set-up, no membership, no such year. */
export const orMissing = { 404: ref(Problem) };

/** A value or null. */
export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** One of the texts listed. */
export const oneOf = <T extends string>(values: readonly T[]) => Type.Unsafe<T>(Type.String({ enum: [...values] }));

/** A fiscal or calendar year; a fiscal year goes by the calendar year it ends in. */
export const Year = Type.Integer({ minimum: 1990, maximum: 2199 });

/** A dividend in a list. */
export const summaryFields = {
	year: Type.Integer(),
	inflowOn: DayText,
	rate: nullable(Type.String()),
	baseCents: Cents,
	grossCents: Cents,
	taxCents: Cents,
	netCents: Cents,
	creditedCents: Cents,
	paidOutCents: Cents,
};

const stepNames = [
	...['base', 'share', 'exemption-left', 'gross', 'not-taxable', 'exempt', 'taxable'],
	...['capital-tax', 'solidarity', 'church-tax', 'net', 'credited', 'paid-out'],
];

/** One line of the calculation: which amount, and of what, at which rate, how rounded, by which rule. */
const Step = Type.Unsafe<LineStep>(
	Type.Object({
		step: Type.String({ enum: stepNames }),
		amountCents: Cents,
		rule: Type.String(),
		day: Type.Optional(DayText),
		method: Type.Optional(Type.String()),
		rate: Type.Optional(Type.String()),
		churchRate: Type.Optional(Type.String()),
		of: Type.Optional(Type.String()),
		because: Type.Optional(Type.String()),
		rounding: Type.Optional(Type.String()),
		potCents: Type.Optional(Cents),
		balancesCents: Type.Optional(Cents),
		orderCents: Type.Optional(Cents),
		usedBeforeCents: Type.Optional(Cents),
		balanceCents: Type.Optional(Cents),
		fullCents: Type.Optional(Cents),
	}),
);

/** A dividend of a year with everything that explains it. */
export const Statement = Type.Object({
	...summaryFields,
	memberNumber: Type.Integer(),
	balancesCents: Cents,
	potCents: Cents,
	exemptCents: Cents,
	exemptionUsedCents: Cents,
	taxableCents: Cents,
	capitalTaxCents: Cents,
	solidarityCents: Cents,
	churchTaxCents: Cents,
	steps: Type.Array(Step),
	resolution: Type.Object({ ballotId: Id, resolvedOn: DayText }),
	payments: Type.Array(Type.Object({ amountCents: Cents, paymentOn: DayText, executedOn: nullable(DayText) })),
});

/** An exemption order and its use in this calendar year. */
export const Exemption = Type.Object({
	memberId: Id,
	order: nullable(
		Type.Object({
			amountCents: Cents,
			joint: Type.Boolean(),
			validFrom: DayText,
			validTo: nullable(DayText),
			via: Type.Union([Type.Literal('portal'), Type.Literal('form')]),
			recordedAt: InstantText,
		}),
	),
	year: Type.Integer(),
	usedCents: Cents,
	remainingCents: Cents,
	maximumCents: Cents,
	jointMaximumCents: Cents,
});

/** What somebody says who gives an exemption order. */
export const ExemptionBody = Strict({
	amountCents: PositiveCents,
	joint: Type.Boolean(),
	validFrom: DayText,
	validTo: nullable(DayText),
	taxId: Line(20),
	spouseTaxId: nullable(Line(20)),
});
/** When an exemption order ends. */
export const EndBody = Strict({ validTo: DayText });
/** An exemption order just recorded. */
export const OrderReply = Type.Object({ orderId: Id, memberId: Id });
