// What days become when their deliveries change: read from versions, deliveries and what is staged; folded; written with history.
import type postgres from 'postgres';
import type { Day } from '../../values/calendar.ts';
import {
	compareDay,
	type Comparison,
	type Delivery,
	type Dispute,
	type DayValues,
	foldDay,
	isSameDay,
	type WholeDay,
} from '../compare.ts';
import { messageName } from './documents.ts';
import { Refusal } from '../../values/refusal.ts';

type Client = postgres.TransactionSql;

/** Makes the temporary tables of one storing: staged days, where each series belongs, and the days to be folded. */
export async function createStage(client: Client): Promise<void> {
	await client`create temporary table staged (series int4 not null, day date not null, wh int4[] not null, quality bytea, total_wh int8 not null, gaps int2 not null) on commit drop`;
	await client`create temporary table staged_channel (series int4 not null, channel_id int4 not null, import_id int4 not null, document_id int4, active bool not null) on commit drop`;
	await client`create temporary table contested (channel_id int4 not null, day date not null, import_id int4 not null, primary key (channel_id, day)) on commit drop`;
}

/** What is known of a staged series: where its values stand among others, and whether they count. */
export interface StagedIssue {
	issuedMs: number;
	number: string | null;
	active: boolean;
}

/** One staged day beside what was stored: what storing does to its slots. */
export interface StagedOutcome extends Comparison {
	series: number;
}

/** What folding came to; nothing is written yet. */
export interface Fold {
	/** staged days that become the valid version as they are */
	taken: { series: number; day: Day; version: number }[];
	/** days that result from several deliveries */
	folded: { channelId: number; day: Day; version: number; importId: number; whole: WholeDay }[];
	/** valid days that nobody delivers any more */
	gone: { channelId: number; day: Day; importId: number }[];
	/** staged days that are kept beside the version: with their values, or by the version they equal */
	kept: { series: number; day: Day; version: number | null }[];
	disputes: (Omit<Dispute, 'delivery'> & { channelId: number; day: Day; importId: number; documentId: number })[];
	outcomes: StagedOutcome[];
	/** energy of each day before and after */
	changes: { channelId: number; day: Day; storedWh: number; resultWh: number }[];
}

interface Row {
	channel_id: number;
	day: Day;
	recorder: number;
	kind: 'version' | 'delivery' | 'staged';
	series: number | null;
	version: number | null;
	valid: boolean | null;
	wh: (number | null)[] | null;
	quality: Uint8Array | null;
	total_wh: number | null;
	import_id: number;
	document_id: number | null;
	state: string | null;
	origin: string | null;
	received_ms: number | null;
	issued_ms: number | null;
	number: string | null;
	sender: string | null;
	cancelled: boolean;
	accepted: boolean | null;
}

/**
 * Folds the days in `contested` from everything that was ever delivered for them and what is staged. `cancelled` names messages that
 * the running import cancels. Refuses readings.message-differs if a message number came again with other values.
 */
export async function foldContested(
	client: Client,
	{ issues, cancelled }: { issues: readonly StagedIssue[]; cancelled: ReadonlySet<string> },
): Promise<Fold> {
	const fold: Fold = { taken: [], folded: [], gone: [], kept: [], disputes: [], outcomes: [], changes: [] };
	const [some] = await client`select 1 from contested limit 1`;
	if (!some) return fold;
	await client`analyze contested (channel_id, day)`;
	const rows = client<Row[]>`
		select q.channel_id, q.day::text as day, q.recorder, q.kind, q.series, q.version, q.valid, q.wh, q.quality, q.total_wh, q.import_id, q.document_id,
			i.state, i.origin, (extract(epoch from i.received_at) * 1000)::int8 as received_ms, (extract(epoch from d.issued_at) * 1000)::int8 as issued_ms,
			m.number, m.sender, p.state = 'accepted' as accepted,
			d.id is not null and exists (select from reading_documents x join imports xi on xi.id = x.import_id
				where x.cancels_message_id = d.message_id and xi.state = 'stored') as cancelled
		from (
			select t.channel_id, t.day, t.import_id as recorder, 'version' as kind, null::int4 as series, r.version, true as valid, r.wh, r.quality, r.total_wh, r.import_id, r.document_id
			from contested t join reading_days r using (channel_id, day)
			union all
			select t.channel_id, t.day, t.import_id, 'version', null, r.version, false, r.wh, r.quality, r.total_wh, r.import_id, r.document_id
			from contested t join reading_days_history r using (channel_id, day)
			union all
			select t.channel_id, t.day, t.import_id, 'delivery', null, r.version, null, r.wh, r.quality, null, r.import_id, r.document_id
			from contested t join reading_deliveries r using (channel_id, day)
			union all
			select t.channel_id, t.day, t.import_id, 'staged', s.series, null, null, s.wh, s.quality, s.total_wh, c.import_id, c.document_id
			from contested t join staged_channel c on c.channel_id = t.channel_id join staged s on s.series = c.series and s.day = t.day
		) q
		left join imports i on i.id = q.import_id
		left join reading_documents d on d.id = q.document_id
		left join reading_messages m on m.id = d.message_id
		left join reading_disputes p on p.channel_id = q.channel_id and p.day = q.day and p.import_id = q.import_id and p.document_id = coalesce(q.document_id, 0)
		order by q.channel_id, q.day, q.series nulls first`.cursor(2000);
	let own: Row[] = [];
	for await (const batch of rows) {
		for (const row of batch as Row[]) {
			const [first] = own;
			if (first && (first.channel_id !== row.channel_id || first.day !== row.day)) {
				foldOne(fold, own, issues, cancelled);
				own = [];
			}
			own.push(row);
		}
	}
	if (own.length > 0) foldOne(fold, own, issues, cancelled);
	return fold;
}

