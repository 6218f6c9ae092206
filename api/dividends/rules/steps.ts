// The lines of a member's calculation, as they are stored, shown and printed.
import type { Day } from '../../values/calendar.ts';
import type { BasePart, methodRules, TimedMethod } from './methods.ts';
import type { WithholdingStep } from './withholding.ts';

/** How a part was found by time: this member's cents × units, those of all members, and the units of a whole year. */
export interface EarnedTime {
	readonly unitCents: number;
	readonly allUnitCents: number;
	readonly unitsPerYear: number;
}

/**
 * One line of a member's calculation. The steps before and after the deduction: base (balance on a day by method A, or the mean
 * balance that earned, with its parts) · share (base × rate × time, or the part of a resolved amount) · exemption-left (what the order still covers) · credited · paid-out.
 */
export type LineStep =
	| {
			readonly step: 'base';
			readonly amountCents: number;
			readonly day: Day;
			readonly method: 'A';
			readonly rule: 'P-20';
	  }
	| {
			readonly step: 'base';
			readonly amountCents: number;
			readonly day: Day;
			readonly method: TimedMethod;
			readonly parts: readonly BasePart[];
			readonly rule: (typeof methodRules)[TimedMethod];
	  }
	| {
			readonly step: 'share';
			readonly amountCents: number;
			readonly time?: EarnedTime;
			readonly rate: string;
			readonly rounding: 'down';
			readonly rule: 'P-24';
	  }
	| {
			readonly step: 'share';
			readonly amountCents: number;
			readonly time?: EarnedTime;
			readonly potCents: number;
			readonly balancesCents: number;
			readonly rounding: 'largest-remainder';
			readonly rule: 'P-25';
	  }
	| {
			readonly step: 'exemption-left';
			readonly amountCents: number;
			readonly orderCents: number;
			readonly usedBeforeCents: number;
			readonly rule: 'T-22';
	  }
	| WithholdingStep
	| {
			readonly step: 'credited';
			readonly amountCents: number;
			readonly balanceCents: number;
			readonly fullCents: number;
			readonly rule: 'P-30' | 'P-31';
	  }
	| { readonly step: 'paid-out'; readonly amountCents: number; readonly rule: 'P-30' };
