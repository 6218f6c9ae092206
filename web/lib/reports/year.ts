// Which fiscal year a report is about: the one in the address, else the last that has ended.
import { dayIn, today } from '#lib/board/today.ts';

/** Years that can be chosen, newest first, from the names of the capital's points; and the one asked for in the address. */
export function chosenYear(
	url: URL,
	points: readonly { name: string; day: string }[],
): { year: number; years: { value: string; label: string }[] } {
	const ends = points.map(({ name, day }, i) => ({ name, year: yearOfName(name, day, i === points.length - 1) }));
	const asked = Number(url.searchParams.get('jahr'));
	const ended = ends.at(-2) ?? ends.at(-1);
	const year =
		ends.find((one) => one.year === asked)?.year ?? ended?.year ?? Number((dayIn(today()) ?? '').slice(0, 4));
	return { year, years: ends.toReversed().map((one) => ({ value: String(one.year), label: one.name })) };
}

/** The calendar year a fiscal year ends in; the running one is named after its end too: '2026' or '2025/26'. */
function yearOfName(name: string, day: string, running: boolean): number {
	if (!running) return Number(day.slice(0, 4));
	const [first = '', second] = name.split('/');
	return second ? Number(first) + 1 : Number(first);
}
