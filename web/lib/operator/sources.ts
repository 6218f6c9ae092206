// Live sources as the operator's pages speak of them: their kinds, what a form asks of each, what its fields begin with.
import { energy, power } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { paths } from '../api.d.ts';

type Listed = paths['/api/sources']['get']['responses'][200]['content']['application/json'][number];
export type Source = Listed;
export type SourceKind = Listed['kind'];
type Word = () => string;

/** The kinds in the order they are offered: what they are called, what they do, what happens then. */
export const kinds: readonly { kind: SourceKind; label: Word; hint: Word; lead: Word }[] = [
	{ kind: 'imap', label: m.readings_source_imap, hint: m.readings_source_imap_hint, lead: m.readings_source_imap_lead },
	{ kind: 'sftp', label: m.readings_source_sftp, hint: m.readings_source_sftp_hint, lead: m.readings_source_sftp_lead },
	{
		kind: 'watch-folder',
		...{ label: m.readings_source_folder, hint: m.readings_source_folder_hint, lead: m.readings_source_folder_lead },
	},
	{
		kind: 'fronius',
		...{ label: m.readings_source_fronius, hint: m.readings_source_fronius_hint, lead: m.readings_source_live_lead },
	},
	{
		kind: 'solarlog',
		...{ label: m.readings_source_solarlog, hint: m.readings_source_solarlog_hint, lead: m.readings_source_live_lead },
	},
	{
		kind: 'modbus',
		...{ label: m.readings_source_modbus, hint: m.readings_source_modbus_hint, lead: m.readings_source_live_lead },
	},
	{ kind: 'mqtt', label: m.readings_source_mqtt, hint: m.readings_source_mqtt_hint, lead: m.readings_source_live_lead },
	{ kind: 'json', label: m.readings_source_json, hint: m.readings_source_json_hint, lead: m.readings_source_live_lead },
	{ kind: 'push', label: m.readings_source_push, hint: m.readings_source_push_hint, lead: m.readings_source_live_lead },
];

/** The kind of that name; undefined if there is none. */
export function kindNamed(name: string | null): SourceKind | undefined {
	return kinds.find(({ kind }) => kind === name)?.kind;
}

/** What a kind of source is called. */
export function sourceKindWord(kind: string): string {
	return kinds.find((one) => one.kind === kind)?.label() ?? kind;
}

/** What happens with a source of that kind. */
export function sourceLead(kind: string): string {
	return kinds.find((one) => one.kind === kind)?.lead() ?? '';
}

/** Where a source is, as people say it; a device that sends by itself has no address. */
export function placeText({ kind, location }: Pick<Source, 'kind' | 'location'>): string {
	return kind === 'push' ? m.readings_source_push_place() : decodeURI(location);
}

/** True if the kind has series that are named one by one. */
export function hasSeries(kind: SourceKind): boolean {
	return kind === 'mqtt' || kind === 'json' || kind === 'push';
}

/** What the numbers of a series mean. */
export function meaningWord(meaning: string): string {
	const words: Record<string, Word> = {
		register: m.readings_source_meaning_register,
		power: m.readings_source_meaning_power,
		interval: m.readings_source_meaning_interval,
	};
	return words[meaning]?.() ?? meaning;
}

/** The amount of a value: energy of a register or a slot, or power. */
export function amountText(meaning: string, amount: number): string {
	return meaning === 'power' ? power(amount) : energy(amount);
}

/** Units a series can be in. */
export const units = ['Wh', 'kWh', 'MWh', 'W', 'kW', 'MW'] as const;

function addressValues(kind: SourceKind, location: string): Record<string, string> {
	if (!URL.canParse(location)) return { location };
	const url = new URL(location);
	const user = decodeURIComponent(url.username);
	const path = decodeURIComponent(url.pathname.slice(1));
	const plain = url.protocol === 'mqtt:' || url.protocol === 'imap:' ? 'yes' : '';
	if (kind === 'sftp') return { server: url.host, user, folder: path && `/${path}` };
	if (kind === 'imap') return { server: url.host, user, folder: path, plain };
	if (kind === 'mqtt') return { server: url.host, user, plain };
	if (kind === 'modbus') return { server: url.host, unitId: path || '1' };
	if (kind === 'push') return { deviceTokenId: location.replace('push:', '') };
	return { location };
}

/** What the fields of a form begin with when a source is changed. Secrets are never among it. */
export function valuesOf(source: Source): Record<string, string> {
	const { kind, name, settings } = source;
	const values: Record<string, string> = {
		...{ name, meteringPointId: source.meteringPointId ?? '', obis: source.obis ?? '' },
		...addressValues(kind, source.location),
		...{ patterns: settings.patterns?.join('\n') ?? '', senders: settings.senders?.join('\n') ?? '' },
		...{ rows: settings.rows ?? '', zone: settings.zone ?? '', header: settings.header ?? '' },
		certificate: settings.certificate ?? '',
		withImport: source.channels.some((one) => one.name === 'import') ? 'yes' : '',
	};
	source.channels.forEach((channel, index) => {
		const own = channel.settings;
		const fields = {
			...{ name: own.topic ?? channel.name, point: channel.meteringPointId, obis: channel.obis },
			...{ meaning: channel.meaning, unit: own.unit ?? '', slot: String(channel.slotMinutes), stamp: own.stamp ?? '' },
			...{ value: own.valuePath ?? '', time: own.timePath ?? '' },
		};
		for (const [field, value] of Object.entries(fields)) values[`c${index}_${field}`] = value;
	});
	return values;
}

/** How many series a form shows: those that are filled, and room for one more. */
export function seriesShown(values: Readonly<Record<string, string>>): number {
	const filled = Array.from({ length: 50 }, (_, i) => i).filter((i) => values[`c${i}_name`] || values[`c${i}_value`]);
	return Math.min(50, (filled.at(-1) ?? -1) + 2);
}

/** The body of a change, as the API takes it. */
export type SourceBody = NonNullable<paths['/api/sources/{id}']['put']['requestBody']>['content']['application/json'];
