// The audit log: who did what when; and whether its chain is whole.
import { actionWord, featureWord, features, subjectOf } from '#lib/board/server/audit.ts';
import { answered } from '#lib/server/problem.ts';
import type { PageServerLoad } from './$types';

const pageSize = 50;

interface Content {
	at: string;
	by: { kind: string; name: string; roles?: string[] };
	action: string;
	subject: string;
	before?: unknown;
	after?: unknown;
}

/** The content of an entry; the API hands it on as it was hashed. */
function entryOf({ seq, content, hash }: { seq: number; content?: unknown; hash: string }) {
	const { at = '', by, action = '', subject = '', before, after } = (content ?? {}) as Partial<Content>;
	const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value, null, 2));
	return {
		seq,
		hash,
		at,
		by: by?.name ?? '',
		kind: by?.kind ?? '',
		action,
		what: actionWord(action),
		about: subjectOf(subject),
		subject,
		before: json(before),
		after: json(after),
	};
}

export const load: PageServerLoad = async ({ locals, url }) => {
	const action = /^[a-z][a-zA-Z.-]{0,59}$/.exec(url.searchParams.get('was') ?? '')?.[0];
	const before = Number(/^[1-9]\d{0,14}$/.exec(url.searchParams.get('vor') ?? '')?.[0]) || undefined;
	const query = { ...(action ? { action } : {}), ...(before ? { before } : {}), limit: pageSize };
	const [entries, chain] = await Promise.all([
		locals.api.GET('/api/audit', { params: { query } }),
		url.searchParams.has('pruefen') ? locals.api.GET('/api/audit/chain') : undefined,
	]);
	const lines = answered(entries).map(entryOf);
	return {
		action,
		before,
		entries: lines,
		more: lines.length === pageSize ? lines.at(-1)?.seq : undefined,
		features: features.map((feature) => ({ value: `${feature}.`, label: featureWord(feature) })),
		chain: chain ? answered(chain) : null,
	};
};
