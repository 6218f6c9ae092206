// The demo's register desk: a copy for the court, a creditor who looked into the list, a member who asks to.
import { exportRegister } from '../../api/members/service/extract.ts';
import {
	decideInspection,
	endInspection,
	recordInspection,
	requestInspection,
} from '../../api/members/service/inspections/decide.ts';
import { lookIntoRegister } from '../../api/members/service/inspections/look.ts';
import { addDays } from '../../api/values/calendar.ts';
import { type Happening, later, moment } from './timeline.ts';
import { acting, memberIdOf, recorder, type World } from './world.ts';

/** What happened at the register's desk in the last half year. */
export function registerDesk(world: World): Happening[] {
	const { db, keys, now, today, people } = world;
	const by = () => acting(world, 'chair');
	const asker = people.findLast(({ account, memberNumber }) => account && memberNumber)?.memberNumber;
	const courtAsks = addDays(today, -140);
	return [
		{
			at: moment(courtAsks, '10:20'),
			run: (at) =>
				exportRegister(db, { by: by(), at, keys, day: courtAsks, knownAt: at, format: 'pdf', language: 'de' }),
		},
		{
			at: moment(addDays(today, -61), '14:05'),
			run: async (at) => {
				const request = await recordInspection(db, {
					...{ by: by(), at, person: 'Rechtsanwältin Dr. Ute Klar', contact: 'Kanzlei Klar, Marktplatz 3, Auenberg' },
					interest: 'Vollstreckbarer Titel gegen ein Mitglied, Vollstreckung ohne Erfolg (§ 66 GenG)',
					purpose: 'Kündigung der Mitgliedschaft durch die Gläubigerin',
				});
				const decision = {
					grant: true as const,
					identity: 'Kanzleiausweis, Vollmacht und Titel gesehen',
					openHours: 1,
				};
				await decideInspection(db, { by: by(), at: later(at, 5), ...request, decision });
				await lookIntoRegister(db, { by: by(), at: later(at, 6), ...request });
				await endInspection(db, { by: by(), at: later(at, 20), ...request });
			},
		},
		...(asker === undefined
			? []
			: [
					{
						at: later(now, -26 * 60),
						run: (at: Date) =>
							requestInspection(db, {
								...{ by: { ...recorder, memberId: memberIdOf(world, asker) }, at, memberId: memberIdOf(world, asker) },
								purpose: 'Ich möchte andere Mitglieder zu einem Antrag an die nächste Versammlung einladen.',
							}),
					},
				]),
	];
}
