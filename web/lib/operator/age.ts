// How long ago something was, in words.
import { number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
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
