// Rows under the fingers: j and k (or the arrows inside the table) go from row to row, Enter opens the link the focus is on.

/** True if what is typed belongs to a field. */
export function isTyping(event: KeyboardEvent): boolean {
	return (
		event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable]') !== null
	);
}

const steps: Record<string, (at: number, last: number) => number> = {
	j: (at, last) => Math.min(at + 1, last),
	ArrowDown: (at, last) => Math.min(at + 1, last),
	k: (at) => Math.max(at - 1, 0),
	ArrowUp: (at) => Math.max(at - 1, 0),
	Home: () => 0,
	End: (_, last) => last,
};

/** Attach to the table's frame. Each row is reached by its first link; rows without one are passed over. */
export function rowKeys(frame: HTMLElement): () => void {
	function onkeydown(event: KeyboardEvent) {
		const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
		if (!step || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
		const links = [...frame.querySelectorAll('tbody tr')].flatMap((row) => {
			const link = row.querySelector<HTMLElement>('th a[href]') ?? row.querySelector<HTMLElement>('a[href]');
			return link ? [link] : [];
		});
		const row = document.activeElement?.closest('tbody tr');
		const at = row && frame.contains(row) ? links.findIndex((link) => row.contains(link)) : -1;
		// Outside the table the arrows, Home and End move the page.
		if (links.length === 0 || (at < 0 && event.key !== 'j' && event.key !== 'k')) return;
		event.preventDefault();
		links[step(at, links.length - 1)]?.focus();
	}
	window.addEventListener('keydown', onkeydown);
	return () => window.removeEventListener('keydown', onkeydown);
}