type Known = Delivery & { row: Row };

function foldOne(
	fold: Fold,
	rows: readonly Row[],
	issues: readonly StagedIssue[],
	cancelled: ReadonlySet<string>,
): void {
	const { channel_id: channelId, day, recorder } = rows[0] as Row;
	const versions = rows.filter(({ kind }) => kind === 'version');
	const valid = versions.find((row) => row.valid);
	const current: DayValues | null = valid ? { wh: valid.wh ?? [], quality: valid.quality } : null;
	const staged = rows.filter(({ kind }) => kind === 'staged').map((row) => stagedOf(row, issues));
	const known = [...deliveriesOf(rows, versions, cancelled), ...staged];
	refuseDiffering(known, { channelId, day });
	const { day: result, disputes } = foldDay(known);
	const version = 1 + versions.reduce((last, row) => Math.max(last, row.version ?? 0), 0);
	const isUnchanged = current && result ? isSameDay(current, result) : current === result;
	// A version is a delivery only of the import that records it.
	const mayWin = (one: Known) => one.active && one.row.import_id === recorder;
	const winner = isUnchanged || !result ? undefined : staged.find((one) => mayWin(one) && isSameDay(one, result));
	if (winner) fold.taken.push({ series: winner.row.series ?? 0, day, version });
	else if (!isUnchanged && result) fold.folded.push({ channelId, day, version, importId: recorder, whole: result });
	else if (!isUnchanged) fold.gone.push({ channelId, day, importId: recorder });
	for (const one of staged) {
		const series = one.row.series ?? 0;
		fold.outcomes.push({ series, ...compareDay(current, one, result) });
		if (one === winner) continue;
		const equals =
			winner && result && isSameDay(one, result)
				? version
				: current && valid && isSameDay(one, current)
					? valid.version
					: null;
		fold.kept.push({ series, day, version: equals });
	}
	for (const { delivery, ...dispute } of disputes) {
		const row = known[delivery]?.row;
		// What a source delivers live is expected to be replaced by better values.
		if (!row || row.origin === 'http-pull') continue;
		fold.disputes.push({ channelId, day, importId: row.import_id, documentId: row.document_id ?? 0, ...dispute });
	}
	fold.changes.push({ channelId, day, storedWh: Number(valid?.total_wh ?? 0), resultWh: result?.totalWh ?? 0 });
}

function stagedOf(row: Row, issues: readonly StagedIssue[]): Known {
	const { issuedMs, number, active } = issues[row.series ?? 0] ?? { issuedMs: 0, number: null, active: true };
	const values = { wh: row.wh ?? [], quality: row.quality };
	return {
		...values,
		issuedMs,
		number,
		arrival: row.import_id || Number.MAX_SAFE_INTEGER,
		active,
		accepted: false,
		row,
	};
}

/** The stored deliveries of a day: versions that an import delivered, and what is kept beside them. */
function deliveriesOf(rows: readonly Row[], versions: readonly Row[], cancelled: ReadonlySet<string>): Known[] {
	const kept = rows.filter(({ kind }) => kind === 'delivery');
	const name = (row: Row) => `${row.import_id}|${row.document_id ?? 0}`;
	const named = new Set(kept.map(name));
	const delivered = versions.filter((row) => row.document_id !== 0 && !named.has(name(row)));
	return [...kept, ...delivered].map((row): Known => {
		const source = row.wh ? row : versions.find((one) => one.version === row.version);
		const isCancelled =
			row.cancelled || (row.sender !== null && cancelled.has(messageName(row.sender, row.number ?? '')));
		return {
			...{ wh: source?.wh ?? [], quality: source?.quality ?? null },
			issuedMs: Number(row.issued_ms ?? row.received_ms ?? 0),
			...{ number: row.number, arrival: row.import_id },
			active: row.state === 'stored' && !isCancelled,
			accepted: row.accepted === true,
			row,
		};
	});
}

/** The same message again says the same; if not, nobody can know which is meant. */
function refuseDiffering(known: readonly Known[], { channelId, day }: { channelId: number; day: Day }): void {
	const staged = known.filter(({ row, active, number }) => row.kind === 'staged' && active && number !== null);
	for (const one of staged) {
		const other = known.find(
			(two) =>
				two !== one &&
				two.active &&
				two.number === one.number &&
				two.issuedMs === one.issuedMs &&
				two.row.kind !== 'staged',
		);
		if (!other) continue;
		for (let slot = 0; slot < one.wh.length; slot++) {
			const [a, b] = [one.wh[slot] ?? null, other.wh[slot] ?? null];
			if (a === null || b === null || (a === b && (one.quality?.[slot] ?? 0) === (other.quality?.[slot] ?? 0)))
				continue;
			throw new Refusal('conflict', 'readings.message-differs', {
				...{ document: one.number ?? '', importId: other.row.import_id, channel: channelId, day },
			});
		}
	}
}
