// Text as DATEV takes it: Windows-1252 bytes, no control characters, bounded, nothing a spreadsheet would run.

const byteOf = new Map<string, number>();
for (let byte = 0; byte < 256; byte++) {
	// The five bytes without a character decode to control characters, which never get this far.
	byteOf.set(new TextDecoder('windows-1252').decode(Uint8Array.of(byte)), byte);
}

/** Text in Windows-1252. Accents the encoding lacks are dropped (ř → r), what is left becomes '?'. */
export function windows1252(text: string): Buffer {
	const bytes: number[] = [];
	for (const letter of text) {
		const byte = byteOf.get(letter) ?? byteOf.get(letter.normalize('NFD').replace(/\p{M}/gu, '')) ?? 0x3f;
		bytes.push(byte);
	}
	return Buffer.from(bytes);
}

/**
 * A text field without its quotes: line ends and control characters become blanks, quotation marks apostrophes, at most `most`
 * characters. What a spreadsheet would take for a formula gets an apostrophe before it.
 */
export function bookingText(text: string, most = 60): string {
	const plain = text
		.normalize('NFC')
		.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/gu, ' ')
		.replaceAll('"', "'")
		.replace(/\s+/g, ' ')
		.trim();
	const safe = /^[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(plain) ? `'${plain}` : plain;
	return [...safe].slice(0, most).join('').trimEnd();
}

/** A voucher number (Belegfeld 1): the letters, figures and signs the field takes, 36 at most. */
export function voucherText(text: string): string {
	return text
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.replaceAll('ß', 'ss')
		.replace(/[^A-Za-z0-9$&%*+\-/]+/g, '-')
		.replace(/^[-+]+|-+$/g, '')
		.slice(0, 36);
}
