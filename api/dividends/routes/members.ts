// Members' dividends and tax standing on the wire: read by staff, recorded by the board.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { DayText, Id, IdParams, InstantText, Line, Strict } from '../../http/schemas.ts';
import { certificateKinds, holderKinds } from '../rules/withholding.ts';
import { endExemptionOrder, readExemptionOrder, setExemptionOrder } from '../service/exemptions.ts';
import { readMemberDividend } from '../service/mine.ts';
import { addTaxCertificate, readTaxAttributes, setTaxAttributes, withdrawTaxCertificate } from '../service/standing.ts';
import { EndBody, Exemption, ExemptionBody, nullable, OrderReply, oneOf, Statement, Year } from './shapes.ts';

const tags = ['dividends'];

const Rate = oneOf(['0', '0.08', '0.09'] as const);
const HolderKindText = nullable(oneOf(holderKinds));
const CertificateKindText = oneOf(certificateKinds);
const certificateFields = {
	kind: CertificateKindText,
	validFrom: DayText,
	validTo: DayText,
	taxOffice: Line(120),
	issuedOn: DayText,
	reference: Line(80),
};
const Standing = Type.Object({
	memberId: Id,
	years: Type.Array(
		Type.Object({
			year: Type.Integer(),
			churchRate: Type.String(),
			inBusinessAssets: Type.Boolean(),
			holderKind: HolderKindText,
		}),
	),
	certificates: Type.Array(Type.Object({ id: Id, ...certificateFields, withdrawnAt: nullable(InstantText) })),
});

const readers = ['board', 'supervisory', 'auditor'] as const;

/** /api/members/:id/…: dividends, exemption order, tax attributes and certificates of a member; staff read, the board writes. */
export function memberTaxRoutes(app: App): void {
	app.get(
		'/api/members/:id/dividends/:year',
		{
			config: { access: readers },
			schema: {
				...{ operationId: 'readMemberDividend', tags, summary: 'A member’s dividend of a year, explained' },
				params: Strict({ id: Id, year: Year }),
				response: { 200: Statement },
			},
		},
		({ actor, params }) => readMemberDividend(app.db, { by: actor, memberId: params.id, year: params.year }),
	);
	app.get(
		'/api/members/:id/exemption-order',
		{
			config: { access: readers },
			schema: {
				...{ operationId: 'readExemptionOrder', tags, summary: 'A member’s exemption order and its use this year' },
				params: IdParams,
				response: { 200: Exemption },
			},
		},
		({ actor, at, params }) => readExemptionOrder(app.db, { by: actor, at, memberId: params.id }),
	);
	app.put(
		'/api/members/:id/exemption-order',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{
					operationId: 'setExemptionOrder',
					tags,
					summary: 'Records a member’s exemption order from the official form',
				},
				params: IdParams,
				body: ExemptionBody,
				response: { 200: OrderReply },
			},
		},
		(request) =>
			setExemptionOrder(app.db, {
				...commandOf(request),
				...request.body,
				keys: app.settings.keys,
				memberId: request.params.id,
			}),
	);
	app.post(
		'/api/members/:id/exemption-order/end',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'endExemptionOrder', tags, summary: 'Ends a member’s exemption order' },
				params: IdParams,
				body: EndBody,
				response: { 200: OrderReply },
			},
		},
		(request) =>
			endExemptionOrder(app.db, {
				...commandOf(request),
				...request.body,
				keys: app.settings.keys,
				memberId: request.params.id,
			}),
	);
	app.get(
		'/api/members/:id/tax-attributes',
		{
			config: { access: readers },
			schema: {
				...{ operationId: 'readTaxAttributes', tags, summary: 'A member’s tax standing by year, and certificates' },
				params: IdParams,
				response: { 200: Standing },
			},
		},
		({ actor, params }) => readTaxAttributes(app.db, { by: actor, memberId: params.id }),
	);
	app.put(
		'/api/members/:id/tax-attributes/:year',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'setTaxAttributes', tags, summary: 'Records a member’s tax standing for a calendar year' },
				params: Strict({ id: Id, year: Year }),
				body: Strict({
					churchRate: Rate,
					churchKey: nullable(Type.String({ pattern: '^[0-9]{6}$', maxLength: 6 })),
					inBusinessAssets: Type.Boolean(),
					holderKind: HolderKindText,
				}),
				response: { 200: Type.Object({ memberId: Id, year: Type.Integer() }) },
			},
		},
		(request) =>
			setTaxAttributes(app.db, {
				...commandOf(request),
				...request.body,
				keys: app.settings.keys,
				memberId: request.params.id,
				year: request.params.year,
			}),
	);
	app.post(
		'/api/members/:id/tax-certificates',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'addTaxCertificate', tags, summary: 'Records a certificate of the tax office' },
				params: IdParams,
				body: Strict(certificateFields),
				response: { 201: Type.Object({ certificateId: Id }) },
			},
		},
		async (request, reply) => {
			reply.code(201);
			return addTaxCertificate(app.db, { ...commandOf(request), ...request.body, memberId: request.params.id });
		},
	);
	app.post(
		'/api/members/:id/tax-certificates/:certificateId/withdraw',
		{
			config: { access: ['board'], idempotent: true },
			schema: {
				...{ operationId: 'withdrawTaxCertificate', tags, summary: 'Marks a certificate as returned or revoked' },
				params: Strict({ id: Id, certificateId: Id }),
				response: { 200: Type.Object({ certificateId: Id }) },
			},
		},
		(request) =>
			withdrawTaxCertificate(app.db, {
				...commandOf(request),
				memberId: request.params.id,
				certificateId: request.params.certificateId,
			}),
	);
}
