// How lists of payments and claims are narrowed down and ordered, on the wire; their files ask the same.
import { Type } from 'typebox';
import { DayText, Line, OneOf } from '../../http/schemas.ts';
import { paymentOrders } from '../service/paymentList.ts';
import { claimKinds, claimOrders } from '../service/plans.ts';

const search = Type.Optional(Line(100, 0));
const descending = Type.Optional(Type.Boolean());

/** Payments within days, found by name, number, purpose or reference. */
export const paymentChoice = {
	...{ from: Type.Optional(DayText), to: Type.Optional(DayText), search, descending },
	order: Type.Optional(OneOf(paymentOrders)),
};

/** Claims of a kind, found by name or number. */
export const claimChoice = {
	...{ kind: Type.Optional(OneOf(claimKinds)), search, descending },
	order: Type.Optional(OneOf(claimOrders)),
};
