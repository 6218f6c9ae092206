// What a member should do or know, as lines of the home page: open votes first.
import BadgePercent from '@lucide/svelte/icons/badge-percent';
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import ChartPie from '@lucide/svelte/icons/chart-pie';
import Euro from '@lucide/svelte/icons/euro';
import Vote from '@lucide/svelte/icons/vote';
import type { paths } from '#lib/api.d.ts';
import { date, dateTime, euros } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Task } from '../ui/TaskList.svelte';

/** A member's home as the API tells it. */
export type Home = paths['/api/me/home']['get']['responses']['200']['content']['application/json'];

const dayMs = 86_400_000;

/** Whole days from one day to another. */
function daysUntil(from: string, to: string): number {
	return Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
}

function taskOf(task: Home['tasks'][number], today: string): Task {
	switch (task.kind) {
		case 'ballot':
			return {
				icon: Vote,
				title: task.title,
				text: m.home_task_ballot({ until: dateTime(task.closesAt) }),
				action: m.home_task_ballot_act(),
				href: `/abstimmen/${task.ballotId}`,
			};
		case 'assembly':
			return {
				icon: CalendarDays,
				title: task.title,
				text: m.home_task_assembly({ at: dateTime(task.startsAt) }),
				action: m.home_look(),
				href: `/versammlung/${task.assemblyId}`,
			};
		case 'round':
			return {
				icon: ChartPie,
				title: task.title,
				text:
					task.count > 0
						? m.rounds_card_own({ count: task.count })
						: m.rounds_card_open({ at: dateTime(task.closesAt) }),
				action: task.count > 0 ? m.home_look() : m.rounds_card_act(),
				href: `/anteile/runde/${task.roundId}`,
			};
		case 'payment-due':
			return {
				icon: Euro,
				title: m.home_task_payment({ amount: euros(task.amountCents) }),
				text: task.dueOn ? m.home_task_payment_next({ day: date(task.dueOn) }) : m.home_task_payment_now(),
				action: m.home_look(),
				href: '/anteile',
			};
		case 'exemption-order-ends':
			return {
				icon: BadgePercent,
				title: m.home_task_order_ends(),
				text: m.home_task_order_ends_text({ day: date(task.validTo), used: euros(task.usedCents) }),
				href: '/dividende/freistellungsauftrag',
				tag: m.home_days({ count: daysUntil(today, task.validTo) }),
				tone: 'warn',
			};
		case 'no-exemption-order':
			return {
				icon: BadgePercent,
				title: m.home_task_no_order(),
				text: m.home_task_no_order_text(),
				action: m.home_task_no_order_act(),
				href: '/dividende/freistellungsauftrag',
			};
	}
}

/** The lines of the list; the first vote is the page's one primary action. Titles that occur twice are told apart by their number. */
export function tasksOf({ tasks, shares }: Home): Task[] {
	const seen = new Map<string, number>();
	return tasks.map((one, index) => {
		const task = taskOf(one, shares.day);
		const times = (seen.get(task.title) ?? 0) + 1;
		seen.set(task.title, times);
		return {
			...task,
			...(times > 1 ? { title: `${task.title} (${times})` } : {}),
			...(index === 0 && one.kind === 'ballot' ? { primary: true } : {}),
		};
	});
}
