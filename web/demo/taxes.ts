// Tax standing of the demo's members: answers on church tax, exemption orders, certificates.
import { setExemptionOrder } from '../../api/dividends/service/exemptions.ts';
import { addTaxCertificate, setTaxAttributes } from '../../api/dividends/service/standing.ts';
import { spouseOf } from './households.ts';
import { churchTaxRate, type DemoPerson } from './people.ts';
import { type Happening, later, moment } from './timeline.ts';
import { acting, memberIdOf, type World } from './world.ts';

/** Keys of the religious communities as the tax office's answer names them; invented. */
const communityKeys = { ev: '439901', rk: '439902' } as const;

/** The yearly question to the tax office on church tax (KiStAM, T-31): asked in autumn for the payouts of the years given. */
export function churchTaxAnswers(world: World, years: readonly number[]): Happening[] {
	const { db, keys, people } = world;
	return years.flatMap((year) => {
		const asked = `${year - 1}-10-28`;
		return people
			.filter(({ church, joinedOn = '' }) => church !== undefined && joinedOn <= asked)
			.map(({ church, memberNumber: number = 0 }) => ({
				at: later(moment(asked, '09:00'), number),
				run: (at: Date) =>
					setTaxAttributes(db, {
						...{ by: acting(world, 'deputy'), at, keys, memberId: memberIdOf(world, number), year },
						churchRate: church === 'none' ? '0' : churchTaxRate,
						churchKey: church === 'ev' || church === 'rk' ? communityKeys[church] : null,
						inBusinessAssets: false,
						holderKind: null,
					}),
			}));
	});
}

/** A joint order stands for both and is kept with the spouse of the lower number. */
function isKeptElsewhere({ exemption, memberNumber = 0 }: DemoPerson): boolean {
	return exemption?.spouseTaxId !== undefined && (spouseOf(memberNumber) ?? memberNumber) < memberNumber;
}

/** Exemption orders (T-20 to T-22) as members sent them in on paper. */
export function exemptionOrders(world: World): Happening[] {
	const { db, keys, people } = world;
	return people.flatMap((person): Happening[] => {
		const { exemption, taxId, memberNumber: number = 0, joinedOn = '' } = person;
		if (exemption === undefined || taxId === undefined || isKeptElsewhere(person)) return [];
		const { amountCents, from, until = null, spouseTaxId = null } = exemption;
		const received = from === '2023-01-01' ? '2023-01-09' : from;
		return [
			{
				at: later(moment(received, received === joinedOn ? '22:00' : '09:30'), number % 90),
				run: (at) =>
					setExemptionOrder(db, {
						...{ by: acting(world, 'deputy'), at, keys, memberId: memberIdOf(world, number), amountCents },
						...{ joint: spouseTaxId !== null, validFrom: from, validTo: until, taxId, spouseTaxId },
					}),
			},
		];
	});
}

/** Certificates of municipality, association and parish (§ 44a(7), (8) EStG; T-26, T-27), three years each. */
export function certificates(world: World): Happening[] {
	const { db, people, today } = world;
	const lastYear = Number(today.slice(0, 4));
	return people.flatMap(({ certificate, memberNumber: number = 0 }) => {
		if (certificate === undefined) return [];
		const starts = Array.from({ length: Math.floor((lastYear - 2023) / 3) + 1 }, (_, i) => 2023 + 3 * i);
		return starts.map((year) => ({
			at: later(moment(`${year - 1}-12-05`, '10:00'), number),
			run: (at: Date) =>
				addTaxCertificate(db, {
					...{ by: acting(world, 'deputy'), at, memberId: memberIdOf(world, number) },
					kind: certificate === '44a-7' ? 'charitable' : 'exempt-body',
					validFrom: `${year}-01-01`,
					validTo: `${year + 2}-12-31`,
					taxOffice: 'Finanzamt Auenberg',
					issuedOn: `${year - 1}-11-27`,
					reference: `43/999/0${1000 + number} Liste ${year % 100}`,
				}),
		}));
	});
}
