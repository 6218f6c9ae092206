// Words for the calendar of duties and for what members count as.
import { date } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { operations } from '../api.d.ts';

/** A duty as the API lists it. */
export type Duty = operations['listDuties']['responses'][200]['content']['application/json'][number];

const titles: Readonly<Record<Duty['duty'], () => string>> = {
	'C-01': m.duty_c_01,
	'C-02': m.duty_c_02,
	'C-03': m.duty_c_03,
	'C-04': m.duty_c_04,
	'C-05': m.duty_c_05,
	'C-06': m.duty_c_06,
	'C-07': m.duty_c_07,
	'C-08': m.duty_c_08,
	'C-09': m.duty_c_09,
	'C-10': m.duty_c_10,
	'C-11': m.duty_c_11,
	'C-12': m.duty_c_12,
	'C-13': m.duty_c_13,
	'C-14': m.duty_c_14,
	'C-15': m.duty_c_15,
	'C-16': m.duty_c_16,
	'C-17': m.duty_c_17,
	'C-18': m.duty_c_18,
	'C-19': m.duty_c_19,
	'C-20': m.duty_c_20,
	'C-21': m.duty_c_21,
	'C-22': m.duty_c_22,
	'C-23': m.duty_c_23,
	'C-24': m.duty_c_24,
	'C-25': m.duty_c_25,
	'C-26': m.duty_c_26,
	'C-27': m.duty_c_27,
	'C-28': m.duty_c_28,
	'C-29': m.duty_c_29,
	'C-30': m.duty_c_30,
	'C-31': m.duty_c_31,
	'C-32': m.duty_c_32,
	'C-33': m.duty_c_33,
	'C-34': m.duty_c_34,
	'C-35': m.duty_c_35,
};

/** What is to be done, with the assembly, plant or year it is about. */
export function dutyTitle({ duty, label }: Pick<Duty, 'duty' | 'label'>): string {
	return label ? `${titles[duty]()} · ${label}` : titles[duty]();
}

/** When: the day, or from when to when. */
export function dutyDay({ opensOn, dueOn }: Pick<Duty, 'opensOn' | 'dueOn'>): string {
	return opensOn ? m.duties_window({ from: date(opensOn), day: date(dueOn) }) : date(dueOn);
}

/** How it stands, with the tone of its tag. */
export function dutyState(state: Duty['state']): { text: string; tone: 'leaf' | 'warn' | 'bad' | 'plain' } {
	if (state === 'overdue') return { text: m.duties_overdue(), tone: 'bad' };
	if (state === 'due') return { text: m.duties_now(), tone: 'warn' };
	if (state === 'done') return { text: m.duties_done(), tone: 'leaf' };
	return { text: m.duties_later(), tone: 'plain' };
}

/** Who did it and when; empty if nobody has. */
export function doneText({ done }: Pick<Duty, 'done'>): string {
	if (done === null) return '';
	const day = date(done.on);
	return done.by === null ? m.duties_done_known({ day }) : m.duties_done_by({ day, name: done.by });
}

/** What a member counts as for the proof. */
export function voterClassText(voterClass: 'sme' | 'municipality' | 'other' | null): string {
	if (voterClass === null) return m.citizens_class_unknown();
	return { sme: m.citizens_class_sme, municipality: m.citizens_class_municipality, other: m.citizens_class_other }[
		voterClass
	]();
}
