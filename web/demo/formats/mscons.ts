// Writes load profiles as MSCONS 2.4c, the way a German grid operator sends them for a market location.
import { kwhOf, type Quality } from '../../../api/values/energy.ts';

const slotMs = 900_000;

/** A run of quarter-hours of one market location: values and qualities from `start` (ms, UTC) on. */
export interface LoadProfile {
	malo: string;
	obis: string;
	start: number;
	valuesWh: readonly number[];
	/** measured, substitute or provisional; as long as `valuesWh`. */
	qualities: readonly Quality[];
}

/** One message of an interchange: a load profile under the sender's document number. */
export interface MsconsMessage {
	documentNumber: string;
	profile: LoadProfile;
}

/** Numbers of the demo's sender and receiver (MP-ID, 13 digits); 99999 is no issued range. */
export const gridOperatorId = '9999900000011';
export const cooperativeId = '9999900000028';

function digits(instantMs: number): string {
	return new Date(instantMs).toISOString().replace(/[-:T]/g, '').slice(0, 12);
}

function stamp(instantMs: number): string {
	return `${digits(instantMs)}?+00:303`;
}

const qualifiers: Partial<Record<Quality, string>> = { measured: '220', substitute: '67', provisional: 'Z18' };

function profileSegments(profile: LoadProfile): string[] {
	const end = profile.start + profile.valuesWh.length * slotMs;
	const segments = [
		`LOC+172+${profile.malo}`,
		`DTM+163:${stamp(profile.start)}`,
		`DTM+164:${stamp(end)}`,
		'LIN+1',
		`PIA+5+${profile.obis.replace(/:/g, '?:')}:SRW`,
	];
	let from = stamp(profile.start);
	profile.valuesWh.forEach((wh, i) => {
		const quality = profile.qualities[i] ?? 'measured';
		const qualifier = qualifiers[quality];
		if (qualifier === undefined) throw new RangeError(`MSCONS 13025 has no qualifier for ${quality}`);
		const to = stamp(profile.start + (i + 1) * slotMs);
		segments.push(`QTY+${qualifier}:${kwhOf(wh)}`, `DTM+163:${from}`, `DTM+164:${to}`);
		// Interpolated because the line to the meter was down.
		if (quality === 'substitute') segments.push('STS+Z32++Z92', 'STS+Z40++Z75');
		from = to;
	});
	return segments;
}

/**
 * An interchange with its messages, written at `writtenAt` (ms, UTC): UNA with decimal point, stamps in UTC, one segment a
 * line, correct counts and references. Source: BDEW MSCONS 2.4c, Prüfidentifikator 13025 (Lastgang Marktlokation). ASCII bytes.
 * Throws RangeError for a quality that load profiles may not have.
 */
export function writeMscons(reference: string, writtenAt: number, messages: readonly MsconsMessage[]): Uint8Array {
	const written = digits(writtenAt);
	const segments = [
		`UNB+UNOC:3+${gridOperatorId}:500+${cooperativeId}:500+${written.slice(2, 8)}:${written.slice(8)}+${reference}++TL`,
	];
	messages.forEach((message, index) => {
		const body = [
			`UNH+${index + 1}+MSCONS:D:04B:UN:2.4c`,
			`BGM+Z48+${message.documentNumber}+9`,
			`DTM+137:${stamp(writtenAt)}`,
			'RFF+Z13:13025',
			`NAD+MS+${gridOperatorId}::293`,
			`NAD+MR+${cooperativeId}::293`,
			'UNS+D',
			'NAD+DP',
			...profileSegments(message.profile),
		];
		for (const segment of body) segments.push(segment);
		segments.push(`UNT+${body.length + 1}+${index + 1}`);
	});
	segments.push(`UNZ+${messages.length}+${reference}`);
	return Buffer.from(`UNA:+.? '\r\n${segments.map((segment) => `${segment}'`).join('\r\n')}\r\n`, 'latin1');
}
