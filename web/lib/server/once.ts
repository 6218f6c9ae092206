// Keeps a form from doing its work twice: a key made with the page, sent along with the request.
import { text } from './form.ts';

/** A key for the forms of a page; make it in `load` and put it into the hidden field `key`. */
export function newKey(): string {
	return crypto.randomUUID();
}

/** The header that makes a repeated request give the first answer again; from the form's hidden field `key`. */
export function once(form: FormData): { 'idempotency-key': string } {
	return { 'idempotency-key': text(form, 'key') || newKey() };
}
