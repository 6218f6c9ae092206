// The demo's books as the tax adviser gets them: numbers said once, a file for each closed year.
import { exportDatev } from '../../api/ledger/service/datev/exports.ts';
import { setDatevSettings } from '../../api/ledger/service/datev/settings.ts';
import { type Happening, moment } from './timeline.ts';
import { acting, type World } from './world.ts';

/** Each closed year is handed over the spring after it. */
export function handedOver(world: World, years: readonly number[]): Happening[] {
	return years.map((year, i) => ({
		at: moment(`${year + 1}-06-30`, '16:10'),
		run: async (at: Date) => {
			const by = acting(world, 'deputy');
			const settings = {
				consultant: 29_098,
				client: 55_003,
				chart: '04' as const,
				accountLength: 4,
				clearingAccount: '1370',
			};
			if (i === 0) await setDatevSettings(world.db, { by, at, settings });
			await exportDatev(world.db, { by, at, from: `${year}-01-01`, to: `${year}-12-31`, onlyNew: false });
		},
	}));
}
