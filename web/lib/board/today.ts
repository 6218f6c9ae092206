// The present day in Germany, for default dates of forms and lists.

const days = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' });

/** The calendar day at an instant in Germany, now unless another is given: `2026-11-22`. */
export function today(at: Date = new Date()): string {
	return days.format(at);
}

/** A text that is a calendar day, or undefined: for days in addresses. */
export function dayIn(text: string | null): string | undefined {
	return text && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** The last instant of a day in Germany as ISO text, or now if the day is not over: for "as known on". */
export function endOf(day: string, now: Date = new Date()): string {
	// The offset of noon is that of the evening: clocks change at night.
	const noon = new Date(`${day}T12:00:00Z`);
	const hour = Number(
		new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', hourCycle: 'h23' }).format(noon),
	);
	const end = new Date(Date.parse(`${day}T23:59:59.999Z`) - (hour - 12) * 3_600_000);
	return (end < now ? end : now).toISOString();
}
