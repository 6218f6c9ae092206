// Makes small meter files for the tests of readings: MSCONS messages and CSVs of one or more local days, with known values.
import { inspect } from '../../api/readings/inspect.ts';
import { berlinOffsetMinutes, slotsOfDay, startOfDay } from '../../api/values/calendar.ts';

/** The value of a quarter-hour that no other has nearby: watt-hours. */
export function whAt(minute: number): number {
	return ((minute / 15) * 7919) % 9973;
}

/** Starts of the slots of the local days, minutes since 1970 (UTC). */
export function slotsFrom(day: string, days = 1, slotMinutes = 15): number[] {
	const start = startOfDay(day) / 60_000;
	let minutes = 0;
	for (let i = 0; i < days; i++) {
		const at = new Date(Date.parse(day) + i * 86_400_000).toISOString().slice(0, 10);
		minutes += slotsOfDay(at, 1);
	}
	return Array.from({ length: minutes / slotMinutes }, (_, i) => start + i * slotMinutes);
}

export function totalWh(slots: readonly number[]): number {
	return slots.reduce((sum, minute) => sum + whAt(minute), 0);
}

/** Kilowatt-hours with three digits and a comma. */
export function comma(wh: number): string {
	return point(wh).replace('.', ',');
}

export function point(wh: number): string {
	return (wh / 1000).toFixed(3);
}

/** Local wall clock of an instant: date 'DD.MM.YYYY' and time 'HH:MM'. */
export function wallOf(minute: number): { date: string; time: string } {
	const iso = new Date((minute + berlinOffsetMinutes(minute * 60_000)) * 60_000).toISOString();
	return { date: `${iso.slice(8, 10)}.${iso.slice(5, 7)}.${iso.slice(0, 4)}`, time: iso.slice(11, 16) };
}

export function dtm(qualifier: string, minute: number): string {
	return `DTM+${qualifier}:${new Date(minute * 60_000).toISOString().replace(/\D/g, '').slice(0, 12)}?+00:303'`;
}

export type Channel = {
	meteringPoint?: string;
	obis?: string;
	slots: readonly number[];
	qualifier?: string;
	unit?: string;
	value?: (minute: number) => string;
};

export type Message = {
	reference?: string;
	document?: string;
	function?: string;
	cancels?: string;
	process?: string;
	channels: readonly Channel[];
	extra?: string;
};

/** One MSCONS message, with a right count. */
export function message(of: Message): string {
	const { reference = '1', document = 'DOC1', cancels, process = '13025' } = of;
	const segments = [
		`UNH+${reference}+MSCONS:D:04B:UN:2.4c'`,
		`BGM+Z48+${document}+${of.function ?? '9'}'`,
		"DTM+137:202602011250?+00:303'",
		`RFF+Z13:${process}'`,
		...(cancels ? [`RFF+ACW:${cancels}'`] : []),
		"NAD+MS+9900000000001::293'",
		"NAD+MR+9900000000002::293'",
		"UNS+D'",
	];
	for (const channel of of.channels) {
		const {
			meteringPoint = '51481308448',
			obis = '1-1:2.29.0',
			slots,
			qualifier = '220',
			unit,
			value = (minute: number) => point(whAt(minute)),
		} = channel;
		segments.push("NAD+DP'", `LOC+172+${meteringPoint}'`, "LIN+1'", `PIA+5+${obis.replace(':', '?:')}:SRW'`);
		for (const minute of slots) {
			segments.push(
				`QTY+${qualifier}:${value(minute)}${unit ? `:${unit}` : ''}'`,
				dtm('163', minute),
				dtm('164', minute + 15),
			);
		}
	}
	if (of.extra) segments.push(...of.extra.split(/(?<=')/));
	return `${segments.join('')}UNT+${segments.length + 1}+${reference}'`;
}

/** An interchange of messages, with a right count. */
export function interchange(messages: readonly string[], { una = '', reference = 'REF1', test = '' } = {}): string {
	const tail = test ? `+TL++++${test}` : '+TL';
	return `${una}UNB+UNOC:3+9900000000001:500+9900000000002:500+260201:1250+${reference}+${tail}'${messages.join('')}UNZ+${messages.length}+${reference}'`;
}

export async function* chunked(bytes: Buffer, sizes: readonly number[] = [65_536]): AsyncGenerator<Buffer> {
	for (let at = 0, i = 0; at < bytes.length; i++) {
		const size = Math.max(1, sizes[i % sizes.length] ?? 1);
		yield Buffer.from(bytes.subarray(at, at + size));
		at += size;
	}
}

/** What inspection says of a text (each character a byte of Windows-1252 unless given as Buffer), in chunks of those sizes. */
export function look(
	content: string | Buffer,
	{ sizes, byDay = true, zone }: { sizes?: readonly number[]; byDay?: boolean; zone?: string } = {},
) {
	const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
	return inspect(chunked(bytes, sizes), { byDay, ...(zone ? { zone } : {}) });
}
