// Reports on the wire: figures of a fiscal year, who came and went, capital, the citizens' energy company, the calendar of duties.
import { Type } from 'typebox';
import type { App } from '../app.ts';
import { sheetFormats } from '../documents/spreadsheet.ts';
import { commandOf } from '../http/access.ts';
import {
	Cents,
	DayText,
	EnergyWh,
	Id,
	IdParams,
	InstantText,
	Line,
	mayMiss,
	OneOf,
	OrNull,
	Prose,
	Strict,
} from '../http/schemas.ts';
import { citizensConditions, voterClasses } from './rules/citizens.ts';
import { enteredDuties, dutyIds } from './rules/duties.ts';
import { declareVoter, readCitizensReport, setCitizensArea } from './service/citizens.ts';
import { exportReport, listMemberChanges, readAnnualFigures, readCapitalDevelopment } from './service/figures.ts';
import { listLateCorrections, noteCorrection } from './service/corrections.ts';
import { assignDuty, enterDutyEvent, listDuties, markDuty, removeDutyEvent } from './service/duties.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const YearParams = Strict({ year: Type.Integer({ minimum: 1900, maximum: 2199 }) });
const FixedAssets = Type.Optional(
	Type.Integer({ minimum: 0, maximum: 900_000_000_000, description: 'value of the fixed assets in cents' }),
);
const Movement = Type.Object({
	...{ atStart: Type.Integer(), more: Type.Integer(), fewer: Type.Integer(), atEnd: Type.Integer() },
});
const Standing = Type.Object({
	...{ members: Type.Integer(), shares: Type.Integer(), nominalCents: Cents, balancesCents: Cents },
	...{ leavingCents: Cents, overdueCents: Cents, overdueMembers: Type.Integer() },
});
const Figures = Type.Object({
	...{ year: Type.Integer(), name: Type.String(), startOn: DayText, endOn: DayText, provisional: Type.Boolean() },
	...{ members: Movement, shares: Movement, start: Standing, end: Standing },
	...{ liabilityStartCents: Cents, liabilityEndCents: Cents, minimumCapitalCents: OrNull(Cents) },
	minimumCapitalOf: OneOf(['none', 'amount', 'capital', 'fixed-assets']),
});
const Duty = Type.Object({
	...{ duty: OneOf(dutyIds), key: Type.String(), label: OrNull(Type.String()), law: Type.String() },
	...{ opensOn: OrNull(DayText), dueOn: DayText, remindOn: DayText, owner: OneOf(['board']) },
	state: OneOf(['later', 'due', 'overdue', 'done']),
	assignee: OrNull(Type.Object({ id: Id, name: Type.String() })),
	done: OrNull(Type.Object({ on: DayText, by: OrNull(Type.String()), remark: OrNull(Type.String()) })),
	eventId: OrNull(Type.String()),
});
const Occurrence = Type.String({ minLength: 3, maxLength: 120, description: 'key of the duty, as listed' });

