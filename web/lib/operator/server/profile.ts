// The form of a mapping profile: what each column means, read back into the profile that the API takes.
import type { paths } from '#lib/api.d.ts';
import { optionalText, text } from '#lib/server/form.ts';

type Try = paths['/api/mapping-profiles/try']['post'];

/** A profile as the API takes it, and what a trial answers. */
export type Profile = NonNullable<Try['requestBody']['content']['application/json']['profile']>;
export type Trial = Try['responses'][200]['content']['application/json'];
type Place = { meteringPoint: string | null; obis: string | null };

/** What a column can mean. */
export const columnRoles = ['none', 'value', 'status', 'date', 'time', 'meteringPoint', 'device'] as const;

/** Bytes of a file that show how it is laid out: the beginning of a text, all of a workbook. */
const sampleBytes = 262_144;
const packedBytes = 5_500_000;

/** The sample of a chosen file, base64; undefined without one, or for a packed file that is too large for a trial. */
export async function sampleOf(file: FormDataEntryValue | null): Promise<string | undefined> {
	if (!(file instanceof File) || file.size === 0) return undefined;
	const start = Buffer.from(await file.slice(0, 4).arrayBuffer());
	const isPacked = start.readUInt16BE(0) === 0x504b || start.readUInt16BE(0) === 0x1f8b;
	if (isPacked && file.size > packedBytes) return undefined;
	return Buffer.from(await file.slice(0, isPacked ? file.size : sampleBytes).arrayBuffer()).toString('base64');
}

function placeIn(form: FormData, name: string): Place {
	return {
		meteringPoint: optionalText(form, `point.${name}`) ?? null,
		obis: optionalText(form, `obis.${name}`) ?? null,
	};
}

/** The profile that the form says, on the ground of the one it was shown with. */
export function profileIn(form: FormData): Profile {
	const shown = JSON.parse(text(form, 'profile')) as Profile;
	const columns = Number(text(form, 'columns')) || 0;
	const roles = Array.from({ length: Math.min(columns, 400) }, (_, column) => text(form, `role.${column}`));
	const first = (role: (typeof columnRoles)[number]) => {
		const column = roles.indexOf(role);
		return column < 0 ? null : column;
	};
	const device = first('device');
	const values = roles.flatMap((role, column) => {
		if (role !== 'value') return [];
		const next = roles.findIndex((other, at) => at > column && (other === 'value' || other === 'status'));
		const unit = text(form, `unit.${column}`) as Profile['values'][number]['unit'];
		return [
			{ column, unit, status: next >= 0 && roles[next] === 'status' ? next : null, ...placeIn(form, `${column}`) },
		];
	});
	return {
		...shown,
		...{
			date: first('date') ?? shown.date,
			time: first('time'),
			meteringPoint: first('meteringPoint'),
			device,
			values,
		},
		stamp: text(form, 'stamp') as Profile['stamp'],
		zone: text(form, 'zone') as Profile['zone'],
		mark: text(form, 'mark') as Profile['mark'],
		dateOrder: text(form, 'dateOrder') as Profile['dateOrder'],
		devices: device === null ? [] : shown.devices.map(({ name }, n) => ({ name, ...placeIn(form, `device.${n}`) })),
	};
}
