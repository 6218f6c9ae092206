// How long ago something was, in words.
import { clock, date, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { dayAt, daysAfter } from './days.ts';
import { counted } from './words.ts';

/** The time since an instant: gerade eben, vor 12 Minuten, vor 3 Stunden, vor 2 Tagen. */
export function ageWords(at: string, now: Date): string {
	const minutes = Math.floor((now.getTime() - Date.parse(at)) / 60_000);
	if (minutes < 2) return m.readings_age_now();
	if (minutes < 90) return m.readings_age_minutes({ count: number(minutes) });
	const hours = Math.round(minutes / 60);
	if (hours < 48) return counted(hours, m.readings_age_hour, m.readings_age_hours);
	return m.readings_age_days({ count: number(Math.round(hours / 24)) });
}

/** When a value ends, with midnight as the end of its day: 21.11.2026, 24:00. */
export function endWords(at: string): string {
	const time = clock(at);
	return time === '00:00' ? `${date(daysAfter(dayAt(at), -1))}, 24:00` : `${date(dayAt(at))}, ${time}`;
}