function figureRoutes(app: App): void {
	app.get(
		'/api/reports/capital',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readCapitalDevelopment', tags: ['reports'] },
				summary: 'Members and capital at the end of each fiscal year and today',
				response: {
					...mayMiss,
					200: Type.Array(
						Type.Object({
							...{ name: Type.String(), day: DayText, members: Type.Integer(), shares: Type.Integer() },
							...{ nominalCents: Cents, balancesCents: Cents },
						}),
					),
				},
			},
		},
		({ actor, at }) => readCapitalDevelopment(app.db, { by: actor, at }),
	);
	app.get(
		'/api/reports/years/:year',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readAnnualFigures', tags: ['reports'] },
				summary: 'Figures for balance sheet and notes of the fiscal year that ends in a year',
				params: YearParams,
				querystring: Strict({ fixedAssetsCents: FixedAssets }),
				response: { ...mayMiss, 200: Figures },
			},
		},
		({ actor, at, params, query }) =>
			readAnnualFigures(app.db, {
				...{ by: actor, at, year: params.year },
				fixedAssetsCents: query.fixedAssetsCents ?? null,
			}),
	);
	app.get(
		'/api/reports/years/:year/members',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listMemberChanges', tags: ['reports'] },
				summary: 'Members who joined or left in that fiscal year',
				params: YearParams,
				response: {
					...mayMiss,
					200: Type.Array(
						Type.Object({
							...{ memberId: Id, number: Type.Integer(), name: Type.String(), what: OneOf(['joined', 'left']) },
							...{ on: DayText, shares: Type.Integer() },
						}),
					),
				},
			},
		},
		({ actor, at, params }) => listMemberChanges(app.db, { by: actor, at, year: params.year }),
	);
	app.get(
		'/api/reports/years/:year/file',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'exportReport', tags: ['reports'], summary: 'A report of that fiscal year as a file' },
				params: YearParams,
				querystring: Strict({
					...{ report: OneOf(['figures', 'changes']), format: OneOf(sheetFormats) },
					language: Type.Optional(OneOf(['de', 'en'])),
					fixedAssetsCents: FixedAssets,
				}),
				response: { ...mayMiss, 200: Type.String({ description: 'the file: CSV or XLSX' }) },
			},
		},
		async (request, reply) => {
			const { report, format, language = 'de', fixedAssetsCents = null } = request.query;
			const { fileName, mediaType, content } = await exportReport(app.db, {
				...{ by: request.actor, at: request.at, year: request.params.year },
				...{ report, format, language, fixedAssetsCents },
			});
			const plain = fileName.normalize('NFD').replaceAll(/[^\w.-]/g, '');
			const whole = encodeURIComponent(fileName);
			reply.header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${whole}`);
			return reply.type(mediaType).send(content as unknown as string);
		},
	);
}

function citizensRoutes(app: App): void {
	app.get(
		'/api/reports/citizens/:id',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'readCitizensReport', tags: ['reports'] },
				summary: "Whether the cooperative is a citizens' energy company for a plant (§ 3 Nr. 15 EEG)",
				params: IdParams,
				querystring: Strict({ day: Type.Optional(DayText) }),
				response: {
					...mayMiss,
					200: Type.Object({
						day: DayText,
						plant: Type.Object({ id: Id, name: Type.String(), commissionedOn: DayText }),
						postcodes: Type.Array(Type.String()),
						proof: OrNull(
							Type.Object({
								...{ qualifies: Type.Boolean(), failed: Type.Array(OneOf(citizensConditions)) },
								...{ naturalPersons: Type.Integer(), localShare: Type.String(), mostShare: Type.String() },
								...{ unfit: Type.Integer(), unknown: Type.Integer() },
							}),
						),
						...{ votes: Type.Integer(), localVotes: Type.Integer() },
						others: Type.Array(
							Type.Object({
								...{ memberId: Id, number: Type.Integer(), name: Type.String(), kind: Type.String() },
								voterClass: OrNull(OneOf(voterClasses)),
							}),
						),
						byPostcode: Type.Array(
							Type.Object({ postcode: Type.String(), persons: Type.Integer(), local: Type.Boolean() }),
						),
					}),
				},
			},
		},
		({ actor, at, params, query }) => readCitizensReport(app.db, { by: actor, at, plantId: params.id, day: query.day }),
	);
	app.put(
		'/api/reports/citizens/:id/area',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'setCitizensArea', tags: ['reports'], summary: 'Sets the postcodes within 50 km of a plant' },
				params: IdParams,
				body: Strict({ postcodes: Type.Array(Line(5), { maxItems: 2_000 }) }),
				response: { ...mayMiss, 200: Type.Object({ plantId: Id }) },
			},
		},
		(request) => setCitizensArea(app.db, { ...commandOf(request), plantId: request.params.id, ...request.body }),
	);
	app.put(
		'/api/reports/citizens/voters/:id',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'declareVoter', tags: ['reports'], summary: 'Says what a member that is no person is' },
				params: IdParams,
				body: Strict({ voterClass: OneOf(voterClasses) }),
				response: { ...mayMiss, 200: Type.Object({ memberId: Id }) },
			},
		},
		(request) => declareVoter(app.db, { ...commandOf(request), memberId: request.params.id, ...request.body }),
	);
}

function correctionRoutes(app: App): void {
	app.get(
		'/api/reports/corrections',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listLateCorrections', tags: ['reports'] },
				summary: 'Readings that changed after their fiscal year was closed, with the effect in energy and money',
				response: {
					200: Type.Array(
						Type.Object({
							...{ year: Type.Integer(), closedAt: InstantText, dividendReleased: Type.Boolean() },
							...{ plantId: Id, plantName: Type.String(), month: DayText, days: Type.Integer() },
							...{ knownWh: EnergyWh, nowWh: EnergyWh, differenceCents: OrNull(Cents) },
							imports: Type.Array(Type.Object({ importId: Type.Integer(), fileName: Type.String() })),
							noted: OrNull(Type.Object({ at: InstantText, by: Type.String(), remark: Type.String() })),
						}),
					),
				},
			},
		},
		({ actor }) => listLateCorrections(app.db, { by: actor }),
	);
	app.post(
		'/api/reports/corrections/notes',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'noteCorrection', tags: ['reports'] },
				summary: 'Notes that the board knows of a correction, and what it makes of it',
				body: Strict({
					...{ year: Type.Integer({ minimum: 1900, maximum: 2199 }), plantId: Id, month: DayText },
					...{ nowWh: EnergyWh, remark: Line(500, 3) },
				}),
				response: { ...mayMiss, 201: Type.Object({ year: Type.Integer() }) },
			},
		},
		async (request, reply) =>
			reply.code(201).send(await noteCorrection(app.db, { ...commandOf(request), ...request.body })),
	);
}

/** /api/reports/…, /api/duties/…. */
export function reportRoutes(app: App): void {
	figureRoutes(app);
	citizensRoutes(app);
	correctionRoutes(app);
	app.get(
		'/api/duties',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'listDuties', tags: ['reports'] },
				summary: "The calendar of the cooperative's duties, the earliest first",
				querystring: Strict({
					...{ from: Type.Optional(DayText), to: Type.Optional(DayText) },
					open: Type.Optional(Type.Boolean({ description: 'only what is to be reminded of now' })),
				}),
				response: { ...mayMiss, 200: Type.Array(Duty) },
			},
		},
		({ actor, at, query }) => listDuties(app.db, { by: actor, at, ...query }),
	);
	app.post(
		'/api/duties/marks',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'markDuty', tags: ['reports'], summary: 'Marks a duty as done, or as open again' },
				body: Strict({ occurrence: Occurrence, done: Type.Boolean(), remark: Type.Optional(Prose(500)) }),
				response: { ...mayMiss, 200: Type.Object({ occurrence: Type.String() }) },
			},
		},
		(request) =>
			markDuty(app.db, {
				...commandOf(request),
				...{ occurrence: request.body.occurrence, done: request.body.done, remark: request.body.remark ?? null },
			}),
	);
	app.post(
		'/api/duties/assignments',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'assignDuty', tags: ['reports'], summary: 'Gives a duty to somebody of the staff' },
				body: Strict({ occurrence: Occurrence, personId: OrNull(Id) }),
				response: { ...mayMiss, 200: Type.Object({ occurrence: Type.String() }) },
			},
		},
		(request) => assignDuty(app.db, { ...commandOf(request), ...request.body }),
	);
	app.post(
		'/api/duties/events',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'enterDutyEvent', tags: ['reports'], summary: 'Enters a day that a duty hangs on' },
				body: Strict({ duty: OneOf(enteredDuties), on: DayText, label: Line(200) }),
				response: { 201: Type.Object({ eventId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return enterDutyEvent(app.db, { ...commandOf(request), ...request.body });
		},
	);
	app.delete(
		'/api/duties/events/:id',
		{
			config: { access: ['board'] },
			schema: {
				...{ operationId: 'removeDutyEvent', tags: ['reports'], summary: 'Takes an entered day back' },
				params: IdParams,
				response: { ...mayMiss, 200: Type.Object({ eventId: Id }) },
			},
		},
		(request) => removeDutyEvent(app.db, { ...commandOf(request), eventId: request.params.id }),
	);
}
