// Follows uploads that the portal is still reading, three at a time, and says when the last one has come to an end.
import type { components } from '../api.d.ts';

const lanes = 3;

/** Watches these uploads until all have ended; call the result to stop. */
export function watchUploads(
	ids: readonly number[],
	progressed: (id: number, share: number) => void,
	allEnded: () => void,
): () => void {
	const left = [...ids];
	const open = new Set<EventSource>();

	function next(): void {
		const id = left.shift();
		if (id === undefined) {
			if (open.size === 0) allEnded();
			return;
		}
		const source = new EventSource(`/api/readings/uploads/${id}/events`);
		open.add(source);
		const end = () => {
			source.close();
			open.delete(source);
			progressed(id, 1);
			next();
		};
		source.addEventListener('progress', ({ data }: MessageEvent<string>) => {
			const { bytesRead, size } = JSON.parse(data) as components['schemas']['ReadingUpload'];
			progressed(id, bytesRead / Math.max(1, size));
		});
		for (const name of ['report', 'refusal', 'end']) source.addEventListener(name, end);
		source.onerror = () => {
			// The browser connects again by itself, unless it was refused.
			if (source.readyState === EventSource.CLOSED) end();
		};
	}

	if (ids.length > 0) for (let lane = 0; lane < Math.min(lanes, ids.length); lane++) next();
	return () => {
		left.length = 0;
		for (const source of open) source.close();
	};
}
