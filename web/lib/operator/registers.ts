// The words for what happened between two readings of a register.
import { dateTime, energy, kwh } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { components } from '../api.d.ts';

/** A reading with the step that led to it. */
export type ReadingView = components['schemas']['RegisterReading'];

/** What the register showed, with its unit. */
export function shown(wh: number): string {
	return `${kwh(wh, 3)}\u00a0kWh`;
}

/** What happened since the reading before, in a sentence: 310,0 kWh seit 01.01.2026; Zähler gewechselt; Zählerüberlauf … */
export function stepText({ step, isIgnored, occasion }: ReadingView): string {
	if (isIgnored) return m.registers_ignored();
	if (!step) return occasion === 'installation' ? m.registers_first_installed() : m.registers_first();
	if (step.energyWh === null) return m.registers_open();
	const words = { energy: energy(step.energyWh), since: dateTime(step.since) };
	if (step.kind === 'exchange') return m.registers_step_exchange();
	if (step.kind === 'rollover') return m.registers_step_rollover(words);
	if (step.kind === 'reset') return m.registers_step_reset(words);
	return m.registers_step_normal(words);
}

/** Why somebody must decide about a reading. */
export function questionText({ wh, step }: ReadingView): string {
	if (!step) return '';
	const words = { before: shown(step.sinceWh), since: dateTime(step.since), now: shown(wh) };
	if (step.kind === 'jump') return m.registers_question_jump({ ...words, most: energy(step.mostWh ?? 0) });
	if (step.kind === 'other-meter') return m.registers_question_other_meter();
	if (step.kind === 'unknown-meter') return m.registers_question_unknown_meter();
	const hint = step.suggestion === 'rollover' ? m.registers_suggest_rollover() : m.registers_suggest_reset();
	return `${m.registers_question_fell(words)} ${hint}`;
}

/** Kilowatt-hours as people type them off a meter, as watt-hours: `12345`, `12345,6`, `12.345,678`; undefined for anything else. */
export function typedWh(text: string): number | undefined {
	const plain = text.replaceAll(/[\s\u00a0\u202f]/g, '');
	const match =
		/^(\d{1,12}|\d{1,3}(?:\.\d{3}){1,3})(?:,(\d{1,3}))?$/.exec(plain) ?? /^(\d{1,12})\.(\d{1,3})$/.exec(plain);
	if (!match) return undefined;
	return Number((match[1] ?? '').replaceAll('.', '')) * 1000 + Number((match[2] ?? '').padEnd(3, '0'));
}
