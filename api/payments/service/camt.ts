// Reads bank statements as a stream: camt.053 in versions 02 and 08, without ever resolving an entity (B-10).
import { setImmediate } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import sax from 'sax';
import { Refusal } from '../../values/refusal.ts';
import { type BankStatement, collectEntries, type EntryCollector } from '../rules/statement.ts';
import type { XmlNode } from '../rules/statementLines.ts';

const namespaces = new Map(
	['02', '08'].map((version) => [`urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}`, `camt.053.001.${version}`]),
);
const limits = { depth: 60, textLength: 20_000, children: 5_000, entries: 100_000, statements: 400 };

const refuse = (
	code: 'payments.statement-broken' | 'payments.statement-entities' | 'payments.statement-too-large',
	line: number,
): Refusal => new Refusal('invalid', code, { line }, { rule: 'B-10', field: 'files' });

/** The text of an XML file: UTF-8, or what its declaration says of the encodings banks have used. Refuses invalid `payments.statement-broken`. */
function decoderOf(start: Buffer): TextDecoder {
	const head = start.subarray(0, 200).toString('latin1');
	const declared =
		/^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8';
	const known = {
		'utf-8': 'utf-8',
		utf8: 'utf-8',
		'iso-8859-1': 'iso-8859-1',
		'iso-8859-15': 'iso-8859-15',
		'windows-1252': 'windows-1252',
	};
	const label = known[declared as keyof typeof known];
	if (!label) throw refuse('payments.statement-broken', 1);
	return new TextDecoder(label, { fatal: true });
}

/** What is being read: the elements that are open, and the statement they belong to. */
class Reader {
	readonly statements: BankStatement[] = [];
	private readonly ownIban: string;
	private readonly open: XmlNode[] = [];
	private namespace = '';
	private version = '';
	private collector: EntryCollector | undefined;
	private head: XmlNode | undefined;
	private foreign = 0;
	private entries = 0;
	private closed = false;

	constructor(ownIban: string) {
		this.ownIban = ownIban;
	}

	opened({ local, uri, attributes }: sax.QualifiedTag, line: number): void {
		if (this.open.length >= limits.depth) throw refuse('payments.statement-too-large', line);
		if (this.open.length === 0) this.begin(local, uri, line);
		// Banks may put anything into supplementary data; nothing of it is read.
		if (this.foreign > 0 || local === 'SplmtryData') {
			this.foreign++;
			return;
		}
		if (uri !== this.namespace) throw wrongKind(uri);
		const names = Object.values(attributes).map(({ local: name, value }) => [name, value]);
		const node: XmlNode = { name: local, attributes: Object.fromEntries(names), text: '', children: [] };
		const parent = this.open.at(-1);
		this.open.push(node);
		if (local === 'Stmt' && parent?.name === 'BkToCstmrStmt') {
			this.collector = collectEntries(this.ownIban);
			this.head = node;
		}
	}

	private begin(local: string, uri: string, line: number): void {
		const version = namespaces.get(uri);
		if (this.closed || local !== 'Document') throw refuse('payments.statement-broken', line);
		if (!version) throw wrongKind(uri);
		this.namespace = uri;
		this.version = version;
	}

	said(text: string, line: number): void {
		const node = this.open.at(-1);
		if (!node || this.foreign > 0) return;
		node.text += text;
		if (node.text.length > limits.textLength) throw refuse('payments.statement-too-large', line);
	}

	ended(line: number): void {
		if (this.foreign > 0) {
			this.foreign--;
			return;
		}
		const node = this.open.pop();
		const parent = this.open.at(-1);
		if (!node) return;
		if (!parent) this.closed = true;
		else if (node.name === 'Ntry' && parent === this.head) {
			if (++this.entries > limits.entries) throw refuse('payments.statement-too-large', line);
			this.collector?.add(node, this.head);
		} else if (node === this.head) this.finish();
		else if (parent.name !== 'BkToCstmrStmt') {
			parent.children.push(node);
			if (parent.children.length > limits.entries) throw refuse('payments.statement-too-large', line);
		} else if (node.name !== 'GrpHdr' && node.name !== 'SplmtryData') throw wrongKind(node.name);
	}

	private finish(): void {
		if (!this.head || !this.collector) return;
		if (this.statements.length >= limits.statements) throw refuse('payments.statement-too-large', 0);
		this.statements.push(this.collector.finish(this.head, this.version));
		this.head = undefined;
		this.collector = undefined;
	}

	/** Answers the statements if the document was closed. */
	result(line: number): BankStatement[] {
		if (!this.closed) throw refuse('payments.statement-broken', line);
		return this.statements;
	}
}

function wrongKind(found: string): Refusal {
	return new Refusal(
		'invalid',
		'payments.statement-kind',
		{ found: found.replace('urn:iso:std:iso:20022:tech:xsd:', '').slice(0, 60) || 'XML' },
		{ rule: 'B-10', field: 'files' },
	);
}

/**
 * The statements of one XML file, read piece by piece so that others are served meanwhile. Refuses invalid
 * `payments.statement-broken` {line} (no XML, cut off, wrong encoding), `payments.statement-entities` {line} (a document type
 * or entities), `payments.statement-kind` {found}, `payments.statement-too-large` {line}, and what `collectEntries` refuses.
 */
export async function readStatements(content: Buffer, ownIban: string): Promise<BankStatement[]> {
	const parser = sax.parser(true, { xmlns: true, position: true, strictEntities: true } as sax.SAXOptions);
	const reader = new Reader(ownIban);
	let failure: unknown;
	const guard = (work: () => void) => (): void => {
		if (failure !== undefined) return;
		try {
			work();
		} catch (error) {
			failure = error;
		}
	};
	const line = () => parser.line + 1;
	parser.onerror = (error) => {
		failure ??= refuse(
			/entity/i.test(error.message) ? 'payments.statement-entities' : 'payments.statement-broken',
			line(),
		);
	};
	const forbid = guard(() => {
		throw refuse('payments.statement-entities', line());
	});
	parser.ondoctype = forbid;
	parser.onsgmldeclaration = forbid;
	parser.onopentag = (tag) => guard(() => reader.opened(tag as sax.QualifiedTag, line()))();
	parser.onclosetag = guard(() => reader.ended(line()));
	parser.ontext = (text) => guard(() => reader.said(text, line()))();
	parser.oncdata = parser.ontext;
	const decoder = decoderOf(content);
	const step = 64 * 1024;
	for (let from = 0; from < content.length && failure === undefined; from += step) {
		let text: string;
		try {
			text = decoder.decode(content.subarray(from, from + step), { stream: true });
		} catch {
			throw refuse('payments.statement-broken', line());
		}
		parser.write(text);
		if (from % (step * 8) === 0) await setImmediate();
	}
	if (failure === undefined) {
		try {
			decoder.decode();
			parser.close();
		} catch {
			failure ??= refuse('payments.statement-broken', line());
		}
	}
	if (failure !== undefined) throw failure;
	return reader.result(line());
}
