// Chance for the demo cooperative: named streams from one seed, so that any day or person can be made alone.

const seed = 'auental';

function hash(text: string): number {
	let h = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
	return scramble(h);
}

function scramble(value: number): number {
	let h = value | 0;
	h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
	h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
	return (h ^ (h >>> 16)) >>> 0;
}

/** A stream of chance: each call moves it on; two streams of the same key give the same values. */
export interface Stream {
	/** 0 ≤ number < 1. */
	number(): number;
	/** Whole number from `low` to `high`, both included. */
	integer(low: number, high: number): number;
	/** One of the list, each as likely. Throws RangeError for an empty list. */
	pick<T>(list: readonly T[]): T;
	/** True with this probability (0 to 1). */
	chance(probability: number): boolean;
}

/** The stream of a name and key, for example random('outage', '2025-03'): independent of every other stream. */
export function random(name: string, ...key: readonly (string | number)[]): Stream {
	let state = hash([seed, name, ...key].join('\u001f'));
	const number = (): number => {
		state = (state + 0x9e3779b9) | 0;
		return scramble(state) / 0x1_0000_0000;
	};
	return {
		number,
		integer: (low, high) => low + Math.floor(number() * (high - low + 1)),
		pick: <T>(list: readonly T[]): T => {
			if (list.length === 0) throw new RangeError('nothing to pick from');
			return list[Math.floor(number() * list.length)] as T;
		},
		chance: (probability) => number() < probability,
	};
}

// Values of 16 neighbouring lattice points are a shuffled set of evenly spread normal quantiles: long averages then
// differ little from year to year although each stretch looks random.
const block = 16;
const quantiles = Array.from({ length: block }, (_, i) => normalQuantile((i + 0.5) / block));

function normalQuantile(p: number): number {
	let low = -6;
	let high = 6;
	for (let i = 0; i < 50; i++) {
		const middle = (low + high) / 2;
		if (normalShare(middle) < p) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}

/** Share of a standard normal distribution below `x` (0 to 1; Abramowitz and Stegun 26.2.17, error below 1e-7). */
export function normalShare(x: number): number {
	const t = 1 / (1 + 0.2316419 * Math.abs(x));
	const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
	const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
	return x > 0 ? 1 - tail : tail;
}

/**
 * Smooth noise of a name: a function of position (any real number, one unit = one bump) whose values are spread like a
 * standard normal distribution, equal for equal positions, without computing what lies before.
 */
export function noise(name: string): (position: number) => number {
	const blocks = new Map<number, readonly number[]>();
	const valueAt = (index: number): number => {
		const at = Math.floor(index / block);
		let values = blocks.get(at);
		if (values === undefined) {
			const stream = random(`noise ${name}`, at);
			const shuffled = [...quantiles];
			for (let i = block - 1; i > 0; i--) {
				const other = stream.integer(0, i);
				[shuffled[i], shuffled[other]] = [shuffled[other] as number, shuffled[i] as number];
			}
			values = shuffled;
			if (blocks.size > 4096) blocks.clear();
			blocks.set(at, values);
		}
		return values[index - at * block] as number;
	};
	return (position) => {
		const index = Math.floor(position);
		const t = position - index;
		// Weights whose squares add up to one keep the spread equal everywhere between the lattice points.
		const angle = (t * t * (3 - 2 * t) * Math.PI) / 2;
		return valueAt(index) * Math.cos(angle) + valueAt(index + 1) * Math.sin(angle);
	};
}
