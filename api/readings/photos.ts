// Photos of meters: what kind of picture the bytes are, by their first ones.

/** Largest photo that is kept: 12 MiB, more than phones make. */
export const photoMaxBytes = 12_582_912;

/** Kind of a photo. */
export type PhotoKind = 'image/jpeg' | 'image/png' | 'image/webp' | 'image/heic';

const heicBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'mif1', 'msf1']);

/** JPEG, PNG, WebP or HEIC by the first bytes; undefined if it is none of them, whatever its name says. */
export function photoKindOf(bytes: Uint8Array): PhotoKind | undefined {
	const starts = (text: string, at = 0) => Array.from(text).every((c, i) => bytes[at + i] === c.charCodeAt(0));
	if (starts('\u00ff\u00d8\u00ff')) return 'image/jpeg';
	if (starts('\u0089PNG\r\n\u001a\n')) return 'image/png';
	if (starts('RIFF') && starts('WEBP', 8)) return 'image/webp';
	const brand = String.fromCharCode(...bytes.subarray(8, 12));
	return starts('ftyp', 4) && heicBrands.has(brand) ? 'image/heic' : undefined;
}
