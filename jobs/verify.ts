// npm run verify: recomputes the chains of audit log and ledger, holds everything that is remembered twice against each other, and says so.
import { verifyAuditChain } from '../api/audit/service.ts';
import { readConfig } from '../api/config.ts';
import { openDatabase } from '../api/database/open.ts';
import { verifyLedger } from '../api/ledger/service/verify.ts';
import { reconcileBooks } from '../api/payments/service/reconcile.ts';
import { systemActor } from '../api/values/actor.ts';
import { eurosOf } from '../api/values/money.ts';

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
	const { day, findings } = await reconcileBooks(db, { by, at: new Date() });
	console.log(
		findings.length === 0
			? `Register, shares, payments and books agree on ${day}.`
			: `Register, shares, payments and books differ in ${findings.length} places on ${day}:`,
	);
	for (const { what, number, account, expected, found, day: since } of findings) {
		const where = [number === null ? undefined : `member ${number}`, account && `account ${account}`]
			.filter(Boolean)
			.join(', ');
		console.log(`  ${what}: ${where}, ${since}: expected ${expected}, found ${found}`);
	}
	if (audit.broken || ledger.broken || findings.length > 0) process.exitCode = 1;
} finally {
	await db.close();
}
