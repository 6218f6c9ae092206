// What the log calls `members.admit`, in words. Looked up by name, so that the browser need not carry all of them.
import * as messages from '#lib/paraglide/messages.js';

/** Features whose acts the log holds, in the order they are offered as filters. */
export const features = [
	...(['accounts', 'members', 'shares', 'payments', 'ledger', 'dividends', 'assemblies', 'ballots'] as const),
	...(['statute', 'plants', 'readings', 'yields', 'documents', 'reports', 'desk', 'privacy', 'moving'] as const),
];

function worded(key: string): string | undefined {
	return Object.hasOwn(messages, key) ? (messages as unknown as Record<string, () => string>)[key]?.() : undefined;
}

const snake = (name: string) =>
	name
		.replaceAll(/([a-z])([A-Z])/g, '$1_$2')
		.replaceAll(/[.-]/g, '_')
		.toLowerCase();

/** An act in words: Mitglied aufgenommen; its name as it stands when there are none. */
export function actionWord(action: string): string {
	return worded(`board_did_${snake(action)}`) ?? action;
}

/** A feature in words: Mitglieder, Zahlungen. */
export function featureWord(feature: string): string {
	return worded(`board_feature_${feature}`) ?? feature;
}

/** What an entry is about: words, and the page that shows it where there is one. */
export interface Subject {
	text: string;
	href?: string;
}

const uuid = /[0-9a-f]{8}-[0-9a-f-]{27}$/;
const places: Record<string, (id: string) => string> = {
	assembly: (id) => `/vorstand/versammlungen/${id}`,
	ballot: (id) => `/vorstand/abstimmungen/${id}`,
	'payout file': (id) => `/vorstand/auszahlungen/${id}`,
	person: (id) => `/vorstand/personen/${id}`,
	'fiscal year': (id) => `/vorstand/dividende/${id}`,
	entry: (id) => `/vorstand/buchhaltung/journal/${id}`,
	plant: (id) => `/betrieb/anlagen/${id}`,
	round: (id) => `/vorstand/mitglieder/runden/${id}`,
	member: (id) =>
		uuid.test(id) ? `/vorstand/mitglieder/${id}` : `/vorstand/mitglieder?q=${id}&stand=all&folge=number`,
};

/** A subject as the log holds it (`ballot 0198…`, `member 147`) in words, with its page. */
export function subjectOf(subject: string): Subject {
	const wordOf = (kind: string) => worded(`board_subject_of_${kind.replaceAll(/[ -]/g, '_')}`);
	const cut = subject.lastIndexOf(' ');
	const [kind, id] = [subject.slice(0, cut), subject.slice(cut + 1)];
	const word = cut < 0 ? undefined : wordOf(kind);
	if (!word) return { text: wordOf(subject) ?? subject };
	const href = places[kind]?.(id);
	return { text: uuid.test(id) ? word : `${word} ${id}`, ...(href ? { href } : {}) };
}
