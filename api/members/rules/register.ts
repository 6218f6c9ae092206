// The list of members (§ 30 GenG) as a fold of its events: the line of a member on any day as known at any instant.
import { sha256Of } from '../../documents/rules.ts';
import type { Day } from '../../values/calendar.ts';
import type { Address, Name } from '../rules.ts';

/** Fields beyond the law's, only as far as the statute names them (M-20): their values by the statute's word for them. */
export type ExtraFields = Readonly<Record<string, string>>;

/** An event of the register (see the table of the same name), in any order. */
export interface RegisterEvent {
	id: string;
	memberId: string;
	kind: 'joined' | 'changed' | 'left' | 'reversed';
	effectiveOn: Day;
	recordedAt: Date;
	name: Name | null;
	address: Address | null;
	sharesChange: number;
	extra?: ExtraFields | null;
	reverses: string | null;
}

/** A change of the number of further shares: from which day on how many. */
export interface ShareChange {
	on: Day;
	furtherShares: number;
}

/** A line of the list of members on a day (M-20): names, address, further shares, and the days everything took effect. */
export interface RegisterEntry {
	name: Name;
	address: Address;
	joinedOn: Day;
	/** shares beyond the first (weitere Geschäftsanteile); 0 after the exit */
	furtherShares: number;
	/** the day of the latest change of further shares; null if there was none */
	furtherSharesSince: Day | null;
	/** every change after the joining, oldest first; the exit is none of them */
	changes: ShareChange[];
	/** last day of the membership */
	leftOn: Day | null;
	extra: ExtraFields;
}

/** What an event did to the number of shares. */
export interface ShareStep {
	kind: 'joined' | 'changed' | 'left';
	on: Day;
	change: number;
}

/** Further shares now and at each change, from the steps in the order they took effect. Days on which nothing changed in the end are left out. */
export function furtherSharesOf(
	steps: readonly ShareStep[],
): Pick<RegisterEntry, 'furtherShares' | 'furtherSharesSince' | 'changes'> {
	const further = (shares: number): number => Math.max(0, shares - 1);
	const changes: ShareChange[] = [];
	let shares = 0;
	for (let i = 0; i < steps.length; ) {
		const on = steps[i]?.on ?? '';
		const before = shares;
		let counts = false;
		for (; steps[i]?.on === on; i++) {
			shares += steps[i]?.change ?? 0;
			counts ||= steps[i]?.kind === 'changed';
		}
		if (counts && further(shares) !== further(before)) changes.push({ on, furtherShares: further(shares) });
	}
	const since = steps.findLast(({ kind, change }) => kind !== 'joined' && change !== 0)?.on;
	const joined = steps.find(({ kind }) => kind === 'joined')?.on ?? null;
	return { furtherShares: further(shares), furtherSharesSince: since ?? (shares > 1 ? joined : null), changes };
}

/** The extra fields after several entries: the later word counts, an empty one takes the field away. */
export function mergedExtra(entered: readonly ExtraFields[]): ExtraFields {
	const all = Object.entries(Object.assign({}, ...entered) as ExtraFields);
	return Object.fromEntries(all.filter(([, value]) => value !== ''));
}

/** The order events count in: later effective days win, of the same day what was recorded later. */
export function inEffect(
	a: Pick<RegisterEvent, 'effectiveOn' | 'recordedAt' | 'id'>,
	b: Pick<RegisterEvent, 'effectiveOn' | 'recordedAt' | 'id'>,
): number {
	if (a.effectiveOn !== b.effectiveOn) return a.effectiveOn < b.effectiveOn ? -1 : 1;
	return a.recordedAt.getTime() - b.recordedAt.getTime() || (a.id < b.id ? -1 : 1);
}

/**
 * One member's line of the register on `day` as known at `knownAt`, folded from the member's events in any order;
 * undefined if the member had not joined. A reversed event counts as if it had never been, from the moment its reversal was recorded.
 */
export function registerEntryOf(events: readonly RegisterEvent[], day: Day, knownAt: Date): RegisterEntry | undefined {
	const known = events.filter((e) => e.recordedAt <= knownAt);
	const reversed = new Set(known.map((e) => e.reverses));
	const valid = known
		.filter((e) => e.kind !== 'reversed' && !reversed.has(e.id) && e.effectiveOn <= day)
		.sort(inEffect);
	const joined = valid.find((e) => e.kind === 'joined');
	const name = valid.findLast((e) => e.name !== null)?.name;
	const address = valid.findLast((e) => e.address !== null)?.address;
	if (!joined || !name || !address) return undefined;
	return {
		name,
		address,
		joinedOn: joined.effectiveOn,
		...furtherSharesOf(
			valid.flatMap(({ kind, effectiveOn: on, sharesChange: change }) =>
				kind === 'reversed' || (change === 0 && kind !== 'joined') ? [] : [{ kind, on, change }],
			),
		),
		leftOn: valid.findLast((e) => e.kind === 'left')?.effectiveOn ?? null,
		extra: mergedExtra(valid.map((e) => e.extra ?? {})),
	};
}

/** Words in a statute's field that never belong before other members' eyes: tax, bank, religion (M-30). */
const neverShown = /steuer|tax|iban|bank|konto|account|konfession|religion|kirche|church/i;

/** The statute's extra fields of a line, in the statute's order; `inspection`: without what others may never see. */
export function extraFieldsOf(
	extra: ExtraFields,
	fields: readonly string[],
	{ inspection = false } = {},
): { label: string; value: string }[] {
	return fields.flatMap((label) => {
		const value = extra[label];
		return value === undefined || value === '' || (inspection && neverShown.test(label)) ? [] : [{ label, value }];
	});
}

/** A line with the member's number, as it is hashed and printed. */
export type NumberedEntry = RegisterEntry & { number: number };

/** sha256 (hex) of a register: of each line the fields of the law and of the statute, in a fixed order, as JSON, one line below the other. */
export function registerHash(lines: readonly NumberedEntry[]): string {
	const canonical = lines.map(({ number, name, address: a, joinedOn, furtherShares, changes, leftOn, extra }) =>
		JSON.stringify([
			number,
			...('organisation' in name ? [name.organisation] : [name.familyName, name.givenNames]),
			...[a.street, a.postcode, a.town, a.country, joinedOn, furtherShares],
			changes.map((c) => [c.on, c.furtherShares]),
			leftOn,
			Object.entries(extra).sort(([x], [y]) => (x < y ? -1 : 1)),
		]),
	);
	return sha256Of(canonical.join('\n'));
}
