// A split between a notice and its day, and the year's figures over both: shares, balances and register stay in step.
import { expect, test } from 'vitest';
import { transact } from '../../api/database/connect.ts';
import { registerOn } from '../../api/members/service/register.ts';
import { recordPayments } from '../../api/payments/service/receive.ts';
import { readAnnualFigures, readCapitalDevelopment } from '../../api/reports/service/figures.ts';
import { effectExits } from '../../api/shares/service/exits/effect.ts';
import { giveNotice } from '../../api/shares/service/exits/give.ts';
import { brokenHoldings, holdingsOn } from '../../api/shares/service/holdings.ts';
import { approveShareSplit, carryOutSplits } from '../../api/shares/service/split/approve.ts';
import { proposeTransfer } from '../../api/shares/service/transfers/propose.ts';
import { suggestedTerms } from '../../api/statute/rules.ts';
import { proposeStatute } from '../../api/statute/service/change.ts';
import { board, foundTestCooperative, join, noon, secondBoard } from '../cooperative.ts';
import { system, useDatabase } from '../database.ts';

const database = useDatabase();

test('a partial and a whole notice before a split take effect after it with the shares of that day; the figures say so', async () => {
	const { db } = database;
	await foundTestCooperative(db, { noticeMonths: 3 });
	const stays = await join(db, '2024-02-01', 4);
	const goes = await join(db, '2024-02-01', 2);
	const incoming = [stays, goes].map(({ number }, i) => ({
		...{ memberNumber: number, amountCents: i === 0 ? 200_000 : 100_000, valueOn: '2024-02-10' },
		...{ purpose: 'Geschäftsanteile', bankReference: `Auszug ${i}` },
	}));
	await recordPayments(db, { by: board, at: noon('2024-02-12'), incoming });
	const day = { at: noon('2025-03-03'), expectedOn: '2025-12-31' };
	await giveNotice(db, { ...day, by: stays.self, cause: 'partial', shares: 1 });
	await giveNotice(db, { ...day, by: goes.self, cause: 'notice' });

	const at = noon('2025-06-02');
	const terms = {
		...{ ...suggestedTerms, noticeMonths: 3, maxShares: 200 },
		...{ nominalCents: 10_000, firstPaymentCents: 10_000, liabilityCents: 10_000 },
	};
	const { proposalId } = await proposeStatute(db, { by: board, at, validFrom: '2025-06-01', terms, source: 'GV 2025' });
	await approveShareSplit(db, { by: secondBoard, at, proposalId });
	const held = (on: string) => transact(db, system, (tx) => holdingsOn(tx, { day: on }));
	expect((await held('2025-06-02')).get(stays.memberId)).toMatchObject({ shares: 20, nominalCents: 200_000 });

	// One old share under notice is five new ones: they and the mandatory one stay, fourteen may go.
	const over = (shares: number) =>
		proposeTransfer(db, {
			...{ by: stays.self, at: noon('2025-06-03'), acquirer: { email: 'neu@auental.example' }, wish: { shares } },
		});
	await expect(over(15)).rejects.toMatchObject({ code: 'shares.below-mandatory', values: { min: 6 } });

	await effectExits(db, { by: system, at: noon('2026-01-01') });
	expect(await carryOutSplits(db, { by: system, at: noon('2026-01-02') })).toEqual({ members: 0 });
	const after = await held('2026-01-02');
	expect(after.get(stays.memberId)).toMatchObject({ shares: 15, nominalCents: 150_000, paidCents: 150_000 });
	expect(after.get(goes.memberId)).toMatchObject({ shares: 0, nominalCents: 0, paidCents: 0 });
	const register = await transact(db, system, (tx) =>
		registerOn(tx, { day: '2026-01-02', knownAt: noon('2026-01-03') }),
	);
	expect(register.map(({ furtherShares, leftOn }) => [furtherShares, leftOn])).toEqual([
		[14, null],
		[expect.any(Number), '2025-12-31'],
	]);
	expect(await transact(db, system, (tx) => brokenHoldings(tx, '2026-12-31'))).toEqual([]);

	const figures = await readAnnualFigures(db, {
		by: board,
		at: noon('2026-01-05'),
		year: 2025,
		fixedAssetsCents: null,
	});
	expect(figures).toMatchObject({
		members: { atStart: 2, more: 0, fewer: 1, atEnd: 1 },
		shares: { atStart: 6, atEnd: 15 },
		start: { balancesCents: 300_000, leavingCents: 0 },
		end: { balancesCents: 150_000, leavingCents: 150_000, nominalCents: 150_000, overdueCents: 0 },
		...{ liabilityStartCents: 300_000, liabilityEndCents: 150_000 },
	});
	const points = await readCapitalDevelopment(db, { by: board, at: noon('2026-01-05') });
	expect(points.slice(-3).map(({ name, members, balancesCents }) => [name, members, balancesCents])).toEqual([
		['2024', 2, 300_000],
		['2025', 1, 150_000],
		['2026', 1, 150_000],
	]);
});
