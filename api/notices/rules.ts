// When a mail is tried again, and what may stand in its headers.

const retryMinutes = [1, 2, 5, 15, 30, 60, 180, 360, 720];

/** Minutes until the next attempt after the `attempts`-th failed; undefined when it is time to give up (about a day). */
export function nextAttemptMinutes(attempts: number): number | undefined {
	return retryMinutes[attempts - 1];
}

/** Topics of mails a member may do without; everything else always goes out. */
export const optionalTopics = ['round-news', 'round-receipts'] as const;
export type OptionalTopic = (typeof optionalTopics)[number];

/** Mails of a topic that can be done without. */
export const topicOf: Readonly<Record<string, OptionalTopic>> = {
	'round-announced': 'round-news',
	'round-subscribed': 'round-receipts',
};

/** Mails the law wants, with where it says so: they cannot be done without. */
export const lawOf: Readonly<Record<string, string>> = {
	admission: '§ 15 Abs. 2 GenG',
	'application-rejected': '§ 15 Abs. 2 GenG',
	'further-shares': '§ 15b Abs. 3 GenG',
	'further-shares-rejected': '§ 15b Abs. 3 GenG',
	'assembly-invitation': '§ 46 Abs. 1 GenG',
	'assembly-addition': '§ 46 Abs. 2 GenG',
	'exit-entered': '§ 69 GenG',
	'transfer-entered': '§ 76 Abs. 3 GenG',
	'heir-continues': '§ 77 Abs. 3 GenG',
};

/** One header line: no line breaks or control characters, not endless. */
export function headerText(text: string): string {
	return text
		.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
		.trim()
		.slice(0, 200);
}

/** A value inside a mail's text: one line, so that nobody's name can add a paragraph or a link of its own. */
export function lineText(value: string | number): string {
	return String(value)
		.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
		.replace(/https?:\/\//gi, '')
		.slice(0, 300);
}

/** A line of a document the board puts before the members: word for word, links included, without control characters. */
export function documentLine(line: string): string {
	return line.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
