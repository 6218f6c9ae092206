// What the log calls `members.admit`, in words. Looked up by name, so that the browser need not carry all of them.
import * as messages from '#lib/paraglide/messages.js';

/** Features whose acts the log holds, in the order they are offered as filters. */
export const features = [
	...(['accounts', 'members', 'shares', 'payments', 'ledger', 'dividends', 'assemblies', 'ballots'] as const),
	...(['statute', 'plants', 'readings', 'yields'] as const),
];

function worded(key: string): string | undefined {
	return Object.hasOwn(messages, key) ? (messages as unknown as Record<string, () => string>)[key]?.() : undefined;
}

const snake = (name: string) =>
	name
		.replaceAll(/([a-z])([A-Z])/g, '$1_$2')
		.replaceAll(/[.-]/g, '_')
		.toLowerCase();

/** An act in words: Mitglied aufgenommen; its name as it stands when there are none. */
export function actionWord(action: string): string {
	return worded(`board_did_${snake(action)}`) ?? action;
}

/** A feature in words: Mitglieder, Zahlungen. */
export function featureWord(feature: string): string {
	return worded(`board_feature_${feature}`) ?? feature;
}
