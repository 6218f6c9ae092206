// Rules of accounts: passwords, roles in a session, lifetimes, networks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	accessExpiry,
	checkPassword,
	countingRoles,
	isEmail,
	lapseOf,
	needsSecondFactor,
	networkOf,
	paces,
	rolesAfter,
	sessionLife,
} from '../../api/accounts/rules.ts';
import { commonPasswords } from '../../api/accounts/service/commonPasswords.ts';
import { roles, staffRoles } from '../../api/values/actor.ts';
import { Refusal } from '../../api/values/refusal.ts';

const words = await commonPasswords();
const isCommon = (text: string) => words.has(text);
const known = ['Änne Groß', 'aenne.gross@auental.test', 'Bürgerenergie Auental eG'];

function verdict(password: string, secondFactor = false): string {
	try {
		checkPassword(password, { secondFactor, known, isCommon });
		return 'ok';
	} catch (error) {
		return (error as Refusal).code.replace('accounts.password-', '');
	}
}

describe('passwords', () => {
	test.each([
		['leise raben zählen kiesel', false, 'ok'],
		['Tr0ub4dor&3', true, 'ok'],
		['Tr0ub4dor&3', false, 'too-short'],
		['kurz', true, 'too-short'],
		['👩‍👩‍👧‍👦', true, 'too-short'],
		['z'.repeat(257), true, 'too-long'],
		['passwort', true, 'common'],
		['PASSWORT', true, 'common'],
		['P4$$w0rt', true, 'common'],
		['password12345678', false, 'common'],
		['!!!Sommer2026!!!', false, 'common'],
		['aaaaaaaaaaaaaaaa', false, 'common'],
		['abcabcabcabcabcabc', false, 'common'],
		['abcdefghijklmnop', false, 'common'],
		['qwertzuiopasdfgh', false, 'common'],
		['123456789012345678', false, 'common'],
		['Auental2026', true, 'personal'],
		['bürgerenergie-auental-1', false, 'personal'],
		['aenne.gross@auental.test', false, 'personal'],
		['4u3nt4l-2026', true, 'personal'],
		['Auental hat drei Windräder', false, 'ok'],
	])('%s (second factor %s): %s', (password, secondFactor, expected) => {
		expect(verdict(password, secondFactor)).toBe(expected);
	});

	test('the block list has at least ten thousand entries a person could use', () => {
		expect([...words].filter((word) => word.length >= 8).length).toBeGreaterThan(10_000);
	});

	test('random passwords pass, and whatever is typed gets an answer', () => {
		const anything = fc.string({
			minLength: 20,
			maxLength: 40,
			unit: fc.constantFrom(...'bdfhkmpqtvxzBDFHKMPQTVXZ2468-+'),
		});
		fc.assert(
			fc.property(
				anything,
				(text) => verdict(text) === 'ok' || /(.)\1\1|(..+)\2/.test(text) || verdict(text) === 'common',
			),
		);
		fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => typeof verdict(text) === 'string'));
	});
});

test('staff roles count only with a second factor; membership always', () => {
	fc.assert(
		fc.property(fc.subarray([...roles]), fc.boolean(), (held, mfa) => {
			const counting = countingRoles(held, mfa);
			expect(counting.every((r) => held.includes(r))).toBe(true);
			expect(counting.includes('member')).toBe(held.includes('member'));
			expect(counting.some((r) => staffRoles.includes(r))).toBe(mfa && held.some((r) => staffRoles.includes(r)));
			expect(needsSecondFactor(held, mfa)).toBe(!mfa && held.some((r) => r !== 'member'));
		}),
	);
});

test('the board gives staff roles, keeps membership as it is, and never decides about itself', () => {
	expect(rolesAfter(['member', 'board'], ['operator'], { own: false })).toEqual(['member', 'operator']);
	expect(rolesAfter(['board'], ['member', 'auditor'], { own: false })).toEqual(['auditor']);
	expect(() => rolesAfter(['board'], ['board'], { own: true })).toThrow(Refusal);
});

test('lives: staff twelve hours and thirty minutes idle, members a day and an hour; access never outlives its session', () => {
	expect(sessionLife(['member', 'operator'])).toEqual({ absoluteMinutes: 720, idleMinutes: 30 });
	expect(sessionLife(['member'])).toEqual({ absoluteMinutes: 1440, idleMinutes: 60 });
	const at = new Date('2026-11-22T10:00:00Z');
	expect(accessExpiry(at, new Date('2026-11-22T10:03:00Z')).toISOString()).toBe('2026-11-22T10:03:00.000Z');
	const session = { usedAt: at, idleMinutes: 30, expiresAt: new Date('2026-11-22T11:00:00Z') };
	expect(lapseOf(session, new Date('2026-11-22T10:29:59Z'))).toBeUndefined();
	expect(lapseOf(session, new Date('2026-11-22T10:30:00Z'))).toBe('idle');
	expect(lapseOf(session, new Date('2026-11-22T11:00:00Z'))).toBe('expired');
});

test('the first four guesses are free, the tenth is followed by a quarter of an hour, nothing by more', () => {
	const { free, delaySeconds } = paces.guess.account;
	expect(free).toBe(4);
	expect(delaySeconds[9 - free]).toBe(900);
	expect(Math.max(...Object.values(paces.guess).flatMap((p) => [...p.delaySeconds]))).toBe(900);
});

test.each([
	['192.0.2.7', '192.0.2.7'],
	['::ffff:192.0.2.7', '192.0.2.7'],
	['2001:db8::1', '2001:db8:0:0::/64'],
	['2001:0DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
	['fe80::1%eth0', 'fe80:0:0:0::/64'],
	['::1', '0:0:0:0::/64'],
])('the network of %s is %s', (address, network) => {
	expect(networkOf(address)).toBe(network);
});

test.each([
	['anna@auental.de', true],
	['änne.groß+verein@müllers-hof.de', true],
	['board@localhost', true],
	['anna@auental', false],
	['anna@auental.de, b@x.de', false],
	['anna\r\nBcc: x@x.de', false],
	['<anna@auental.de>', false],
	['@auental.de', false],
])('%j as an address: %s', (text, usable) => {
	expect(isEmail(text)).toBe(usable);
});
