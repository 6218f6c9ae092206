// The files a preview or result page is about, as its address names them.
import type { Api } from '#lib/server/api.ts';
import { answered } from '#lib/server/problem.ts';
import type { FileView, KnownFile, Point } from '../files.ts';
import { fileView, readPoints } from './files.ts';

const most = 200;

/** Ids of uploads in an address (`datei=12&datei=13`), each once. */
export function idsIn(query: URLSearchParams): number[] {
	const ids = query.getAll('datei').filter((text) => /^[1-9]\d{0,8}$/.test(text));
	return [...new Set(ids.map(Number))].slice(0, most);
}

/** Files that turned out to be stored already (`schon=7:Lastgang.csv`). */
export function knownIn(query: URLSearchParams): { importId: number; fileName: string }[] {
	return query.getAll('schon').flatMap((text) => {
		const match = /^([1-9]\d{0,8}):(.{1,200})$/.exec(text);
		return match?.[1] && match[2] ? [{ importId: Number(match[1]), fileName: match[2] }] : [];
	});
}

/** The files of an address with all metering points; without any in the address all that wait. */
export async function readBatch(
	api: Api,
	query: URLSearchParams,
): Promise<{ files: FileView[]; known: KnownFile[]; points: Point[] }> {
	const named = idsIn(query);
	const stored = knownIn(query);
	const waiting = async () =>
		answered(await api.GET('/api/readings/imports', { params: { query: { state: 'uploaded', limit: most } } }))
			.map(({ id }) => id)
			.reverse();
	const [points, ids] = await Promise.all([readPoints(api), named.length || stored.length ? named : waiting()]);
	const files = await Promise.all(
		ids.map(async (id) =>
			fileView(answered(await api.GET('/api/readings/uploads/{id}', { params: { path: { id } } })), points),
		),
	);
	const known = await Promise.all(
		stored.map(async ({ importId, fileName }) => {
			const before = answered(await api.GET('/api/readings/imports/{id}', { params: { path: { id: importId } } }));
			return { fileName, importId, storedAs: before.fileName, storedAt: before.storedAt };
		}),
	);
	return { files, known, points };
}
