// Answers of a Solar-Log to POST /getjp: the total yield at the moment of the query.
import { instantOfWallClock, isDay } from '../../values/calendar.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { excerpt } from '../rules.ts';
import type { Facts, Format, Input, RegisterReading, Warning } from './format.ts';
import { answerText, jsonStart, memberOf, membersOf, parsed } from './json.ts';

const deniedPattern = /QUERY IMPOSSIBLE(?: \d+)?|ACCESS DENIED/i;

/**
 * The answer to {"801":{"170":null}}: 109, the total yield (Wh), is the register 1-1:2.8.0 at the time of 100 (the device's German
 * wall clock); 115, the total of a consumption meter in the house, is 'LOAD 1-1:1.8.0', no grid purchase. The counters of the day, yesterday, month and year
 * (105 to 108, 111 to 114) begin at zero again and again: counted, not read (warning readings.counters-skipped). Refuses
 * readings.solarlog-denied {text} for "QUERY IMPOSSIBLE" and "ACCESS DENIED", readings.solarlog-answer {found} for other
 * queries, readings.bad-time, -bad-number and what answerText and parsed refuse.
 */
export const solarLogJson: Format = { name: 'solarlog-json', recognise, read };

function recognise(head: Buffer): number {
	const text = jsonStart(head, 4096);
	return /^\{\s*"\d{3}"\s*:/.test(text) || (text.startsWith('{') && deniedPattern.test(text.slice(0, 200))) ? 0.95 : 0;
}

async function read(input: Input): Promise<Facts> {
	const { text, encoding } = await answerText(input);
	const denied = deniedPattern.exec(text.slice(0, 4096))?.[0];
	// Some firmware says no in what is no JSON at all.
	if (denied) refuse('readings.solarlog-denied', { text: denied });
	const answer = parsed(text);
	const data = memberOf(answer, '801', '170');
	if (memberOf(data, '109') === undefined) {
		refuse('readings.solarlog-answer', {
			found: excerpt(
				membersOf(answer)
					.map(([name]) => name)
					.join(', '),
			),
		});
	}
	const at = timeOf(memberOf(data, '100'));
	const registers = [registerOf(data, '109', '1-1:2.8.0', at)];
	const load = registerOf(data, '115', 'LOAD 1-1:1.8.0', at);
	if (load.wh > 0) registers.push(load);
	const counters = membersOf(data).filter(([name, value]) => /^1(0[5-8]|1[1-4])$/.test(name) && value !== null);
	const warnings: Warning[] =
		counters.length > 0 ? [{ code: 'readings.counters-skipped', values: { line: 1, count: counters.length } }] : [];
	return { formatVersion: null, sender: null, registers, documents: [], warnings, encoding };
}

function registerOf(data: unknown, name: string, obis: string, at: string): RegisterReading {
	const value = memberOf(data, name) ?? 0;
	const wh = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
	if (typeof wh !== 'number' || !Number.isSafeInteger(wh) || wh < 0) {
		refuse('readings.bad-number', { text: excerpt(`${name}: ${String(value)}`) });
	}
	return { meteringPoint: null, obis, device: null, at, wh, rank: 0, occasion: 'reading', line: 1 };
}

/** ISO instant of '26.08.24 14:19:45'. */
function timeOf(value: unknown): string {
	const text = typeof value === 'string' ? value : '';
	const [, dayOfMonth, month, year, hours, minutes, seconds] =
		/^(\d\d)\.(\d\d)\.(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text) ?? [];
	const day = `20${year}-${month}-${dayOfMonth}`;
	const clock = Number(hours) * 60 + Number(minutes);
	const isTime = isDay(day) && clock < 1440 && Number(minutes) < 60 && Number(seconds) < 60;
	const instant = isTime ? instantOfWallClock(day, clock) : undefined;
	if (instant === undefined) refuse('readings.bad-time', { text: excerpt(text) });
	return new Date(instant + Number(seconds) * 1000).toISOString();
}

function refuse(code: string, values: RefusalValues): never {
	throw new Refusal('invalid', code, { line: 1, ...values });
}
