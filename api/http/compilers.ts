// Schemas become code when a route is first called, not when the program starts: a start compiles nothing.
import { AjvCompiler } from '@fastify/ajv-compiler';
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

type Factories = NonNullable<NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>>;
type ValidatorFactory = NonNullable<Factories['buildValidator']>;
type SerializerFactory = NonNullable<Factories['buildSerializer']>;
type Validate = ((data: unknown) => unknown) & { errors?: unknown };

const validators = ((schemas: never, options: never) => {
	type Compile = (route: unknown) => Validate;
	let compile: Compile | undefined;
	return (route: unknown) => {
		let compiled: Validate | undefined;
		const validate: Validate = (data) => {
			compile ??= AjvCompiler()(schemas, options) as unknown as Compile;
			compiled ??= compile(route);
			const valid = compiled(data);
			validate.errors = compiled.errors;
			return valid;
		};
		return validate;
	};
}) as unknown as ValidatorFactory;

const serializers = ((schemas: never, options: never) => {
	type Compile = (route: unknown) => (data: unknown) => string;
	let compile: Compile | undefined;
	return (route: unknown) => {
		let compiled: ((data: unknown) => string) | undefined;
		return (data: unknown) => {
			compile ??= SerializerSelector()(schemas, options) as unknown as Compile;
			compiled ??= compile(route);
			return compiled(data);
		};
	};
}) as unknown as SerializerFactory;

/** Fastify's own compilers, put off until they are needed. */
export const compileWhenCalled: Factories = { buildValidator: validators, buildSerializer: serializers };
