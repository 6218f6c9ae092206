// The codes of MSCONS messages: what a quantity's qualifier and unit mean, which messages hold series of their own.
import { qualityRank } from '../../../values/energy.ts';
import { missingRank, type Unit } from '../../rules.ts';

/** QTY qualifiers (DE 6063) of readings and the rank they stand for; 46 and 79 are measured values of older and Swiss messages. */
export const ranks: ReadonlyMap<string, number> = new Map([
	...['220', '46', '79'].map((code): [string, number] => [code, qualityRank('measured')]),
	['67', qualityRank('substitute')],
	['Z18', qualityRank('provisional')],
	...['201', '187'].map((code): [string, number] => [code, qualityRank('estimated')]),
	...['20', 'Z30'].map((code): [string, number] => [code, missingRank]),
]);

/** QTY qualifiers of numbers that are no readings: a delivery note (Lieferschein), an operating limit (POG). */
export const notReadings: ReadonlySet<string> = new Set(['Z31', 'Z47']);

/** Units of measure (DE 6411, UN/ECE Recommendation 20) of energy and power. */
export const unitCodes: Readonly<Record<string, Unit>> = {
	WHR: 'wh',
	KWH: 'kwh',
	MWH: 'mwh',
	WTT: 'w',
	KWT: 'kw',
	MAW: 'mw',
	K3: 'kvarh',
	KVR: 'kvar',
};

/** Units of other quantities that Redispatch and weather series come in: W/m², m/s, °C, percent, degrees, hPa, m³, hours, minutes. */
export const otherUnits: ReadonlySet<string> = new Set([
	...['D54', 'MTS', 'CEL', 'P1', 'DD', 'A97', 'MTQ', 'HUR', 'MIN', 'KEL', 'HTZ'],
]);

/** Codes of messages whose series say what was curtailed, planned or possible (Redispatch 2.0, POG, Werte nach Typ 2): never production. */
export const apartTypes: ReadonlySet<string> = new Set([
	...['Z43', 'Z45', 'Z46', 'Z50', 'Z69', 'Z83', 'Z85', '270', 'Z41', 'Z42'],
]);

/** Test identifiers (Prüfidentifikatoren) of the same. */
export const apartProcesses: ReadonlySet<string> = new Set([
	...['13020', '13021', '13022', '13023', '13026', '13027', '13028'],
]);

/** Status categories that give a reason: substitution method, correction, substitution, plausibility. */
export const reasonCategories: ReadonlySet<string> = new Set(['Z32', 'Z34', 'Z40', 'Z33']);
