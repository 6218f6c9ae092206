// The API's own description, made readable: operations by feature, each with what goes in and what comes out.
import type { Api } from '#lib/server/api.ts';

/** A value in words, with the values inside it. */
export interface Shape {
	/** Its type: text (uuid), whole number, one of …, list of … */
	type: string;
	/** What it means, when the API says so. */
	note?: string;
	fields?: { name: string; optional: boolean; shape: Shape }[];
}

/** A parameter in the address or a header. */
export interface Parameter {
	name: string;
	place: string;
	optional: boolean;
	shape: Shape;
}

/** One thing the API can be asked. */
export interface Operation {
	id: string;
	method: string;
	path: string;
	summary: string;
	tag: string;
	roles: string[];
	deviceScope: string | null;
	parameters: Parameter[];
	body: Shape | null;
	replies: { status: string; description: string; shape: Shape | null }[];
}

type Json = Record<string, unknown>;

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Follows `#/components/…` once; descriptions of this API refer no deeper. */
function resolved(schema: unknown, root: Json): Json {
	const { $ref } = record(schema);
	if (typeof $ref !== 'string') return record(schema);
	return $ref
		.slice(2)
		.split('/')
		.reduce<Json>((at, key) => record(at[key]), root);
}

function boundsOf(schema: Json): string {
	const parts = [
		text(schema.format),
		schema.minimum !== undefined || schema.maximum !== undefined
			? `${schema.minimum ?? ''} … ${schema.maximum ?? ''}`.trim()
			: '',
		schema.maxLength !== undefined && !schema.format ? `≤ ${schema.maxLength}` : '',
		schema.maxItems !== undefined ? `≤ ${schema.maxItems}` : '',
	].filter(Boolean);
	return parts.length ? ` (${parts.join(', ')})` : '';
}

function shapeOf(given: unknown, root: Json, depth = 0): Shape {
	const schema = resolved(given, root);
	const note = text(schema.description) ? { note: text(schema.description) } : {};
	const choices = list(schema.anyOf ?? schema.oneOf);
	if (choices.length > 0) {
		const shapes = choices.map((choice) => shapeOf(choice, root, depth));
		const fields = shapes.find((shape) => shape.fields)?.fields;
		return { type: [...new Set(shapes.map(({ type }) => type))].join(' | '), ...note, ...(fields ? { fields } : {}) };
	}
	if (schema.const !== undefined) return { type: JSON.stringify(schema.const), ...note };
	if (Array.isArray(schema.enum)) return { type: schema.enum.map((one) => JSON.stringify(one)).join(' | '), ...note };
	if (schema.type === 'array') {
		const inner = shapeOf(schema.items, root, depth);
		return { type: `${inner.type}[]${boundsOf(schema)}`, ...note, ...(inner.fields ? { fields: inner.fields } : {}) };
	}
	const properties = record(schema.properties);
	if (schema.type === 'object' || Object.keys(properties).length > 0) {
		const required = new Set(list(schema.required));
		if (depth > 6 || Object.keys(properties).length === 0) return { type: 'object', ...note };
		const fields = Object.entries(properties).map(([name, value]) => ({
			name,
			optional: !required.has(name),
			shape: shapeOf(value, root, depth + 1),
		}));
		return { type: 'object', ...note, fields };
	}
	return { type: `${text(schema.type) || 'any'}${boundsOf(schema)}`, ...note };
}

function contentShape(content: unknown, root: Json): Shape | null {
	const [type, first] = Object.entries(record(content))[0] ?? [];
	if (!type) return null;
	const { schema } = record(first);
	const shape = schema === undefined ? { type } : shapeOf(schema, root);
	return shape.type === 'null' ? null : shape;
}

function operationOf(path: string, method: string, told: Json, root: Json): Operation {
	return {
		id: text(told.operationId),
		method: method.toUpperCase(),
		path,
		summary: text(told.summary),
		tag: text(list(told.tags)[0]),
		roles: list(told['x-roles']).map(text),
		deviceScope: text(told['x-device-scope']) || null,
		parameters: list(told.parameters).map((one) => {
			const parameter = record(one);
			return {
				name: text(parameter.name),
				place: text(parameter.in),
				optional: parameter.required !== true,
				shape: shapeOf(parameter.schema, root),
			};
		}),
		body: told.requestBody ? contentShape(record(told.requestBody).content, root) : null,
		replies: Object.entries(record(told.responses)).map(([status, reply]) => ({
			status,
			description: text(record(reply).description),
			shape: contentShape(record(reply).content, root),
		})),
	};
}

/** All operations of the API as it describes itself, by feature and address. */
export async function readOperations(api: Api): Promise<Operation[]> {
	// The description does not describe itself, so the typed client does not know its address.
	const ask = api.GET as unknown as (path: string) => Promise<{ data?: unknown }>;
	const { data } = await ask('/api/openapi.json');
	const root = record(data);
	return Object.entries(record(root.paths))
		.flatMap(([path, methods]) =>
			Object.entries(record(methods)).map(([method, told]) => operationOf(path, method, record(told), root)),
		)
		.filter(({ id }) => id);
}
