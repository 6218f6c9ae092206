// What was typed about a source, as the API takes it; and its refusals at the fields of the form.
import { m } from '#lib/paraglide/messages.js';
import { optionalText, text } from '#lib/server/form.ts';
import { type Answer, incomplete, refused } from '#lib/server/problem.ts';
import { hasSeries, type SourceBody, type SourceKind } from '../sources.ts';
import { reasonOf } from './reasons.ts';

const lines = (form: FormData, name: string): string[] =>
	text(form, name)
		.split(/[\n,;]/)
		.map((line) => line.trim())
		.filter(Boolean);

function locationOf(kind: SourceKind, form: FormData): string {
	const [server, user, folder] = ['server', 'user', 'folder'].map((name) => text(form, name)) as [
		string,
		string,
		string,
	];
	const plain = text(form, 'plain') === 'yes';
	const named = user ? `${encodeURIComponent(user)}@` : '';
	switch (kind) {
		case 'sftp':
			return `sftp://${named}${server}/${folder.replace(/^\/+/, '')}`;
		case 'imap':
			return `${plain ? 'imap' : 'imaps'}://${named}${server}/${encodeURIComponent(folder || 'INBOX')}`;
		case 'mqtt':
			return `${plain ? 'mqtt' : 'mqtts'}://${named}${server}`;
		case 'modbus':
			return `modbus://${server}/${text(form, 'unitId') || '1'}`;
		default:
			return text(form, 'location');
	}
}

type Channel = NonNullable<SourceBody['channels']>[number];

function seriesOf(kind: SourceKind, form: FormData): Channel[] {
	return Array.from({ length: 50 }, (_, i) => i).flatMap((i): Channel[] => {
		const field = (name: string) => optionalText(form, `c${i}_${name}`);
		const [typed, valuePath] = [field('name'), field('value')];
		const name = kind === 'json' ? (valuePath ?? '') : (typed ?? '');
		if (!name) return [];
		const slot = Number(field('slot') ?? 15);
		const [obis, unit, timePath] = [field('obis'), field('unit'), field('time')];
		return [
			{
				...{ name, meteringPointId: field('point') ?? '', slotMinutes: slot as 15 },
				meaning: (field('meaning') ?? 'register') as 'register',
				...(obis ? { obis } : {}),
				...(unit ? { unit } : {}),
				...(kind === 'push' || !valuePath ? {} : { valuePath }),
				...(timePath ? { timePath } : {}),
				...(field('stamp') === 'end' ? { stamp: 'end' as const } : {}),
			},
		];
	});
}

/** The source as it was typed; refused at its fields if something is left out. */
export function sourceOf(kind: SourceKind, form: FormData) {
	const needed: Partial<Record<SourceKind, string[]>> = {
		...{
			sftp: ['server', 'user'],
			imap: ['server', 'user', 'senders'],
			mqtt: ['server'],
			modbus: ['server', 'meteringPointId'],
		},
		...{ fronius: ['location', 'meteringPointId'], solarlog: ['location', 'meteringPointId'] },
		...{ json: ['location'], 'watch-folder': ['location'] },
	};
	const fields: Record<string, string> = {};
	for (const name of ['name', ...(needed[kind] ?? [])]) if (!text(form, name)) fields[name] = m.plants_needed();
	const channels = hasSeries(kind) ? seriesOf(kind, form) : [];
	if (hasSeries(kind) && channels.length === 0) fields[kind === 'json' ? 'c0_value' : 'c0_name'] = m.plants_needed();
	channels.forEach((one, i) => {
		if (!one.meteringPointId) fields[`c${i}_point`] = m.plants_needed();
	});
	if (Object.keys(fields).length > 0) return { failure: incomplete(fields, form) };
	const [meteringPointId, obis] = [optionalText(form, 'meteringPointId'), optionalText(form, 'obis')];
	if (kind === 'modbus' && meteringPointId && text(form, 'withImport') === 'yes') {
		channels.push({ name: '', meteringPointId, ...(obis ? { obis } : {}) });
		channels.push({ name: 'import', meteringPointId, obis: '1-1:1.29.0' });
	}
	const settings: NonNullable<SourceBody['settings']> = {};
	const [rows, header, certificate, zone] = ['rows', 'header', 'certificate', 'zone'].map((one) =>
		optionalText(form, one),
	);
	if (lines(form, 'patterns').length > 0) settings.patterns = lines(form, 'patterns');
	if (lines(form, 'senders').length > 0) settings.senders = lines(form, 'senders');
	if (rows) settings.rows = rows;
	if (header) settings.header = header;
	if (certificate) settings.certificate = certificate;
	if (zone === 'UTC') settings.zone = zone;
	const secrets = {
		...secret('password', form.get('password')),
		...secret('privateKey', form.get('passwordKey')),
		...secret('passphrase', form.get('passwordPhrase')),
	};
	const body: SourceBody = {
		...{ name: text(form, 'name'), settings },
		...(kind === 'push' ? {} : { location: locationOf(kind, form) }),
		...(channels.length > 0 ? { channels } : {}),
		...(channels.length === 0 && meteringPointId ? { meteringPointId } : {}),
		...(channels.length === 0 && obis ? { obis } : {}),
		...(Object.keys(secrets).length > 0 ? { secrets } : {}),
	};
	return { body };
}

/** A key begins and ends with its own lines: nothing of it is trimmed but what stands around it. */
function secret(
	name: 'password' | 'privateKey' | 'passphrase',
	typed: FormDataEntryValue | null,
): Record<string, string> {
	if (typeof typed !== 'string' || typed.trim() === '') return {};
	return { [name]: name === 'privateKey' ? `${typed.trim()}\n` : typed };
}

/** Where the API's name of a field stands in the form. */
const places: Readonly<Record<string, string>> = {
	topic: 'c0_name',
	valuePath: 'c0_value',
	timePath: 'c0_time',
	unit: 'c0_unit',
};

/** What the API refused about a source, at the fields of the form. */
export function refusedSource(kind: SourceKind, answer: Answer<unknown>, form: FormData) {
	const { code, values } = (answer.error ?? {}) as { code?: string; values?: Record<string, string> };
	// The reason decides the sentence, not the code alone.
	if (code === 'readings.source-folder')
		return incomplete({ location: reasonOf({ code, values: values ?? {} }).sentence }, form);
	const failure = refused(answer, form);
	const { fields } = failure.data.problem;
	for (const [field, sentence] of Object.entries(fields)) {
		const inSeries = hasSeries(kind) && ['obis', 'meteringPointId'].includes(field);
		const place = inSeries ? `c0_${field === 'obis' ? 'obis' : 'point'}` : (places[field] ?? field);
		fields[place] ??= sentence;
		if (field === 'location') fields.server ??= sentence;
	}
	return failure;
}
