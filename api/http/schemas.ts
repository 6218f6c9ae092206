// The shapes that many routes share: problem replies, days, money, ids, pages.
import { type Static, type TSchema, Type } from 'typebox';

/** A "no" on the wire: RFC 9457 problem+json with the refusal's code, the values that explain it, and the field to mend. */
export const Problem = Type.Object(
	{
		type: Type.String(),
		title: Type.String(),
		status: Type.Integer(),
		code: Type.String({ description: 'feature.reason, stable; the portal has a sentence for each' }),
		detail: Type.Optional(Type.String()),
		field: Type.Optional(Type.String()),
		rule: Type.Optional(Type.String({ description: 'the rule it rests on, for example M-12' })),
		values: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
		errors: Type.Optional(
			Type.Array(
				Type.Object({
					...{ field: Type.String(), code: Type.String(), message: Type.String() },
					values: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
				}),
				{ maxItems: 200 },
			),
		),
	},
	{ $id: 'Problem' },
);

/** A named component of the API description that keeps its static type. */
export const ref = <T extends TSchema & { $id?: string }>(schema: T) =>
	Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` });

/** A calendar day. Services check that it exists. */
export const DayText = Type.String({ format: 'date', maxLength: 10, examples: ['2026-06-12'] });

/** An instant in UTC. */
export const InstantText = Type.String({ format: 'date-time', maxLength: 30, examples: ['2026-06-12T17:00:00.000Z'] });

/** Whole cents; negative where a movement takes away. */
export const Cents = Type.Integer({ minimum: -900_000_000_000, maximum: 900_000_000_000, description: 'euro cents' });

/** Whole cents above zero. */
export const PositiveCents = Type.Integer({ minimum: 1, maximum: 900_000_000_000, description: 'euro cents' });

/** Whole watt-hours. */
export const EnergyWh = Type.Integer({ description: 'watt-hours' });

/** Identifier of a record. */
export const Id = Type.String({ format: 'uuid', maxLength: 36 });

/** Parameters of routes about one record. */
export const IdParams = Type.Object({ id: Id }, { additionalProperties: false });

/** Text a person typed: trimmed by nobody, bounded for everybody. */
export const Line = (maxLength = 200, minLength = 1) =>
	Type.String({ minLength, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });

/** Several lines of text. */
export const Prose = (maxLength = 5_000) =>
	Type.String({ maxLength, pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$' });

/** An object that accepts nothing but its own properties: every body and query is one. */
export const Strict = <P extends Record<string, TSchema>>(properties: P) =>
	Type.Object(properties, { additionalProperties: false });

/** One word of a list. */
export const OneOf = <const T extends readonly string[]>(values: T) =>
	Type.Unsafe<T[number]>({ type: 'string', enum: [...values] });

/** In replies: the value or null. Requests leave out what they do not know. */
export const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Spread into `response` where a route without an id in its path may answer 404. */
export const mayMiss = { 404: ref(Problem) };
