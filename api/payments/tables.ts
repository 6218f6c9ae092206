// What is remembered about money moving through the bank, in files by use case; named together here for the migrations and for services.
export { claimPauses, reminders, reminderTerms } from './tables/claims.ts';
export { debitFiles, debitItems, mandates } from './tables/debits.ts';
export { creditedOverpayments, payments } from './tables/incoming.ts';
export {
	payoutFiles,
	payoutItems,
	payoutOutcomes,
	payoutReturns,
	settlementPayouts,
	settlementReliefs,
} from './tables/payouts.ts';
export { lineBookings, statementFiles, statementLines, statements } from './tables/statements.ts';
