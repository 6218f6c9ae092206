// Schemas become code when a route is first called, not when the program starts: a start compiles nothing.
import { AjvCompiler } from '@fastify/ajv-compiler';
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

type Factories = NonNullable<NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>>;
type ValidatorFactory = NonNullable<Factories['buildValidator']>;
type SerializerFactory = NonNullable<Factories['buildSerializer']>;
type Validate = ((data: unknown) => unknown) & { errors?: unknown };

interface ValidatorOptions {
	customOptions: Record<string, unknown>;
}

/**
 * What an address says is text and becomes numbers and lists. A body has types of its own and is taken as it is: there, a null would
 * quietly become a zero.
 */
const validators = ((schemas: never, options: ValidatorOptions) => {
	type Compile = (route: unknown) => Validate;
	const compilers = new Map<boolean, Compile>();
	const compilerFor = (isBody: boolean): Compile => {
		const known = compilers.get(isBody);
		if (known) return known;
		const own = isBody ? { ...options, customOptions: { ...options.customOptions, coerceTypes: false } } : options;
		const made = AjvCompiler()(schemas, own as never) as unknown as Compile;
		compilers.set(isBody, made);
		return made;
	};
	return (route: { httpPart?: string }) => {
		let compiled: Validate | undefined;
		const validate: Validate = (data) => {
			compiled ??= compilerFor(route.httpPart === 'body')(route);
			const valid = compiled(data);
			validate.errors = compiled.errors;
			return valid;
		};
		return validate;
	};
}) as unknown as ValidatorFactory;

interface Shape {
	anyOf?: readonly Shape[];
	type?: string | readonly string[];
	const?: unknown;
	properties?: Readonly<Record<string, Shape>>;
	[keyword: string]: unknown;
}

/**
 * A reply's schema without `anyOf` where that changes nothing in what is written: the serializer tries its branches one by one with
 * a validator. Words become text, objects one object with the properties of all, a value or null a list of two types.
 */
function withoutChoices(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(withoutChoices);
	if (typeof schema !== 'object' || schema === null) return schema;
	const shape = Object.fromEntries(Object.entries(schema).map(([k, v]) => [k, withoutChoices(v)])) as Shape;
	if (!shape.anyOf) return shape;
	const some = oneOf(shape.anyOf.filter((choice) => choice.type !== 'null'));
	if (typeof some?.type !== 'string') return shape;
	return shape.anyOf.some((choice) => choice.type === 'null') ? { ...some, type: [some.type, 'null'] } : some;
}

function oneOf(choices: readonly Shape[]): Shape | undefined {
	if (choices.length <= 1) return choices[0];
	if (choices.every((choice) => choice.type === 'string')) return { type: 'string' };
	if (!choices.every((choice) => choice.type === 'object' && choice.properties)) return undefined;
	const properties: Record<string, Shape> = {};
	for (const [name, property] of choices.flatMap((choice) => Object.entries(choice.properties ?? {}))) {
		const both = properties[name] ? oneOf([properties[name], property]) : property;
		const same = JSON.stringify(properties[name]) === JSON.stringify(property);
		if (!both && !same) return undefined;
		properties[name] = both ?? property;
	}
	return { type: 'object', properties };
}

const serializers = ((schemas: never, options: never) => {
	type Compile = (route: { schema: unknown }) => (data: unknown) => string;
	let compile: Compile | undefined;
	return (route: { schema: unknown }) => {
		let compiled: ((data: unknown) => string) | undefined;
		return (data: unknown) => {
			compile ??= SerializerSelector()(schemas, options) as unknown as Compile;
			compiled ??= compile({ ...route, schema: withoutChoices(route.schema) });
			return compiled(data);
		};
	};
}) as unknown as SerializerFactory;

/** Fastify's own compilers, put off until they are needed. */
export const compileWhenCalled: Factories = { buildValidator: validators, buildSerializer: serializers };
