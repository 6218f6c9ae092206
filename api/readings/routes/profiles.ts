// Mapping profiles on the wire: tried out on a sample of a file, kept, listed, deleted.
import { type Static, Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { DayText, Id, IdParams, InstantText, Line, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { columnLimit } from '../formats/mapped/profile.ts';
import {
	deleteMappingProfile,
	listMappingProfiles,
	saveMappingProfile,
	tryMappingProfile,
} from '../service/profiles.ts';

const keepers = ['operator', 'board'] as const;
const readers = ['operator', 'board', 'supervisory', 'auditor'] as const;

const Column = Type.Integer({ minimum: 0, maximum: 16_384 });

/** A number or null; in one type, since a choice of two would turn null into 0 on its way in. */
const ColumnOrNull = Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0, maximum: 16_384 });
const LineNumber = Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 1, maximum: 1_048_576 });
const Code = Type.Unsafe<string | null>({
	type: ['string', 'null'],
	minLength: 1,
	maxLength: 60,
	pattern: '^[^\\x00-\\x1f]*$',
});
const place = { meteringPoint: Code, obis: Code };
const units = ['wh', 'kwh', 'mwh', 'w', 'kw', 'mw', 'varh', 'kvarh', 'var', 'kvar'] as const;

/** A mapping profile as it is written and shown. */
const Profile = Strict({
	separator: OneOf([';', '\t', '|', ',']),
	headerLine: LineNumber,
	date: Column,
	time: ColumnOrNull,
	stamp: OneOf(['start', 'end']),
	zone: OneOf(['berlin', 'utc', 'cet']),
	dateOrder: OneOf(['day-month', 'month-day']),
	mark: OneOf([',', '.']),
	slotMinutes: Type.Unsafe<5 | 10 | 15 | 30 | 60 | 1440>({ type: 'integer', enum: [5, 10, 15, 30, 60, 1440] }),
	meteringPoint: ColumnOrNull,
	device: ColumnOrNull,
	values: Type.Array(Strict({ column: Column, unit: OneOf(units), status: ColumnOrNull, ...place }), {
		maxItems: columnLimit,
	}),
	devices: Type.Array(Strict({ name: Line(60), ...place }), { maxItems: 500 }),
});

/** The beginning of a file (of a workbook all of it), base64. */
const Sample = Type.String({ minLength: 4, maxLength: 8_000_000, pattern: '^[A-Za-z0-9+/]+={0,2}$' });
const sampleLimit = 9_000_000;

const bytesOf = (sample: string): Uint8Array => Buffer.from(sample, 'base64');

const Values = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]));
const Coded = Type.Object({ code: Type.String(), values: Values });

const Series = Type.Object({
	...{ meteringPoint: OrNull(Type.String()), obis: OrNull(Type.String()), device: OrNull(Type.String()) },
	...{ unit: OneOf(['kWh', 'kvarh']), slotMinutes: Type.Integer() },
	direction: OneOf(['production', 'consumption', 'reactive', 'unknown']),
	...{ from: OrNull(InstantText), to: OrNull(InstantText) },
	...{ days: Type.Integer(), incompleteDays: Type.Integer(), values: Type.Integer(), nulls: Type.Integer() },
	...{ gaps: Type.Integer(), duplicates: Type.Integer() },
	...{ kWh: OrNull(Type.String()), kvarh: OrNull(Type.String()) },
});

const Trial = Type.Object({
	sample: Type.String({ description: 'the beginning of the table as text, base64, to be sent again' }),
	shape: Type.String(),
	header: Type.Array(Type.String()),
	rows: Type.Array(Type.Array(Type.String())),
	profile: Profile,
	reasons: Type.Array(
		Type.Object({
			part: OneOf(['values', 'unit', 'stamp', 'zone', 'mark', 'dateOrder', 'slotMinutes']),
			because: OneOf(['told', 'seen', 'assumed']),
			alternatives: Type.Array(Type.String()),
		}),
	),
	kept: OrNull(Type.Object({ id: Id, name: Type.String() })),
	series: Type.Array(Series),
	findings: Type.Array(Coded),
	refusal: OrNull(Coded),
	sun: OrNull(
		Type.Object({
			verdict: OneOf(['fits', 'shifted', 'night', 'unknown']),
			nightShare: Type.Number({ description: 'part of the energy from slots without sun' }),
			lateMinutes: Type.Integer({ description: 'how late the days lie; negative: early' }),
			days: Type.Integer(),
		}),
	),
	daySum: OrNull(OneOf(['fits', 'is-power', 'is-energy', 'thousand-too-large', 'thousand-too-small', 'other'])),
});

/** /api/mapping-profiles: read by staff, made and deleted by operator and board. */
export function mappingProfileRoutes(app: App): void {
	app.get(
		'/api/mapping-profiles',
		{
			config: { access: readers },
			schema: {
				operationId: 'listMappingProfiles',
				tags: ['readings'],
				summary: 'How tables of other portals are read, by name',
				response: {
					200: Type.Array(
						Type.Object({
							id: Id,
							name: Type.String(),
							shape: Type.String(),
							header: Type.Array(Type.String()),
							profile: Profile,
							savedAt: InstantText,
							savedByName: Type.String(),
						}),
					),
				},
			},
		},
		({ actor }) => listMappingProfiles(app.db, { by: actor }),
	);
	app.post(
		'/api/mapping-profiles/try',
		{
			bodyLimit: sampleLimit,
			config: { access: keepers },
			schema: {
				operationId: 'tryMappingProfile',
				tags: ['readings'],
				summary: 'What a sample holds by a profile, or by a guess; nothing is stored',
				body: Strict({
					sample: Sample,
					profile: Type.Optional(Profile),
					place: Type.Optional(
						Strict({
							latitude: Type.Number({ minimum: -90, maximum: 90 }),
							longitude: Type.Number({ minimum: -180, maximum: 180 }),
						}),
					),
					knownDay: Type.Optional(
						Strict({ day: DayText, energyWh: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }) }),
					),
				}),
				response: { 200: Trial },
			},
		},
		(request): Promise<Static<typeof Trial>> => {
			const { sample, ...asked } = request.body;
			return tryMappingProfile(app.db, { by: request.actor, sample: bytesOf(sample), ...asked });
		},
	);
	app.post(
		'/api/mapping-profiles',
		{
			bodyLimit: sampleLimit,
			config: { access: keepers },
			schema: {
				operationId: 'saveMappingProfile',
				tags: ['readings'],
				summary: 'Keeps a profile for all tables of the shape of the sample, in place of the one there was',
				body: Strict({ name: Line(80, 2), sample: Sample, profile: Profile }),
				response: { 200: Type.Object({ id: Id, shape: Type.String() }) },
			},
		},
		(request) => {
			const { sample, ...told } = request.body;
			return saveMappingProfile(app.db, { ...commandOf(request), sample: bytesOf(sample), ...told });
		},
	);
	app.delete(
		'/api/mapping-profiles/:id',
		{
			config: { access: keepers },
			schema: {
				operationId: 'deleteMappingProfile',
				tags: ['readings'],
				summary: 'Forgets a profile; what it has read stays',
				params: IdParams,
				response: { 200: Type.Object({ id: Id }) },
			},
		},
		(request) => deleteMappingProfile(app.db, { ...commandOf(request), profileId: request.params.id }),
	);
}
