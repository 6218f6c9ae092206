// Solar-Log's JSON interface (POST /getjp): how far the yield of the whole installation is, by its own clock.
import { Refusal } from '../../values/refusal.ts';
import { fetchJson } from '../outgoing.ts';
import { excerpt } from '../rules.ts';
import { instantOf, valueAt } from './observation.ts';

const question = '{"801":{"170":null}}';
/** A device whose clock is further off than this is not believed about the time. */
const clockMs = 10 * 60_000;

/**
 * The total yield in an answer (field 109) in watt-hours and when it was (field 100); the moment it was asked if the device's clock is off.
 * Refuses readings.source-device (ACCESS DENIED, QUERY IMPOSSIBLE), readings.source-unreadable.
 */
export function totalOf(answer: unknown, askedMs: number): { atMs: number; wh: number } {
	const values = valueAt(answer, '801.170');
	if (typeof values === 'string')
		throw new Refusal('invalid', 'readings.source-device', { code: 0, reason: excerpt(values) });
	const wh = valueAt(values, '109');
	if (typeof wh !== 'number' || !Number.isSafeInteger(wh) || wh < 0)
		throw new Refusal('invalid', 'readings.source-unreadable', { found: excerpt(JSON.stringify(answer) ?? '') });
	const own = instantOf(valueAt(values, '100'));
	return { atMs: Math.abs(own - askedMs) <= clockMs ? own : askedMs, wh };
}

/** Asks a Solar-Log for its total yield. `location` is its base address. Refuses what fetchJson and totalOf refuse. */
export async function readTotal(
	location: string,
	{ allowed, now }: { allowed: readonly string[]; now: () => Date },
): Promise<{ atMs: number; wh: number }> {
	const answer = await fetchJson(`${location}/getjp`, { allowed, body: question });
	return totalOf(answer, now().getTime());
}
