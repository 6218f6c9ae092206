// npm run verify: recomputes the audit chain and says whether it holds.
import { readConfig } from '../config.ts';
import { openDatabase } from '../database/open.ts';
import { systemActor } from '../values/actor.ts';
import { verifyAuditChain } from './service.ts';

const db = await openDatabase(readConfig());
try {
	const { links, headHash, broken } = await verifyAuditChain(db, { by: systemActor('command.verify') });
	if (broken) {
		console.error(`The audit chain is broken at link ${broken.seq} (${broken.reason}); ${links} links before it hold.`);
		process.exitCode = 1;
	} else {
		console.log(`The audit chain holds: ${links} links, head ${headHash}.`);
	}
} finally {
	await db.close();
}
