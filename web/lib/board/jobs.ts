// When the program does what it does by itself, in words instead of a cron line.
import { m } from '#lib/paraglide/messages.js';

const two = (text: string) => text.padStart(2, '0');

/** A job's time in words: every minute, every five minutes, daily at 01:20; a line that is none of these stays as it is. */
export function jobTime({ cron, zone }: { cron: string; zone: string }): string {
	const [minute = '', hour = '', ...days] = cron.split(' ');
	const daily = days.join(' ') === '* * *';
	if (daily && minute === '*' && hour === '*') return m.desk_job_minute();
	const step = daily && hour === '*' && /^\*\/(\d+)$/.exec(minute)?.[1];
	if (step) return m.desk_job_minutes({ count: step });
	if (daily && hour === '*' && /^\d+$/.test(minute)) return m.desk_job_hourly({ minute: two(minute) });
	const at = { time: `${two(hour)}:${two(minute)}`, zone: zone === 'Europe/Berlin' ? '' : ` ${zone}` };
	if (daily && /^\d+ \d+$/.test(`${minute} ${hour}`)) return m.desk_job_daily(at);
	return `${cron} (${zone})`;
}
