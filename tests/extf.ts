// A reader of DATEV posting batches for tests: written from the format's description, not from the writer.

/** What stands in a batch: the header's 31 fields, the rows as records by column title. */
export interface ReadBatch {
	header: string[];
	titles: string[];
	rows: Record<string, string>[];
}

function fieldsOf(line: string): string[] {
	const fields: string[] = [];
	let field = '';
	let within = false;
	for (const sign of line) {
		if (sign === '"') within = !within;
		else if (sign === ';' && !within) {
			fields.push(field);
			field = '';
		} else field += sign;
	}
	if (within) throw new Error(`a quotation mark is open: ${line}`);
	return [...fields, field];
}

/** Reads the bytes. Throws if lines do not end in CRLF or a row has another number of fields than there are titles. */
export function readBatch(bytes: Buffer): ReadBatch {
	const text = new TextDecoder('windows-1252').decode(bytes);
	if (!text.endsWith('\r\n') || /[^\r]\n|\r[^\n]/.test(text)) throw new Error('lines do not end in CRLF');
	const [first = '', second = '', ...rest] = text.slice(0, -2).split('\r\n');
	const titles = fieldsOf(second);
	const rows = rest.map((line) => {
		const fields = fieldsOf(line);
		if (fields.length !== titles.length) throw new Error(`${fields.length} fields under ${titles.length} titles`);
		return Object.fromEntries(titles.map((title, i) => [title, fields[i] ?? '']));
	});
	return { header: fieldsOf(first), titles, rows };
}

/** Debit and credit of every account in a batch, in cents. */
export function sumsOf({ rows }: ReadBatch): Map<string, { debit: number; credit: number }> {
	const sums = new Map<string, { debit: number; credit: number }>();
	const add = (account: string, side: 'debit' | 'credit', cents: number) => {
		const sum = sums.get(account) ?? { debit: 0, credit: 0 };
		sum[side] += cents;
		sums.set(account, sum);
	};
	for (const row of rows) {
		const amount = row['Umsatz (ohne Soll/Haben-Kz)'] ?? '';
		if (!/^\d+,\d{2}$/.test(amount)) throw new Error(`not an amount: ${amount}`);
		const cents = Number(amount.replace(',', ''));
		const debit = row['Soll/Haben-Kennzeichen'] === 'S';
		add(row.Konto ?? '', debit ? 'debit' : 'credit', cents);
		add(row['Gegenkonto (ohne BU-Schlüssel)'] ?? '', debit ? 'credit' : 'debit', cents);
	}
	return sums;
}
