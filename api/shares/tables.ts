// What is remembered about shares, each kind of it in a file of its own; named together here for the migrations and for services.
export { type ExitProof, exits, type Heir } from './tables/exits.ts';
export { shareDues, shareMovements, shareRequests, shareSplits } from './tables/movements.ts';
export { lossLines, lossWriteOffs } from './tables/losses.ts';
export { reductionCreditors, shareReductions } from './tables/reductions.ts';
export { roundSubscriptions, subscriptionRounds } from './tables/rounds.ts';
export { settlements } from './tables/settlements.ts';
export { shareTransfers } from './tables/transfers.ts';
