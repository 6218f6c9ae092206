// Calendar days in Germany as text (`2026-11-22`): today, steps, spans, runs of days.

const berlin = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' });
const dayMs = 86_400_000;

/** The calendar day in Germany at an instant, now unless another is given. */
export function dayAt(at: Date | string = new Date()): string {
	return berlin.format(new Date(at));
}

/** A text that is a calendar day of our time, or undefined: for days in addresses. */
export function dayIn(text: string | null | undefined): string | undefined {
	if (!text || !/^(19|20)\d{2}-\d{2}-\d{2}$/.test(text)) return undefined;
	const at = Date.parse(text);
	return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : text;
}

/** The day so many days later. */
export function daysAfter(day: string, count: number): string {
	return new Date(Date.parse(day) + count * dayMs).toISOString().slice(0, 10);
}

/** Every day of a span, both ends included; none if it ends before it begins. */
export function daysOf(from: string, to: string): string[] {
	const count = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
	return Array.from({ length: Math.max(0, count) }, (_, index) => daysAfter(from, index));
}

/** How many days the month of a day has. */
export function daysInMonth(day: string): number {
	return new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate();
}

/** Days in order as unbroken runs, each with its first and last day. */
export function runsOf(days: readonly string[]): { from: string; to: string }[] {
	const runs: { from: string; to: string }[] = [];
	for (const day of days) {
		const last = runs.at(-1);
		if (last && daysAfter(last.to, 1) === day) last.to = day;
		else runs.push({ from: day, to: day });
	}
	return runs;
}
