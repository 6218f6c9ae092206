// Two hundred live sources that each send every quarter-hour, all in the same second: whether they are through long before the next comes.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createDeviceToken } from '../../api/accounts/service/devices.ts';
import { buildApp } from '../../api/app.ts';
import { readConfig } from '../../api/config.ts';
import { connect } from '../../api/database/connect.ts';
import { startEmbedded } from '../../api/database/embedded.ts';
import { migrate } from '../../api/database/migrate.ts';
import { addMeteringPoint, addPlant } from '../../api/plants/service.ts';
import { createSource } from '../../api/readings/service/sources.ts';
import { systemActor } from '../../api/values/actor.ts';
import type { Measurement } from './measurement.ts';

const by = systemActor('bench');
const devices = 200;
const roundsSent = 12;

/** Every device sends one quarter-hour, all at once, round after round; each round begins when the one before is through. */
export async function measurePushes(): Promise<Measurement[]> {
	const folder = path.resolve('.data/bench-sources');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true, mode: 0o755 });
	const server = await startEmbedded(folder, 'bench');
	const db = connect(await migrate(server.owner, 'bench'));
	const config = readConfig({ DATA_DIR: folder, SECRET: 'a secret that only this bench knows, long enough' });
	let at = new Date('2026-06-01T10:00:00Z');
	const app = await buildApp({ config, db, now: () => at });
	try {
		const facts = { name: 'Bench', kind: 'solar' as const, capacityW: 100_000, postcode: '00000', town: 'Bench' };
		const { id: plantId } = await addPlant(db, { by, at, plant: { ...facts, commissionedOn: '2020-01-01' } });
		const { id: meteringPointId } = await addMeteringPoint(db, { by, at, plantId, marketLocation: '41373559241' });
		const tokens: string[] = [];
		for (let i = 0; i < devices; i++) {
			const made = await createDeviceToken(db, { by, at, name: `${i}`, scopes: ['readings.push'], days: 30 });
			const obis = `1-${i % 100}:${2 + Math.floor(i / 100) * 20}.29.0`;
			const channels = [{ name: '', meteringPointId, obis, meaning: 'interval' as const }];
			const source = { name: `Source ${i}`, kind: 'push' as const, deviceTokenId: made.id, channels };
			await createSource(db, { by, at, config, source });
			tokens.push(made.token);
		}
		const base = await app.listen({ port: 0, host: '127.0.0.1' });
		const seconds: number[] = [];
		for (let round = 0; round < roundsSent; round++) {
			const start = new Date(Date.parse('2026-06-01T09:00:00Z') + round * 900_000);
			at = new Date(start.getTime() + 900_000);
			const began = performance.now();
			await Promise.all(
				tokens.map(async (token) => {
					const reply = await fetch(`${base}/api/live-values`, {
						...{ method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } },
						body: JSON.stringify({ at: start.toISOString(), value: round + 1 }),
					});
					if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
				}),
			);
			seconds.push((performance.now() - began) / 1000);
		}
		const [count] = await db.sql`select count(*)::int as n from open_readings`;
		if (count?.n !== devices * roundsSent) throw new Error(`${count?.n} values instead of ${devices * roundsSent}`);
		return [
			{
				name: 'live sources',
				...{ value: Math.max(...seconds), baseline: 900, unit: 's for the slowest round', against: 'a quarter-hour' },
				...{ target: { atMost: 0.01 }, judged: 'ratio' },
			},
		];
	} finally {
		await app.close();
		await db.close();
		await server.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}
