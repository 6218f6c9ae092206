// Where devices send their values: one, many, or line by line.
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { commandOf } from '../../http/access.ts';
import { Line, mayMiss, Strict } from '../../http/schemas.ts';
import { Refusal } from '../../values/refusal.ts';
import { pushReadings, valuesAtMost } from '../service/push.ts';

const bodyLimitBytes = 4 * 1024 * 1024;

const Value = Strict({
	channel: Type.Optional(Line(200, 0)),
	// Without a type: the reader of bodies would make a zero of null, and missing is not zero.
	at: Type.Unsafe<string | number>({ description: 'ISO 8601, or seconds or milliseconds since 1970' }),
	value: Type.Unsafe<string | number | null>({
		description: 'number in the unit of the series, or null',
	}),
});
const Values = Type.Array(Value, { maxItems: valuesAtMost });
/** The service looks at every value itself: a validator that collects all errors of a million wrong ones would take a gigabyte. */
const unchecked = () => () => true;

/** The values in lines of JSON. Refuses readings.push-line with the line that is none. */
function linesOf(text: string): unknown[] {
	return text.split('\n').flatMap((line, index) => {
		if (line.trim() === '') return [];
		try {
			return [JSON.parse(line)];
		} catch {
			throw new Refusal('invalid', 'readings.push-line', { line: index + 1 });
		}
	});
}

/** POST /api/live-values. */
export function pushRoutes(app: App): void {
	app.addContentTypeParser(
		'application/x-ndjson',
		{ parseAs: 'string', bodyLimit: bodyLimitBytes },
		(_request, body, done) => {
			try {
				done(null, linesOf(String(body)));
			} catch (error) {
				done(error as Error);
			}
		},
	);
	app.post(
		'/api/live-values',
		{
			bodyLimit: bodyLimitBytes,
			validatorCompiler: unchecked,
			config: { access: ['operator', 'board'], deviceScope: 'readings.push' },
			schema: {
				operationId: 'pushReadings',
				tags: ['readings'],
				summary:
					'Books values a device sends with its token; what was sent before counts once. Also as application/x-ndjson',
				body: Type.Union([Value, Strict({ values: Values }), Values]),
				response: { 200: Type.Object({ accepted: Type.Integer(), fresh: Type.Integer() }), ...mayMiss },
			},
		},
		(request) => pushReadings(app.db, { ...commandOf(request), sent: request.body }),
	);
}
