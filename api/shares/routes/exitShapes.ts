// The shapes of exits on the wire.
import { Type } from 'typebox';
import { Cents, DayText, Id, InstantText, Line, OneOf, OrNull } from '../../http/schemas.ts';
import { RepresentativeShape } from '../../members/routes/representatives.ts';
import { exitCauses, exitStates } from '../rules/ending.ts';

const positions = ['present-objected', 'absent-wronged', 'delegates'] as const;
/** A number of shares given up. */
export const ShareCount = Type.Integer({ minimum: 0, maximum: 100_000 });

const Step = Type.Object({
	...{ code: Type.String(), law: Type.String(), rule: Type.String() },
	values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
});

/** What is known beside the cause and the day of receipt. */
export const proof = {
	...{ shares: Type.Optional(ShareCount), reason: Type.Optional(Line(300)), certificate: Type.Optional(Line(300)) },
	...{ resolvedOn: Type.Optional(DayText), position: Type.Optional(OneOf(positions)) },
	...{ knownOn: Type.Optional(DayText), failedOn: Type.Optional(DayText), letterSentOn: Type.Optional(DayText) },
};

/** What an exit would mean: its day, why, and what is paid out by when. */
export const Preview = Type.Object({
	...{ effectiveOn: OrNull(DayText), lastDayForThat: OrNull(DayText), steps: Type.Array(Step) },
	...{ statuteVersion: Type.Integer(), heldShares: Type.Integer(), leavingCents: Cents, payoutDueOn: OrNull(DayText) },
	noticeForm: OneOf(['text', 'written']),
});

/** An exit just entered. */
export const Given = Type.Object({ exitId: Id, effectiveOn: OrNull(DayText), state: OneOf(exitStates) });

/** Somebody who inherits. */
export const Heir = {
	...{ name: Line(200), email: OrNull(Line(254)), address: OrNull(Line(300)), representative: Type.Boolean() },
};

/** An exit as it is shown. */
export const Exit = Type.Object({
	...{ id: Id, memberId: Id, number: Type.Integer(), name: Type.String(), cause: OneOf(exitCauses) },
	...{
		receivedOn: DayText,
		effectiveOn: OrNull(DayText),
		shares: OrNull(Type.Integer()),
		form: OneOf(['portal', 'paper']),
	},
	proof: Type.Object({
		...{ reason: Type.Optional(Type.String()), certificate: Type.Optional(Type.String()) },
		...{ resolvedOn: Type.Optional(DayText), position: Type.Optional(OneOf(positions)) },
		...{ knownOn: Type.Optional(DayText), failedOn: Type.Optional(DayText) },
	}),
	...{ steps: Type.Array(Step), letterSentOn: OrNull(DayText), heirs: Type.Array(Type.Object(Heir)) },
	...{ representatives: Type.Array(RepresentativeShape), successorNumber: OrNull(Type.Integer()) },
	...{
		basis: Type.String(),
		recordedAt: InstantText,
		state: OneOf(exitStates),
		withdrawalAskedAt: OrNull(InstantText),
	},
	...{ closedAt: OrNull(InstantText), closedReason: OrNull(Type.String()) },
	can: Type.Object({
		ask: Type.Boolean(),
		withdraw: Type.Boolean(),
		represent: Type.Boolean(),
		passOn: Type.Boolean(),
	}),
});
