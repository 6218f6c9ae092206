// The shapes of members on the wire.
import { Type } from 'typebox';
import { DayText, Id, InstantText, Line, OneOf, OrNull, Strict } from '../../http/schemas.ts';
import { clauseIds, memberKinds } from '../rules.ts';
import { registerOrders } from '../service/register.ts';

/** A name as it comes in: of a person, or of a body. */
export const NameInput = Type.Union([
	Strict({ familyName: Line(100), givenNames: Line(100) }),
	Strict({ organisation: Line(200) }),
]);
/** A name as it goes out. */
export const NameView = Type.Object({
	familyName: Type.Optional(Type.String()),
	givenNames: Type.Optional(Type.String()),
	organisation: Type.Optional(Type.String()),
});
/** An address as it comes in. */
export const AddressInput = Strict({
	...{ street: Line(200), postcode: Line(12), town: Line(100) },
	country: Type.String({ pattern: '^[A-Z]{2}$', maxLength: 2, examples: ['DE'] }),
});
/** An address as it goes out. */
export const AddressView = Type.Object({
	street: Type.String(),
	postcode: Type.String(),
	town: Type.String(),
	country: Type.String(),
});

/** As known at which instant, in queries; without leap seconds, which Date does not know. */
export const KnownAt = Type.String({
	format: 'date-time',
	maxLength: 30,
	pattern: '^[^:]+:[0-9]{2}:[0-5][0-9][.0-9]*(Z|[+-][0-9:]{5})$',
	examples: ['2026-06-12T17:00:00.000Z'],
});

export const Email = Type.String({ format: 'email', maxLength: 254 });
export const MemberKindName = OneOf(memberKinds);
export const ClauseName = OneOf(clauseIds);
/** Clauses accepted in a declaration. */
export const AcceptedClauses = Type.Array(ClauseName, { maxItems: clauseIds.length });
/** A clause as worded. */
export const ClauseView = Type.Object({
	id: ClauseName,
	text: Type.String(),
	highlighted: Type.Boolean(),
	rule: Type.String(),
});
/** A decision of the board. */
export const ResolutionInput = Strict({ number: Line(60), on: DayText });

const application = {
	id: Id,
	state: OneOf(['declared', 'admitted', 'rejected']),
	can: Type.Object({ admit: Type.Boolean(), reject: Type.Boolean() }),
	name: Type.String(),
	applicant: Type.Object({
		...{
			kind: MemberKindName,
			investing: Type.Boolean(),
			name: NameView,
			address: AddressView,
			representative: OrNull(Type.String()),
		},
		...{
			email: Type.String(),
			phone: OrNull(Type.String()),
			accountHolder: OrNull(Type.String()),
			locale: OneOf(['de', 'en']),
		},
		...{ proxy: Type.Optional(OrNull(Type.String())), printout: Type.Optional(Type.Boolean()) },
		soleCustody: Type.Optional(Type.Boolean()),
	}),
	...{ minor: Type.Boolean(), sharesWanted: Type.Integer(), declaredAt: InstantText, statuteVersion: Type.Integer() },
	declaration: Type.Object({
		...{ declaredAt: InstantText, clauses: Type.Array(ClauseView) },
		further: Type.Optional(
			Type.Object({ round: Type.String(), count: Type.Integer(), clauses: Type.Array(ClauseView) }),
		),
	}),
	...{ ibanMasked: OrNull(Type.String()), memberId: OrNull(Id), decidedAt: OrNull(InstantText) },
	...{ statuteServedAt: OrNull(InstantText), form: OneOf(['text', 'written']), paperReceivedOn: OrNull(DayText) },
	...{ approval: OrNull(Type.String()), emailConfirmed: OrNull(Type.Boolean()), ready: Type.Boolean() },
	guardians: Type.Array(
		Type.Object({
			...{ name: Type.String(), email: OrNull(Type.String()) },
			...{ confirmedAt: OrNull(InstantText), paperOn: OrNull(DayText) },
		}),
	),
	marks: Type.Array(
		Type.Object({
			what: OneOf(['paper', 'consent', 'authority', 'approval', 'clauses', 'email', 'printout']),
			...{ blocking: Type.Boolean(), rule: Type.String(), place: Type.Optional(Type.Integer()) },
		}),
	),
	rejection: OrNull(OneOf(['waiting', 'failed'])),
};

