// Times people type: the wall clock in Germany, as instants and back.

const wall = new Intl.DateTimeFormat('sv-SE', {
	timeZone: 'Europe/Berlin',
	dateStyle: 'short',
	timeStyle: 'short',
});

/** An instant as a field of type `datetime-local` wants it: `2026-12-03T19:00` in Germany. */
export function wallClock(at: string | Date): string {
	return wall.format(new Date(at)).replace(' ', 'T');
}

/** The instant of a wall clock time in Germany as ISO text; undefined for anything that is none, also in the hour that clocks skip. */
export function instantOf(local: string): string | undefined {
	if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local)) return undefined;
	for (const offset of ['+01:00', '+02:00']) {
		const at = new Date(`${local}:00${offset}`);
		if (!Number.isNaN(at.getTime()) && wallClock(at) === local) return at.toISOString();
	}
	return undefined;
}
