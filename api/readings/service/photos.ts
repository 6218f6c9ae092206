// Photos of meters: kept as they were taken, with their hash.
import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { clientOf, type Database, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { photoKindOf, photoMaxBytes } from '../photos.ts';
import { registerPhotos } from '../tables.ts';

/**
 * Keeps a photo of a meter. Refuses readings.metering-point-unknown, readings.photo-too-large, readings.photo-kind (neither JPEG, PNG,
 * WebP nor HEIC by its bytes).
 */
export async function keepPhoto(
	db: Database,
	{ meteringPointId, content, ...command }: Command & { meteringPointId: string; content: Buffer },
): Promise<{ id: string; sha256: string }> {
	if (content.length > photoMaxBytes)
		throw new Refusal(
			'invalid',
			'readings.photo-too-large',
			{ limitMiB: photoMaxBytes / 1_048_576 },
			{ field: 'photo' },
		);
	const kind = photoKindOf(content);
	if (!kind) throw new Refusal('invalid', 'readings.photo-kind', {}, { field: 'photo' });
	const sha256 = createHash('sha256').update(content).digest();
	return write(db, command, async (tx, note) => {
		const [point] = await clientOf(tx)`select 1 from metering_points where id = ${meteringPointId}`;
		if (!point) throw new Refusal('missing', 'readings.metering-point-unknown');
		const [row] = await tx
			.insert(registerPhotos)
			.values({ meteringPointId, kind, sha256, content, takenAt: command.at, takenByName: command.by.name })
			.returning({ id: registerPhotos.id });
		const after = { kind, sha256: sha256.toString('hex'), size: content.length };
		note({ action: 'readings.keepPhoto', subject: `metering point ${meteringPointId}`, after });
		return { id: row?.id as string, sha256: after.sha256 };
	});
}

/** A photo as it was taken. Refuses readings.photo-unknown. */
export function readPhoto(
	db: Database,
	{ by, photoId }: { by: Actor; photoId: string },
): Promise<{ kind: string; content: Buffer }> {
	return transact(db, by, async (tx) => {
		const [row] = await tx
			.select({ kind: registerPhotos.kind, content: registerPhotos.content })
			.from(registerPhotos)
			.where(eq(registerPhotos.id, photoId));
		if (!row) throw new Refusal('missing', 'readings.photo-unknown');
		return row;
	});
}