/** A declaration for printing. */
export const PrintShape = Type.Object({
	...{ document: Type.Array(Type.String()), declaredAt: InstantText, signatories: Type.Array(Type.String()) },
	signature: Type.Boolean(),
	cooperative: Type.Object({
		...{ name: Type.String(), street: Type.String(), postcode: Type.String(), town: Type.String() },
	}),
});

/** An application as staff see it in the list. */
export const ApplicationShape = Type.Object(application);

/** An application as staff see it alone. */
export const ApplicationFileShape = Type.Object({
	...application,
	print: PrintShape,
	alike: Type.Array(Type.Object({ memberId: Id, number: Type.Integer(), name: Type.String() })),
});

/** A member in a list. */
export const MemberLineShape = Type.Object({
	...{
		id: Id,
		number: Type.Integer(),
		kind: MemberKindName,
		investing: Type.Boolean(),
		name: Type.String(),
		representative: OrNull(Type.String()),
	},
	...{ street: Type.String(), postcode: Type.String(), town: Type.String(), country: Type.String() },
	...{ email: OrNull(Type.String()), phone: OrNull(Type.String()), joinedOn: DayText, leftOn: OrNull(DayText) },
});

/** A member's file. */
export const MemberFileShape = Type.Object({
	...{
		id: Id,
		number: Type.Integer(),
		kind: MemberKindName,
		investing: Type.Boolean(),
		name: NameView,
		displayName: Type.String(),
	},
	...{
		representative: OrNull(Type.String()),
		address: AddressView,
		email: OrNull(Type.String()),
		phone: OrNull(Type.String()),
		locale: OneOf(['de', 'en']),
	},
	...{
		joinedOn: DayText,
		leftOn: OrNull(DayText),
		accountHolder: OrNull(Type.String()),
		ibanMasked: OrNull(Type.String()),
	},
	...{ taxIdMasked: OrNull(Type.String()), birthDateKnown: Type.Boolean() },
});

const entry = {
	...{
		name: NameView,
		address: AddressView,
		joinedOn: DayText,
		furtherShares: Type.Integer(),
		furtherSharesSince: OrNull(DayText),
	},
	changes: Type.Array(Type.Object({ on: DayText, furtherShares: Type.Integer() })),
	...{ leftOn: OrNull(DayText), extra: Type.Record(Type.String(), Type.String()) },
};
/** A line of the list of members (M-20) with the member it is about. */
export const RegisterLineShape = Type.Object({ memberId: Id, number: Type.Integer(), ...entry });
/** One member's line with its events. */
export const RegisterEntryShape = Type.Object({
	number: Type.Integer(),
	entry: OrNull(Type.Object(entry)),
	events: Type.Array(
		Type.Object({
			...{
				id: Id,
				kind: OneOf(['joined', 'changed', 'left', 'reversed']),
				effectiveOn: DayText,
				recordedAt: InstantText,
			},
			...{ name: OrNull(NameView), address: OrNull(AddressView), sharesChange: Type.Integer(), basis: Type.String() },
			...{ extra: OrNull(Type.Record(Type.String(), Type.String())), reverses: OrNull(Id), replaces: OrNull(Id) },
			reversed: Type.Boolean(),
		}),
	),
});

/** Which lines of the register, in which order, as a query. */
export const registerChoice = {
	present: Type.Optional(Type.Boolean()),
	search: Type.Optional(Line(100, 0)),
	order: Type.Optional(OneOf(registerOrders)),
	descending: Type.Optional(Type.Boolean()),
};
