// The citizens' energy company among the energy cases.
import { judgeCitizens } from '../../api/reports/rules/citizens.ts';
import { Decimal } from '../../api/values/money.ts';
import { type Fields, fieldsOf, textOf, type VectorCase } from './given.ts';

/** Whether the voters of the case make a citizens' energy company (E-15); undefined for other cases. */
export function citizens({ rules, given }: VectorCase): Fields | undefined {
	if (!Array.isArray(rules) || !rules.includes('E-15')) return undefined;
	const { voting_natural_persons, share_votes_local_natural, other_voters, max_vote_share } = fieldsOf(given);
	const others = (Array.isArray(other_voters) ? other_voters : []).map((one) => String(one).toLowerCase());
	const { qualifies } = judgeCitizens({
		naturalPersons: Number(voting_natural_persons),
		localShare: new Decimal(textOf(share_votes_local_natural) ?? 0),
		mostShare: new Decimal(textOf(max_vote_share) ?? 0),
		unfit: others.filter((one) => one !== 'sme' && one !== 'municipality').length,
		unknown: 0,
	});
	return { qualifies };
}
