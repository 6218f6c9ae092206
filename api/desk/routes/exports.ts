// Lists of the desk as files, on the wire: CSV or XLSX, of what a list is filtered by, in its order; each one logged.
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { sheetFormats } from '../../documents/spreadsheet.ts';
import { DayText, Id, Line, OneOf, Strict } from '../../http/schemas.ts';
import { KnownAt, registerChoice } from '../../members/routes/shapes.ts';
import { memberOrders } from '../../members/service/search.ts';
import { claimChoice, paymentChoice } from '../../payments/routes/choices.ts';
import { dayOf } from '../../values/calendar.ts';
import type { ExportedFile, ExportForm } from '../service/exports/file.ts';
import {
	exportApplications,
	exportClaims,
	exportHoldings,
	exportMembers,
	exportPayments,
	exportRegisterList,
} from '../service/exports/lists.ts';

const staff = ['board', 'supervisory', 'auditor'] as const;
const exportForm = {
	format: OneOf(sheetFormats),
	language: Type.Optional(OneOf(['de', 'en'])),
	columns: Type.Optional(
		Type.String({
			...{ maxLength: 400, pattern: '^[A-Za-z]+(,[A-Za-z]+)*$' },
			description: 'columns in the order wanted, separated by commas; all if left out',
		}),
	),
};
const file = { 200: Type.String({ description: 'the file: CSV or XLSX' }) };

function formOf(query: { format: ExportForm['format']; language?: 'de' | 'en'; columns?: string }): ExportForm {
	const { format, language = 'de', columns } = query;
	return { format, language, columns: columns?.split(',') };
}

function send(reply: FastifyReply, { fileName, mediaType, content }: ExportedFile) {
	const plain = fileName.normalize('NFD').replaceAll(/[^\w.-]/g, '');
	return reply
		.header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`)
		.type(mediaType)
		.send(content);
}

/** /api/members/export, /api/register/export, /api/applications/export, /api/holdings/export, /api/claims/export, /api/payments/export. */
export function exportRoutes(app: App): void {
	const { db } = app;
	app.get(
		'/api/members/export',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'exportMembers', tags: ['desk'], summary: 'The list of members as CSV or XLSX; logged' },
				querystring: Strict({
					...exportForm,
					search: Type.Optional(Line(100, 0)),
					standing: Type.Optional(OneOf(['present', 'left', 'all'])),
					order: Type.Optional(OneOf(memberOrders)),
					descending: Type.Optional(Type.Boolean()),
				}),
				response: file,
			},
		},
		async ({ actor, at, query }, reply) => {
			const { format: _, language: __, columns: ___, ...rest } = query;
			return send(reply, await exportMembers(db, { by: actor, at, form: formOf(query), query: rest }));
		},
	);
	app.get(
		'/api/register/export',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'exportRegisterList', tags: ['desk'] },
				summary: 'The list of members of a day as known at an instant, for the desk, as CSV or XLSX; logged',
				querystring: Strict({
					...exportForm,
					...{ day: Type.Optional(DayText), knownAt: Type.Optional(KnownAt), ...registerChoice },
				}),
				response: file,
			},
		},
		async ({ actor, at, query }, reply) => {
			const { format: _, language: __, columns: ___, day, knownAt, ...rest } = query;
			const asked = { ...rest, day: day ?? dayOf(at), knownAt: knownAt ? new Date(knownAt) : at };
			return send(reply, await exportRegisterList(db, { by: actor, at, form: formOf(query), query: asked }));
		},
	);
	app.get(
		'/api/applications/export',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'exportApplications',
					tags: ['desk'],
					summary: 'Declarations to join as CSV or XLSX; logged',
				},
				querystring: Strict({
					...exportForm,
					...{
						state: Type.Optional(OneOf(['declared', 'admitted', 'rejected'])),
						ready: Type.Optional(Type.Boolean()),
						search: Type.Optional(Line(100, 0)),
					},
				}),
				response: file,
			},
		},
		async ({ actor, at, query }, reply) => {
			const { state, ready, search } = query;
			return send(
				reply,
				await exportApplications(db, {
					by: actor,
					at,
					form: formOf(query),
					query: { ...(state ? { state } : {}), ready, search },
				}),
			);
		},
	);
	app.get(
		'/api/holdings/export',
		{
			config: { access: staff },
			schema: {
				...{
					operationId: 'exportHoldings',
					tags: ['desk'],
					summary: 'Holdings or open claims of a day as CSV or XLSX; logged',
				},
				querystring: Strict({
					...exportForm,
					...{ day: Type.Optional(DayText), knownAt: Type.Optional(KnownAt), search: Type.Optional(Line(100, 0)) },
					...{ standing: Type.Optional(OneOf(['present', 'left', 'all'])), owing: Type.Optional(Type.Boolean()) },
				}),
				response: file,
			},
		},
		async ({ actor, at, query }, reply) => {
			const { format: _, language: __, columns: ___, day, knownAt, ...rest } = query;
			const asked = { day: day ?? dayOf(at), knownAt: knownAt ? new Date(knownAt) : undefined, ...rest };
			return send(reply, await exportHoldings(db, { by: actor, at, form: formOf(query), query: asked }));
		},
	);
	app.get(
		'/api/payments/export',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'exportPayments', tags: ['desk'], summary: 'Payments that came in as CSV or XLSX; logged' },
				querystring: Strict({
					...exportForm,
					...{ memberId: Type.Optional(Id), ...paymentChoice },
				}),
				response: file,
			},
		},
		async ({ actor, at, query }, reply) => {
			const { format: _, language: __, columns: ___, ...asked } = query;
			return send(reply, await exportPayments(db, { by: actor, at, form: formOf(query), query: asked }));
		},
	);
	app.get(
		'/api/claims/export',
		{
			config: { access: staff },
			schema: {
				...{ operationId: 'exportClaims', tags: ['desk'], summary: 'Open claims of today as CSV or XLSX; logged' },
				...{ querystring: Strict({ ...exportForm, ...claimChoice }), response: file },
			},
		},
		async ({ actor, at, query }, reply) => {
			const { format: _, language: __, columns: ___, ...asked } = query;
			return send(reply, await exportClaims(db, { by: actor, at, form: formOf(query), query: asked }));
		},
	);
}
