// Turns whatever went wrong into problem+json: refusals with their code, bad input with its fields, faults without any detail.
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { connectionLost, postgresError } from '../database/connect.ts';
import { Refusal, type RefusalKind } from '../values/refusal.ts';

const statusOf: Record<RefusalKind, number> = {
	invalid: 422,
	forbidden: 403,
	missing: 404,
	conflict: 409,
	unauthenticated: 401,
	throttled: 429,
};

const titles: Record<number, string> = {
	400: 'The request cannot be read',
	401: 'Please sign in',
	403: 'Not allowed',
	404: 'Not found',
	405: 'Method not allowed',
	406: 'Not acceptable',
	409: 'Conflict with the present state',
	413: 'Too large',
	415: 'Unsupported content type',
	422: 'The input is not acceptable',
	429: 'Too many attempts',
	500: 'Something went wrong on our side',
	503: 'The service is not available at the moment',
};

interface ProblemBody {
	type: string;
	title: string;
	status: number;
	code: string;
	detail?: string;
	field?: string;
	rule?: string;
	values?: Record<string, string | number | boolean>;
	errors?: { field: string; code: string; message: string; values?: Record<string, string | number | boolean> }[];
}

const problem = (status: number, code: string, more: Partial<ProblemBody> = {}): ProblemBody => ({
	type: 'about:blank',
	title: titles[status] ?? 'Error',
	status,
	code,
	...more,
});

/** True if the error says that the database is away, overloaded or full, not that the request is wrong. */
function isOutage(error: unknown): boolean {
	const code = postgresError(error)?.code ?? '';
	return connectionLost(error) || /^(53|57|58)/.test(code) || ['40001', '40P01', '55P03'].includes(code);
}

function fieldOf(error: { instancePath: string; keyword: string; params: Record<string, unknown> }): string {
	const path = error.instancePath.slice(1).replaceAll('/', '.');
	const own = error.params.missingProperty ?? error.params.additionalProperty ?? error.params.unevaluatedProperty;
	return typeof own === 'string' ? (path ? `${path}.${own}` : own) : path;
}

const partOf = ({ field = '', code, message, values }: Refusal) => ({ field, code, message, values });

/** The problem for an error. 5xx carry neither message nor stack. */
export function problemOf(error: unknown): ProblemBody {
	if (error instanceof Refusal) {
		return problem(statusOf[error.kind], error.code, {
			detail: error.message,
			values: error.values,
			...(error.field ? { field: error.field } : {}),
			...(error.rule ? { rule: error.rule } : {}),
			...(error.parts.length > 0 ? { errors: error.parts.slice(0, 200).map(partOf) } : {}),
		});
	}
	const { validation, statusCode, code } = error as Partial<FastifyError>;
	if (validation) {
		const errors = validation
			.slice(0, 20)
			.map((v) => ({ field: fieldOf(v), code: `request.${v.keyword}`, message: v.message ?? '' }));
		const field = errors[0]?.field;
		return problem(422, 'request.invalid', { errors, ...(field ? { field } : {}) });
	}
	if (isOutage(error)) return problem(503, 'service.unavailable');
	const sqlState = postgresError(error)?.code ?? '';
	if (sqlState.startsWith('22')) return problem(422, 'request.invalid');
	if (sqlState.startsWith('23')) return problem(409, 'request.conflict');
	if (sqlState === '42501') return problem(403, 'request.forbidden');
	if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
		return problem(
			statusCode,
			`request.${(code ?? 'refused').replace('FST_ERR_', '').replace('CTP_', '').toLowerCase().replaceAll('_', '-')}`,
		);
	}
	return problem(500, 'service.fault');
}

/** What may be logged of a fault: where it happened, not the values it happened with (the driver's messages repeat them). */
function traceOf(error: unknown): Record<string, unknown> {
	const sql = postgresError(error);
	const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
	const place = stack
		?.split('\n')
		.filter((line) => /^\s+at /.test(line))
		.slice(0, 12);
	if (sql)
		return {
			name,
			sqlState: sql.code,
			constraint: sql.constraint_name,
			table: sql.table_name,
			routine: sql.routine,
			place,
		};
	return { name, ...(/^Failed query/.test(message) ? {} : { message }), place };
}

/** Fastify's error handler. */
export function replyWithProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
	const body = problemOf(error);
	if (body.status >= 500) request.log.error(traceOf(error), 'request failed');
	if (body.status === 503) reply.header('retry-after', '5');
	if (body.status === 429 && typeof body.values?.retrySeconds === 'number')
		reply.header('retry-after', String(body.values.retrySeconds));
	reply.code(body.status).type('application/problem+json').send(body);
}
