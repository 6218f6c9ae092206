// Members who move in, and their past in the register.
import { sql } from 'drizzle-orm';
import type { Keys } from '../../../config.ts';
import type { Tx } from '../../../database/connect.ts';
import { blindIndex, seal } from '../../../database/sealed.ts';
import { searchTextOf } from '../../../members/rules.ts';
import type { Actor } from '../../../values/actor.ts';
import type { Day } from '../../../values/calendar.ts';
import { hex, inPortions, type Settler } from './rows.ts';

/** Members under their old numbers, with sealed secrets, noted as brought in by the move. */
export async function insertMembers(tx: Tx, keys: Keys, movingId: string, settlers: readonly Settler[]): Promise<void> {
	const rows = settlers.map(({ id, number, kind, investing, name, address, ...who }) => ({
		...{ id, number, kind, investing, ...address, email: who.email, phone: who.phone },
		family_name: 'familyName' in name ? name.familyName : null,
		given_names: 'givenNames' in name ? name.givenNames : null,
		organisation: 'organisation' in name ? name.organisation : null,
		representative: who.representatives.map((one) => one.name).join('; ') || null,
		...{ joined_on: who.joinedOn, left_on: who.leftOn ?? who.endsOn },
		search_text: searchTextOf(number, name, address.town),
	}));
	await inPortions(rows, (json) =>
		tx.execute(sql`
			insert into members (id, number, kind, investing, family_name, given_names, organisation, representative, street, postcode, town, country, email, phone, joined_on, left_on, search_text)
			select * from json_to_recordset(${json}::text::json) as r (id uuid, number int, kind text, investing boolean, family_name text, given_names text, organisation text,
				representative text, street text, postcode text, town text, country text, email text, phone text, joined_on date, left_on date, search_text text)`),
	);
	const sealed = (row: string, column: string, text: string | null) =>
		text === null ? null : hex(seal(keys, { table: 'member_secrets', column, row }, text));
	const secrets = settlers.map(({ id, iban, taxId, birthDate, accountHolder }) => ({
		...{
			member_id: id,
			iban: sealed(id, 'iban', iban),
			iban_blind: iban === null ? null : hex(blindIndex(keys, iban)),
		},
		...{ iban_last4: iban?.slice(-4) ?? null, account_holder: accountHolder, tax_id: sealed(id, 'tax_id', taxId) },
		...{ tax_id_last4: taxId?.slice(-4) ?? null, birth_date: sealed(id, 'birth_date', birthDate) },
	}));
	await inPortions(secrets, (json) =>
		tx.execute(sql`
			insert into member_secrets (member_id, iban, iban_blind, iban_last4, account_holder, tax_id, tax_id_last4, birth_date)
			select member_id, decode(iban, 'hex'), decode(iban_blind, 'hex'), iban_last4, account_holder, decode(tax_id, 'hex'), tax_id_last4, decode(birth_date, 'hex')
			from json_to_recordset(${json}::text::json) as r (member_id uuid, iban text, iban_blind text, iban_last4 text, account_holder text, tax_id text, tax_id_last4 text, birth_date text)`),
	);
	await inPortions(
		settlers.map(({ id }) => id),
		(json) =>
			tx.execute(
				sql`insert into moving_members (moving_id, member_id) select ${movingId}, value::uuid from json_array_elements_text(${json}::text::json)`,
			),
	);
}

/** Who acts for minors and organisations, from the day of joining on, as far as the files say. */
export async function insertRepresentatives(
	tx: Tx,
	settlers: readonly Settler[],
	{ by, at, basis }: { by: Actor; at: Date; basis: string },
): Promise<number> {
	const rows = settlers.flatMap(({ id, kind, joinedOn, representatives }) =>
		representatives.map(({ name, email }) => ({
			...{ member_id: id, kind: kind === 'natural' ? 'guardian' : 'organ', name, email },
			...{ from_on: joinedOn, basis, recorded_by: by.personId },
		})),
	);
	await inPortions(rows, (json) =>
		tx.execute(sql`
			insert into member_representatives (member_id, kind, name, email, from_on, basis, recorded_at, recorded_by)
			select member_id, kind, name, email, from_on, basis, ${at.toISOString()}::timestamptz, recorded_by
			from json_to_recordset(${json}::text::json) as r (member_id uuid, kind text, name text, email text, from_on date, basis text, recorded_by uuid)`),
	);
	return rows.length;
}

/** Register events with the historical days: joined, each change of shares, left; all recorded now (M-20, M-21). */
export async function enterHistory(tx: Tx, settlers: readonly Settler[], at: Date, basis: string): Promise<number> {
	const rows = settlers.flatMap(({ id, name, address, joinedOn, leftOn, endsOn, movements }) => {
		const [first, ...later] = movements;
		const atExit = later.filter(({ on }) => on === leftOn);
		const event = (kind: string, on: Day, change: number, said: string | null) => ({
			...{ member_id: id, kind, effective_on: on, shares_change: change, basis: said ?? basis },
			...(kind === 'joined' ? { name, address } : {}),
		});
		return [
			event('joined', joinedOn, first?.count ?? 0, first?.basis ?? null),
			...later
				.filter((one) => !atExit.includes(one))
				.map(({ on, count, basis: said }) => event('changed', on, count, said)),
			...(leftOn === null
				? []
				: [
						event(
							'left',
							leftOn,
							atExit.reduce((sum, { count }) => sum + count, 0),
							atExit.at(-1)?.basis ?? null,
						),
					]),
			...(endsOn === null ? [] : [event('left', endsOn, -movements.reduce((sum, { count }) => sum + count, 0), null)]),
		];
	});
	await inPortions(rows, (json) =>
		tx.execute(sql`
			insert into register_events (member_id, kind, effective_on, recorded_at, name, address, shares_change, basis)
			select member_id, kind, effective_on, ${at.toISOString()}::timestamptz, name, address, shares_change, basis
			from json_to_recordset(${json}::text::json) as r (member_id uuid, kind text, effective_on date, name jsonb, address jsonb, shares_change int, basis text)`),
	);
	return rows.length;
}
