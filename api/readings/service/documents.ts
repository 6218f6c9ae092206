// Messages of files: recorded with the numbers their senders gave them, withdrawn by cancellations that come before or after them.
import { clientOf, type Tx } from '../../database/connect.ts';
import type { Issue } from '../compare.ts';
import type { ReadingDocument } from '../formats/format.ts';
import { cancelledWithin, issueOf } from '../messages.ts';

/** A message of a file that is being stored or looked into. */
export interface FileDocument extends Issue {
	/** 0 while it is only looked into */
	id: number;
	/** false if a message of this file or a stored one cancels it */
	active: boolean;
}

/** Name of a message among those of all senders. */
export function messageName(sender: string, number: string): string {
	return `${sender}\n${number}`;
}

/** A file with messages: when it arrived, and the import it becomes (0 for a look). */
export interface FileWithDocuments {
	importId: number;
	receivedMs: number;
	documents: readonly ReadingDocument[];
}

/** What the messages of files come to: each message by file and place, and the names of those that these files cancel. */
export interface Documents {
	byFile: FileDocument[][];
	cancelled: Set<string>;
}

/**
 * Records the messages of files, or only looks at what would become of them. Message numbers stay locked to the end of the
 * transaction, in their order, so that a message and its cancellation arriving at the same moment see each other.
 */
export async function documentsOf(
	tx: Tx,
	files: readonly FileWithDocuments[],
	{ create }: { create: boolean },
): Promise<Documents> {
	const all = files.flatMap(({ documents }) => documents);
	const cancelled = new Set(
		all.flatMap((one) =>
			one.function === 'cancellation' && one.cancels !== null ? [messageName(one.sender, one.cancels)] : [],
		),
	);
	if (all.length === 0) return { byFile: files.map(() => []), cancelled };
	const names = new Set([...all.map((one) => messageName(one.sender, one.number)), ...cancelled]);
	const messages = await messagesNamed(tx, [...names], create);
	const ids = create ? await recorded(tx, files, messages) : undefined;
	const withdrawn = await cancelledMessages(tx, [...messages.values()]);
	const byFile = files.map(({ documents, receivedMs }, f) => {
		const within = cancelledWithin(documents);
		return documents.map((document, i): FileDocument => {
			const name = messageName(document.sender, document.number);
			const isCancelled = within.has(i) || cancelled.has(name) || withdrawn.has(messages.get(name) ?? -1);
			const active = document.function === 'cancellation' || !isCancelled;
			return { id: ids?.[f]?.[i] ?? 0, active, ...issueOf(document, receivedMs, 0) };
		});
	});
	return { byFile, cancelled };
}

async function messagesNamed(tx: Tx, names: readonly string[], create: boolean): Promise<Map<string, number>> {
	const client = clientOf(tx);
	const parts = names.map((name) => name.split('\n', 2) as [string, string]);
	const [senders, numbers] = [parts.map(([sender]) => sender), parts.map(([, number]) => number)];
	const rows = create
		? await client`
			insert into reading_messages (sender, number)
			select * from unnest(${senders}::text[], ${numbers}::text[]) as n (sender, number) order by 1, 2
			on conflict (sender, number) do update set number = excluded.number
			returning id, sender, number`
		: await client`
			select m.id, m.sender, m.number from reading_messages m
			join unnest(${senders}::text[], ${numbers}::text[]) as n (sender, number) using (sender, number)`;
	return new Map(rows.map((row) => [messageName(row.sender, row.number), row.id as number]));
}

async function recorded(
	tx: Tx,
	files: readonly FileWithDocuments[],
	messages: ReadonlyMap<string, number>,
): Promise<number[][]> {
	const rows = files.flatMap(({ importId, receivedMs, documents }) =>
		documents.map((one) => ({
			import_id: importId,
			message_id: messages.get(messageName(one.sender, one.number)) ?? 0,
			part: one.part ?? 1,
			function: one.function,
			cancels_message_id:
				one.function === 'cancellation' && one.cancels !== null
					? (messages.get(messageName(one.sender, one.cancels)) ?? null)
					: null,
			...{ type: one.type, process: one.process, version: one.version, test: one.test, value_count: one.values },
			issued_at: new Date(issueOf(one, receivedMs, 0).issuedMs).toISOString(),
			reasons: one.reasons ?? null,
		})),
	);
	const client = clientOf(tx);
	const made = await client`
		insert into reading_documents (import_id, message_id, part, function, cancels_message_id, type, process, version, issued_at, test, value_count, reasons)
		select import_id, message_id, part, function, cancels_message_id, type, process, version, issued_at, test, value_count, reasons
		from json_to_recordset(${JSON.stringify(rows)}::text::json) as d (import_id int4, message_id int4, part int2, function text, cancels_message_id int4, type text,
			process text, version text, issued_at timestamptz, test bool, value_count int4, reasons json)
		returning id, import_id, message_id, part, function`;
	const place = (row: { import_id: number; message_id: number; part: number; function: string }) =>
		[row.import_id, row.message_id, row.part, row.function].join('|');
	const ids = new Map(made.map((row) => [place(row as unknown as Parameters<typeof place>[0]), row.id as number]));
	let next = 0;
	return files.map(({ documents }) =>
		documents.map(() => {
			const row = rows[next++];
			return row ? (ids.get(place(row)) ?? 0) : 0;
		}),
	);
}

/** Of these messages, the ones that a stored message cancels. */
async function cancelledMessages(tx: Tx, messages: readonly number[]): Promise<Set<number>> {
	const rows = await clientOf(tx)`
		select distinct d.cancels_message_id as id from reading_documents d join imports i on i.id = d.import_id and i.state = 'stored'
		where d.cancels_message_id = any(${messages as number[]}::int4[])`;
	return new Set(rows.map((row) => row.id as number));
}
