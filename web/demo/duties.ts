// The calendar of duties in the demo: what is past was done in time, one open duty has its person; the proof as a citizens' energy company.
import { declareVoter, readCitizensReport, setCitizensArea } from '../../api/reports/service/citizens.ts';
import { assignDuty, listDuties, markDuty } from '../../api/reports/service/duties.ts';
import { addDays, addMonths, type Day } from '../../api/values/calendar.ts';
import { type Happening, later, moment } from './timeline.ts';
import { acting, type World } from './world.ts';

/** On the fifth of a month the deputy ticks off what has become due; the last weeks are still open. */
export function dutiesDone(world: World): Happening[] {
	const { db, today } = world;
	const months: Day[] = Array.from({ length: 8 }, (_, i) => `${addMonths(today, i - 7).slice(0, 7)}-05`);
	return months
		.filter((day) => day < addDays(today, -14))
		.map((day) => ({
			at: moment(day, '17:40'),
			run: async (at: Date) => {
				const by = acting(world, 'deputy');
				if (by.personId === null) return;
				const due = await listDuties(db, { by, at, to: addDays(day, 24) });
				for (const { key, state } of due) {
					if (state === 'done' || state === 'later') continue;
					await markDuty(db, { by, at, occurrence: key, done: true, remark: null });
				}
			},
		}));
}

/** What the board has set by now: whose the first open duty is, the area around the plants, what the organisations among the members are. */
export function dutiesOpen(world: World): Happening[] {
	const { db, now, plantIds } = world;
	const run = async (at: Date) => {
		const by = acting(world, 'deputy');
		const [plant] = [...plantIds.values()];
		if (plant) {
			const { plantId } = plant;
			await setCitizensArea(db, { by, at, plantId, postcodes: ['432', '433'] });
			const { others } = await readCitizensReport(db, { by, at, plantId });
			for (const { memberId, kind } of others) {
				await declareVoter(db, { by, at, memberId, voterClass: kind === 'public-body' ? 'municipality' : 'sme' });
			}
		}
		const [first] = await listDuties(db, { by, at, open: true });
		if (first && by.personId) await assignDuty(db, { by, at, occurrence: first.key, personId: by.personId });
	};
	return [{ at: later(now, -1_430), run }];
}
