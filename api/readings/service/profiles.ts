// Mapping profiles: tried out on a sample, kept by the shape of the table, used for every later file of that shape.
import { asc, eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, type Tx, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { type Finding, type InspectedSeries, inspect } from '../inspect.ts';
import { guessProfile, type Reason } from '../formats/mapped/guess.ts';
import { checkedProfile, type MappingProfile } from '../formats/mapped/profile.ts';
import { shapeOf } from '../formats/mapped/shape.ts';
import { openedFile } from '../formats/workbook/opened.ts';
import { confidenceIn, type Profiles } from '../read.ts';
import { missingWh } from '../rules.ts';
import { Source } from '../source.ts';
import { type DaySumFit, daySumFitOf, type SunFit, type SunnyValue, sunFitOf } from '../sun.ts';
import { mappingProfiles } from '../tables.ts';

/** A profile as it is kept. */
export interface ProfileView {
	id: string;
	name: string;
	shape: string;
	header: string[];
	profile: MappingProfile;
	savedAt: string;
	savedByName: string;
}

/** Profiles of one cooperative; nobody gets tables of more shapes. */
const profileLimit = 200;

/** All profiles, by name. */
export function listMappingProfiles(db: Database, { by }: { by: Actor }): Promise<ProfileView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(mappingProfiles).orderBy(asc(mappingProfiles.name));
		return rows.map((row) => ({ ...row, savedAt: row.savedAt.toISOString() }));
	});
}

/** The profiles by the shape they are for. */
export async function profilesIn(tx: Tx): Promise<Profiles> {
	const rows = await tx
		.select({ shape: mappingProfiles.shape, name: mappingProfiles.name, profile: mappingProfiles.profile })
		.from(mappingProfiles);
	return new Map(rows.map(({ shape, ...rest }) => [shape, rest]));
}

/**
 * Keeps a profile for tables of the sample's shape, in place of the one there was. Days that are stored stay as they are.
 * Refuses readings.profile-no-rows, readings.profile-too-many and what checkedProfile refuses.
 */
export async function saveMappingProfile(
	db: Database,
	{ name, sample, profile, ...command }: Command & { name: string; sample: Uint8Array; profile: MappingProfile },
): Promise<{ id: string; shape: string }> {
	const checked = checkedProfile(profile);
	const table = shapeOf(await headOf(sample));
	if (!table) throw new Refusal('invalid', 'readings.profile-no-rows', {});
	const { shape, header } = table;
	return write(db, command, async (tx, note) => {
		const known = await tx
			.select({ shape: mappingProfiles.shape, profile: mappingProfiles.profile })
			.from(mappingProfiles);
		const before = known.find((one) => one.shape === shape);
		if (!before && known.length >= profileLimit)
			throw new Refusal('conflict', 'readings.profile-too-many', { limit: profileLimit });
		const told = { name, header, profile: checked, savedAt: command.at, savedByName: command.by.name };
		const [row] = await tx
			.insert(mappingProfiles)
			.values({ shape, ...told })
			.onConflictDoUpdate({ target: mappingProfiles.shape, set: told })
			.returning({ id: mappingProfiles.id });
		if (!row) throw new Error('profile not saved');
		note({
			action: 'readings.saveMappingProfile',
			subject: `mapping-profile ${row.id}`,
			...(before ? { before: { profile: before.profile } } : {}),
			after: { name, shape, profile: checked },
		});
		return { id: row.id, shape };
	});
}

/** Forgets a profile; what it has read stays. Refuses readings.profile-unknown. */
export function deleteMappingProfile(
	db: Database,
	{ profileId, ...command }: Command & { profileId: string },
): Promise<{ id: string }> {
	return write(db, command, async (tx, note) => {
		const [row] = await tx
			.delete(mappingProfiles)
			.where(eq(mappingProfiles.id, profileId))
			.returning({ id: mappingProfiles.id, name: mappingProfiles.name, profile: mappingProfiles.profile });
		if (!row) throw new Refusal('missing', 'readings.profile-unknown');
		const before = { name: row.name, profile: row.profile };
		note({ action: 'readings.deleteMappingProfile', subject: `mapping-profile ${row.id}`, before });
		return { id: row.id };
	});
}

