// Meter codes of the Austrian data exchange (EDA): which of them are what a meter counted, and which only a part of it.
import { obisOf } from '../../rules.ts';

/** What a meter code stands for. */
export type EdaChannel = {
	/** '1-1:2.9.0' for what the meter counted; 'P.01 1-1:2.9.0' for a part of it, which is thereby no channel of production. */
	obis: string;
	/** True for a part: share, own coverage, surplus, or a total reduced by a participation factor. */
	apart: boolean;
};

/**
 * The channel of a meter code such as '1-1:2.9.0 G.01'. Without suffix and with G.01 it is the whole that the metering
 * point took or fed in. Every other suffix (G.02 share, G.03 own coverage, P.01 surplus, each also with T for the participation
 * factor or R) is a part of it: adding parts to the whole counts energy twice, so the suffix comes first in their channel
 * code and no direction is read from it. Undefined if the text is no such code.
 */
export function edaChannelOf(code: string): EdaChannel | undefined {
	const match = /^(\S{5,20}?)(?:\s+([A-Z]\.\d\d[A-Z]{0,2}))?$/.exec(code.trim().toUpperCase());
	const obis = match && obisOf(match[1] ?? '');
	if (!match || !obis) return undefined;
	const suffix = match[2];
	const apart = suffix !== undefined && suffix !== 'G.01';
	return { obis: apart ? `${suffix} ${obis}` : obis, apart };
}
