// How sure an energy is, in words: no figure of energy stands without it.
import type { Quality } from '#lib/format.ts';
import { percent } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';

/** Slots of a period: all, those without a value, those whose value is not measured (replaced, provisional, estimated). */
export interface Slots {
	slots: number;
	missingSlots: number;
	unmeasuredSlots: number;
}

/** Adds up the slots of several plants or periods. */
export function allSlots(parts: readonly Slots[]): Slots {
	return parts.reduce(
		(sum, part) => ({
			slots: sum.slots + part.slots,
			missingSlots: sum.missingSlots + part.missingSlots,
			unmeasuredSlots: sum.unmeasuredSlots + part.unmeasuredSlots,
		}),
		{ slots: 0, missingSlots: 0, unmeasuredSlots: 0 },
	);
}

/** Tenths of a percent, rounded up: what is doubtful never rounds to nothing. */
const tenths = (part: number, whole: number) => Math.ceil((part * 1000) / whole);
const shown = (permille: number) => percent(permille / 1000);

/** All values measured, or how much of them: 98,9 % gemessen, 0,8 % vorläufig oder ersetzt, 0,3 % fehlt. */
export function qualityNote({ slots, missingSlots, unmeasuredSlots }: Slots): string {
	if (slots === 0) return m.yields_quality_none();
	if (missingSlots + unmeasuredSlots === 0) return m.yields_quality_all();
	const missing = tenths(missingSlots, slots);
	const unmeasured = Math.min(1000 - missing, tenths(unmeasuredSlots, slots));
	const measured = 1000 - missing - unmeasured;
	return [
		measured > 0 ? m.yields_quality_measured({ share: shown(measured) }) : '',
		unmeasured > 0 ? m.yields_quality_unmeasured({ share: shown(unmeasured) }) : '',
		missing > 0 ? m.yields_quality_missing({ share: shown(missing) }) : '',
	]
		.filter(Boolean)
		.join(', ');
}

/**
 * The one quality that stands for a day, from its slots by quality (measured, substitute, provisional, estimated, missing):
 * missing if more than a quarter is missing, else replaced or estimated if a value is, else provisional if a value is, else measured.
 */
export function dayQuality(qualities: readonly number[]): Quality {
	const [measured = 0, substitute = 0, provisional = 0, estimated = 0, missing = 0] = qualities;
	if (missing * 3 > measured + substitute + provisional + estimated) return 'missing';
	const doubtful = Math.max(substitute, estimated);
	if (doubtful > 0) return substitute >= estimated ? 'substitute' : 'estimated';
	return provisional > 0 ? 'provisional' : 'measured';
}
