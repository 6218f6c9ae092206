// What the tax adviser's program must know.
import { type Command, write } from '../../../audit/service.ts';
import { type Database, type Tx, transact } from '../../../database/connect.ts';
import type { Actor } from '../../../values/actor.ts';
import { Refusal } from '../../../values/refusal.ts';
import { datevSettings } from '../../tables.ts';
import type { Chart } from '../chart.ts';

/** What the adviser's program must know (B-30). */
export interface DatevSettings {
	consultant: number;
	client: number;
	chart: Chart;
	accountLength: number;
	clearingAccount: string;
}

/** The settings, or null while nobody has said them. */
export function readDatevSettings(db: Database, { by }: { by: Actor }): Promise<DatevSettings | null> {
	return transact(db, by, settingsIn);
}

/** The settings inside a running transaction. */
export async function settingsIn(tx: Tx): Promise<DatevSettings | null> {
	const [row] = await tx.select().from(datevSettings);
	if (!row) return null;
	const { one: _one, ...settings } = row;
	return settings;
}

/** Says or changes the settings. Refuses invalid `ledger.datev-account-wrong` if the clearing account is longer than accounts are. */
export function setDatevSettings(
	db: Database,
	{ by, at, key, settings }: Command & { settings: DatevSettings },
): Promise<DatevSettings> {
	return write(db, { by, at, key }, async (tx, note) => {
		const { clearingAccount, accountLength } = settings;
		if (clearingAccount.length > accountLength || /^0+$/.test(clearingAccount))
			throw new Refusal('invalid', 'ledger.datev-account-wrong', {}, { rule: 'B-31', field: 'clearingAccount' });
		const before = await settingsIn(tx);
		await tx
			.insert(datevSettings)
			.values({ one: 1, ...settings })
			.onConflictDoUpdate({ target: datevSettings.one, set: settings });
		note({ action: 'ledger.set-datev-settings', subject: 'DATEV', before, after: settings });
		return settings;
	});
}
