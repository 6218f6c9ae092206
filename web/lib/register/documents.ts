// The words for kinds of archived documents.
import { m } from '#lib/paraglide/messages.js';

const kinds: Readonly<Record<string, () => string>> = {
	'register-extract': m.documents_kind_register_extract,
	declaration: m.documents_kind_declaration,
	admission: m.documents_kind_admission,
	certificate: m.documents_kind_certificate,
	letter: m.documents_kind_letter,
};

/** A kind of document in a word; a kind without one is a letter. */
export function documentKind(kind: string): string {
	return (kinds[kind] ?? m.documents_kind_letter)();
}
