// How the product says no: one class, thrown by rules and services, turned into a reply by http/ alone.

/** Why a wish was refused; http/ answers invalid 422, forbidden 403, missing 404, conflict 409, unauthenticated 401, throttled 429. */
export type RefusalKind = 'invalid' | 'forbidden' | 'missing' | 'conflict' | 'unauthenticated' | 'throttled';

/** Plain facts that explain a refusal to a person (limits, dates, counts). Never personal secrets. */
export type RefusalValues = Record<string, string | number | boolean>;

/**
 * A refusal: what was asked for may not be, nothing was changed.
 * `code` is `feature.reason` in kebab case and has one sentence per language in the portal; `values` fill that sentence;
 * `rule` names the rule it rests on (for example M-12); `field` the input field to mend. `parts` are the refusals it is made of, where
 * several things were asked for at once: each with the field it belongs to.
 */
export class Refusal extends Error {
	readonly kind: RefusalKind;
	readonly code: string;
	readonly values: RefusalValues;
	readonly rule: string | undefined;
	readonly field: string | undefined;
	readonly parts: readonly Refusal[];

	constructor(
		kind: RefusalKind,
		code: string,
		values: RefusalValues = {},
		{ rule, field, parts = [] }: { rule?: string; field?: string; parts?: readonly Refusal[] } = {},
	) {
		super(`${code}${Object.keys(values).length ? ` ${JSON.stringify(values)}` : ''}`);
		this.name = 'Refusal';
		this.kind = kind;
		this.code = code;
		this.values = values;
		this.rule = rule;
		this.field = field;
		this.parts = parts;
	}
}