/** What a sample holds by a profile: its series, or why it is refused; how it fits the sun and a known day. */
export interface ProfileTrial {
	shape: string;
	header: string[];
	rows: string[][];
	profile: MappingProfile;
	reasons: Reason[];
	/** the beginning of the table as text, base64: what the next question may send instead of the file */
	sample: string;
	/** the profile that is kept for this shape */
	kept: { id: string; name: string } | null;
	series: InspectedSeries[];
	findings: Finding[];
	refusal: { code: string; values: RefusalValues } | null;
	sun: SunFit | null;
	daySum: DaySumFit | null;
}

/** What is asked of a trial. Latitude and longitude in degrees; a day's known energy in watt-hours. */
export interface TrialQuestion {
	sample: Uint8Array;
	profile?: MappingProfile | undefined;
	place?: { latitude: number; longitude: number } | undefined;
	knownDay?: { day: string; energyWh: number } | undefined;
}

/** Text that is enough to see how a table is read: some days of quarter-hours. */
const sampleBytes = 131_072;

/** Values that the sun is asked about: more days say no more. */
const sunnyLimit = 40_000;

/**
 * Reads a sample by the given profile, the kept one or a guess, and stores nothing. Sun and day's sum are asked of the first
 * series. Refuses what guessProfile, openedFile and checkedProfile refuse; what is wrong with rows is in the answer.
 */
export async function tryMappingProfile(
	db: Database,
	{ by, ...asked }: { by: Actor } & TrialQuestion,
): Promise<ProfileTrial> {
	const sample = wholeLines(asked.sample);
	const head = await headOf(sample);
	const guess = guessProfile(head);
	const { shape, header, rows, reasons } = guess;
	const kept = await transact(db, by, async (tx) => {
		const [row] = await tx.select().from(mappingProfiles).where(eq(mappingProfiles.shape, shape));
		return row ?? null;
	});
	const profile = checkedProfile(asked.profile ?? kept?.profile ?? guess.profile);
	const sunny: SunnyValue[] = [];
	const known = { wh: 0, slots: 0 };
	const found = await inspect(one(sample), {
		profiles: new Map([[shape, { name: kept?.name ?? '', profile }]]),
		onDay: (day) => {
			if (day.series !== 0) return;
			if (day.day === asked.knownDay?.day) known.wh = day.totalWh;
			for (let slot = 0; slot < day.wh.length && sunny.length < sunnyLimit; slot++) {
				const wh = day.wh[slot] as number;
				if (wh !== missingWh) sunny.push({ minute: day.startMinute + slot * day.step, wh });
			}
		},
	});
	const { slotMinutes } = profile;
	const isAsked = found.refusal === null && slotMinutes < 1440;
	return {
		sample: Buffer.from(wholeLines(head.subarray(0, sampleBytes))).toString('base64'),
		...{ shape, header, rows, profile, reasons, kept: kept && { id: kept.id, name: kept.name } },
		...{ series: found.series, findings: found.findings, refusal: found.refusal },
		sun: asked.place && isAsked ? sunFitOf(sunny, { ...asked.place, slotMinutes }) : null,
		daySum: asked.knownDay && isAsked ? daySumFitOf(known.wh, asked.knownDay.energyWh, slotMinutes) : null,
	};
}

/** The text of a sample, opened if it is packed. */
async function headOf(sample: Uint8Array): Promise<Buffer> {
	const { head } = await openedFile(await new Source(one(sample)).open(), confidenceIn);
	return head;
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}

/** A sample is often the beginning of a file: a text without its last, cut line; what is packed as it is. */
function wholeLines(sample: Uint8Array): Uint8Array {
	const isPacked = (sample[0] === 0x1f && sample[1] === 0x8b) || (sample[0] === 0x50 && sample[1] === 0x4b);
	const end = sample.lastIndexOf(10);
	return isPacked || end < 0 ? sample : sample.subarray(0, end + 1);
}
