// ESL register export (Swiss ESL-EVU): what the registers of meters showed at the end of a billing period.
import { Refusal, type RefusalValues } from '../../values/refusal.ts';
import { channelKindOf, energyOf, excerpt, missingRank, obisOf, rankOfStatus, scaleOf } from '../rules.ts';
import type { Facts, Format, Input, RegisterReading, Sink } from './format.ts';
import { instantOf } from './instants.ts';
import { type Attributes, readXml, rootOf, type XmlListener } from './xml.ts';

/**
 * ESLBillingData: registers (kWh, reactive ones kvarh) by OBIS code, several meters and periods in one file; the meter is named
 * by its serial number (factoryNo). Status V is valid. Maximum demands (1.6.x) are no energy: counted, not read (warning
 * readings.max-demand-skipped), as anything else that is no register (readings.quantities-skipped). Refuses with
 * `line` what readXml refuses, readings.bad-number, -bad-time, -bad-quality, -negative, -too-large, -bad-syntax.
 */
export const esl: Format = { name: 'esl', recognise: (head) => (rootOf(head) === 'ESLBillingData' ? 1 : 0), read };

async function read(input: Input, sink: Sink): Promise<Facts> {
	const reader = new BillingReader();
	const encoding = await readXml(input, sink, reader);
	return reader.facts(encoding);
}

/** Values that one kind of file can hold and nobody reads: how many, and the first of them. */
type Skipped = { count: number; line: number; text: string };

/** More registers than a cooperative's meters show in a hundred years. */
const most = 200_000;

class BillingReader implements XmlListener {
	readonly #registers: RegisterReading[] = [];
	readonly #skipped = new Map<string, Skipped>();
	#version: string | null = null;
	#sender: string | null = null;
	#device: string | null = null;
	#end = '';

	opened(path: readonly string[], attributes: Attributes, line: number): void {
		switch (path.at(-1)) {
			case 'Header':
				this.#version = excerpt(attributes.version ?? '') || null;
				this.#sender = excerpt(attributes.swSystemNameFrom ?? '') || null;
				break;
			case 'Meter':
				this.#device = excerpt(attributes.factoryNo ?? attributes.internalNo ?? '') || null;
				break;
			case 'TimePeriod':
				this.#end = attributes.end ?? '';
				break;
			case 'ValueRow':
				this.#takeRow(attributes, line);
				break;
		}
	}

	closed(): void {}

	facts(encoding: string): Facts {
		const warnings = [...this.#skipped].map(([code, values]) => ({ code, values: { ...values } }));
		const { '0': first } = this.#registers;
		if (!first && warnings.length > 0) {
			throw new Refusal('invalid', 'readings.no-values', { line: warnings[0]?.values.line ?? 1 });
		}
		return {
			...{ formatVersion: this.#version, sender: this.#sender, registers: this.#registers },
			...{ documents: [], warnings, encoding },
		};
	}

	#takeRow({ obis: code = '', value = '', status = '', valueTimeStamp }: Attributes, line: number): void {
		const obis = obisOf(code);
		if (!obis) this.#refuse('readings.bad-syntax', line, { text: excerpt(`obis ${code}`) });
		const kind = Number(obis.split('.')[1]);
		if (kind !== 8) {
			this.#skip(kind === 6 || kind === 2 ? 'readings.max-demand-skipped' : 'readings.quantities-skipped', obis, line);
			return;
		}
		// What other systems call provisional is valid here.
		const rank = status.toUpperCase() === 'V' ? 0 : rankOfStatus(status);
		if (rank === undefined) this.#refuse('readings.bad-quality', line, { text: excerpt(status) });
		if (rank === missingRank || value.trim() === '') return;
		const text = valueTimeStamp ?? this.#end;
		const at = instantOf(text);
		if (at === undefined) this.#refuse('readings.bad-time', line, { text: excerpt(text) });
		const { unit } = channelKindOf(obis);
		const wh = energyOf(value.trim(), value.includes(',') ? ',' : '.', scaleOf(unit === 'kWh' ? 'kwh' : 'kvarh', 60));
		if (Number.isNaN(wh)) this.#refuse('readings.bad-number', line, { text: excerpt(value) });
		if (wh < 0) this.#refuse('readings.negative', line, { text: excerpt(value) });
		if (!Number.isSafeInteger(wh) || this.#registers.length >= most) {
			this.#refuse('readings.too-large', line, { text: excerpt(value) });
		}
		this.#registers.push({
			...{ meteringPoint: null, obis, device: this.#device, at: new Date(at).toISOString() },
			...{ wh, rank, occasion: 'reading', line },
		});
	}

	#skip(code: string, obis: string, line: number): void {
		const known = this.#skipped.get(code);
		if (known) known.count++;
		else this.#skipped.set(code, { count: 1, line, text: obis });
	}

	#refuse(code: string, line: number, values: RefusalValues): never {
		throw new Refusal('invalid', code, { line, ...values });
	}
}
