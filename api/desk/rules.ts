// What the board's desk tells about a member: which events belong together.

/** The groups a member's timeline is filtered by. */
export const eventGroups = ['membership', 'shares', 'money', 'dividend', 'data', 'papers', 'notes'] as const;
export type EventGroup = (typeof eventGroups)[number];

/** Kinds of events in a member's timeline, each with its group; the portal has a sentence for each. */
export const eventKinds = {
	...{ declared: 'membership', joined: 'membership', left: 'membership', reversed: 'membership' },
	...{ 'exit-declared': 'membership', 'exit-closed': 'membership' },
	...{ admission: 'shares', further: 'shares', 'shares-moved': 'shares', due: 'shares', 'round-subscribed': 'shares' },
	...{ 'request-declared': 'shares', 'request-decided': 'shares', 'transfer-out': 'shares', 'transfer-in': 'shares' },
	...{ payment: 'money', 'payment-reversed': 'money', 'payout-made': 'money', 'payout-returned': 'money' },
	...{ mandate: 'money', 'mandate-ended': 'money', debit: 'money', 'debit-returned': 'money' },
	...{ reminder: 'money', pause: 'money', settlement: 'money' },
	...{ dividend: 'dividend', 'exemption-order': 'dividend', 'tax-certificate': 'dividend' },
	...{ 'register-changed': 'data', 'file-changed': 'data', 'secrets-revealed': 'data' },
	...{ document: 'papers', inspection: 'papers', note: 'notes' },
} as const satisfies Record<string, EventGroup>;
export type EventKind = keyof typeof eventKinds;

/** What is still to be done with a member; the portal has a sentence and a link for each. */
export const openKinds = [
	...(['claim', 'overpaid', 'request', 'exit', 'exit-withdrawal', 'transfer', 'settlement', 'inspection'] as const),
	...(['payout-returned', 'paused', 'no-account', 'no-email'] as const),
] as const;
export type OpenKind = (typeof openKinds)[number];
