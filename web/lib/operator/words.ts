// The words of the operator's area for kinds and states that the API names in English.
import { number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';

type Word = () => string;

function word(words: Readonly<Record<string, Word>>, key: string): string {
	return words[key]?.() ?? key;
}

/** Kind of plant: Wind, Sonne. */
export function kindWord(kind: string): string {
	return word({ wind: m.plants_kind_wind, solar: m.plants_kind_solar }, kind);
}

/** Which way a channel counts: Einspeisung, Bezug, Blindarbeit. */
export function directionWord(direction: string): string {
	return word(
		{
			'feed-in': m.plants_direction_feed_in,
			consumption: m.plants_direction_consumption,
			reactive: m.plants_direction_reactive,
			other: m.plants_direction_other,
		},
		direction,
	);
}

/** How often a channel has a value: je Viertelstunde, je 5 Minuten, je Stunde, je Tag. */
export function slotWord(minutes: number): string {
	if (minutes === 15) return m.plants_slot_quarter();
	if (minutes === 60) return m.plants_slot_hour();
	if (minutes === 1440) return m.plants_slot_day();
	return m.plants_slot_minutes({ minutes });
}

/** The identifier a metering point is best known by. */
export function pointName(point: {
	marketLocation: string | null;
	meterLocation: string | null;
	deviceSerial: string | null;
}): string {
	return point.marketLocation ?? point.meterLocation ?? point.deviceSerial ?? '';
}

/** A file's format: MSCONS 2.4c, Lastgang (CSV), Solar-Log. */
export function formatWord(format: string | null, version?: string | null): string {
	if (format === null) return m.readings_format_unknown();
	const words: Record<string, Word> = {
		mscons: () => (version ? m.readings_format_mscons_version({ version }) : m.readings_format_mscons()),
		'quarter-hour-csv': m.readings_format_csv,
		solarlog: m.readings_format_solarlog,
		'solarlog-json': m.readings_format_solarlog_json,
		fronius: m.readings_format_fronius,
		sdat: m.readings_format_sdat,
		esl: m.readings_format_esl,
		eda: m.readings_format_eda,
		espi: m.readings_format_espi,
		datadis: m.readings_format_datadis,
		scada: m.readings_format_scada,
		sma: m.readings_format_sma,
		'eda-workbook': m.readings_format_eda_workbook,
		mapped: m.readings_format_mapped,
		act: m.readings_format_act,
	};
	return word(words, format);
}

/** Where an import came from: Hochgeladen, Ordner, Wechselrichter. */
export function originWord(origin: string): string {
	return word(
		{
			upload: m.readings_origin_upload,
			command: m.readings_origin_command,
			'watch-folder': m.readings_origin_folder,
			sftp: m.readings_source_origin_sftp,
			mailbox: m.readings_source_origin_mailbox,
			'http-pull': m.readings_origin_pull,
			demo: m.readings_origin_demo,
			operator: m.readings_origin_operator,
		},
		origin,
	);
}

/** How many days of channels storing a file wrote: 62 Kanaltage neu, 1 Kanaltag ersetzt. */
export function daysWords({
	daysAdded,
	daysReplaced,
	daysGone = 0,
}: {
	daysAdded: number | null;
	daysReplaced: number | null;
	daysGone?: number | null;
}): string {
	const words = [
		counted(daysAdded, m.readings_days_added_one, m.readings_days_added),
		counted(daysReplaced, m.readings_days_replaced_one, m.readings_days_replaced),
		counted(daysGone, m.readings_days_gone_one, m.readings_days_gone),
	].filter(Boolean);
	return words.join(', ') || m.readings_days_none();
}

/** The sentence for one or for many; empty for none. */
export function counted(count: number | null, one: Word, many: (inputs: { count: string }) => string): string {
	if (!count) return '';
	return count === 1 ? one() : many({ count: number(count) });
}

/** What was out of the ordinary with a register, in a sentence. */
export function noteText(kind: string, since: string): string {
	const words: Record<string, Word> = {
		gap: () => m.readings_source_note_gap({ since }),
		fell: m.readings_source_note_fell,
		jump: m.readings_source_note_jump,
		devices: m.readings_source_note_devices,
	};
	return word(words, kind);
}

/** What somebody did to stored readings: Import rückgängig gemacht, spätere Werte angenommen. */
export function actWord(kind: string): string {
	return word(
		{
			undo: m.readings_act_undo,
			accept: m.readings_act_accept,
			place: m.readings_act_place,
			registers: m.readings_act_registers,
		},
		kind,
	);
}
