// API tokens of devices: data loggers, gateways, scripts.
import { and, desc, eq, isNull } from 'drizzle-orm';
import { type Command, write } from '../../audit/service.ts';
import { type Database, transact } from '../../database/connect.ts';
import type { Actor } from '../../values/actor.ts';
import { Refusal } from '../../values/refusal.ts';
import { type DeviceScope, minutesAfter } from '../rules.ts';
import { deviceTokens } from '../tables.ts';
import { newToken, tokenHash } from './secrets.ts';

/** What every device's token begins with, so that a leaked one is recognised. */
export const deviceTokenPrefix = 'gw_dev_';

/** Makes a token for a device, shown this once. `days` is how long it works. */
export function createDeviceToken(
	db: Database,
	{ by, at, name, scopes, days }: Command & { name: string; scopes: readonly DeviceScope[]; days: number },
): Promise<{ id: string; token: string; expiresAt: string }> {
	// No idempotency key: the reply holds a secret that must not be kept.
	return write(db, { by, at }, async (tx, note) => {
		const token = `${deviceTokenPrefix}${newToken()}`;
		const expiresAt = minutesAfter(at, days * 24 * 60);
		const [row] = await tx
			.insert(deviceTokens)
			.values({
				name,
				prefix: token.slice(0, deviceTokenPrefix.length + 6),
				hash: tokenHash(token),
				scopes: [...new Set(scopes)],
				createdBy: by.personId,
				createdAt: at,
				expiresAt,
			})
			.returning({ id: deviceTokens.id });
		if (!row) throw new Error('the token was not stored');
		note({
			action: 'accounts.createDeviceToken',
			subject: `device token ${row.id}`,
			after: { name, scopes, expiresAt },
		});
		return { id: row.id, token, expiresAt: expiresAt.toISOString() };
	});
}

/** A device's token as staff see it; the token itself is not kept. Instants as ISO text. */
export interface DeviceTokenView {
	id: string;
	name: string;
	prefix: string;
	scopes: string[];
	createdAt: string;
	expiresAt: string;
	usedAt: string | null;
	revokedAt: string | null;
}

/** All tokens of devices, newest first. */
export function listDeviceTokens(db: Database, { by }: { by: Actor }): Promise<DeviceTokenView[]> {
	return transact(db, by, async (tx) => {
		const rows = await tx.select().from(deviceTokens).orderBy(desc(deviceTokens.createdAt)).limit(500);
		return rows.map(({ id, name, prefix, scopes, createdAt, expiresAt, usedAt, revokedAt }) => ({
			id,
			name,
			prefix,
			scopes,
			createdAt: createdAt.toISOString(),
			expiresAt: expiresAt.toISOString(),
			usedAt: usedAt?.toISOString() ?? null,
			revokedAt: revokedAt?.toISOString() ?? null,
		}));
	});
}

/** Ends a device's token at once. Refuses: accounts.device-token-unknown (missing), also if it was revoked before. */
export function revokeDeviceToken(db: Database, { by, at, key, id }: Command & { id: string }): Promise<void> {
	return write(db, { by, at, key }, async (tx, note) => {
		const revoked = await tx
			.update(deviceTokens)
			.set({ revokedAt: at })
			.where(and(eq(deviceTokens.id, id), isNull(deviceTokens.revokedAt)))
			.returning({ name: deviceTokens.name });
		if (!revoked[0]) throw new Refusal('missing', 'accounts.device-token-unknown');
		note({ action: 'accounts.revokeDeviceToken', subject: `device token ${id}`, before: { name: revoked[0].name } });
	});
}
