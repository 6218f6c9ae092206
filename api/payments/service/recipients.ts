// Whom the payment desk writes to: names as letters call them.
import { inArray } from 'drizzle-orm';
import type { Tx } from '../../database/connect.ts';
import { displayNameOf } from '../../members/rules.ts';
import { members } from '../../members/tables.ts';
import { eurosOf } from '../../values/money.ts';

/** A member as letters reach them. */
export interface Recipient {
	memberId: string;
	number: number;
	name: string;
	/** for lists: family name first */
	sortName: string;
	street: string;
	postcode: string;
	town: string;
	country: string;
	email: string | null;
	leftOn: string | null;
}

/** Members by id as letters reach them. */
export async function recipientsOf(tx: Tx, memberIds: readonly string[]): Promise<Map<string, Recipient>> {
	if (memberIds.length === 0) return new Map();
	const rows = await tx
		.select()
		.from(members)
		.where(inArray(members.id, [...memberIds]));
	return new Map(
		rows.map((row) => {
			const { id: memberId, number, sortName, street, postcode, town, country, email, leftOn } = row;
			const name = displayNameOf(
				row.organisation === null
					? { familyName: row.familyName ?? '', givenNames: row.givenNames ?? '' }
					: { organisation: row.organisation },
			);
			return [memberId, { memberId, number, name, sortName, street, postcode, town, country, email, leftOn }];
		}),
	);
}

/** Cents as German letters write them: '1.204,50 €'. */
export function germanEuros(cents: number): string {
	const [whole = '0', digits = '00'] = eurosOf(cents).split('.');
	return `${whole.replace(/\B(?=(\d{3})+$)/g, '.')},${digits} €`;
}

/** A day as German letters write it: '12.06.2026'. */
export function germanDay(day: string): string {
	return day.split('-').reverse().join('.');
}
