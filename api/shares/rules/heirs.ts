// Who speaks for the heirs of a member, and how the list of members names them.
import { displayNameOf, type Name } from '../../members/rules.ts';
import { Refusal } from '../../values/refusal.ts';

/**
 * The one who acts for the heirs (§ 77(1) S. 3 GenG, M-45): the only heir, or the joint representative of several; undefined where nobody
 * is known yet. Refuses invalid `shares.representative-needed` {heirs} unless several heirs have named exactly one.
 */
export function speakerOf<T extends { representative: boolean }>(heirs: readonly T[]): T | undefined {
	const named = heirs.filter(({ representative }) => representative);
	if (named.length > 1 || (heirs.length > 1 && named.length !== 1))
		throw new Refusal(
			'invalid',
			'shares.representative-needed',
			{ heirs: heirs.length },
			{ rule: 'M-45', field: 'heirs' },
		);
	return named[0] ?? heirs[0];
}

/** How the list of members names heirs who continue a membership together (§ 77(3) GenG; German: the list is a German legal record). */
export function heirsName(deceased: Name, heirs: readonly { name: string }[]): { organisation: string } {
	const names = heirs.map(({ name }) => name).join(', ');
	return { organisation: `Erben nach ${displayNameOf(deceased)}${names && `: ${names}`}`.slice(0, 300) };
}
