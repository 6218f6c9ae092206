// Follows how far the storing of files has come while one request does it for all of them.
import type { components } from '../api.d.ts';

const lookMs = 600;

/** Asks about the files one after the other, in the order they are stored, until it is stopped by calling the result. */
export function storingProgress(
	files: readonly { id: number; size: number }[],
	told: (progress: { done: number; count: number; share: number }) => void,
): () => void {
	const all = Math.max(
		1,
		files.reduce((sum, { size }) => sum + size, 0),
	);
	let done = 0;
	const tell = (bytes: number) => {
		const before = files.slice(0, done).reduce((sum, { size }) => sum + size, 0);
		told({ done, count: files.length, share: (before + bytes) / all });
	};
	tell(0);
	let asking = false;
	const timer = setInterval(async () => {
		const file = files[done];
		if (!file || asking) return;
		asking = true;
		const answer = await fetch(`/api/readings/uploads/${file.id}`).catch(() => undefined);
		asking = false;
		if (!answer?.ok) return;
		const { phase, bytesRead } = (await answer.json()) as components['schemas']['ReadingUpload'];
		if (phase !== 'previewed' && phase !== 'storing') done++;
		tell(phase === 'storing' ? bytesRead : 0);
	}, lookMs);
	return () => clearInterval(timer);
}
