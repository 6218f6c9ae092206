// Follows uploads that the portal is still reading, three at a time, and says when one has come to an end.
import type { components } from '../api.d.ts';

const most = 3;

/** Watches the first of these uploads until they end; call the result to stop. `ended` is told after each that has. */
export function watchUploads(
	ids: readonly number[],
	progressed: (id: number, share: number) => void,
	ended: () => void,
): () => void {
	const sources = ids.slice(0, most).map((id) => {
		const source = new EventSource(`/api/readings/uploads/${id}/events`);
		source.addEventListener('progress', ({ data }: MessageEvent<string>) => {
			const { bytesRead, size } = JSON.parse(data) as components['schemas']['ReadingUpload'];
			progressed(id, bytesRead / Math.max(1, size));
		});
		for (const name of ['report', 'refusal', 'end'])
			source.addEventListener(name, () => {
				source.close();
				ended();
			});
		return source;
	});
	return () => {
		for (const source of sources) source.close();
	};
}
