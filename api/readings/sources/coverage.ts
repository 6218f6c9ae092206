// Which time a series of deliveries covers: its contiguous edge and its gaps, whatever the order they come in.

/** A span of time, [from, to). */
export interface Span {
	from: string;
	to: string;
}

/** What was delivered: everything from `since` to `through` but the gaps, oldest first. */
export interface Coverage {
	since: string;
	through: string;
	gaps: Span[];
}

const gapsKept = 300;
const iso = (ms: number): string => new Date(ms).toISOString();

/** The coverage with [fromMs, toMs) delivered as well. Of very many gaps the oldest become one: more seems to be missing than is. */
export function covered(coverage: Coverage | null, fromMs: number, toMs: number): Coverage {
	if (!coverage) return { since: iso(fromMs), through: iso(toMs), gaps: [] };
	const [since, through] = [Date.parse(coverage.since), Date.parse(coverage.through)];
	const gaps = coverage.gaps.flatMap((gap) => {
		const [from, to] = [Date.parse(gap.from), Date.parse(gap.to)];
		if (toMs <= from || fromMs >= to) return [gap];
		return [
			...(fromMs > from ? [{ from: gap.from, to: iso(fromMs) }] : []),
			...(toMs < to ? [{ from: iso(toMs), to: gap.to }] : []),
		];
	});
	if (fromMs > through) gaps.push({ from: coverage.through, to: iso(fromMs) });
	if (toMs < since) gaps.unshift({ from: iso(toMs), to: coverage.since });
	const many = gaps.length - gapsKept;
	if (many > 0) gaps.splice(0, many + 1, { from: gaps[0]?.from ?? '', to: gaps[many]?.to ?? '' });
	return { since: iso(Math.min(since, fromMs)), through: iso(Math.max(through, toMs)), gaps };
}

/** Up to when nothing is missing: the contiguous edge. */
export function contiguousThrough({ through, gaps }: Coverage): string {
	return gaps[0]?.from ?? through;
}
