// Rounds as forms send them: what is missing is named by field.
import type { paths } from '#lib/api.d.ts';
import { instantOf } from '#lib/board/clock.ts';
import { m } from '#lib/paraglide/messages.js';
import { cents, text, wholeNumber } from '#lib/server/form.ts';
import { rules } from '../rules.ts';

type Round = paths['/api/rounds']['post']['requestBody']['content']['application/json'];
type Volume = Pick<Round, 'volumeShares' | 'volumeCents'>;
type Missing = { missing: Record<string, string> };

const missing = (wanted: Record<string, unknown>): Missing => ({
	missing: Object.fromEntries(
		Object.entries(wanted).flatMap(([name, value]) => (value ? [] : [[name, m.rounds_fields_missing()] as const])),
	),
});

function volumeOf(form: FormData): Volume | undefined {
	const inEuro = text(form, 'volumeIn') === 'euro';
	const volume = inEuro ? cents(form, 'volume') : wholeNumber(form, 'volume');
	if (!volume) return undefined;
	return inEuro ? { volumeCents: volume } : { volumeShares: volume };
}

/** The end and the volume of a round, or which fields are missing. */
export function extensionOf(form: FormData): (Volume & { closesAt: string }) | Missing {
	const closesAt = instantOf(text(form, 'closesAt'));
	const volume = volumeOf(form);
	return closesAt && volume ? { closesAt, ...volume } : missing({ closesAt, volume });
}

/** A whole round, or which fields are missing. */
export function roundOf(form: FormData): Round | Missing {
	const opensAt = instantOf(text(form, 'opensAt'));
	const closesAt = instantOf(text(form, 'closesAt'));
	const volume = volumeOf(form);
	const floorShares = wholeNumber(form, 'floorShares');
	const capShares = wholeNumber(form, 'capShares');
	const rule = rules.find((one) => one === text(form, 'rule'));
	if (!opensAt || !closesAt || !volume || !floorShares || !capShares || !rule)
		return missing({ opensAt, closesAt, volume, floorShares, capShares, rule });
	return {
		...{ title: text(form, 'title'), purpose: text(form, 'purpose'), opensAt, closesAt, ...volume },
		...{ floorShares, capShares, rule, announced: form.has('announced') },
	};
}
