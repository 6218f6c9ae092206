// npm run verify: recomputes the chains of audit log and ledger and says whether they hold.
import { verifyAuditChain } from '../audit/service.ts';
import { readConfig } from '../config.ts';
import { openDatabase } from '../database/open.ts';
import { systemActor } from '../values/actor.ts';
import { eurosOf } from '../values/money.ts';
import { verifyLedger } from './service/verify.ts';

const config = readConfig(process.env, { demo: process.argv.includes('--demo') });
const db = await openDatabase(config);
const by = systemActor('command.verify');
try {
	const audit = await verifyAuditChain(db, { by, keys: config.keys });
	console.log(
		audit.broken
			? `The audit log is broken at link ${audit.broken.seq} (${audit.broken.reason}); ${audit.links} links before it hold.`
			: `The audit log holds: ${audit.links} links, ${audit.seals} signed heads, head ${audit.headHash}.`,
	);
	const ledger = await verifyLedger(db, { by });
	console.log(
		ledger.broken
			? `The ledger is broken at entry ${ledger.broken.number} (${ledger.broken.reason}).`
			: `The ledger holds: ${ledger.entries} entries, head ${ledger.headHash}.`,
	);
	for (const { account, balanceCents, membersCents } of ledger.control) {
		console.log(`  account ${account}: ${eurosOf(balanceCents)} EUR, members together ${eurosOf(membersCents)} EUR`);
	}
	if (audit.broken || ledger.broken) process.exitCode = 1;
} finally {
	await db.close();
}
