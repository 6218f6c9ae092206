// What the API refuses, in sentences: for pages (load) and for forms (actions).
import { type ActionFailure, error, fail, redirect } from '@sveltejs/kit';
import { date, energy, euros, number } from '#lib/format.ts';
import * as messages from '#lib/paraglide/messages.js';
import type { ProblemView, Wait } from '#lib/problem.ts';
import { getRequestEvent } from '$app/server';
import { sessionIsOver } from './api.ts';

type Values = Record<string, unknown>;
type Sentence = (values: Record<string, string>) => string;

/** What a call of the typed client answers. */
export interface Answer<Data> {
	data?: Data;
	error?: unknown;
	response: Response;
}

/** What a form gets back when the API refused: the problem and what was typed, to fill the fields again. */
export interface Refused {
	problem: ProblemView;
	values: Record<string, string>;
}

/**
 * The data of an answer, for `load`. Without a valid session the person is sent to the log-in page and back afterwards;
 * every other refusal becomes the error page with the refusal's sentence.
 */
export function answered<Data>(answer: Answer<Data>): Data {
	if (answer.response.ok) return answer.data as Data;
	signInAgain(answer);
	const problem = describeProblem(answer.error, answer.response.status);
	error(pageStatus(answer.response.status), problem.sentence, { code: problem.code });
}

/**
 * The failure of an answer, for form actions: `if (!answer.response.ok) return refused(answer, form)`.
 * Typed text goes back into the form, except fields whose name speaks of a password or code, and files.
 */
export function refused(answer: Answer<unknown>, form?: FormData): ActionFailure<Refused> {
	signInAgain(answer);
	const problem = describeProblem(answer.error, answer.response.status);
	return fail(answer.response.status, { problem, values: typed(form) });
}

/** The failure of a form that the page itself finds wrong before it asks the API: same shape as `refused`. */
export function incomplete(fields: Record<string, string>, form?: FormData): ActionFailure<Refused> {
	const problem = { code: 'form.incomplete', sentence: messages.problem_check_fields(), fields };
	return fail(422, { problem, values: typed(form) });
}

/** Turns a problem+json body into sentences. Anything that is not one gets a general sentence; nothing else of it is shown. */
export function describeProblem(body: unknown, status: number): ProblemView {
	const problem = record(body);
	const code = typeof problem.code === 'string' ? problem.code : 'unknown';
	const fields: Record<string, string> = {};
	for (const item of Array.isArray(problem.errors) ? problem.errors : []) {
		const part = record(item);
		if (typeof part.field === 'string') fields[part.field] ??= sentenceOf(part.code, record(part.values), 422);
	}
	const sentence = sentenceOf(problem.code, record(problem.values), status);
	if (typeof problem.field === 'string') fields[problem.field] ??= sentence;
	const wait = status === 429 ? waitOf(record(problem.values).retrySeconds) : undefined;
	return {
		code,
		sentence,
		fields,
		...(typeof problem.rule === 'string' ? { rule: problem.rule } : {}),
		...(wait ? { wait } : {}),
	};
}

function waitOf(retrySeconds: unknown): Wait | undefined {
	const seconds = Number(retrySeconds);
	return seconds > 0 ? { until: new Date(Date.now() + seconds * 1000).toISOString(), seconds } : undefined;
}

function sentenceOf(code: unknown, values: Values, status: number): string {
	if (typeof code === 'string') {
		const key = `refusal_${code.replaceAll(/[.-]/g, '_')}`;
		const sentence = Object.hasOwn(messages, key) ? (messages as unknown as Record<string, Sentence>)[key] : undefined;
		if (sentence) return sentence(spoken(values));
		if (status < 500) return messages.problem_unknown_code({ code });
	}
	if (status >= 500) return messages.problem_server();
	if (status === 404) return messages.problem_missing();
	if (status === 403) return messages.problem_forbidden();
	if (status === 429) return messages.problem_throttled();
	return messages.problem_unknown();
}

/** Values as people read them; the ending of the name says what it is (`limitCents`, `energyWh`, `untilDate`, `fiscalYear`). */
function spoken(values: Values): Record<string, string> {
	return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, speak(name, value)]));
}

function speak(name: string, value: unknown): string {
	if (typeof value === 'number') {
		if (/cents$/i.test(name)) return euros(value);
		if (/wh$/i.test(name)) return energy(value);
		return /year$|number$|line$/i.test(name) ? String(value) : number(value);
	}
	if (typeof value === 'string') return /^\d{4}-\d{2}-\d{2}$/.test(value) ? date(value) : value;
	return typeof value === 'boolean' ? String(value) : '';
}

/** A wrong code answers 401 too, but that belongs to its form; only a missing or ended session leads to the log-in page. */
function signInAgain({ error: body, response }: Answer<unknown>): void {
	if (response.status !== 401 || !sessionIsOver(body)) return;
	const { url } = getRequestEvent();
	redirect(303, `/anmelden?weiter=${encodeURIComponent(url.pathname + url.search)}`);
}

function pageStatus(status: number): number {
	return status >= 400 && status <= 599 ? status : 502;
}

function typed(form: FormData | undefined): Record<string, string> {
	const values: Record<string, string> = {};
	for (const [name, value] of form ?? [])
		if (typeof value === 'string' && !/password|secret|token|^code$/i.test(name)) values[name] = value;
	return values;
}

function record(value: unknown): Values {
	return typeof value === 'object' && value !== null ? (value as Values) : {};
}
