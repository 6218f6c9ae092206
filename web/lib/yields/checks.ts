// The words of findings about meter-days.
import { date, energy, number, period } from '#lib/format.ts';
import type { paths } from '#lib/api.d.ts';
import { m } from '#lib/paraglide/messages.js';

/** A finding on days in a row, as the API tells it. */
export type FindingRun = paths['/api/findings']['get']['responses'][200]['content']['application/json'][number];

/** What a finding is called. */
export function checkTitle(kind: FindingRun['kind']): string {
	return {
		night: m.yields_check_night,
		'too-much': m.yields_check_too_much,
		'zero-at-noon': m.yields_check_zero_at_noon,
		stuck: m.yields_check_stuck,
		interpolated: m.yields_check_interpolated,
		shifted: m.yields_check_shifted,
		gaps: m.yields_check_gaps,
		'missing-day': m.yields_check_missing_day,
	}[kind]();
}

/** What was found, in a sentence; of several days the first one's figures. */
export function checkText({ kind, figures, days }: FindingRun): string {
	const { energyWh = 0, limitWh = 0, minutes = 0 } = figures;
	const count = number(figures.count ?? 0);
	const later = { minutes: number(Math.abs(minutes)) };
	const text = {
		night: () => m.yields_check_night_text({ energy: energy(energyWh), count }),
		'too-much': () => m.yields_check_too_much_text({ energy: energy(energyWh), limit: energy(limitWh) }),
		'zero-at-noon': () => m.yields_check_zero_at_noon_text({ count }),
		stuck: () => m.yields_check_stuck_text({ energy: energy(energyWh), count }),
		interpolated: () => m.yields_check_interpolated_text({ count }),
		shifted: () => (minutes > 0 ? m.yields_check_late_text(later) : m.yields_check_early_text(later)),
		gaps: () => m.yields_check_gaps_text({ count }),
		'missing-day': m.yields_check_missing_day_text,
	}[kind]();
	return days > 1 && kind !== 'missing-day' ? m.yields_check_first_day({ days: number(days), text }) : text;
}

/** How urgent it is: a word and its colour. */
export function severityTag(severity: FindingRun['severity']): { word: string; tone: 'bad' | 'warn' | 'plain' } {
	if (severity === 'alarm') return { word: m.yields_check_alarm(), tone: 'bad' };
	return severity === 'warning'
		? { word: m.yields_check_warning(), tone: 'warn' }
		: { word: m.yields_check_note(), tone: 'plain' };
}

/** The days of a finding: 12.03.2026, or from one to another. */
export function checkDays({ from, to }: FindingRun): string {
	return from === to ? date(from) : period(from, to);
}
