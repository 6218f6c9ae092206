// Mandates that come along.
import { sql } from 'drizzle-orm';
import type { Keys } from '../../../config.ts';
import type { Tx } from '../../../database/connect.ts';
import { blindIndex, seal } from '../../../database/sealed.ts';
import { displayNameOf } from '../../../members/rules.ts';
import { cooperativeOf } from '../../../statute/service.ts';
import type { Actor } from '../../../values/actor.ts';
import { maskedIban } from '../../../values/identifiers.ts';
import { hex, inPortions, newIds, type Settler } from './rows.ts';

/** Mandates given to the cooperative before (B-14); the paper stays with the board. */
export async function insertMandates(
	tx: Tx,
	keys: Keys,
	settlers: readonly Settler[],
	{ by, at }: { by: Actor; at: Date },
): Promise<number> {
	const giving = settlers.filter(({ mandate }) => mandate !== null);
	if (giving.length === 0) return 0;
	const { name, street, postcode, town, creditorId } = await cooperativeOf(tx);
	const ids = await newIds(tx, giving.length);
	const rows = giving.flatMap((settler, i) => {
		const { mandate } = settler;
		const id = ids[i] ?? '';
		if (!mandate) return [];
		const { iban, reference, signedOn } = mandate;
		return {
			...{ id, member_id: settler.id, reference, signed_on: signedOn, ...settler.address },
			debtor_name: mandate.accountHolder ?? settler.accountHolder ?? displayNameOf(settler.name),
			iban: hex(seal(keys, { table: 'mandates', column: 'iban', row: id }, iban)),
			...{ iban_blind: hex(blindIndex(keys, iban)), iban_masked: maskedIban(iban) },
		};
	});
	const authorisation = 'Mandat aus dem übernommenen Bestand; es liegt dem Vorstand im Original vor.';
	await inPortions(rows, (json) =>
		tx.execute(sql`
			insert into mandates (id, member_id, reference, kind, channel, creditor_name, creditor_address, creditor_id, debtor_name, street, postcode, town, country,
				iban, iban_blind, iban_masked, signed_on, signed_place, authorisation, recorded_at, recorded_by)
			select id, member_id, reference, 'recurring', 'paper', ${name}, ${`${street}, ${postcode} ${town}`}, ${creditorId}, debtor_name, street, postcode, town, country,
				decode(iban, 'hex'), decode(iban_blind, 'hex'), iban_masked, signed_on, '', ${authorisation}, ${at.toISOString()}::timestamptz, ${by.personId}::uuid
			from json_to_recordset(${json}::text::json) as r (id uuid, member_id uuid, reference text, debtor_name text, street text, postcode text, town text, country text,
				iban text, iban_blind text, iban_masked text, signed_on date)`),
	);
	return rows.length;
}
